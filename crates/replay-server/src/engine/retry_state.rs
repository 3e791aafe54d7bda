//! What follows from an answer: when a batch is sent again, and when its job is given up. It
//! remembers only what may be forgotten by a restart, and touches nothing but its own counts.

mod unreadable;

use core::time::Duration;

use replay_core::{JobId, webhook::Attempt};
use tokio::time::Instant;

pub(in crate::engine) use unreadable::unreadable;

use crate::{delivery::Answer, store::Outcome};

/// How patient a job is with its receiver.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// How long to wait before each retry of a batch; there are as many retries as waits.
    pub waits: Vec<Duration>,
    /// The longest `Retry-After` that is honoured.
    pub longest_retry_after: Duration,
    /// How long a job goes on without any acknowledgement.
    pub silence: Duration,
}

/// A job's dealings with its receiver since this process took it up.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RetryState {
    of: Option<Of>,
    unsaved: Option<Made>,
}

/// A request that was made, and what came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Made {
    pub(super) job: JobId,
    pub(super) outcome: Outcome,
    pub(super) attempt: Attempt,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Of {
    job: JobId,
    /// Since when a request has been made and none acknowledged.
    quiet_since: Option<Instant>,
    not_before: Instant,
    retries: usize,
    throttled: usize,
}

/// Whether the next request may be made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum NextAttempt {
    /// Now.
    Now,
    /// Not for so long.
    In(Duration),
    /// Never: nothing was acknowledged for too long.
    Never(String),
}

/// What to do about an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// The batch has arrived.
    Acknowledged,
    /// It is to be sent again, when it is its [`NextAttempt`].
    Again,
    /// It is to be sent in smaller parts.
    TooLarge,
    /// The job has failed, for this reason.
    GiveUp(String),
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            waits: [1, 2, 4, 8].map(Duration::from_secs).to_vec(),
            longest_retry_after: Duration::from_mins(5),
            silence: Duration::from_mins(10),
        }
    }
}

impl RetryState {
    /// Whether the next request of `job` may be made at `now`.
    pub(super) fn next_attempt(
        &mut self,
        retry_policy: &RetryPolicy,
        job: JobId,
        now: Instant,
    ) -> NextAttempt {
        let of = self.of(job, now);
        let end = of.quiet_since.map(|since| since + retry_policy.silence);
        if end.is_some_and(|end| end <= now) {
            let minutes = retry_policy.silence.as_secs() / 60;
            return NextAttempt::Never(format!("nothing was acknowledged for {minutes} minutes"));
        }
        if of.not_before > now {
            // Whatever the receiver asked for, the job ends when it is to end.
            let wake = end.map_or(of.not_before, |end| end.min(of.not_before));
            return NextAttempt::In(wake.duration_since(now));
        }
        of.quiet_since.get_or_insert(now);
        NextAttempt::Now
    }

    /// What to do about the `answer` to a request of `job` that was given at `now`.
    pub(super) fn judge(
        &mut self,
        retry_policy: &RetryPolicy,
        job: JobId,
        answer: &Answer,
        now: Instant,
    ) -> Verdict {
        let of = self.of(job, now);
        match answer {
            Answer::Status { code: 200..=299, .. } => {
                *of = Of::new(job, now);
                Verdict::Acknowledged
            }
            Answer::Status { code: 413, .. } => {
                of.retries = 0;
                Verdict::TooLarge
            }
            Answer::Status { code: 429, retry_after } => {
                let own = retry_policy.waits.get(of.throttled).or(retry_policy.waits.last());
                // To ask for no wait at all is not to ask for a flood.
                let asked = retry_after.filter(|wait| !wait.is_zero());
                let wait = asked.or(own.copied()).unwrap_or_default();
                of.throttled += 1;
                of.not_before = now + wait.min(retry_policy.longest_retry_after);
                Verdict::Again
            }
            Answer::Status { code: code @ (408 | 425 | 500..=599), retry_after } => {
                let asked = retry_after.unwrap_or_default().min(retry_policy.longest_retry_after);
                of.retry(retry_policy, asked, now, || format!("the webhook answered {code}"))
            }
            Answer::Nothing(why) => of.retry(retry_policy, Duration::ZERO, now, || {
                format!("the webhook did not answer: {why}")
            }),
            Answer::Status { code, .. } => Verdict::GiveUp(format!("the webhook answered {code}")),
            Answer::Denied { why, .. } => Verdict::GiveUp(format!("the webhook's endpoint {why}")),
        }
    }

    /// What came of a request and could not be remembered yet.
    pub(super) fn take_unsaved(&mut self) -> Option<Made> {
        self.unsaved.take()
    }

    /// Keeps what could not be remembered.
    pub(super) fn keep_unsaved(&mut self, made: Made) {
        self.unsaved = Some(made);
    }

    fn of(&mut self, job: JobId, now: Instant) -> &mut Of {
        self.of = self.of.take().filter(|of| of.job == job);
        self.of.get_or_insert_with(|| Of::new(job, now))
    }
}

impl Of {
    fn new(job: JobId, now: Instant) -> Self {
        Self { job, quiet_since: None, not_before: now, retries: 0, throttled: 0 }
    }

    fn retry(
        &mut self,
        retry_policy: &RetryPolicy,
        asked: Duration,
        now: Instant,
        why: impl FnOnce() -> String,
    ) -> Verdict {
        let Some(wait) = retry_policy.waits.get(self.retries) else {
            return Verdict::GiveUp(format!("{} after {} retries", why(), self.retries));
        };
        self.retries += 1;
        self.not_before = now + asked.max(*wait);
        Verdict::Again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: JobId = JobId(1);

    #[tokio::test(start_paused = true)]
    async fn a_failing_batch_is_retried_after_1_2_4_and_8_seconds_and_then_given_up() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        for wait in [1, 2, 4, 8] {
            assert_eq!(send(&retry_policy, &mut retry_state, &answered(503)), Verdict::Again);
            let due = retry_state.next_attempt(&retry_policy, JOB, Instant::now());
            assert_eq!(due, NextAttempt::In(Duration::from_secs(wait)));
            tokio::time::advance(Duration::from_secs(wait)).await;
        }
        let last = send(&retry_policy, &mut retry_state, &Answer::Nothing("refused".to_owned()));
        let reason = "the webhook did not answer: refused after 4 retries";
        assert_eq!(last, Verdict::GiveUp(reason.to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn an_acknowledgement_gives_the_next_batch_its_own_retries() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        for _ in 0..20 {
            assert_eq!(send(&retry_policy, &mut retry_state, &answered(500)), Verdict::Again);
            tokio::time::advance(Duration::from_secs(1)).await;
            assert_eq!(
                send(&retry_policy, &mut retry_state, &answered(204)),
                Verdict::Acknowledged
            );
            assert_eq!(
                retry_state.next_attempt(&retry_policy, JOB, Instant::now()),
                NextAttempt::Now
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_uses_up_no_retry_and_its_wait_is_honoured_up_to_five_minutes() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        for (asked, waited) in
            [(Some(7), 7), (Some(86_400), 300), (Some(0), 4), (None, 8), (None, 8)]
        {
            let answer = Answer::Status { code: 429, retry_after: asked.map(Duration::from_secs) };
            assert_eq!(send(&retry_policy, &mut retry_state, &answer), Verdict::Again);
            let due = retry_state.next_attempt(&retry_policy, JOB, Instant::now());
            assert_eq!(due, NextAttempt::In(Duration::from_secs(waited)));
            tokio::time::advance(Duration::from_secs(waited)).await;
        }
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(500)), Verdict::Again);
        assert_eq!(
            retry_state.next_attempt(&retry_policy, JOB, Instant::now()),
            NextAttempt::In(Duration::from_secs(1))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_without_any_acknowledgement_for_ten_minutes_is_given_up() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        let throttled = Answer::Status { code: 429, retry_after: Some(Duration::from_secs(299)) };
        for left in [299, 299, 2] {
            assert_eq!(send(&retry_policy, &mut retry_state, &throttled), Verdict::Again);
            let due = retry_state.next_attempt(&retry_policy, JOB, Instant::now());
            assert_eq!(due, NextAttempt::In(Duration::from_secs(left)));
            tokio::time::advance(Duration::from_secs(left)).await;
        }
        let never = NextAttempt::Never("nothing was acknowledged for 10 minutes".to_owned());
        assert_eq!(retry_state.next_attempt(&retry_policy, JOB, Instant::now()), never);
        assert_eq!(
            retry_state.next_attempt(&retry_policy, JobId(2), Instant::now()),
            NextAttempt::Now
        );
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_only_where_something_was_said() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(204)), Verdict::Acknowledged);
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(retry_state.next_attempt(&retry_policy, JOB, Instant::now()), NextAttempt::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn any_other_answer_gives_up_at_once_and_a_413_asks_for_less() {
        let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(413)), Verdict::TooLarge);
        for code in [100, 199, 300, 301, 304, 400, 401, 403, 404, 410, 499, 600] {
            let reason = format!("the webhook answered {code}");
            assert_eq!(
                send(&retry_policy, &mut retry_state, &answered(code)),
                Verdict::GiveUp(reason)
            );
        }
        let why = "must not be there".to_owned();
        let denied = Answer::Denied { why, resolved: None };
        let reason = "the webhook's endpoint must not be there".to_owned();
        assert_eq!(send(&retry_policy, &mut retry_state, &denied), Verdict::GiveUp(reason));
    }

    fn send(retry_policy: &RetryPolicy, retry_state: &mut RetryState, answer: &Answer) -> Verdict {
        retry_state.next_attempt(retry_policy, JOB, Instant::now());
        retry_state.judge(retry_policy, JOB, answer, Instant::now())
    }

    fn answered(code: u16) -> Answer {
        Answer::Status { code, retry_after: None }
    }
}
