//! Retries of reading a running job's lines. Whether stored data is damaged is decided by the store.

use core::time::Duration;

use replay_core::job::Step;
use tokio::time::Instant;

use super::{NextAttempt, RetryPolicy, RetryState};
use crate::engine::RETRY_AFTER;

impl<K: Copy + Eq> RetryState<K> {
    /// The wait before the lines of `sender`, which could not be read at `now`, are read again. A
    /// request was due, so the time counts as time without an acknowledgement.
    ///
    /// # Errors
    /// The step that fails the job, once nothing was acknowledged for too long.
    pub(in crate::engine) fn next_read(
        &mut self,
        retry_policy: &RetryPolicy,
        sender: K,
        summary: &str,
        now: Instant,
    ) -> Result<Duration, Step> {
        match self.next_attempt(retry_policy, sender, 0, now) {
            // Without requests in flight there is none to wait for.
            NextAttempt::Now | NextAttempt::AfterRequests => {
                self.retries_of(sender, now).not_before = now + RETRY_AFTER;
                Ok(RETRY_AFTER)
            }
            NextAttempt::In(wait) => Ok(wait),
            NextAttempt::Never(reason) => {
                Err(Step::Fail(format!("{reason}: its lines could not be read: {summary}")))
            }
        }
    }
}

/// The step that fails a job whose lines are damaged.
pub(in crate::engine) fn unreadable(summary: &str) -> Step {
    Step::Fail(format!("its lines could not be read: {summary}"))
}

#[cfg(test)]
mod tests {
    use replay_core::JobId;

    use super::*;

    const JOB: JobId = JobId(1);

    #[tokio::test(start_paused = true)]
    async fn a_job_whose_lines_cannot_be_read_for_ten_minutes_fails() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        let begun = Instant::now();
        let fail = loop {
            match retry_state.next_read(&retry_policy, JOB, "disk I/O error", Instant::now()) {
                Ok(wait) => {
                    assert_eq!(wait, Duration::from_secs(1));
                    tokio::time::advance(wait).await;
                }
                Err(fail) => break fail,
            }
        };
        assert_eq!(begun.elapsed(), Duration::from_mins(10));
        let reason = "nothing was acknowledged for 10 minutes: \
                      its lines could not be read: disk I/O error";
        assert_eq!(fail, Step::Fail(reason.to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn unreadable_lines_extend_the_time_without_an_acknowledgement() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now());
        let not_before = Instant::now() + Duration::from_secs(299);
        retry_state.retries_of(JOB, Instant::now()).not_before = not_before;
        let read = |retry_state: &mut RetryState<JobId>| {
            retry_state.next_read(&retry_policy, JOB, "disk I/O error", Instant::now())
        };
        assert_eq!(read(&mut retry_state), Ok(Duration::from_secs(299)));
        tokio::time::advance(Duration::from_secs(599)).await;
        assert_eq!(read(&mut retry_state), Ok(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(read(&mut retry_state).is_err());
    }
}
