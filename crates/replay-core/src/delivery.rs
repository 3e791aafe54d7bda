//! The decisions about a running job's deliveries: what the engine does next, and what the result of
//! a delivery attempt changes. It neither sends nor stores anything.
//!
//! ```
//! use replay_core::{Job, delivery::NextAction};
//!
//! assert_eq!(Job::Unconfigured.next_action(), NextAction::None);
//! ```

use alloc::string::String;

use crate::{Configured, Job, JobStatus, Timestamp, job::Step};

/// A position in a job's order: by event time, then by sequence number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The event time in nanoseconds since 1970.
    pub event_ns: i64,
    /// The sequence number.
    pub seq: i64,
}

/// What the engine does next with a region's job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NextAction {
    /// Nothing: there is no job, or it has settled.
    None,
    /// Apply [`Step::Schedule`].
    Schedule,
    /// Take the snapshot and apply [`Step::Start`].
    Start,
    /// Deliver the next batch.
    Deliver,
}

/// What the engine does next with a running job. `B` is the type of a batch, `E` the error of reading
/// one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NextDelivery<B, E> {
    /// Apply this event: it settles the job.
    Settle(Step),
    /// Send the batch.
    Send(B),
    /// Read the batch again later.
    Unreadable(E),
}

/// The result of a delivery attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryOutcome {
    /// The receiver acknowledged the batch.
    Acknowledged {
        /// The position of the batch's last line.
        end: Position,
        /// The number of lines in the batch.
        lines: u64,
    },
    /// The batch is too large and is sent again in two halves.
    TooLarge {
        /// The position of the first half's last line.
        middle: Position,
        /// The position of the second half's last line.
        end: Position,
    },
    /// The same batch is sent again.
    Retry,
    /// The job fails.
    Failed {
        /// The reason that the job keeps.
        reason: String,
    },
}

/// The changes of a delivery attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryChanges {
    /// Nothing changes.
    None,
    /// The cursor moves to `cursor`, and `job` has counted the lines.
    Acknowledged {
        /// The job after the acknowledgement.
        job: Configured,
        /// The position of the last acknowledged line.
        cursor: Position,
    },
    /// From now on, a batch of the job ends at each of these positions.
    Split {
        /// The position of the first half's last line.
        middle: Position,
        /// The position of the second half's last line.
        end: Position,
    },
    /// The job has failed.
    Failed(Configured),
}

impl Job {
    /// What the engine does next with the job.
    #[must_use]
    pub const fn next_action(&self) -> NextAction {
        match self.status() {
            JobStatus::Unconfigured | JobStatus::Completed | JobStatus::Failed => NextAction::None,
            JobStatus::Accepted => NextAction::Schedule,
            JobStatus::Pending => NextAction::Start,
            JobStatus::Running => NextAction::Deliver,
        }
    }
}

/// What the engine does next with a running job. `next_batch` holds its first unacknowledged lines;
/// `None` if every line was acknowledged.
///
/// A job without unacknowledged lines completes even if a stop was requested; a job whose lines
/// cannot be read can be stopped.
pub fn next_delivery<B, E>(
    job: &Configured,
    next_batch: Result<Option<B>, E>,
) -> NextDelivery<B, E> {
    match (next_batch, &job.stop_requested) {
        (Ok(None), _) => NextDelivery::Settle(Step::Complete),
        (_, Some(reason)) => NextDelivery::Settle(Step::Fail(reason.clone())),
        (Ok(Some(batch)), None) => NextDelivery::Send(batch),
        (Err(error), None) => NextDelivery::Unreadable(error),
    }
}

/// The changes of a delivery attempt of `job`; nothing changes unless the job is running.
#[must_use]
pub fn record(job: &Configured, outcome: DeliveryOutcome, now: Timestamp) -> DeliveryChanges {
    if job.status != JobStatus::Running {
        return DeliveryChanges::None;
    }
    match outcome {
        DeliveryOutcome::Acknowledged { end, lines } => {
            let mut job = job.clone();
            if let Some(progress) = &mut job.progress {
                progress.delivered_lines += lines;
            }
            DeliveryChanges::Acknowledged { job, cursor: end }
        }
        DeliveryOutcome::TooLarge { middle, end } => DeliveryChanges::Split { middle, end },
        DeliveryOutcome::Retry => DeliveryChanges::None,
        DeliveryOutcome::Failed { reason } => match job.advance(Step::Fail(reason), now) {
            Ok(failed) => DeliveryChanges::Failed(failed),
            Err(_) => DeliveryChanges::None,
        },
    }
}

#[cfg(test)]
mod tests;
