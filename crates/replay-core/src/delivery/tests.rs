use super::*;
use crate::{JobId, PutId, Timeframe, webhook::Endpoint};
use alloc::borrow::ToOwned;

const BEGINNING: Position = Position { event_ns: 0, seq: 0 };
const FIRST: Position = Position { event_ns: 1, seq: 1 };
const LAST: Position = Position { event_ns: 2, seq: 4 };
const BATCH: Amount = Amount { lines: 3, bytes: 30 };

#[test]
fn an_acknowledgement_moves_the_cursor_and_counts_the_lines() {
    let mut job = running();
    for lines in [3, 6] {
        let DeliveryChanges::Acknowledged { job: after, cursor } = acknowledge(&job, false) else {
            panic!()
        };
        let delivered = after.progress.as_ref().unwrap().delivered;
        assert_eq!((cursor, delivered), (LAST, Amount { lines, bytes: lines * 10 }));
        assert_eq!(after.status, JobStatus::Running);
        job = after;
    }
}

#[test]
fn the_last_acknowledgement_completes_the_job_even_if_a_stop_was_requested() {
    for job in [running(), stopping()] {
        let DeliveryChanges::Acknowledged { job, .. } = acknowledge(&job, true) else { panic!() };
        assert_eq!((job.status, job.stop_requested), (JobStatus::Completed, None));
        assert_eq!(job.progress.unwrap().delivered, BATCH);
    }
}

#[test]
fn an_acknowledgement_that_was_recorded_before_changes_nothing() {
    for is_last in [false, true] {
        let outcome = DeliveryOutcome::Acknowledged { cursor: LAST, delivered: BATCH };
        assert_eq!(record(&running(), LAST, outcome, is_last, now()), DeliveryChanges::None);
    }
}

#[test]
fn a_batch_that_is_too_large_is_split() {
    let too_large = DeliveryOutcome::TooLarge { middle: FIRST, end: LAST };
    let split = DeliveryChanges::Split { middle: FIRST, end: LAST };
    assert_eq!(record(&running(), BEGINNING, too_large, false, now()), split);
}

#[test]
fn a_retry_is_counted() {
    let changes = record(&running(), BEGINNING, DeliveryOutcome::Retry, false, now());
    let DeliveryChanges::Retried(job) = changes else { panic!() };
    assert_eq!(job.progress.unwrap().retries, 1);
}

#[test]
fn a_failed_delivery_stops_the_job_with_the_first_reason() {
    let failed = |job, reason: &str| {
        let outcome = DeliveryOutcome::Failed { reason: reason.to_owned() };
        let DeliveryChanges::Stopping(job) = record(job, BEGINNING, outcome, false, now()) else {
            panic!()
        };
        job
    };
    let stopping = failed(&failed(&running(), "no answer"), "another reason");
    assert_eq!(stopping.status, JobStatus::Running, "other requests may be in flight");
    assert_eq!(stopping.stop_requested.as_deref(), Some("no answer"));
}

#[test]
fn an_answer_that_the_receiver_is_gone_stops_the_job_and_disables_its_webhook() {
    let gone = DeliveryOutcome::Gone { reason: "the webhook answered 410".to_owned() };
    for (job, reason) in [(running(), "the webhook answered 410"), (stopping(), "cancelled")] {
        let changes = record(&job, BEGINNING, gone.clone(), false, now());
        let DeliveryChanges::Gone { job, detail } = changes else { panic!() };
        assert_eq!(job.stop_requested.as_deref(), Some(reason), "the first reason is kept");
        assert_eq!(detail, "the webhook answered 410");
    }
}

#[test]
fn the_reason_of_a_requested_stop_says_what_was_acknowledged() {
    let reason_of = |reason: &str| {
        let mut job = running().stop(reason, now()).unwrap();
        job.progress.as_mut().unwrap().delivered = Amount { lines: 2, bytes: 20 };
        let NextDelivery::Settle(Step::Fail(reason)) = next_delivery(&job, false) else { panic!() };
        reason
    };
    let cancelled = "it was cancelled after 2 of 3 lines were acknowledged";
    assert_eq!(reason_of(CANCELLED), cancelled);
    let disabled = "the webhook was disabled after 2 of 3 lines were acknowledged";
    assert_eq!(reason_of(WEBHOOK_DISABLED), disabled);
    assert_eq!(reason_of("the webhook answered 401"), "the webhook answered 401");
}

#[test]
fn a_result_changes_nothing_unless_the_job_is_running() {
    let completed = running().advance(Step::Complete, now()).unwrap();
    for outcome in [
        DeliveryOutcome::Acknowledged { cursor: LAST, delivered: BATCH },
        DeliveryOutcome::TooLarge { middle: FIRST, end: LAST },
        DeliveryOutcome::Retry,
        DeliveryOutcome::Failed { reason: "no answer".to_owned() },
        DeliveryOutcome::Refused { reason: "no".to_owned() },
        DeliveryOutcome::Gone { reason: "gone".to_owned() },
    ] {
        assert_eq!(record(&completed, BEGINNING, outcome, false, now()), DeliveryChanges::None);
    }
}

#[test]
fn a_job_completes_when_every_line_was_acknowledged_even_if_a_stop_was_requested() {
    for mut job in [running(), stopping()] {
        job.progress.as_mut().unwrap().delivered = BATCH;
        assert_eq!(next_delivery(&job, true), NextDelivery::Settle(Step::Complete));
    }
}

#[test]
fn a_job_whose_lines_were_not_all_found_fails() {
    let reason = "the archive is damaged: it had 3 lines at the start, and 0 were found".to_owned();
    let fail = NextDelivery::Settle(Step::Fail(reason));
    assert_eq!(next_delivery(&running(), true), fail);
    let mut job = running();
    job.progress.as_mut().unwrap().total = Some(Amount { lines: 4, bytes: 40 });
    let DeliveryChanges::Acknowledged { job, .. } = acknowledge(&job, true) else { panic!() };
    assert_eq!(job.status, JobStatus::Failed);
    assert!(job.reason.unwrap().ends_with("it had 4 lines at the start, and 3 were found"));
}

#[test]
fn a_requested_stop_comes_before_the_next_request() {
    let fail = NextDelivery::Settle(Step::Fail("cancelled".to_owned()));
    assert_eq!(next_delivery(&stopping(), false), fail);
    assert_eq!(next_delivery(&running(), false), NextDelivery::Send);
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

fn acknowledge(job: &Configured, is_last: bool) -> DeliveryChanges {
    let outcome = DeliveryOutcome::Acknowledged { cursor: LAST, delivered: BATCH };
    record(job, BEGINNING, outcome, is_last, now())
}

fn running() -> Configured {
    let timeframe = Timeframe::new(now(), now()).unwrap();
    let job = Job::Unconfigured.submit_with(JobId(1), PutId(1), timeframe, now()).unwrap();
    let pending = job.advance(Step::Schedule, now()).unwrap();
    let url = "https://a.example".to_owned();
    let total = BATCH;
    pending.start(&Endpoint { origin: url.clone(), url }, total, now()).unwrap()
}

fn stopping() -> Configured {
    running().stop("cancelled", now()).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
