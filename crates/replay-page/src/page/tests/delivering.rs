//! A running job: how far it is, and how fast it may be.

use super::*;
use crate::view::{DeliveredShare, Rate, Row, StepState};

const PROGRESS: &str = "us/x/replay/progress";
const RATE: &str = "us/x/replay/rate";
const RUNNING_JOB: &str = r#"{"status": "running", "start_at": "2026-11-23T08:00:00Z",
    "end_at": "2026-11-23T09:00:00Z", "id": "1", "delivered_lines": 1000}"#;
const FAR: &str = r#"{"job_id": "1", "status": "running", "delivered_lines": 1234,
    "total_lines": 5678, "lines_per_second": 120, "in_flight_limit": 4, "retries": 2,
    "estimated_end_at": "2026-11-23T12:00:40Z"}"#;

#[test]
fn a_running_job_says_how_far_it_is_how_fast_and_when_it_ends() {
    let harness = delivering();
    let progress = row(&harness).progress.unwrap();
    assert_eq!(progress.bar, Some(DeliveredShare { delivered: 1_234, total: 5_678 }));
    assert_eq!(progress.amount, "1 234 of 5 678 entries (21 %)");
    let end = "about 40 s left, until today 13:00:40";
    assert_eq!(progress.facts, ["120 entries per second", end, "2 retries"]);
    let states: Vec<_> = row(&harness).steps.iter().map(|step| step.state).collect();
    let done = StepState::Done;
    assert_eq!(states, [done, done, StepState::Current, StepState::Open]);
}

#[test]
fn progress_is_read_each_second_without_an_announcement_until_the_job_has_ended() {
    let mut harness = delivering();
    for _ in 0..3 {
        assert_eq!(harness.end_wait_of(&progress_owner("us")), TimeDelta::seconds(1));
        assert_eq!(harness.pending(), [format!("Get {PROGRESS}")]);
        harness.answer_reads();
    }
    assert_eq!(harness.view().announcement, "");
    harness.job = COMPLETED;
    harness.progress = r#"{"job_id": "1", "status": "completed"}"#;
    harness.end_wait_of(&progress_owner("us"));
    // The job is read at once, not at its own pace.
    harness.answer_reads();
    assert_eq!(harness.status(), "Completed");
    assert_eq!(harness.view().announcement, "United States: Completed");
    assert_eq!((row(&harness).progress, row(&harness).rate), (None, None));
    harness.end_wait_of(&progress_owner("us"));
    assert_eq!(harness.pending(), Vec::<String>::new());
}

#[test]
fn progress_is_not_read_while_the_page_is_hidden_and_seldom_for_a_region_out_of_view() {
    let mut harness = delivering();
    harness.send(Msg::Hidden);
    harness.end_wait_of(&progress_owner("us"));
    assert_eq!(harness.pending(), Vec::<String>::new());
    harness.send(Msg::Shown);
    harness.answer_reads();
    assert_eq!(harness.end_wait_of(&progress_owner("eu")), TimeDelta::seconds(5));
    harness.answer_reads();
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    harness.answer_reads();
    assert_eq!(harness.end_wait_of(&progress_owner("eu")), TimeDelta::seconds(1));
}

#[test]
fn a_failed_read_of_the_progress_is_repeated_and_that_of_another_job_is_not_shown() {
    let mut harness = delivering();
    harness.end_wait_of(&progress_owner("us"));
    harness.respond(PROGRESS, Err(TransportError::Timeout));
    let facts = row(&harness).progress.unwrap().facts;
    assert_eq!(facts.last().unwrap(), "As of today 13:00");
    assert_eq!(harness.end_wait_of(&progress_owner("us")), TimeDelta::seconds(1));
    harness.respond_with(PROGRESS, 200, &FAR.replace(r#""1""#, r#""2""#));
    let progress = row(&harness).progress.unwrap();
    assert_eq!((progress.bar, progress.amount.as_str()), (None, "1 000 entries delivered"));
}

#[test]
fn a_lower_limit_of_requests_is_said_in_words() {
    let mut harness = delivering();
    harness.progress = r#"{"job_id": "1", "status": "running", "in_flight_limit": 1}"#;
    harness.end_wait_of(&progress_owner("us"));
    harness.answer_reads();
    let slow = "The receiver slows down: at most 1 of 4 requests at a time";
    assert_eq!(row(&harness).progress.unwrap().facts, [slow]);
}

#[test]
fn a_server_without_the_extension_is_not_asked_and_the_job_itself_tells_what_is_known() {
    let mut harness = Harness::ready();
    harness.job = RUNNING_JOB;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let progress = row(&harness).progress.unwrap();
    assert_eq!((progress.bar, progress.amount.as_str()), (None, "1 000 entries delivered"));
    assert_eq!(row(&harness).rate, None);
}

#[test]
fn a_job_is_paused_and_continued_at_its_earlier_speed() {
    let mut harness = delivering();
    choose_speed(&mut harness, "1 000 entries per second");
    assert_eq!(body(&harness), r#"{"lines_per_second":1000}"#);
    assert_eq!(rate(&harness).pause.state, Readiness::Busy);
    answer(&mut harness, "1000");
    assert_eq!(rate(&harness).pause.label, "Pause");
    harness.press(rate(&harness).pause);
    assert_eq!(body(&harness), r#"{"lines_per_second":0}"#);
    answer(&mut harness, "0");
    assert_eq!((rate(&harness).pause.label, rate(&harness).speeds), ("Continue", vec![]));
    harness.progress = FAR.replace('}', r#", "lines_per_second_limit": 0}"#).leak();
    harness.answer_reads();
    let facts = row(&harness).progress.unwrap().facts;
    assert_eq!(facts[0], "Paused: nothing is sent until it is continued");
    assert_eq!(row(&harness).meaning, "The replay is paused.");
    assert!(harness.view().title.starts_with("… Paused – "));
    harness.press(rate(&harness).pause);
    assert_eq!(body(&harness), r#"{"lines_per_second":1000}"#);
}

#[test]
fn a_pause_and_its_end_are_announced_once_also_if_another_client_requests_them() {
    let mut harness = delivering();
    harness.press(rate(&harness).pause);
    answer(&mut harness, "0");
    assert_eq!(harness.view().announcement, "United States: Paused");
    harness.progress = FAR.replace('}', r#", "lines_per_second_limit": 0}"#).leak();
    harness.answer_reads();
    assert_eq!(harness.view().announcement, "United States: Paused");
    harness.progress = FAR;
    for _ in 0..2 {
        harness.end_wait_of(&progress_owner("us"));
        harness.answer_reads();
        assert_eq!(harness.view().announcement, "United States: Continued");
    }
}

#[test]
fn the_earlier_speed_of_another_job_is_not_taken() {
    let mut harness = delivering();
    choose_speed(&mut harness, "1 000 entries per second");
    answer(&mut harness, "1000");
    harness.press(rate(&harness).pause);
    answer(&mut harness, "0");
    harness.job = RUNNING_JOB.replace(r#""1""#, r#""2""#).leak();
    let paused = FAR.replace(r#""1""#, r#""2""#).replace('}', r#", "lines_per_second_limit": 0}"#);
    harness.progress = paused.leak();
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.press(rate(&harness).pause);
    assert_eq!(body(&harness), r#"{"lines_per_second":null}"#);
}

#[test]
fn a_speed_that_another_client_has_set_is_among_the_choices() {
    let mut harness = delivering();
    harness.progress = FAR.replace('}', r#", "lines_per_second_limit": 77}"#).leak();
    harness.end_wait_of(&progress_owner("us"));
    harness.answer_reads();
    let chosen = rate(&harness).speeds.into_iter().find(|speed| speed.chosen).unwrap();
    assert_eq!(chosen.label, "77 entries per second");
    choose_speed(&mut harness, "Unlimited");
    assert_eq!(body(&harness), r#"{"lines_per_second":null}"#);
}

#[test]
fn a_refused_change_of_the_speed_is_shown_with_its_reason() {
    let mut harness = delivering();
    harness.press(rate(&harness).pause);
    harness.respond_with(RATE, 409, r#"{"detail": "No replay job is running"}"#);
    harness.answer_reads();
    let text = "The speed was not changed. No replay job is running (HTTP 409).";
    assert_eq!(row(&harness).rate_error.unwrap().text, text);
    assert_eq!(rate(&harness).pause.state, Readiness::Ready);
}

#[test]
fn a_token_that_may_not_change_the_region_has_no_controls() {
    let mut harness = delivering();
    harness.intent(Intent::Turn(Tab::Replay));
    harness.send(Msg::Hidden);
    harness.send(Msg::Shown);
    harness.respond_with("x/me", 200, r#"{"role": "read-only", "regions": []}"#);
    harness.answer_reads();
    assert_eq!(row(&harness).rate, None);
}

/// A page with a running job on a server that reports its progress and limits its rate.
fn delivering() -> Harness {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    (harness.job, harness.progress) = (RUNNING_JOB, FAR);
    harness.describe_server_with("embedded", r#""cancel", "progress", "rate""#);
    harness.answer_reads();
    harness
}

fn row(harness: &Harness) -> Row {
    harness.replay().rows.remove(0)
}

fn rate(harness: &Harness) -> Rate {
    row(harness).rate.unwrap()
}

#[track_caller]
fn choose_speed(harness: &mut Harness, label: &str) {
    let speed = rate(harness).speeds.into_iter().find(|speed| speed.label == label);
    harness.intent(Intent::SetRate(region("us"), speed.unwrap().limit));
}

/// The body of the change of the rate in progress.
fn body(harness: &Harness) -> String {
    let (_, request) = harness.requests.iter().find(|(_, one)| one.path.ends_with(RATE)).unwrap();
    assert_eq!(request.method, Method::Put);
    serde_json::to_string(request.body.as_ref().unwrap()).unwrap()
}

/// The server accepts this limit.
fn answer(harness: &mut Harness, limit: &str) {
    let report = format!(r#"{{"job_id": "1", "lines_per_second": {limit}}}"#);
    harness.respond_with(RATE, 202, &report);
    assert!(harness.pending().contains(&format!("Get {PROGRESS}")));
}

fn progress_owner(label: &str) -> RequestOwner {
    RequestOwner::Progress(region(label))
}
