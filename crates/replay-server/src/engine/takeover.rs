//! What a node stores for the one that takes its deliveries over, and how that one begins: the waits before
//! the next request, and the pace of a job. It sends nothing.

use core::future::Future;

use replay_core::{Region, Timestamp, delivery::DeliveryOutcome};
use tokio::time::{Instant, sleep};

use super::{
    Deliveries, Engine, LiveDeliveries, RETRY_AFTER,
    deliveries::SliceResult,
    pacing::Pacing,
    retry_state::{RetryState, TakenOver},
};
use crate::store::{Handover, StoreError};

impl<D> Engine<D> {
    /// The deliveries of a node that has got the lease. It waits until the database answers.
    pub(super) async fn take_over(&self, region: &Region) -> Deliveries {
        let handover = answered(|| self.store.job_handover(region)).await;
        Deliveries::taken_over(&handover, Instant::now())
    }

    /// The live lane of a node that has got the lease. It waits until the database answers.
    pub(super) async fn take_over_lane(&self, region: &Region) -> LiveDeliveries {
        let handover = answered(|| self.store.live_handover(region)).await;
        LiveDeliveries::taken_over(&handover, self.clock.now(), Instant::now())
    }
}

/// Asks until the answer is no error.
async fn answered<F: Future<Output = Result<Handover, StoreError>>>(
    ask: impl Fn() -> F,
) -> Handover {
    loop {
        match ask().await {
            Ok(handover) => return handover,
            Err(error) => {
                tracing::debug!(%error, "what the last node has stored could not be read");
                sleep(RETRY_AFTER).await;
            }
        }
    }
}

impl Deliveries {
    fn taken_over(handover: &Handover, now: Instant) -> Self {
        let Handover { wait, failures, ahead_lines, age, .. } = *handover;
        Self {
            retry_state: RetryState::taken_over(TakenOver { not_before: now + wait, failures }),
            pacing: Pacing::taken_over(ahead_lines, age, now),
            ..Self::default()
        }
    }

    /// What another node needs to go on after the unsaved results; `None` if it needs nothing.
    pub(super) fn handover(&mut self, now: Instant) -> Option<Handover> {
        let is_acknowledged = |result: &SliceResult| {
            matches!(result.record.outcome, DeliveryOutcome::Acknowledged { .. })
        };
        let has_failed = !self.unsaved.iter().all(is_acknowledged);
        let ahead_lines = self.pacing.ahead_lines(now);
        let TakenOver { not_before, failures } = self.retry_state.left(now);
        let wait = not_before.duration_since(now);
        let handover = Handover { wait, failures, ahead_lines, ..Handover::default() };
        (has_failed || ahead_lines > 0).then_some(handover)
    }
}

impl LiveDeliveries {
    /// The receiver's state before `at` is unknown.
    fn taken_over(handover: &Handover, at: Timestamp, now: Instant) -> Self {
        let (not_before, failures) = (now + handover.wait, handover.failures);
        let mut live = Self::default();
        live.taken_over = Some(TakenOver { not_before, failures });
        live.well_since = Some(at);
        live
    }

    /// What another node needs to go on after a request that has failed. `is_requested`: the receiver has
    /// asked for a pause.
    pub(super) fn left(&self, is_probe: bool, is_requested: bool, now: Instant) -> Handover {
        let TakenOver { not_before, failures } = self.retry_state.left(now);
        let wait = not_before.duration_since(now).max(self.probing.wait(now));
        let failures = if is_probe { self.probing.failures() } else { failures };
        Handover { wait, is_requested, failures, ..Handover::default() }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use replay_core::JobId;

    use super::*;
    use crate::{
        delivery::DeliveryResult,
        engine::{RetryPolicy, pacing::Pace, retry_state::NextAttempt},
    };

    #[tokio::test(start_paused = true)]
    async fn the_wait_after_a_failure_holds_after_a_takeover_and_the_next_one_is_longer() {
        let (policy, job) = (RetryPolicy::default(), JobId(1));
        let failed = DeliveryResult::Status { code: 503, retry_after: None };
        let mut deliveries = Deliveries::default();
        for seconds in [1, 2, 4] {
            let retry_state = &mut deliveries.retry_state;
            let now = Instant::now();
            assert_eq!(retry_state.next_attempt(&policy, job, 0, now), NextAttempt::Now);
            retry_state.verdict(&policy, job, 0, &failed, now);
            let left = retry_state.left(now);
            assert_eq!(left.not_before.duration_since(now), Duration::from_secs(seconds));
            let handover = Handover {
                wait: left.not_before.duration_since(now),
                failures: left.failures,
                ..Handover::default()
            };
            deliveries = Deliveries::taken_over(&handover, now);
            let wait = deliveries.retry_state.next_attempt(&policy, job, 0, now);
            assert_eq!(wait, NextAttempt::In(Duration::from_secs(seconds)));
            tokio::time::advance(Duration::from_secs(seconds)).await;
        }
        let now = Instant::now();
        let acknowledged = DeliveryResult::Status { code: 200, retry_after: None };
        deliveries.retry_state.verdict(&policy, job, 0, &acknowledged, now);
        assert_eq!(deliveries.retry_state.left(now), TakenOver { not_before: now, failures: 0 });
    }

    #[tokio::test(start_paused = true)]
    async fn a_limited_job_sends_after_a_takeover_what_its_limit_has_permitted_since() {
        let mut before = Deliveries::default();
        before.pacing.set_limit(Some(10), Instant::now());
        before.pacing.sent(100, Instant::now());
        let handover = before.handover(Instant::now()).unwrap();
        assert_eq!((handover.ahead_lines, handover.wait), (100, Duration::ZERO));
        let handover = Handover { age: Duration::from_secs(4), ..handover };
        let mut pacing = Deliveries::taken_over(&handover, Instant::now()).pacing;
        pacing.set_limit(Some(10), Instant::now());
        // A burst of one line may be sent ahead.
        assert_eq!(pacing.next(Instant::now()), Pace::In(Duration::from_millis(5_900)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_sign_shortens_the_wait_of_a_lane_that_was_taken_over() {
        let now = Instant::now();
        let handover = Handover { wait: Duration::from_mins(3), ..Handover::default() };
        let mut live = LiveDeliveries::taken_over(&handover, Timestamp::UNIX_EPOCH, now);
        live.meet_webhook(Some(1));
        live.note_sign();
        assert_eq!(live.left(true, true, now).wait, Duration::from_mins(3));
        tokio::time::advance(Duration::from_mins(3)).await;
        assert_eq!(live.left(true, true, Instant::now()).wait, Duration::ZERO);
        let mut live = LiveDeliveries::taken_over(&handover, Timestamp::UNIX_EPOCH, now);
        live.meet_webhook(Some(1));
        live.meet_webhook(Some(2));
        assert_eq!(live.left(true, true, now).wait, Duration::ZERO, "the webhook is another one");
    }
}
