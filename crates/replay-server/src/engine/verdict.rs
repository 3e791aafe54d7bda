//! What an answer to a batch means, and what that means for the batch's job or live lane. Nothing is sent
//! or stored here.

use replay_core::{
    delivery::DeliveryOutcome,
    lane::LaneOutcome,
    outage::{OutageCause, OutageReason},
    reason::WEBHOOK_ANSWERED,
};
use tokio::time::Instant;

use crate::store::{Batch, LiveBatch};

/// What an answer to a batch of a job or of a live lane means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// The receiver acknowledged the batch.
    Acknowledged,
    /// The batch is too large for the receiver.
    TooLarge,
    /// The receiver asks for a pause: the same batch is sent again, not before `until`.
    Throttled {
        /// The end of the pause.
        until: Instant,
    },
    /// The same batch is sent again after a wait.
    Retry,
    /// The receiver has failed too often.
    RetriesUsedUp {
        /// What happened, for people.
        reason: String,
    },
    /// The receiver does not accept the batch, or its endpoint is not permitted.
    Refused {
        /// The status of the answer; `None` without one.
        code: Option<u16>,
        /// What happened, for people.
        reason: String,
    },
    /// The receiver wants no more deliveries.
    Gone {
        /// What happened, for people.
        reason: String,
    },
}

impl Verdict {
    /// What the verdict on a batch of a job means for the job.
    pub(super) fn outcome(self, batch: &Batch) -> DeliveryOutcome {
        match self {
            Self::Acknowledged => {
                DeliveryOutcome::Acknowledged { cursor: batch.cursor, delivered: batch.amount }
            }
            Self::TooLarge => too_large(batch),
            Self::Throttled { .. } | Self::Retry => DeliveryOutcome::Retry,
            Self::RetriesUsedUp { reason } => DeliveryOutcome::Failed { reason },
            Self::Refused { reason, .. } => DeliveryOutcome::Refused { reason },
            Self::Gone { reason } => DeliveryOutcome::Gone { reason },
        }
    }

    /// What the verdict on a batch of a live lane means for the lane.
    pub(super) fn live_outcome(self, batch: &LiveBatch) -> LaneOutcome {
        match self {
            Self::Acknowledged => LaneOutcome::Acknowledged,
            Self::TooLarge => match batch.last_of_half {
                Some(last_of_half) => LaneOutcome::TooLarge { last_of_half },
                None => LaneOutcome::BatchRefused { detail: single_line(batch.range.last) },
            },
            Self::Throttled { .. } | Self::Retry => LaneOutcome::Retry,
            Self::RetriesUsedUp { reason } => given_up(OutageReason::Unreachable, reason),
            Self::Refused { code: Some(400 | 422), reason } => {
                LaneOutcome::BatchRefused { detail: reason }
            }
            Self::Refused { reason, .. } => given_up(OutageReason::Refused, reason),
            Self::Gone { reason } => LaneOutcome::Gone { detail: reason },
        }
    }
}

/// The outcome with which a live lane gives up.
pub(super) fn given_up(reason: OutageReason, detail: String) -> LaneOutcome {
    LaneOutcome::GivenUp(OutageCause { reason, detail: Some(detail) })
}

fn too_large(batch: &Batch) -> DeliveryOutcome {
    match batch.middle {
        Some(middle) => DeliveryOutcome::TooLarge { middle, end: batch.last.next() },
        None => DeliveryOutcome::Refused { reason: single_line(batch.last.seq) },
    }
}

fn single_line(seq: i64) -> String {
    format!("{WEBHOOK_ANSWERED}413 to a single line, number {seq} of the archive")
}
