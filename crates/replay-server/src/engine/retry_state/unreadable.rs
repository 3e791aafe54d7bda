//! What follows when the lines of a running job cannot be read: when they are read again, and when
//! the job is given up. It only counts time; the store decides what damage is.

use core::time::Duration;

use replay_core::{JobId, job::Step};
use tokio::time::Instant;

use super::{NextAttempt, RetryPolicy, RetryState};
use crate::engine::RETRY_AFTER;

impl RetryState {
    /// How long to wait before lines of `job`, which could not be read at `now`, are read again. A
    /// request was due, so the time counts as silence.
    ///
    /// # Errors
    /// The step that ends the job, once nothing was acknowledged for too long.
    pub(in crate::engine) fn turn_to_read(
        &mut self,
        retry_policy: &RetryPolicy,
        job: JobId,
        summary: &str,
        now: Instant,
    ) -> Result<Duration, Step> {
        match self.next_attempt(retry_policy, job, now) {
            NextAttempt::Now => {
                self.of(job, now).not_before = now + RETRY_AFTER;
                Ok(RETRY_AFTER)
            }
            NextAttempt::In(wait) => Ok(wait),
            NextAttempt::Never(silence) => {
                Err(Step::Fail(format!("{silence}: its lines could not be read: {summary}")))
            }
        }
    }
}

/// The step that ends a job whose lines cannot be read and never will be.
pub(in crate::engine) fn unreadable(summary: &str) -> Step {
    Step::Fail(format!("its lines could not be read: {summary}"))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{DeliveryResult, Verdict},
        *,
    };

    const JOB: JobId = JobId(1);

    #[tokio::test(start_paused = true)]
    async fn a_job_whose_lines_cannot_be_read_for_ten_minutes_is_given_up() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        let begun = Instant::now();
        let fail = loop {
            match retry_state.turn_to_read(&retry_policy, JOB, "disk I/O error", Instant::now()) {
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
    async fn unreadable_lines_prolong_the_silence_of_the_receiver() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        let throttled =
            DeliveryResult::Status { code: 429, retry_after: Some(Duration::from_secs(299)) };
        retry_state.next_attempt(&retry_policy, JOB, Instant::now());
        let verdict = retry_state.judge(&retry_policy, JOB, &throttled, Instant::now());
        assert_eq!(verdict, Verdict::Again);
        let read = |retry_state: &mut RetryState| {
            retry_state.turn_to_read(&retry_policy, JOB, "disk I/O error", Instant::now())
        };
        assert_eq!(read(&mut retry_state), Ok(Duration::from_secs(299)));
        tokio::time::advance(Duration::from_secs(599)).await;
        assert_eq!(read(&mut retry_state), Ok(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(read(&mut retry_state).is_err());
    }
}
