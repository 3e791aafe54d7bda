//! The events of the walk.

/// An event. A number is that of a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::nodes) enum Action {
    /// A replay of every line is requested.
    Put,
    /// A line arrives.
    Arrive,
    /// The node renews its lease, or claims it.
    Renew(usize),
    /// The lease expires.
    Expire,
    /// The node takes a step of the job, or makes a request.
    JobStep(usize),
    /// The node's first request of the job ends.
    JobEnds(usize, Answer),
    /// The node takes a step of the live lane, or makes a request.
    LaneStep(usize),
    /// The node's request of the live lane ends.
    LaneEnds(usize, Answer),
    /// The job is cancelled.
    Cancel,
    /// The database crashes and loses the last commit, which was not synced.
    LoseCommit,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::nodes) enum Answer {
    /// It is answered with this status.
    Status(u16),
    /// The receiver gets it, and its answer is lost.
    Lost,
}

impl Action {
    pub(in crate::nodes) const ALL: [Self; 25] = [
        Self::Put,
        Self::Arrive,
        Self::Expire,
        Self::Cancel,
        Self::LoseCommit,
        Self::Renew(0),
        Self::Renew(1),
        Self::JobStep(0),
        Self::JobStep(1),
        Self::LaneStep(0),
        Self::LaneStep(1),
        Self::JobEnds(0, Answer::Status(202)),
        Self::JobEnds(1, Answer::Status(202)),
        Self::JobEnds(0, Answer::Status(413)),
        Self::JobEnds(1, Answer::Status(413)),
        Self::JobEnds(0, Answer::Status(503)),
        Self::JobEnds(1, Answer::Status(503)),
        Self::JobEnds(0, Answer::Lost),
        Self::JobEnds(1, Answer::Lost),
        Self::LaneEnds(0, Answer::Status(202)),
        Self::LaneEnds(1, Answer::Status(202)),
        Self::LaneEnds(0, Answer::Status(503)),
        Self::LaneEnds(1, Answer::Status(503)),
        Self::LaneEnds(0, Answer::Lost),
        Self::LaneEnds(1, Answer::Lost),
    ];

    /// How many faults the event is.
    pub(super) const fn cost(self) -> usize {
        match self {
            Self::Put
            | Self::Arrive
            | Self::Renew(_)
            | Self::JobStep(_)
            | Self::LaneStep(_)
            | Self::JobEnds(_, Answer::Status(202))
            | Self::LaneEnds(_, Answer::Status(202)) => 0,
            Self::Expire
            | Self::Cancel
            | Self::LoseCommit
            | Self::JobEnds(..)
            | Self::LaneEnds(..) => 1,
        }
    }
}
