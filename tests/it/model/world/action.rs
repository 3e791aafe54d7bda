//! The events of the walk, and the situations that it has to meet.

use crate::model::fake_delivery::RequestOutcome;

/// An event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::model) enum Action {
    Put,
    Step(RequestOutcome),
    Crash,
    Cancel,
    Disable,
    Enable,
    ChangeEndpoint,
    Ingest,
}

impl Action {
    pub(in crate::model) const ALL: [Self; 14] = [
        Self::Put,
        Self::Step(RequestOutcome::Answered(202)),
        Self::Step(RequestOutcome::Answered(503)),
        Self::Step(RequestOutcome::Answered(413)),
        Self::Step(RequestOutcome::Answered(401)),
        Self::Step(RequestOutcome::ResponseLost),
        Self::Step(RequestOutcome::CrashBeforeArrival),
        Self::Step(RequestOutcome::CrashAfterArrival),
        Self::Crash,
        Self::Cancel,
        Self::Disable,
        Self::Enable,
        Self::ChangeEndpoint,
        Self::Ingest,
    ];
}

/// A situation on the way to a world.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in crate::model) enum Met {
    CrashDuringRequest,
    LostResponse,
    SplitBatch,
    StopWhileRunning,
    Replacement,
    LateLine,
    ChangedEndpoint,
}
