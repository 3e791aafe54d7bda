use std::sync::Arc;

use replay_core::{
    JobId,
    delivery::DeliveryOutcome,
    job::Amount,
    snapshot::Position,
    webhook::{Endpoint, Target},
};

use super::*;
use crate::store::{Batch, Body, Claim, Receiver};

const JOB: JobId = JobId(1);
const AMOUNT: Amount = Amount { lines: 2, bytes: 8 };

#[tokio::test(start_paused = true)]
async fn a_job_fails_after_retries_of_its_batch_after_1_2_4_and_8_seconds() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    for wait in [1, 2, 4, 8] {
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(503)), DeliveryOutcome::Retry);
        let due = retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now());
        assert_eq!(due, NextAttempt::In(Duration::from_secs(wait)));
        tokio::time::advance(Duration::from_secs(wait)).await;
    }
    let last = send(&retry_policy, &mut retry_state, &NoResponse("refused".to_owned()));
    let reason = "the webhook did not answer: refused after 4 retries";
    assert_eq!(last, DeliveryOutcome::Failed { reason: reason.to_owned() });
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_gives_the_next_batch_its_own_retries() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    for _ in 0..20 {
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(500)), DeliveryOutcome::Retry);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(204)), acknowledged());
        assert_eq!(
            retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now()),
            NextAttempt::Now
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_uses_up_no_retry_and_its_retry_after_is_honoured_up_to_five_minutes() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    for (asked, waited) in [(Some(7), 7), (Some(86_400), 300), (Some(0), 4), (None, 8), (None, 8)] {
        let answer = Status { code: 429, retry_after: asked.map(Duration::from_secs) };
        assert_eq!(send(&retry_policy, &mut retry_state, &answer), DeliveryOutcome::Retry);
        let due = retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now());
        assert_eq!(due, NextAttempt::In(Duration::from_secs(waited)));
        tokio::time::advance(Duration::from_secs(waited)).await;
    }
    assert_eq!(send(&retry_policy, &mut retry_state, &answered(500)), DeliveryOutcome::Retry);
    assert_eq!(
        retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now()),
        NextAttempt::In(Duration::from_secs(1))
    );
}

#[tokio::test(start_paused = true)]
async fn a_job_without_an_acknowledgement_for_ten_minutes_fails() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let throttled = Status { code: 429, retry_after: Some(Duration::from_secs(299)) };
    for left in [299, 299, 2] {
        assert_eq!(send(&retry_policy, &mut retry_state, &throttled), DeliveryOutcome::Retry);
        let due = retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now());
        assert_eq!(due, NextAttempt::In(Duration::from_secs(left)));
        tokio::time::advance(Duration::from_secs(left)).await;
    }
    let never = NextAttempt::Never("nothing was acknowledged for 10 minutes".to_owned());
    assert_eq!(retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now()), never);
    assert_eq!(
        retry_state.next_attempt(&retry_policy, JobId(2), 0, Instant::now()),
        NextAttempt::Now
    );
}

#[tokio::test(start_paused = true)]
async fn time_without_a_due_request_does_not_count_towards_the_acknowledgement_timeout() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    assert_eq!(send(&retry_policy, &mut retry_state, &answered(204)), acknowledged());
    tokio::time::advance(Duration::from_hours(1)).await;
    assert_eq!(retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now()), NextAttempt::Now);
}

#[tokio::test(start_paused = true)]
async fn time_in_which_the_job_is_held_does_not_count_towards_the_acknowledgement_timeout() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let next = |retry_state: &mut RetryState<JobId>| {
        retry_state.next_attempt(&retry_policy, JOB, 0, Instant::now())
    };
    assert_eq!(next(&mut retry_state), NextAttempt::Now);
    for minutes in [1, 2, 6] {
        retry_state.hold(JOB, Instant::now());
        tokio::time::advance(Duration::from_mins(30)).await;
        retry_state.hold(JOB, Instant::now());
        tokio::time::advance(Duration::from_mins(30)).await;
        assert_eq!(next(&mut retry_state), NextAttempt::Now, "an hour was not counted");
        tokio::time::advance(Duration::from_mins(minutes)).await;
    }
    assert_eq!(next(&mut retry_state), NextAttempt::Now, "nine minutes were counted");
    tokio::time::advance(Duration::from_mins(1)).await;
    assert!(matches!(next(&mut retry_state), NextAttempt::Never(_)));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_another_sender_was_asked_for_delays_the_next_attempt() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let until = Instant::now() + Duration::from_secs(7);
    retry_state.delay(JOB, until, Instant::now());
    retry_state.delay(JOB, until - Duration::from_secs(3), Instant::now());
    let next = retry_state.next_attempt(&retry_policy, JOB, 3, Instant::now());
    assert_eq!(next, NextAttempt::In(Duration::from_secs(7)));
    tokio::time::advance(Duration::from_secs(7)).await;
    let next = retry_state.next_attempt(&retry_policy, JOB, 3, Instant::now());
    assert_eq!(next, NextAttempt::Now, "requests are sent side by side");
}

#[tokio::test(start_paused = true)]
async fn any_other_answer_fails_the_job_at_once_and_a_413_splits_the_batch() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let halves = DeliveryOutcome::TooLarge { middle: position(1).next(), end: position(2).next() };
    assert_eq!(send(&retry_policy, &mut retry_state, &answered(413)), halves);
    for code in [100, 199, 300, 301, 304, 400, 401, 403, 404, 499, 600] {
        let reason = format!("the webhook answered {code}");
        assert_eq!(send(&retry_policy, &mut retry_state, &answered(code)), refused(&reason));
    }
    let gone = DeliveryOutcome::Gone { reason: "the webhook answered 410".to_owned() };
    assert_eq!(send(&retry_policy, &mut retry_state, &answered(410)), gone);
    let why = "must not be there".to_owned();
    let denied = Denied { reason: why, resolved: None };
    let reason = "the webhook's endpoint must not be there";
    assert_eq!(send(&retry_policy, &mut retry_state, &denied), refused(reason));
}

#[tokio::test(start_paused = true)]
async fn a_413_to_a_single_line_fails_the_job() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let single = batch(1);
    let outcome = outcome(&retry_policy, &mut retry_state, &single, &answered(413));
    let reason = "the webhook answered 413 to a single line, number 1 of the archive";
    assert_eq!(outcome, refused(reason));
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_one_slice_delays_all_and_then_one_request_is_sent_at_a_time() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let next = |retry_state: &mut RetryState<JobId>, in_flight| {
        retry_state.next_attempt(&retry_policy, JOB, in_flight, Instant::now())
    };
    let answer = |retry_state: &mut RetryState<JobId>, slice, code| {
        let batch = batch_of(slice, 2);
        outcome(&retry_policy, retry_state, &batch, &answered(code))
    };
    assert_eq!(next(&mut retry_state, 3), NextAttempt::Now, "slices are sent side by side");
    answer(&mut retry_state, 0, 503);
    answer(&mut retry_state, 1, 503);
    assert_eq!(next(&mut retry_state, 1), NextAttempt::In(Duration::from_secs(1)));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(next(&mut retry_state, 1), NextAttempt::AfterRequests);
    assert_eq!(next(&mut retry_state, 0), NextAttempt::Now);
    answer(&mut retry_state, 0, 503);
    assert_eq!(
        next(&mut retry_state, 0),
        NextAttempt::In(Duration::from_secs(2)),
        "it is the second retry of this batch"
    );
    tokio::time::advance(Duration::from_secs(2)).await;
    answer(&mut retry_state, 1, 204);
    assert_eq!(next(&mut retry_state, 3), NextAttempt::Now, "the receiver works again");
    answer(&mut retry_state, 0, 503);
    assert_eq!(
        next(&mut retry_state, 0),
        NextAttempt::In(Duration::from_secs(4)),
        "the acknowledgement of another batch leaves this one its third retry"
    );
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_of_a_request_that_was_in_flight_before_a_wait_does_not_end_the_wait() {
    let (retry_policy, mut retry_state) = (RetryPolicy::default(), RetryState::default());
    let throttled = Status { code: 429, retry_after: Some(Duration::from_secs(30)) };
    for (slice, answer) in [(0, throttled), (1, answered(204))] {
        let batch = batch_of(slice, 2);
        outcome(&retry_policy, &mut retry_state, &batch, &answer);
    }
    let mut next =
        |in_flight| retry_state.next_attempt(&retry_policy, JOB, in_flight, Instant::now());
    assert_eq!(next(1), NextAttempt::In(Duration::from_secs(30)));
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(next(1), NextAttempt::AfterRequests);
    assert_eq!(next(0), NextAttempt::Now);
}

fn send(
    retry_policy: &RetryPolicy,
    retry_state: &mut RetryState<JobId>,
    answer: &DeliveryResult,
) -> DeliveryOutcome {
    retry_state.next_attempt(retry_policy, JOB, 0, Instant::now());
    outcome(retry_policy, retry_state, &batch(2), answer)
}

fn outcome(
    retry_policy: &RetryPolicy,
    retry_state: &mut RetryState<JobId>,
    batch: &Batch,
    answer: &DeliveryResult,
) -> DeliveryOutcome {
    let (job, slice) = (batch.job, batch.claim.number);
    retry_state.verdict(retry_policy, job, slice, answer, Instant::now()).outcome(batch)
}

fn acknowledged() -> DeliveryOutcome {
    DeliveryOutcome::Acknowledged { cursor: position(2).next(), delivered: AMOUNT }
}

fn refused(reason: &str) -> DeliveryOutcome {
    DeliveryOutcome::Refused { reason: reason.to_owned() }
}

fn answered(code: u16) -> DeliveryResult {
    Status { code, retry_after: None }
}

/// A batch of the job's first slice with that many lines.
fn batch(lines: i64) -> Batch {
    batch_of(0, lines)
}

/// A batch of a slice with that many lines.
fn batch_of(slice: u32, lines: i64) -> Batch {
    let url = "https://a.example".to_owned();
    let endpoint = Endpoint { origin: url.clone(), url };
    let target = Target { endpoint, authorization: None, enabled: true };
    Batch {
        job: JOB,
        delivery_id: JOB,
        claim: Claim { number: slice, token: 1, cursor: position(0) },
        receiver: Arc::new(Receiver { target, skip_ssl_verification: false }),
        first: position(1),
        last: position(lines),
        middle: (lines > 1).then(|| position(lines / 2).next()),
        cursor: position(lines).next(),
        amount: AMOUNT,
        body: Body::Lines(Vec::new()),
    }
}

fn position(seq: i64) -> Position {
    Position { event_ns: seq, seq }
}
