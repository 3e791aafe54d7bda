//! Decides when a batch is sent again and when its job fails, from the receiver's responses, failed
//! reads and the time since the last acknowledgement. The state is lost at a restart, which is safe.
//! Nothing is sent or stored here.

mod unreadable;

use core::time::Duration;
use std::collections::BTreeMap;

use replay_core::{JobId, delivery::DeliveryOutcome};
use tokio::time::Instant;

pub(in crate::engine) use unreadable::unreadable;

use crate::{
    delivery::DeliveryResult::{self, Denied, NoResponse, Status},
    store::Batch,
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

/// The retries of a region's job since this process has started. All slices of the job share the
/// wait; each batch has its own retries.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct RetryState {
    retries: Option<JobRetries>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct JobRetries {
    job: JobId,
    /// The time of the first request since the last acknowledgement.
    unacknowledged_since: Option<Instant>,
    /// The time before which no request may be sent.
    not_before: Instant,
    /// The number of retries of the current batch of each slice that has some.
    retries: BTreeMap<u32, usize>,
    /// The number of 429 answers since the last acknowledgement.
    throttled: usize,
    /// Whether requests are sent one at a time, because the last one was not acknowledged.
    is_probing: bool,
}

/// When the next request may be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum NextAttempt {
    /// At once.
    Now,
    /// After this time.
    In(Duration),
    /// When the requests in flight have ended.
    AfterRequests,
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
    /// When the next request of `job` may be sent beside those in flight. If it may be sent now, the
    /// time without an acknowledgement begins.
    pub(super) fn next_attempt(
        &mut self,
        retry_policy: &RetryPolicy,
        job: JobId,
        in_flight: usize,
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
        if retries.is_probing && in_flight > 0 {
            return NextAttempt::AfterRequests;
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
        let slice = batch.claim.number;
        match answer {
            Status { code: 200..=299, .. } => {
                retries.acknowledged(slice, now);
                DeliveryOutcome::Acknowledged { cursor: batch.cursor, delivered: batch.amount }
            }
            Status { code: 413, .. } => {
                retries.retries.remove(&slice);
                too_large(batch)
            }
            Status { code: 429, retry_after } => {
                let default =
                    retry_policy.waits.get(retries.throttled).or(retry_policy.waits.last());
                // `Retry-After: 0` must not lead to requests without a pause.
                let requested = retry_after.filter(|wait| !wait.is_zero());
                let wait = requested.or(default.copied()).unwrap_or_default();
                retries.throttled += 1;
                retries.wait_until(now + wait.min(retry_policy.longest_retry_after));
                DeliveryOutcome::Retry
            }
            Status { code: code @ (408 | 425 | 500..=599), retry_after } => {
                let requested =
                    retry_after.unwrap_or_default().min(retry_policy.longest_retry_after);
                let cause = format!("the webhook answered {code}");
                retries.retry(retry_policy, slice, requested, now, &cause)
            }
            NoResponse(reason) => {
                let cause = format!("the webhook did not answer: {reason}");
                retries.retry(retry_policy, slice, Duration::ZERO, now, &cause)
            }
            Status { code, .. } => {
                DeliveryOutcome::Failed { reason: format!("the webhook answered {code}") }
            }
            Denied { reason, .. } => {
                DeliveryOutcome::Failed { reason: format!("the webhook's endpoint {reason}") }
            }
        }
    }

    /// The retries of `job`; those of another job are dropped.
    fn retries_of(&mut self, job: JobId, now: Instant) -> &mut JobRetries {
        self.retries = self.retries.take().filter(|retries| retries.job == job);
        self.retries.get_or_insert_with(|| JobRetries::new(job, now))
    }
}

impl JobRetries {
    const fn new(job: JobId, now: Instant) -> Self {
        Self {
            job,
            unacknowledged_since: None,
            not_before: now,
            retries: BTreeMap::new(),
            throttled: 0,
            is_probing: false,
        }
    }

    /// A batch of the slice was acknowledged: the receiver works. The batches of other slices keep
    /// their retries. During a wait, the wait goes on: the request was sent before it began.
    fn acknowledged(&mut self, slice: u32, now: Instant) {
        self.retries.remove(&slice);
        self.unacknowledged_since = None;
        if self.not_before <= now {
            let retries = core::mem::take(&mut self.retries);
            *self = Self { retries, ..Self::new(self.job, now) };
        }
    }

    /// Schedules a retry after the policy's wait, or after `requested` if that is longer.
    fn retry(
        &mut self,
        retry_policy: &RetryPolicy,
        slice: u32,
        requested: Duration,
        now: Instant,
        cause: &str,
    ) -> DeliveryOutcome {
        let retries = self.retries.entry(slice).or_default();
        let Some(wait) = retry_policy.waits.get(*retries) else {
            let reason = format!("{cause} after {retries} retries");
            return DeliveryOutcome::Failed { reason };
        };
        *retries += 1;
        self.wait_until(now + requested.max(*wait));
        DeliveryOutcome::Retry
    }

    /// No request is sent before `at`, and then one at a time. An earlier wait is not shortened.
    fn wait_until(&mut self, at: Instant) {
        self.not_before = self.not_before.max(at);
        self.is_probing = true;
    }
}

fn too_large(batch: &Batch) -> DeliveryOutcome {
    match batch.middle {
        Some(middle) => DeliveryOutcome::TooLarge { middle, end: batch.last.next() },
        None => DeliveryOutcome::Failed {
            reason: format!(
                "the webhook answered 413 to a single line, number {} of the archive",
                batch.last.seq
            ),
        },
    }
}

#[cfg(test)]
mod tests;
