//! A failed job is resumed from its row.

use super::*;

const RESUME: &str = "us/x/replay/resume";
const RESUMED: &str = r#"{"status": "accepted", "start_at": "2026-11-23T08:00:00Z",
    "end_at": "2026-11-23T09:00:00Z", "id": "2", "resumed_from": "1"}"#;

#[test]
fn a_failed_job_is_resumed_by_one_click_and_followed() {
    let mut harness = failed();
    harness.press(button(&harness).unwrap());
    let (_, request) = harness.requests.first().unwrap();
    assert_eq!((request.method, &*request.path), (Method::Post, "/api/us/x/replay/resume"));
    assert_eq!(button(&harness).unwrap().state, Readiness::Busy);
    harness.respond_with(RESUME, 202, RESUMED);
    let notice = harness.replay().mutation_notice.unwrap().text;
    assert_eq!(notice, "The replay was resumed.");
    let row = &harness.replay().rows[0];
    assert_eq!(row.meaning, "The request has arrived and will be scheduled. Resumes a failed job.");
    assert_eq!((&row.resume, row.status.as_ref().unwrap().word.as_str()), (&None, "Accepted"));
    harness.job = RESUMED;
    harness.answer_reads();
    assert_eq!(harness.end_wait("us"), 1);
}

#[test]
fn only_a_failed_job_can_be_resumed_and_only_where_the_server_offers_it() {
    let mut harness = failed();
    for job in [UNCONFIGURED, RUNNING, COMPLETED, r#"{"status": "paused"}"#] {
        harness.job = job;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        assert_eq!(button(&harness), None, "{job}");
    }
    let mut harness = Harness::ready();
    harness.job = FAILED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert_eq!(button(&harness), None);
}

#[test]
fn a_refused_resumption_is_shown_with_its_reason() {
    let mut harness = failed();
    harness.press(button(&harness).unwrap());
    let refusal = r#"{"detail": "No replay job has failed with lines left to deliver"}"#;
    harness.respond_with(RESUME, 409, refusal);
    harness.answer_reads();
    let text = "The replay was not resumed. No replay job has failed with lines left to deliver \
                (HTTP 409).";
    assert_eq!(harness.replay().mutation_notice.unwrap().text, text);
    assert_eq!(button(&harness).unwrap().state, Readiness::Ready);
}

#[test]
fn a_resumption_without_a_response_is_unknown_until_a_read_shows_its_job() {
    let mut harness = failed();
    harness.press(button(&harness).unwrap());
    harness.respond(RESUME, Err(TransportError::Timeout));
    harness.answer_reads();
    let unknown = harness.replay().mutation_notice.unwrap();
    assert!(unknown.text.starts_with("It is not known whether the replay was resumed."));
    assert_eq!(unknown.action.unwrap().label, "Resume again");
    harness.job = RESUMED;
    harness.end_wait("us");
    harness.answer_reads();
    let text = "The replay was resumed. Only the answer was lost.";
    assert_eq!(harness.replay().mutation_notice.unwrap().text, text);
}

/// A page with a failed job, on a server that resumes.
fn failed() -> Harness {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.job = FAILED;
    harness.describe_server_with("embedded", r#""cancel", "resume""#);
    harness.answer_reads();
    harness
}

fn button(harness: &Harness) -> Option<Action> {
    harness.replay().rows[0].resume.clone()
}
