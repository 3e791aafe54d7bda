//! The events of the walk, and what they cost.

/// An event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::lane) enum Action {
    /// The next lines arrive.
    Arrive,
    /// The live lane takes a step, or makes a request.
    LaneStep,
    /// The job takes a step, or makes a request.
    JobStep,
    /// The request of the live lane ends.
    LaneEnds(Answer),
    /// The request of the job ends.
    JobEnds(Answer),
    /// The server is killed before the requests in flight have arrived.
    CrashBeforeArrival,
    /// The server is killed after the requests in flight have arrived.
    CrashAfterArrival,
    Disable,
    Enable,
    /// A replay of every line is requested.
    ReplayAll,
    /// A replay of the second day is requested.
    ReplayDay,
    Cancel,
    /// Someone heals the oldest outage.
    Heal,
    /// The lane heals an outage by itself, after the receiver has been well for long enough.
    HealByItself,
    Seal,
    /// The lines before the third day are past the retention.
    Trim,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::lane) enum Answer {
    Status(u16),
    ResponseLost,
}

impl Action {
    pub(in crate::lane) const ALL: [Self; 27] = [
        Self::Arrive,
        Self::LaneStep,
        Self::JobStep,
        Self::LaneEnds(Answer::Status(202)),
        Self::LaneEnds(Answer::Status(503)),
        Self::LaneEnds(Answer::Status(401)),
        Self::LaneEnds(Answer::Status(400)),
        Self::LaneEnds(Answer::Status(413)),
        Self::LaneEnds(Answer::Status(410)),
        Self::LaneEnds(Answer::ResponseLost),
        Self::JobEnds(Answer::Status(202)),
        Self::JobEnds(Answer::Status(503)),
        Self::JobEnds(Answer::Status(401)),
        Self::JobEnds(Answer::Status(413)),
        Self::JobEnds(Answer::Status(410)),
        Self::JobEnds(Answer::ResponseLost),
        Self::CrashBeforeArrival,
        Self::CrashAfterArrival,
        Self::Disable,
        Self::Enable,
        Self::ReplayAll,
        Self::ReplayDay,
        Self::Cancel,
        Self::Heal,
        Self::HealByItself,
        Self::Seal,
        Self::Trim,
    ];

    /// Whether the event happens by itself as long as the receiver works.
    pub(in crate::lane) fn is_progress(self) -> bool {
        matches!(
            self,
            Self::LaneStep
                | Self::JobStep
                | Self::LaneEnds(Answer::Status(202))
                | Self::JobEnds(Answer::Status(202))
        )
    }
}

impl Answer {
    /// Whether the receiver gets the batch.
    pub(super) const fn arrives(self) -> bool {
        matches!(self, Self::ResponseLost | Self::Status(202))
    }
}
