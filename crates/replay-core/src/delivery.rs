//! The decisions about a running job's deliveries: what the engine does next, and what the result of
//! a delivery attempt changes. It neither sends nor stores anything.
//!
//! ```
//! use replay_core::{Job, delivery::NextAction};
//!
//! assert_eq!(Job::Unconfigured.next_action(), NextAction::None);
//! ```

use alloc::{borrow::ToOwned, format, string::String};

use crate::{
    Configured, Job, JobStatus, Timestamp,
    job::{Amount, Step},
    reason::{ARCHIVE_DAMAGED, CANCELLED, LINES_ACKNOWLEDGED, WEBHOOK_DISABLED},
    snapshot::Position,
};

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

/// What the engine does next with a running job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NextDelivery {
    /// Apply this event, once no request is in flight: it settles the job.
    Settle(Step),
    /// Send the next batch of each slice.
    Send,
}

/// The result of a delivery attempt of a slice's batch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryOutcome {
    /// The receiver acknowledged the batch.
    Acknowledged {
        /// The slice's cursor: every line of the slice before this position was acknowledged.
        cursor: Position,
        /// The lines of the batch.
        delivered: Amount,
    },
    /// The batch is too large and is sent again in two halves.
    TooLarge {
        /// The position after the first half.
        middle: Position,
        /// The position after the second half.
        end: Position,
    },
    /// The same batch is sent again.
    Retry,
    /// The receiver has failed too often: the job fails.
    Failed {
        /// The reason that the job keeps.
        reason: String,
    },
    /// The receiver gave a final answer, or must not be sent to: the job fails.
    Refused {
        /// The reason that the job keeps.
        reason: String,
    },
    /// The receiver wants no more deliveries: the job fails, and the webhook is disabled.
    Gone {
        /// The reason that the job keeps.
        reason: String,
    },
}

/// The changes of a delivery attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryChanges {
    /// Nothing changes.
    None,
    /// The slice's cursor moves to `cursor`, and `job` has counted the lines. It has settled if this
    /// was its last batch.
    Acknowledged {
        /// The job after the acknowledgement.
        job: Configured,
        /// The slice's new cursor.
        cursor: Position,
    },
    /// From now on, a batch of the job ends before each of these positions.
    Split {
        /// The position after the first half.
        middle: Position,
        /// The position after the second half.
        end: Position,
    },
    /// The job has counted a retry.
    Retried(Configured),
    /// The job is stopping: it fails as soon as its requests have ended.
    Stopping(Configured),
    /// The job is stopping, and its webhook is disabled, unless that has been changed since the job has
    /// started.
    Gone {
        /// The job.
        job: Configured,
        /// What happened, for people.
        detail: String,
    },
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

/// What the engine does next with a running job. `is_acknowledged`: every line was acknowledged.
///
/// A job without unacknowledged lines ends as [`settled`] says even if a stop was requested.
#[must_use]
pub fn next_delivery(job: &Configured, is_acknowledged: bool) -> NextDelivery {
    match &job.stop_requested {
        _ if is_acknowledged => NextDelivery::Settle(settled(job)),
        Some(reason) => NextDelivery::Settle(Step::Fail(stopped(job, reason))),
        None => NextDelivery::Send,
    }
}

/// The end of a job without unacknowledged lines: it completes, unless these are not all the lines
/// that were counted at its start.
fn settled(job: &Configured) -> Step {
    let Some(progress) = &job.progress else { return Step::Complete };
    match progress.total {
        Some(total) if total != progress.delivered => Step::Fail(format!(
            "{ARCHIVE_DAMAGED}: it had {} lines at the start, and {} were found",
            total.lines, progress.delivered.lines
        )),
        _ => Step::Complete,
    }
}

/// The reason of a job that was stopped. If that was requested, it says what was delivered before.
fn stopped(job: &Configured, reason: &str) -> String {
    let is_requested = [CANCELLED, WEBHOOK_DISABLED].contains(&reason);
    let Some(progress) = job.progress.as_ref().filter(|_| is_requested) else {
        return reason.to_owned();
    };
    let delivered = progress.delivered.lines;
    match progress.total {
        Some(total) => {
            format!("{reason} after {delivered} of {}{LINES_ACKNOWLEDGED}", total.lines)
        }
        None => format!("{reason} after {delivered}{LINES_ACKNOWLEDGED}"),
    }
}

/// The changes of a delivery attempt of `job`; nothing changes unless the job is running. `before` is the
/// cursor of the slice: an acknowledgement up to it is a repeated one, since the answer to its commit was
/// lost, and changes nothing. `is_last`: every other line of the job was acknowledged.
#[must_use]
pub fn record(
    job: &Configured,
    before: Position,
    outcome: DeliveryOutcome,
    is_last: bool,
    now: Timestamp,
) -> DeliveryChanges {
    if job.status != JobStatus::Running {
        return DeliveryChanges::None;
    }
    let mut job = job.clone();
    match outcome {
        DeliveryOutcome::Acknowledged { cursor, .. } if cursor <= before => DeliveryChanges::None,
        DeliveryOutcome::Acknowledged { cursor, delivered } => {
            if let Some(progress) = &mut job.progress {
                progress.delivered += delivered;
            }
            if is_last && let Ok(ended) = job.advance(settled(&job), now) {
                job = ended;
            }
            DeliveryChanges::Acknowledged { job, cursor }
        }
        DeliveryOutcome::TooLarge { middle, end } => DeliveryChanges::Split { middle, end },
        DeliveryOutcome::Retry => {
            if let Some(progress) = &mut job.progress {
                progress.retries += 1;
            }
            DeliveryChanges::Retried(job)
        }
        DeliveryOutcome::Failed { reason } | DeliveryOutcome::Refused { reason } => {
            job.stop(&reason, now).map_or(DeliveryChanges::None, DeliveryChanges::Stopping)
        }
        DeliveryOutcome::Gone { reason: detail } => match job.stop(&detail, now) {
            Ok(job) => DeliveryChanges::Gone { job, detail },
            Err(_) => DeliveryChanges::None,
        },
    }
}

#[cfg(test)]
mod tests;
