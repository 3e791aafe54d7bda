//! Which lines a ledger finds missing.

use std::collections::HashSet;

use replay_tests::{lines::Line, receiver::ReceivedRequest};
use serde_json::{Value, json};
use time_range::Timestamp;
use tokio::time::Instant;

use super::Ledger;

#[test]
fn lines_of_a_failed_replay_are_delivered_if_the_replay_that_resumes_it_heals_an_outage() {
    let failed = delivered_by(Some("failed"), "a\n");
    let resumed_again = delivered_by(Some("third"), "b\n");
    let jobs = [
        json!({ "id": "third", "resumed_from": "second" }),
        json!({ "id": "second", "resumed_from": "failed" }),
        json!({ "id": "failed" }),
    ];
    let requests = [failed, resumed_again];
    assert_eq!(missing(&requests, &[json!({ "healed_by": "third" })], &jobs), [""; 0]);
    assert_eq!(missing(&requests, &[json!({ "healed_by": null })], &jobs), ["a", "b"]);
}

#[test]
fn lines_that_only_a_replay_which_healed_nothing_delivers_are_missing() {
    let requests = [
        delivered_by(None, "a\n"),
        delivered_by(Some("replay"), "b\n"),
        ReceivedRequest { status: Some(503), ..delivered_by(None, "b\n") },
    ];
    let outages = [json!({ "healed_by": "healing" })];
    let jobs = [json!({ "id": "replay" }), json!({ "id": "healing", "heals": "an outage" })];
    assert_eq!(missing(&requests, &outages, &jobs), ["b"]);
}

#[test]
fn lines_of_a_failed_healing_job_are_delivered() {
    let requests = [delivered_by(Some("failed"), "a\n"), delivered_by(None, "b\n")];
    let jobs = [json!({ "id": "failed", "heals": "an outage" })];
    assert_eq!(missing(&requests, &[], &jobs), [""; 0]);
}

/// Which of the lines `a` and `b` are missing.
fn missing(requests: &[ReceivedRequest], outages: &[Value], jobs: &[Value]) -> Vec<String> {
    let line = |text: &str| Line { at: Timestamp::UNIX_EPOCH, text: text.to_owned() };
    let ledger = Ledger {
        lines: &["a", "b"].map(line),
        requests,
        outages,
        jobs,
        in_flight_when_disabled: &HashSet::new(),
    };
    ledger.missing().into_iter().map(|line| line.text.clone()).collect()
}

/// An acknowledged request of a job, or of the lane.
fn delivered_by(job: Option<&str>, body: &str) -> ReceivedRequest {
    let header = |job: &str| ("x-replay-job-id".to_owned(), job.to_owned());
    ReceivedRequest {
        number: 0,
        at: Instant::now(),
        request_line: String::new(),
        headers: job.map(header).into_iter().collect(),
        raw_body: Vec::new(),
        body: body.to_owned(),
        status: Some(200),
    }
}
