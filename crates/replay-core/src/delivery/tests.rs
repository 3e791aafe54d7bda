use super::*;
use crate::{JobId, PutId, Timeframe, webhook::Endpoint};
use alloc::borrow::ToOwned;

const FIRST: Position = Position { event_ns: 1, seq: 1 };
const LAST: Position = Position { event_ns: 2, seq: 4 };

#[test]
fn an_acknowledgement_moves_the_cursor_and_counts_the_lines() {
    let mut job = running();
    for total in [3, 6] {
        let outcome = DeliveryOutcome::Acknowledged { end: LAST, lines: 3 };
        let DeliveryChanges::Acknowledged { job: after, cursor } = record(&job, outcome, now())
        else {
            panic!()
        };
        assert_eq!((cursor, after.progress.as_ref().unwrap().delivered_lines), (LAST, total));
        job = after;
    }
}

#[test]
fn a_batch_that_is_too_large_is_split_and_a_retry_changes_nothing() {
    let too_large = DeliveryOutcome::TooLarge { middle: FIRST, end: LAST };
    let split = DeliveryChanges::Split { middle: FIRST, end: LAST };
    assert_eq!(record(&running(), too_large, now()), split);
    assert_eq!(record(&running(), DeliveryOutcome::Retry, now()), DeliveryChanges::None);
}

#[test]
fn a_failed_delivery_fails_the_job_with_its_reason() {
    let failed = DeliveryOutcome::Failed { reason: "no answer".to_owned() };
    let DeliveryChanges::Failed(job) = record(&running(), failed, now()) else { panic!() };
    assert_eq!((job.status, job.reason.as_deref()), (JobStatus::Failed, Some("no answer")));
}

#[test]
fn a_result_changes_nothing_unless_the_job_is_running() {
    let completed = running().advance(Step::Complete, now()).unwrap();
    for outcome in [
        DeliveryOutcome::Acknowledged { end: LAST, lines: 3 },
        DeliveryOutcome::TooLarge { middle: FIRST, end: LAST },
        DeliveryOutcome::Failed { reason: "no answer".to_owned() },
    ] {
        assert_eq!(record(&completed, outcome, now()), DeliveryChanges::None);
    }
}

#[test]
fn a_job_completes_when_every_line_was_acknowledged_even_if_a_stop_was_requested() {
    for job in [running(), stopping()] {
        let next = next_delivery::<(), ()>(&job, Ok(None));
        assert_eq!(next, NextDelivery::Settle(Step::Complete));
    }
}

#[test]
fn a_requested_stop_comes_before_the_next_request() {
    let fail = NextDelivery::Settle(Step::Fail("cancelled".to_owned()));
    assert_eq!(next_delivery(&stopping(), Ok::<_, ()>(Some("batch"))), fail);
    let fail = NextDelivery::Settle(Step::Fail("cancelled".to_owned()));
    assert_eq!(next_delivery::<(), _>(&stopping(), Err("unreadable")), fail);
    let next = next_delivery(&running(), Ok::<_, ()>(Some("batch")));
    assert_eq!(next, NextDelivery::Send("batch"));
    let next = next_delivery::<(), _>(&running(), Err("unreadable"));
    assert_eq!(next, NextDelivery::Unreadable("unreadable"));
}

#[test]
fn the_engine_acts_on_every_unsettled_job_and_on_no_other() {
    for status in JobStatus::ALL {
        let job = match status {
            JobStatus::Unconfigured => Job::Unconfigured,
            JobStatus::Accepted
            | JobStatus::Pending
            | JobStatus::Running
            | JobStatus::Completed
            | JobStatus::Failed => Job::Configured(Configured { status, ..running() }),
        };
        assert_eq!(job.next_action() == NextAction::None, status.is_settled(), "{status}");
    }
}

fn running() -> Configured {
    let timeframe = Timeframe::new(now(), now()).unwrap();
    let job = Job::Unconfigured.submit_with(JobId(1), PutId(1), timeframe, now()).unwrap();
    let pending = job.advance(Step::Schedule, now()).unwrap();
    let url = "https://a.example".to_owned();
    pending.start(&Endpoint { origin: url.clone(), url }, now()).unwrap()
}

fn stopping() -> Configured {
    running().stop("cancelled", now()).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
