//! Decides when a batch is sent again and when its sender gives up, from the receiver's responses,
//! failed reads and the time since the last acknowledgement. The state is lost at a restart, which is safe.
//! Nothing is sent or stored here.

mod holding;
mod unreadable;

use core::time::Duration;
use std::collections::BTreeMap;

use replay_core::reason::{ENDPOINT_DENIED, UNACKNOWLEDGED, WEBHOOK_ANSWERED, WEBHOOK_UNANSWERED};
use tokio::time::Instant;

pub(in crate::engine) use unreadable::unreadable;

use super::verdict::Verdict;
use crate::delivery::DeliveryResult::{self, Denied, NoResponse, Status};

/// How often and how long deliveries are retried.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The wait before each retry of a batch; its length is the number of retries.
    pub waits: Vec<Duration>,
    /// The longest `Retry-After` that is honoured.
    pub longest_retry_after: Duration,
    /// The time without an acknowledgement after which a job fails.
    pub acknowledgement_timeout: Duration,
    /// The longest wait between two probes of an open outage.
    pub longest_probe_wait: Duration,
}

/// The retries of the sender `K`, such as a region's job, since this process has started. All slices
/// of the sender share the wait; each batch has its own retries.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct RetryState<K> {
    sender: Option<Retries<K>>,
    /// What another node has stored, for the first sender.
    taken_over: Option<TakenOver>,
}

/// The waits that one node stores for the next one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct TakenOver {
    /// The time before which no request may be sent.
    pub(super) not_before: Instant,
    /// The number of requests that have failed in a row.
    pub(super) failures: u32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Retries<K> {
    sender: K,
    /// The time of the first request since the last acknowledgement.
    unacknowledged_since: Option<Instant>,
    /// Since when the time without an acknowledgement does not count.
    held_since: Option<Instant>,
    /// The time before which no request may be sent.
    not_before: Instant,
    /// The number of retries of the current batch of each slice that has some.
    of_slices: BTreeMap<u32, usize>,
    /// The number of requests that had failed in a row when this node took over. They make waits longer
    /// until the first acknowledgement, and use up no retries.
    failures_before: usize,
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
            longest_probe_wait: Duration::from_mins(1),
        }
    }
}

impl<K> Default for RetryState<K> {
    fn default() -> Self {
        Self { sender: None, taken_over: None }
    }
}

impl<K: Copy + Eq> RetryState<K> {
    /// The state of a node that takes the deliveries over.
    pub(super) const fn taken_over(taken_over: TakenOver) -> Self {
        Self { sender: None, taken_over: Some(taken_over) }
    }

    /// What another node needs to go on after this one.
    pub(super) fn left(&self, now: Instant) -> TakenOver {
        let Some(retries) = &self.sender else { return TakenOver { not_before: now, failures: 0 } };
        let of_slices = retries.of_slices.values().copied().max().unwrap_or_default();
        let failures = retries.failures_before.saturating_add(of_slices.max(retries.throttled));
        let failures = u32::try_from(failures).unwrap_or(u32::MAX);
        TakenOver { not_before: retries.not_before.max(now), failures }
    }

    /// When the next request of `sender` may be sent beside those in flight. If it may be sent now,
    /// the time without an acknowledgement begins.
    pub(super) fn next_attempt(
        &mut self,
        retry_policy: &RetryPolicy,
        sender: K,
        in_flight: usize,
        now: Instant,
    ) -> NextAttempt {
        let retries = self.retries_of(sender, now);
        if let Some(held_since) = retries.held_since.take() {
            let held = now.saturating_duration_since(held_since);
            retries.unacknowledged_since = retries.unacknowledged_since.map(|since| since + held);
        }
        let fails_at =
            retries.unacknowledged_since.map(|since| since + retry_policy.acknowledgement_timeout);
        if fails_at.is_some_and(|fails_at| fails_at <= now) {
            let minutes = retry_policy.acknowledgement_timeout.as_secs() / 60;
            return NextAttempt::Never(format!("{UNACKNOWLEDGED} for {minutes} minutes"));
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

    /// No request of `sender` is sent before `until`: the receiver has asked another sender for a pause.
    pub(super) fn delay(&mut self, sender: K, until: Instant, now: Instant) {
        let retries = self.retries_of(sender, now);
        retries.not_before = retries.not_before.max(until);
    }

    /// What follows from `answer` at `now` to the current batch of the sender's slice. A sender
    /// without slices has the slice 0.
    pub(super) fn verdict(
        &mut self,
        retry_policy: &RetryPolicy,
        sender: K,
        slice: u32,
        answer: &DeliveryResult,
        now: Instant,
    ) -> Verdict {
        let retries = self.retries_of(sender, now);
        match answer {
            Status { code: 200..=299, .. } => {
                retries.acknowledged(slice, now);
                Verdict::Acknowledged
            }
            Status { code: 413, .. } => {
                retries.of_slices.remove(&slice);
                Verdict::TooLarge
            }
            Status { code: 429, retry_after } => {
                let default = retries.wait(retry_policy, retries.throttled);
                // `Retry-After: 0` must not lead to requests without a pause.
                let requested = retry_after.filter(|wait| !wait.is_zero());
                let wait = requested.unwrap_or(default);
                let until = now + wait.min(retry_policy.longest_retry_after);
                retries.throttled += 1;
                retries.wait_until(until);
                Verdict::Throttled { until }
            }
            Status { code: code @ (408 | 425 | 500..=599), retry_after } => {
                let requested =
                    retry_after.unwrap_or_default().min(retry_policy.longest_retry_after);
                let cause = format!("{WEBHOOK_ANSWERED}{code}");
                retries.retry(retry_policy, slice, requested, now, &cause)
            }
            NoResponse(reason) => {
                let cause = format!("{WEBHOOK_UNANSWERED}: {reason}");
                retries.retry(retry_policy, slice, Duration::ZERO, now, &cause)
            }
            Status { code: 410, .. } => Verdict::Gone { reason: format!("{WEBHOOK_ANSWERED}410") },
            Status { code, .. } => {
                Verdict::Refused { code: Some(*code), reason: format!("{WEBHOOK_ANSWERED}{code}") }
            }
            Denied { reason, .. } => {
                Verdict::Refused { code: None, reason: format!("{ENDPOINT_DENIED} {reason}") }
            }
        }
    }

    /// The retries of `sender`; those of another one are dropped.
    fn retries_of(&mut self, sender: K, now: Instant) -> &mut Retries<K> {
        self.sender = self.sender.take().filter(|retries| retries.sender == sender);
        let taken_over = self.taken_over.take();
        self.sender.get_or_insert_with(|| match taken_over {
            Some(taken_over) => Retries::after(sender, taken_over),
            None => Retries::new(sender, now),
        })
    }
}

impl<K: Copy> Retries<K> {
    const fn new(sender: K, now: Instant) -> Self {
        Self {
            sender,
            unacknowledged_since: None,
            held_since: None,
            not_before: now,
            of_slices: BTreeMap::new(),
            failures_before: 0,
            throttled: 0,
            is_probing: false,
        }
    }

    fn after(sender: K, TakenOver { not_before, failures }: TakenOver) -> Self {
        Self {
            failures_before: usize::try_from(failures).unwrap_or(usize::MAX),
            is_probing: failures > 0,
            ..Self::new(sender, not_before)
        }
    }

    /// A batch of the slice was acknowledged: the receiver works. The batches of other slices keep
    /// their retries. During a wait, the wait goes on: the request was sent before it began.
    fn acknowledged(&mut self, slice: u32, now: Instant) {
        self.of_slices.remove(&slice);
        (self.unacknowledged_since, self.held_since) = (None, None);
        if self.not_before <= now {
            let of_slices = core::mem::take(&mut self.of_slices);
            *self = Self { of_slices, ..Self::new(self.sender, now) };
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
    ) -> Verdict {
        let retries = self.of_slices.entry(slice).or_default();
        if *retries >= retry_policy.waits.len() {
            return Verdict::RetriesUsedUp { reason: format!("{cause} after {retries} retries") };
        }
        let failures = core::mem::replace(retries, *retries + 1);
        let wait = self.wait(retry_policy, failures);
        self.wait_until(now + requested.max(wait));
        Verdict::Retry
    }

    /// The wait after this number of failures, beside those before this node took over.
    fn wait(&self, retry_policy: &RetryPolicy, failures: usize) -> Duration {
        let failures = self.failures_before.saturating_add(failures);
        let wait = retry_policy.waits.get(failures).or(retry_policy.waits.last());
        wait.copied().unwrap_or_default()
    }

    /// No request is sent before `at`, and then one at a time. An earlier wait is not shortened.
    fn wait_until(&mut self, at: Instant) {
        self.not_before = self.not_before.max(at);
        self.is_probing = true;
    }
}

#[cfg(test)]
mod tests;
