//! The labels of metrics. Each is a region or a value of a closed type, so that the number of time
//! series is bounded.

use crate::delivery::DeliveryResult;

/// The name of the label for a region.
pub(super) const REGION: &str = "region";
/// The name of the label for a [`LaneKind`].
pub(super) const LANE: &str = "lane";
/// The name of the label for a result.
pub(super) const RESULT: &str = "result";
/// The name of the label for the access of a transaction.
pub(super) const ACCESS: &str = "access";
/// The name of the label for the status of a job.
pub(super) const STATUS: &str = "status";

/// The result of an ingested line that was archived.
pub(super) const ACCEPTED: &str = "accepted";
/// The result of an ingested line that the archive had before.
pub(super) const DUPLICATE: &str = "duplicate";
/// The result of an ingested line that was not archived.
pub(super) const REJECTED: &str = "rejected";

/// The access of a transaction that reads.
pub(super) const READ: &str = "read";
/// The access of a transaction that changes something.
pub(super) const WRITE: &str = "write";

/// The kind of a lane.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LaneKind {
    /// A slice of a job.
    Job,
    /// The live lane.
    Live,
}

/// The result of a delivery attempt, as it is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AttemptResult {
    /// A 2xx.
    Acknowledged,
    /// 429.
    Throttled,
    /// 413.
    TooLarge,
    /// Another answer that no retry follows.
    Refused,
    /// 408, 425, 5xx, or no complete answer in time: a retry may follow.
    Failed,
    /// No request was made, because the endpoint may not be dialled.
    Denied,
    /// The request was given up before its answer.
    Abandoned,
}

impl LaneKind {
    /// Every kind.
    pub(super) const ALL: [Self; 2] = [Self::Job, Self::Live];

    /// The value of the label.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Live => "live",
        }
    }
}

impl AttemptResult {
    /// Every result.
    pub(super) const ALL: [Self; 7] = [
        Self::Acknowledged,
        Self::Throttled,
        Self::TooLarge,
        Self::Refused,
        Self::Failed,
        Self::Denied,
        Self::Abandoned,
    ];

    /// The result as it is counted.
    #[must_use]
    pub const fn of(result: &DeliveryResult) -> Self {
        match result {
            DeliveryResult::Status { code, .. } => match code {
                200..=299 => Self::Acknowledged,
                429 => Self::Throttled,
                413 => Self::TooLarge,
                408 | 425 | 500..=599 => Self::Failed,
                _ => Self::Refused,
            },
            DeliveryResult::NoResponse(_) => Self::Failed,
            DeliveryResult::Denied { .. } => Self::Denied,
        }
    }

    /// The value of the label.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Throttled => "throttled",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Abandoned => "abandoned",
        }
    }
}
