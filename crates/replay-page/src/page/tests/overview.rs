//! The overview: one request that reads all regions, at first and from time to time.

use super::*;

const OVERVIEW: &str = "x/overview";
const JOB: &str = "us/v2/audit-log-replay-job";

#[test]
fn the_first_read_after_signing_in_is_one_request_that_fills_every_region() {
    let mut harness = opened();
    assert_eq!(harness.pending(), ["Get x/overview"]);
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING), ("eu", COMPLETED)]));
    assert_eq!(harness.pending(), Vec::<String>::new());
    let regions = harness.open_body().regions;
    let words = |place: usize| regions[place].job.as_ref().unwrap().word.clone();
    assert_eq!([words(0), words(1)], ["Running", "Completed"]);
    assert_eq!(harness.view().account.unwrap().text.as_deref(), Some("org-admin"));
    harness.intent(Intent::Turn(Tab::Setup));
    assert_eq!(harness.setup().endpoint.value, "https://siem.example.com");
}

#[test]
fn a_running_job_is_read_by_itself_and_a_settled_one_with_the_next_overview() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING), ("eu", COMPLETED)]));
    let job_waits = harness.waits.iter().filter(|(id, _)| id.owner != RequestOwner::Overview);
    assert!(job_waits.map(|(id, _)| &id.owner).eq([&RequestOwner::Job(region("us"))]));
    assert_eq!(harness.end_wait("us"), 1);
    harness.respond_with(JOB, 200, COMPLETED);
    harness.answer_reads();
    assert!(harness.waits.iter().all(|(id, _)| id.owner == RequestOwner::Overview));
    assert_eq!(heartbeat(&mut harness), 30);
    assert_eq!(harness.pending(), ["Get x/overview"]);
}

#[test]
fn a_job_of_another_client_is_shown_and_announced() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED), ("eu", COMPLETED)]));
    let mut pauses = Vec::new();
    for job in [COMPLETED, COMPLETED, COMPLETED, RUNNING] {
        pauses.push(heartbeat(&mut harness));
        harness.respond_with(OVERVIEW, 200, &overview(&[("us", job), ("eu", COMPLETED)]));
    }
    assert_eq!(pauses, [30, 60, 120, 120]);
    assert_eq!(harness.status(), "Running");
    assert_eq!(harness.view().announcement, "United States: Running");
    assert_eq!(harness.end_wait("us"), 1);
    assert_eq!(heartbeat(&mut harness), 30, "a change shortens the pause");
}

#[test]
fn an_outage_that_has_begun_is_announced_once_with_its_region() {
    let mut harness = opened();
    let jobs = overview(&[("us", COMPLETED), ("eu", COMPLETED)]);
    let outage = r#""region": "eu", "outages": {"outages": [{"id": "7", "reason": "unreachable",
        "began_at": "2026-11-23T12:00:05Z", "undelivered_lines": 3, "undelivered_bytes": 900}]}"#;
    let failing = jobs.replace(r#""region": "eu""#, outage);
    harness.respond_with(OVERVIEW, 200, &jobs);
    assert_eq!((heartbeat(&mut harness), heartbeat_after(&mut harness, &failing)), (30, 30));
    let text =
        "Europe: 3 entries (900 B) were not delivered since today 13:00:05. Deliveries failed.";
    assert_eq!(harness.view().announcement, text);
    harness.respond_with(OVERVIEW, 200, &failing);
    assert_eq!(harness.view().announcement, text, "it is announced again");
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &failing);
    assert_eq!(harness.view().announcement, "", "it was there when the page was opened");
}

#[test]
fn an_overview_that_is_older_than_a_mutation_does_not_change_the_job() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED), ("eu", COMPLETED)]));
    heartbeat(&mut harness);
    harness.press(harness.replay().send);
    harness.respond_with(JOB, 202, r#"{"status": "accepted"}"#);
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED), ("eu", RUNNING)]));
    assert_eq!(harness.status(), "Accepted");
    assert_eq!(harness.open_body().regions[1].job.as_ref().unwrap().word, "Running");
    assert_eq!(harness.end_wait("us"), 1, "the job that was sent is read");
}

#[test]
fn the_regions_are_read_one_by_one_while_the_overview_fails() {
    for check_fails in [true, false] {
        let mut harness = opened();
        if !check_fails {
            harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING), ("eu", RUNNING)]));
            heartbeat(&mut harness);
        }
        harness.respond_with(OVERVIEW, 500, "{}");
        harness.job = COMPLETED;
        let jobs = harness.pending().into_iter().filter(|request| request.ends_with("replay-job"));
        assert_eq!(jobs.count(), 2);
        harness.answer_reads();
        assert_eq!(harness.status(), "Completed");
        assert_eq!(harness.replay().rows[0].request_error, None);
        assert_eq!(harness.end_wait("us"), 30);
        harness.answer_reads();
        heartbeat(&mut harness);
        harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING), ("eu", RUNNING)]));
        assert_eq!(harness.status(), "Running");
        assert_eq!(harness.pending(), Vec::<String>::new());
    }
}

#[test]
fn a_rejected_token_is_reported_once_and_nothing_else_is_read() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 401, "{}");
    assert_eq!(harness.pending(), Vec::<String>::new());
    assert!(harness.view().dialog.unwrap().fault.is_some());
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 403, "{}");
    assert_eq!(harness.pending(), Vec::<String>::new());
    assert!(matches!(harness.open_body().panel, Panel::Unread(..)));
    assert_eq!(harness.waits, []);
}

#[test]
fn a_region_that_the_token_does_not_cover_is_not_read() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED)]));
    let fault = harness.open_body().regions[1].fault.clone();
    assert_eq!(fault.as_deref(), Some("Not readable with this token."));
    assert_eq!(harness.pending(), Vec::<String>::new());
}

#[test]
fn a_hidden_page_reads_no_overview_and_a_shown_one_does_at_once() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING), ("eu", COMPLETED)]));
    harness.send(Msg::Hidden);
    heartbeat(&mut harness);
    assert_eq!(harness.pending(), Vec::<String>::new());
    harness.send(Msg::Shown);
    assert_eq!(harness.pending(), ["Get x/overview"]);
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED), ("eu", COMPLETED)]));
    assert_eq!(harness.status(), "Completed");
    assert_eq!(harness.pending(), Vec::<String>::new());
}

#[test]
fn a_failed_read_tells_when_the_region_was_last_read() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING), ("eu", COMPLETED)]));
    harness.end_wait("us");
    harness.respond(JOB, Err(TransportError::Network));
    let fault = harness.open_body().regions[0].fault.clone();
    assert_eq!(fault.as_deref(), Some("The server could not be reached. As of today 13:00."));
}

#[test]
fn the_last_completed_replay_is_the_one_of_the_overview_until_a_job_completes() {
    let since = |harness: &mut Harness| {
        harness.choose(Choice::Toggle);
        let groups = harness.popover().options;
        harness.choose(Choice::Toggle);
        let suggestions = groups.into_iter().find(|group| group.legend == "Suggestions");
        suggestions.and_then(|group| group.options[0].detail.clone())
    };
    let completed = r#""last_completed_end_at": "2026-11-23T07:30:00Z", "job": "#;
    let healed = r#"{"status": "completed", "start_at": "2026-11-23T08:00:00Z",
        "end_at": "2026-11-23T09:00:00Z", "heals": "7"}"#;
    let body = |job: &str, end: &str| overview(&[("us", job)]).replace(r#""job": "#, end);
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &body(healed, r#""job": "#));
    assert_eq!(since(&mut harness), None, "a healed outage is no replay up to its end");
    for job in [healed, FAILED, RUNNING] {
        harness = opened();
        harness.respond_with(OVERVIEW, 200, &body(job, completed));
        assert_eq!(since(&mut harness).as_deref(), Some("Today 08:30 – 13:00"));
    }
    harness.end_wait("us");
    harness.respond_with(JOB, 200, COMPLETED);
    assert_eq!(since(&mut harness).as_deref(), Some("Today 10:00 – 13:00"));
}

#[test]
fn the_end_of_a_job_that_the_overview_reports_first_is_followed_like_any_other() {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.preview = r#"{"lines": 1, "bytes": 1, "bucket_seconds": 60, "buckets": []}"#;
    harness.describe_server_with("embedded", r#""overview", "preview""#);
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING)]));
    harness.answer_reads();
    heartbeat(&mut harness);
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED)]));
    let previews = harness.pending().into_iter().filter(|path| path.contains("/preview"));
    assert_eq!(previews.count(), 2, "{:?}", harness.pending());
}

#[test]
fn a_notification_is_shown_if_the_overview_reports_the_end_while_the_page_is_hidden() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING)]));
    harness.intent(Intent::Notify(true));
    harness.send(Msg::NotificationsAllowed(true));
    heartbeat(&mut harness);
    harness.send(Msg::Hidden);
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", COMPLETED)]));
    let text = "United States: Completed".to_string();
    assert_eq!(harness.other_effects.last(), Some(&Effect::ShowNotification(text)));
}

#[test]
fn a_running_job_is_read_by_itself_if_the_overview_fails_while_the_page_is_hidden() {
    let mut harness = opened();
    harness.respond_with(OVERVIEW, 200, &overview(&[("us", RUNNING)]));
    heartbeat(&mut harness);
    harness.send(Msg::Hidden);
    harness.respond_with(OVERVIEW, 500, "{}");
    assert_eq!(harness.pending(), ["Get us/v2/audit-log-replay-job"]);
}

/// A page with a token at a server that has an overview.
fn opened() -> Harness {
    Harness::at_server_with(r#""overview", "outages""#)
}

/// The body of an overview of these jobs.
fn overview(jobs: &[(&str, &str)]) -> String {
    let region = |(label, job): &(&str, &str)| {
        format!(
            r#"{{"region": "{label}", "job": {job}, "webhook": {WEBHOOK}, "health": {HEALTH}}}"#
        )
    };
    let regions: Vec<_> = jobs.iter().map(region).collect();
    format!(r#"{{"role": "org-admin", "regions": [{}]}}"#, regions.join(","))
}

/// Answers the overview; then ends its wait, and returns its length in seconds.
fn heartbeat_after(harness: &mut Harness, body: &str) -> i64 {
    harness.respond_with(OVERVIEW, 200, body);
    heartbeat(harness)
}

/// Ends the wait of the overview; returns its length in seconds.
fn heartbeat(harness: &mut Harness) -> i64 {
    let waits = &mut harness.waits;
    let place = waits.iter().rposition(|(id, _)| id.owner == RequestOwner::Overview).unwrap();
    let (request_id, time) = waits.remove(place);
    harness.now += time;
    harness.send(Msg::Elapsed(request_id));
    time.num_seconds()
}
