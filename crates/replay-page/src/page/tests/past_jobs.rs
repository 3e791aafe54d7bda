//! The past jobs of a region: when they are read, what they say, and sending one again.

use super::*;
use crate::view::{History, MarkKind, PastJob};

const JOB: &str = "us/v2/audit-log-replay-job";
const FIRST: &str = "Get us/x/replay/history?limit=10";
const FEW: &str = "Get us/x/replay/history?limit=5";
const PAGE: &str = r#"{"jobs": [
    {"id": "2", "status": "completed", "start_at": "2026-11-23T08:00:00Z",
     "end_at": "2026-11-23T09:00:00Z", "created_at": "2026-11-23T11:00:00Z",
     "started_at": "2026-11-23T11:00:01Z", "updated_at": "2026-11-23T11:01:01Z",
     "requested_by": {"token_id": "ab12", "role": "org-admin", "address": "10.0.0.7"},
     "delivery_id": "2", "delivered_lines": 3214, "delivered_bytes": 1234567,
     "total_lines": 3214, "duration_seconds": 60, "endpoint": "https://siem.example"},
    {"id": "1", "status": "failed", "start_at": "2026-11-01T08:00:00Z",
     "end_at": "2026-11-01T09:00:00Z", "created_at": "2026-11-01T11:00:00Z",
     "updated_at": "2026-11-01T11:01:01Z", "delivery_id": "1", "heals": "7", "retries": 4,
     "delivered_lines": 5, "total_lines": 10, "reason": "the webhook answered 401"}
    ], "next_cursor": "c"}"#;
const NEXT: &str = r#"{"jobs": [{"id": "0", "status": "completed",
    "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z",
    "created_at": "2026-11-23T10:00:00Z", "updated_at": "2026-11-23T10:00:00Z",
    "delivery_id": "0", "kinds": ["authorization"]}], "next_cursor": null}"#;

#[test]
fn the_list_of_past_jobs_is_read_when_it_is_shown_and_after_a_job_has_ended() {
    let mut harness = listing();
    assert_eq!((history(&harness).shown, history(&harness).jobs), (false, vec![]));
    harness.press(history(&harness).toggle);
    assert_eq!(harness.pending(), [FIRST]);
    harness.answer_reads();
    assert_eq!(history(&harness).jobs.len(), 2);
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.respond_with(JOB, 200, COMPLETED);
    assert!(harness.pending().contains(&FIRST.to_string()));
    harness.press(history(&harness).toggle);
    assert_eq!(history(&harness).jobs, []);
}

#[test]
fn the_timeline_marks_past_jobs_from_the_first_read_on_and_a_failure_of_that_is_silent() {
    let jobs = |harness: &Harness| {
        let marks = harness.replay().timeline.unwrap().marks;
        marks.iter().filter(|mark| mark.kind == MarkKind::Job).count()
    };
    let overview = format!(
        r#"{{"role": "org-admin", "regions": [{{"region": "us", "job": {COMPLETED},
            "webhook": {WEBHOOK}, "health": {HEALTH}}}]}}"#
    );
    let other = PAGE.replacen("08:00:00Z", "06:00:00Z", 1);
    for (status, marked) in [(200, 2), (500, 1)] {
        let mut harness = Harness::at_server_with(r#""overview", "history""#);
        assert_eq!(harness.pending(), ["Get x/overview"]);
        harness.respond_with("x/overview", 200, &overview);
        assert_eq!(harness.pending(), [FEW]);
        harness.respond_with("history?limit=5", status, &other);
        assert_eq!(jobs(&harness), marked);
        let History { shown, jobs, request_error, .. } = history(&harness);
        assert_eq!((shown, jobs, request_error), (false, vec![], None));
    }
}

#[test]
fn a_past_job_says_who_requested_it_when_what_it_sent_and_how_it_ended() {
    let harness = shown();
    let [completed, failed] = &history(&harness).jobs[..] else { panic!() };
    assert_eq!(completed.status.word, "Completed");
    assert_eq!(completed.requested_at.shown, "Today 12:00");
    assert_eq!(completed.outcome, "3 214 entries delivered in 1 min");
    assert_eq!(completed.requester, "By org-admin, token ab12, from 10.0.0.7");
    let details: Vec<_> = completed.details.iter().map(|detail| detail.name).collect();
    assert_eq!(details, ["Started", "Ended", "Sent to", "Job"]);
    let outcome = "5 of 10 entries (50 %). Reason: the webhook answered 401. What an outage missed";
    assert_eq!(failed.outcome, outcome);
    assert_eq!(failed.requester, "By the server itself");
    assert_eq!((failed.status.tone, &*failed.status.word), (Tone::Bad, "Failed"));
    let too_old = Readiness::Unavailable("Its start is too old to be sent again.".to_string());
    assert_eq!(failed.resend.state, too_old);
}

#[test]
fn a_cancelled_job_has_the_same_status_and_reason_in_the_history_and_in_the_table() {
    let mut harness = listing();
    let reason = "it was cancelled after 3214 of 50000 lines were acknowledged";
    harness.past_jobs = PAGE.replace("the webhook answered 401", reason).leak();
    harness.press(history(&harness).toggle);
    harness.answer_reads();
    harness.job = FAILED.replace("the webhook answered 401", reason).leak();
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let (cancelled, row) = (job(&harness, "1"), harness.replay().rows[0].clone());
    assert_eq!((cancelled.status.tone, &*cancelled.status.word), (Tone::Neutral, "Failed"));
    assert_eq!(row.status, Some(cancelled.status));
    let reason = "Reason: it was cancelled after 3 214 of 50 000 entries were acknowledged";
    assert!(cancelled.outcome.contains(reason), "{}", cancelled.outcome);
    assert!(row.meaning.contains(reason), "{}", row.meaning);
}

#[test]
fn a_past_job_is_sent_again_with_its_timeframe_unless_it_has_only_some_kinds() {
    let mut harness = shown();
    harness.press(history(&harness).more.unwrap());
    assert_eq!(harness.pending(), ["Get us/x/replay/history?limit=10&cursor=c"]);
    harness.respond_with("cursor=c", 200, NEXT);
    let ids: Vec<_> = history(&harness).jobs.into_iter().map(|job| job.id).collect();
    assert_eq!((ids, history(&harness).more), (["2", "1", "0"].map(String::from).into(), None));
    harness.press(job(&harness, "2").resend);
    let (_, request) = harness.take_request(JOB);
    let timeframe = r#"{"start_at":"2026-11-23T08:00:00Z","end_at":"2026-11-23T09:00:00Z"}"#;
    assert_eq!(serde_json::to_string(&request.body.unwrap()).unwrap(), timeframe);
    let restricted = job(&harness, "0").resend;
    let Readiness::Unavailable(reason) = restricted.state else { panic!() };
    assert!(reason.starts_with("It was restricted to kinds of events"), "{reason}");
    harness.answer_reads();
    harness.send(restricted.msg);
    assert_eq!(harness.pending(), Vec::<String>::new());
}

#[test]
fn a_refresh_keeps_the_past_jobs_of_later_pages_and_their_cursor() {
    let mut harness = shown();
    harness.press(history(&harness).more.unwrap());
    harness.respond_with("cursor=c", 200, &NEXT.replace("null", r#""d""#));
    let newer =
        PAGE.replace(r#""id": "1""#, r#""id": "2""#).replacen(r#""id": "2""#, r#""id": "3""#, 1);
    for first in [PAGE.to_string(), newer] {
        harness.past_jobs = first.leak();
        harness.intent(Intent::Refresh);
        harness.answer_reads();
    }
    let ids: Vec<_> = history(&harness).jobs.into_iter().map(|job| job.id).collect();
    assert_eq!(ids, ["3", "2", "1", "0"]);
    harness.press(history(&harness).more.unwrap());
    assert_eq!(harness.pending(), ["Get us/x/replay/history?limit=10&cursor=d"]);
}

#[test]
fn a_first_page_that_is_all_newer_replaces_the_list() {
    let mut harness = shown();
    let newer =
        PAGE.replace(r#""id": "2""#, r#""id": "9""#).replace(r#""id": "1""#, r#""id": "8""#);
    harness.past_jobs = newer.leak();
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let ids: Vec<_> = history(&harness).jobs.into_iter().map(|job| job.id).collect();
    assert_eq!(ids, ["9", "8"]);
}

#[test]
fn without_a_token_the_past_jobs_are_read_after_signing_in() {
    let mut harness = listing();
    harness.send(Msg::SignedOut);
    harness.send(Msg::SignInDismissed);
    harness.intent(Intent::ShowPastJobs(region("us"), true));
    assert_eq!(harness.pending(), Vec::<String>::new());
    assert!(harness.view().dialog.is_some());
}

#[test]
fn nothing_is_sent_again_while_a_job_runs() {
    let mut harness = shown();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let Readiness::Unavailable(reason) = job(&harness, "2").resend.state else { panic!() };
    assert!(reason.starts_with("A replay is running."), "{reason}");
}

#[test]
fn an_empty_history_leads_on_and_a_failed_read_is_reported() {
    let mut harness = listing();
    harness.past_jobs = r#"{"jobs": []}"#;
    harness.press(history(&harness).toggle);
    harness.answer_reads();
    let text = "No replay was requested yet. Choose a time range above and press Send Replay.";
    assert_eq!(history(&harness).text, text);
    harness.intent(Intent::Refresh);
    harness.respond("history?limit=10", Err(TransportError::Network));
    let error = history(&harness).request_error.unwrap();
    assert_eq!(error.text, "The server could not be reached.");
    assert_eq!(error.action.unwrap().label, "Try again");
}

#[test]
fn a_server_without_the_extension_has_no_history_and_neither_have_all_regions_together() {
    assert_eq!(Harness::ready().replay().history, None);
    let mut harness = shown();
    harness.intent(Intent::Show(Scope::Global));
    assert_eq!(harness.replay().history, None);
}

/// A page on a server that lists past jobs.
fn listing() -> Harness {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    (harness.job, harness.past_jobs) = (COMPLETED, PAGE);
    harness.describe_server_with("embedded", r#""cancel", "history""#);
    harness.answer_reads();
    harness
}

/// The same, with the past jobs shown.
fn shown() -> Harness {
    let mut harness = listing();
    harness.press(history(&harness).toggle);
    harness.answer_reads();
    harness
}

fn history(harness: &Harness) -> History {
    harness.replay().history.unwrap()
}

fn job(harness: &Harness, id: &str) -> PastJob {
    history(harness).jobs.into_iter().find(|job| job.id == id).unwrap()
}
