//! The events of the walk, and the situations that it has to meet.

/// An event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::model) enum Action {
    Put,
    /// The engine takes a step, or makes a request.
    Step,
    /// The request that was made first ends.
    FirstEnds(RequestOutcome),
    /// The request that was made second ends.
    SecondEnds(RequestOutcome),
    /// The server is killed before the requests in flight have arrived.
    CrashBeforeArrival,
    /// The server is killed after the requests in flight have arrived.
    CrashAfterArrival,
    Cancel,
    /// The failed job is resumed.
    Resume,
    /// The requests in flight of a stopped job are given up before they have arrived.
    GiveUpBeforeArrival,
    /// The requests in flight of a stopped job are given up after they have arrived.
    GiveUpAfterArrival,
    Disable,
    Enable,
    ChangeEndpoint,
    /// A late line and a duplicate arrive.
    Ingest,
    Seal,
    /// A part of the archive is damaged.
    Damage,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in crate::model) enum RequestOutcome {
    Answered(u16),
    ResponseLost,
}

impl Action {
    pub(in crate::model) const ALL: [Self; 24] = [
        Self::Put,
        Self::Step,
        Self::FirstEnds(RequestOutcome::Answered(202)),
        Self::FirstEnds(RequestOutcome::Answered(503)),
        Self::FirstEnds(RequestOutcome::Answered(413)),
        Self::FirstEnds(RequestOutcome::Answered(401)),
        Self::FirstEnds(RequestOutcome::ResponseLost),
        Self::SecondEnds(RequestOutcome::Answered(202)),
        Self::SecondEnds(RequestOutcome::Answered(503)),
        Self::SecondEnds(RequestOutcome::Answered(413)),
        Self::SecondEnds(RequestOutcome::Answered(401)),
        Self::SecondEnds(RequestOutcome::ResponseLost),
        Self::CrashBeforeArrival,
        Self::CrashAfterArrival,
        Self::Cancel,
        Self::Resume,
        Self::GiveUpBeforeArrival,
        Self::GiveUpAfterArrival,
        Self::Disable,
        Self::Enable,
        Self::ChangeEndpoint,
        Self::Ingest,
        Self::Seal,
        Self::Damage,
    ];
}

impl RequestOutcome {
    /// Whether the receiver gets the batch.
    pub(in crate::model) fn arrives(self) -> bool {
        match self {
            Self::Answered(code) => (200..300).contains(&code),
            Self::ResponseLost => true,
        }
    }
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
    SealedWhileRunning,
    TwoInFlight,
    LaterSliceFirst,
    DamagedPart,
    Resumption,
    ResumptionAfterAcknowledgement,
    GivenUp,
}
