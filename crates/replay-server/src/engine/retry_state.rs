//! Decides when a batch is sent again and when its job fails, from the receiver's responses, failed
//! reads and the time since the last acknowledgement. The state is lost at a restart, which is safe.
//! Nothing is sent or stored here.

mod unreadable;

use core::time::Duration;

use replay_core::{JobId, delivery::DeliveryOutcome};
use tokio::time::Instant;

pub(in crate::engine) use unreadable::unreadable;

use crate::{
    delivery::DeliveryResult::{self, Denied, NoResponse, Status},
    store::{Batch, DeliveryRecord},
};

/// How often and how long the deliveries of a job are retried.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The wait before each retry of a batch; its length is the number of retries.
    pub waits: Vec<Duration>,
    /// The longest `Retry-After` that is honoured.
    pub longest_retry_after: Duration,
    /// The time without an acknowledgement after which a job fails.
    pub acknowledgement_timeout: Duration,
}

/// The retries of a region's job since this process has started.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RetryState {
    retries: Option<JobRetries>,
    unsaved: Option<DeliveryRecord>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct JobRetries {
    job: JobId,
    /// The time of the first request since the last acknowledgement.
    unacknowledged_since: Option<Instant>,
    /// The time before which no request may be sent.
    not_before: Instant,
    /// The number of retries of the current batch.
    retries: usize,
    /// The number of 429 answers to the current batch.
    throttled: usize,
}

/// When the next request may be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum NextAttempt {
    /// At once.
    Now,
    /// After this time.
    In(Duration),
    /// Never: the job fails with this reason.
    Never(String),
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            waits: [1, 2, 4, 8].map(Duration::from_secs).to_vec(),
            longest_retry_after: Duration::from_mins(5),
            acknowledgement_timeout: Duration::from_mins(10),
        }
    }
}

impl RetryState {
    /// When the next request of `job` may be sent. If it may be sent now, the time without an
    /// acknowledgement begins.
    pub(super) fn next_attempt(
        &mut self,
        retry_policy: &RetryPolicy,
        job: JobId,
        now: Instant,
    ) -> NextAttempt {
        let retries = self.retries_of(job, now);
        let fails_at =
            retries.unacknowledged_since.map(|since| since + retry_policy.acknowledgement_timeout);
        if fails_at.is_some_and(|fails_at| fails_at <= now) {
            let minutes = retry_policy.acknowledgement_timeout.as_secs() / 60;
            return NextAttempt::Never(format!("nothing was acknowledged for {minutes} minutes"));
        }
        if retries.not_before > now {
            // A longer `Retry-After` does not delay the failure.
            let wake_at = match fails_at {
                Some(fails_at) => fails_at.min(retries.not_before),
                None => retries.not_before,
            };
            return NextAttempt::In(wake_at.duration_since(now));
        }
        retries.unacknowledged_since.get_or_insert(now);
        NextAttempt::Now
    }

    /// The outcome of a request with `batch` that was answered with `answer` at `now`.
    pub(super) fn outcome(
        &mut self,
        retry_policy: &RetryPolicy,
        batch: &Batch,
        answer: &DeliveryResult,
        now: Instant,
    ) -> DeliveryOutcome {
        let retries = self.retries_of(batch.job, now);
        match answer {
            Status { code: 200..=299, .. } => {
                *retries = JobRetries::new(batch.job, now);
                DeliveryOutcome::Acknowledged { end: batch.end, lines: batch.lines.len() as u64 }
            }
            Status { code: 413, .. } => {
                retries.retries = 0;
                too_large(batch)
            }
            Status { code: 429, retry_after } => {
                let default =
                    retry_policy.waits.get(retries.throttled).or(retry_policy.waits.last());
                // `Retry-After: 0` must not lead to requests without a pause.
                let requested = retry_after.filter(|wait| !wait.is_zero());
                let wait = requested.or(default.copied()).unwrap_or_default();
                retries.throttled += 1;
                retries.not_before = now + wait.min(retry_policy.longest_retry_after);
                DeliveryOutcome::Retry
            }
            Status { code: code @ (408 | 425 | 500..=599), retry_after } => {
                let requested =
                    retry_after.unwrap_or_default().min(retry_policy.longest_retry_after);
                let cause = format!("the webhook answered {code}");
                retries.retry(retry_policy, requested, now, &cause)
            }
            NoResponse(reason) => {
                let cause = format!("the webhook did not answer: {reason}");
                retries.retry(retry_policy, Duration::ZERO, now, &cause)
            }
            Status { code, .. } => {
                DeliveryOutcome::Failed { reason: format!("the webhook answered {code}") }
            }
            Denied { reason, .. } => {
                DeliveryOutcome::Failed { reason: format!("the webhook's endpoint {reason}") }
            }
        }
    }

    /// Takes the record that the store could not save.
    pub(super) fn take_unsaved(&mut self) -> Option<DeliveryRecord> {
        self.unsaved.take()
    }

    /// Keeps a record that the store could not save.
    pub(super) fn keep_unsaved(&mut self, record: DeliveryRecord) {
        self.unsaved = Some(record);
    }

    /// The retries of `job`; those of another job are dropped.
    fn retries_of(&mut self, job: JobId, now: Instant) -> &mut JobRetries {
        self.retries = self.retries.take().filter(|retries| retries.job == job);
        self.retries.get_or_insert_with(|| JobRetries::new(job, now))
    }
}

impl JobRetries {
    fn new(job: JobId, now: Instant) -> Self {
        Self { job, unacknowledged_since: None, not_before: now, retries: 0, throttled: 0 }
    }

    /// Schedules a retry after the policy's wait, or after `requested` if that is longer.
    fn retry(
        &mut self,
        retry_policy: &RetryPolicy,
        requested: Duration,
        now: Instant,
        cause: &str,
    ) -> DeliveryOutcome {
        let Some(wait) = retry_policy.waits.get(self.retries) else {
            let reason = format!("{cause} after {} retries", self.retries);
            return DeliveryOutcome::Failed { reason };
        };
        self.retries += 1;
        self.not_before = now + requested.max(*wait);
        DeliveryOutcome::Retry
    }
}

fn too_large(batch: &Batch) -> DeliveryOutcome {
    match batch.middle() {
        Some(middle) => DeliveryOutcome::TooLarge { middle, end: batch.end },
        None => DeliveryOutcome::Failed {
            reason: format!(
                "the webhook answered 413 to a single line, number {} of the archive",
                batch.end.seq
            ),
        },
    }
}

#[cfg(test)]
mod tests;
