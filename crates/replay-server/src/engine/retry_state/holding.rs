//! The time that does not count as time without an acknowledgement.

use tokio::time::Instant;

use super::RetryState;

impl<K: Copy + Eq> RetryState<K> {
    /// No request of `sender` is due from `now` on, because it is paused or has a rate: the time without
    /// an acknowledgement does not count until the next attempt.
    pub(in crate::engine) fn hold(&mut self, sender: K, now: Instant) {
        let retries = self.retries_of(sender, now);
        if retries.unacknowledged_since.is_some() {
            retries.held_since.get_or_insert(now);
        }
    }

    /// No request could be made since `since`, because the database was not reachable: that time does not
    /// count until the next attempt.
    pub(in crate::engine) fn hold_since(&mut self, since: Instant) {
        if let Some(retries) = &mut self.sender
            && retries.unacknowledged_since.is_some()
        {
            retries.held_since.get_or_insert(since);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::{
        delivery::DeliveryResult,
        engine::{RetryPolicy, retry_state::NextAttempt},
    };

    #[tokio::test(start_paused = true)]
    async fn the_time_in_which_the_database_is_not_reachable_does_not_count() {
        let (policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        let failed = DeliveryResult::Status { code: 503, retry_after: None };
        retry_state.hold_since(Instant::now());
        retry_state.next_attempt(&policy, 1, 0, Instant::now());
        retry_state.verdict(&policy, 1, 0, &failed, Instant::now());
        let unreachable_since = Instant::now();
        for _ in 0..20 {
            tokio::time::advance(Duration::from_mins(1)).await;
            retry_state.hold_since(unreachable_since);
        }
        let next = |retry_state: &mut RetryState<_>| {
            retry_state.next_attempt(&policy, 1, 0, Instant::now())
        };
        assert_eq!(next(&mut retry_state), NextAttempt::Now);
        tokio::time::advance(policy.acknowledgement_timeout).await;
        assert!(matches!(next(&mut retry_state), NextAttempt::Never(_)));
    }
}
