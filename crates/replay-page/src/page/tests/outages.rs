//! Outages: when they are read, which are shown, and the delivery of their missed lines.

use super::*;
use crate::view::Notice;

const READ: &str = "Get us/x/outages";
const HEAL: &str = "us/x/outages/7/heal";
const MISSED: &str = r#"{"outages": [{"id": "7", "began_at": "2026-11-23T10:12:00Z",
    "ended_at": "2026-11-23T11:47:00Z", "reason": "refused", "detail": "the webhook answered 401",
    "undelivered_lines": 3214, "undelivered_bytes": 1234567}], "next_cursor": null}"#;
const HEALED: &str = r#"{"outages": [{"id": "7", "began_at": "2026-11-23T10:12:00Z",
    "ended_at": "2026-11-23T11:47:00Z", "reason": "refused", "healed_at": "2026-11-23T12:00:01Z"}]}"#;
const HEALING: &str = r#"{"status": "accepted", "start_at": "2026-11-23T10:12:00Z",
    "end_at": "2026-11-23T11:47:00Z", "created_at": "2026-11-23T12:00:00Z", "heals": "7"}"#;
const HEALING_COMPLETED: &str = r#"{"status": "completed", "start_at": "2026-11-23T10:12:00Z",
    "end_at": "2026-11-23T11:47:00Z", "created_at": "2026-11-23T12:00:00Z", "heals": "7"}"#;

#[test]
fn a_server_without_the_extension_is_never_asked_for_outages() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Refresh);
    assert!(!harness.pending().contains(&READ.to_string()), "{:?}", harness.pending());
    assert_eq!(outages(&harness), []);
}

#[test]
fn an_ended_outage_says_when_why_and_what_and_its_lines_are_delivered_by_one_click() {
    let mut harness = forwarding(MISSED);
    let period = "between today 11:12 and 12:47";
    let text = format!(
        "3 214 entries (1.2 MB) were not delivered {period}. Deliveries were refused: the webhook \
         answered 401."
    );
    assert_eq!(outages(&harness)[0].text, text);
    let heal = outages(&harness)[0].action.clone().unwrap();
    assert_eq!(heal.label, "Send what was missed");
    assert_eq!(heal.name, Some(format!("Send what was missed {period}")));

    harness.press(heal);
    assert_eq!(harness.requests[0].1.path, "/api/us/x/outages/7/heal");
    assert_eq!((harness.requests[0].1.method, &harness.requests[0].1.body), (Method::Post, &None));
    assert_eq!(button(&harness), Readiness::Busy);
    assert_eq!(harness.replay().send.state, unavailable("A replay is being sent."));
    harness.respond_with(HEAL, 202, HEALING);
    assert_eq!(harness.status(), "Accepted");
    let meaning = "The request has arrived and will be scheduled. Delivers what an outage missed.";
    assert_eq!(harness.replay().rows[0].meaning, meaning);
    assert_eq!(notice(&harness), "The replay of the missed entries was accepted.");
    assert_eq!(button(&harness), unavailable("A replay is waiting to start."));

    (harness.job, harness.outages) = (HEALING_COMPLETED, HEALED);
    harness.answer_reads();
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(harness.status(), "Completed");
    assert_eq!((outages(&harness), harness.replay().mutation_notice), (vec![], None));
}

#[test]
fn outages_are_read_when_a_region_is_opened_and_with_each_slow_read_of_its_job() {
    let mut harness = forwarding(MISSED);
    harness.end_wait("us");
    assert!(harness.pending().contains(&READ.to_string()), "{:?}", harness.pending());
    harness.answer_reads();
    harness.end_wait("eu");
    let in_eu = "Get eu/x/outages".to_string();
    assert!(!harness.pending().contains(&in_eu), "a region that is not in view was read");
    harness.answer_reads();
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    assert!(harness.pending().contains(&in_eu));
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    assert_eq!(outages(&harness), [], "all regions are in view");
}

#[test]
fn outages_are_read_after_a_change_of_the_job_but_not_with_each_read_of_a_running_one() {
    let mut harness = forwarding(MISSED);
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.end_wait("us");
    harness.respond_with("us/v2/audit-log-replay-job", 200, RUNNING);
    assert_eq!(harness.pending(), ["Get us/v2/audit-log-webhook/status"]);
    harness.answer_reads();
    harness.end_wait("us");
    harness.respond_with("us/v2/audit-log-replay-job", 200, COMPLETED);
    assert!(harness.pending().contains(&READ.to_string()));
    harness.answer_reads();
    // Another client's job has completed between two reads.
    harness.end_wait("us");
    harness.answer_reads();
    let updated = r#""updated_at": "2026-11-23T12:00:00Z", "status""#;
    let later = COMPLETED.replace(r#""status""#, updated);
    harness.intent(Intent::Refresh);
    harness.respond_with("us/x/outages", 200, MISSED);
    harness.respond_with("us/v2/audit-log-replay-job", 200, &later);
    assert!(harness.pending().contains(&READ.to_string()));
}

#[test]
fn an_outdated_read_of_outages_changes_nothing() {
    let mut harness = forwarding(MISSED);
    harness.intent(Intent::Refresh);
    let (outdated, _) = harness.take_request("us/x/outages");
    harness.intent(Intent::Refresh);
    let body = serde_json::from_str(HEALED).ok();
    harness.send(Msg::ResponseReceived(outdated, Ok(Response { status: 200, body, date: None })));
    assert_eq!(outages(&harness).len(), 1);
}

#[test]
fn lines_cannot_be_delivered_while_a_job_is_under_way_or_without_a_webhook() {
    let mut harness = forwarding(MISSED);
    for (job, reason) in [
        (RUNNING, "A replay is running."),
        (r#"{"status": "accepted"}"#, "A replay is waiting to start."),
        (r#"{"status": "pending"}"#, "A replay is waiting to start."),
    ] {
        harness.job = job;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        assert_eq!(button(&harness), unavailable(reason));
    }
    harness.job = COMPLETED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.intent(Intent::Refresh);
    let disabled = r#"{"webhook_status": "active", "webhook_enabled": false}"#;
    harness.respond_with("us/v2/audit-log-webhook/status", 200, disabled);
    assert_eq!(button(&harness), unavailable("There is no enabled webhook to send to."));
}

#[test]
fn a_refused_delivery_is_shown_with_its_reason_and_the_outages_are_read_again() {
    for (status, body, text) in [
        (
            409,
            r#"{"detail": "The outage is healed already."}"#,
            "The replay was not sent. The outage is healed already (HTTP 409).",
        ),
        (404, "{}", "The replay was not sent. The server does not know this outage."),
    ] {
        let mut harness = forwarding(MISSED);
        harness.press(outages(&harness)[0].action.clone().unwrap());
        harness.answer_reads();
        harness.respond_with(HEAL, status, body);
        assert!(harness.pending().contains(&READ.to_string()), "{:?}", harness.pending());
        assert_eq!(notice(&harness), text);
    }
}

#[test]
fn a_delivery_without_a_response_is_unknown_until_a_read_shows_its_job() {
    let mut harness = forwarding(MISSED);
    harness.press(outages(&harness)[0].action.clone().unwrap());
    harness.respond(HEAL, Err(TransportError::Timeout));
    harness.answer_reads();
    let unknown = harness.replay().mutation_notice.unwrap();
    let text = "It is not known whether the replay was sent.";
    assert!(unknown.text.starts_with(text), "{}", unknown.text);
    assert_eq!(unknown.action.as_ref().unwrap().label, "Send again");
    harness.job = HEALING;
    harness.end_wait("us");
    harness.answer_reads();
    let arrived = "The replay of the missed entries was accepted. Only the answer was lost.";
    assert_eq!(notice(&harness), arrived);
    // The page may have been drawn before.
    harness.press(unknown.action.unwrap());
    assert!(harness.pending().contains(&format!("Post {HEAL}")));
}

#[test]
fn the_newest_five_unhealed_outages_are_shown_and_the_others_are_counted() {
    let outage = |number: u8, healed: &str| {
        format!(r#"{{"id": "{number}", "began_at": "2026-11-23T10:0{number}:00Z"{healed}}}"#)
    };
    let mut list: Vec<_> = (0..7).rev().map(|number| outage(number, "")).collect();
    list.insert(1, outage(9, r#", "healed_at": "2026-11-23T11:00:00Z""#));
    for (next, more) in [("null", "and 2 more"), ("\"8\"", "and 2 or more")] {
        let page = format!(r#"{{"outages": [{}], "next_cursor": {next}}}"#, list.join(", "));
        let harness = forwarding(page.leak());
        let shown: Vec<_> = outages(&harness).into_iter().map(|notice| notice.text).collect();
        let minutes = shown[..5].iter().map(|text| &text["Outage since today ".len()..][..5]);
        assert!(minutes.eq(["11:06", "11:05", "11:04", "11:03", "11:02"]), "{shown:?}");
        assert_eq!(shown[5..], [more]);
    }
}

#[test]
fn an_open_outage_has_no_button_and_neither_has_one_whose_lines_are_all_lost() {
    let open = r#"{"id": "8", "began_at": "2026-11-23T11:50:00Z", "ended_at": null,
        "reason": "disabled", "undelivered_lines": 5, "undelivered_bytes": 900}"#;
    let lost = r#"{"id": "7", "began_at": "2026-11-23T10:12:00Z", "reason": "lag",
        "ended_at": "2026-11-23T10:12:00Z", "lost_lines": 2}"#;
    let harness = forwarding(format!(r#"{{"outages": [{open}, {lost}]}}"#).leak());
    let shown = outages(&harness);
    assert_eq!((&shown[0].action, &shown[1].action), (&None, &None));
    let text = "5 entries (900 B) were not delivered since today 12:50. \
                The webhook was disabled.";
    assert_eq!(shown[0].text, text);
    let text = "Outage at today 11:12. Deliveries lagged too far behind. \
                2 entries were lost to the retention.";
    assert_eq!(shown[1].text, text);
}

#[test]
fn outages_that_cannot_be_read_are_kept_and_the_error_is_shown() {
    let mut harness = forwarding(MISSED);
    harness.intent(Intent::Refresh);
    harness.respond("us/x/outages", Err(TransportError::Timeout));
    harness.answer_reads();
    assert_eq!(outages(&harness).len(), 1);
    let error = harness.replay().rows[0].request_error.clone().unwrap().text;
    assert_eq!(error, "The server did not answer in time. What is shown was read before.");
    harness.intent(Intent::Show(Scope::Global));
    assert_eq!(harness.replay().rows[0].request_error, None, "no outages are shown");
}

#[test]
fn an_inactive_webhook_says_since_when() {
    let mut harness = forwarding(MISSED);
    harness.intent(Intent::Turn(Tab::Setup));
    let since = r#"{"webhook_status": "inactive", "webhook_enabled": true,
        "inactive_since": "2026-11-23T10:12:30Z"}"#;
    harness.respond_with("us/v2/audit-log-webhook/status", 200, since);
    harness.answer_reads();
    let region = harness.open_body().regions[0].clone();
    assert_eq!(region.fault.as_deref(), Some("Inactive since today 11:12:30"));
    let last = "Nothing was delivered yet. Inactive since today 11:12:30.";
    assert_eq!(harness.setup().last.as_deref(), Some(last));
    harness.intent(Intent::Refresh);
    let disabled = since.replace("true", "false");
    harness.respond_with("us/v2/audit-log-webhook/status", 200, &disabled);
    assert_eq!(harness.setup().last.as_deref(), Some("Nothing was delivered yet."));
}

#[test]
fn a_job_says_that_it_resumes_another_and_how_many_entries_were_lost() {
    let mut harness = forwarding(MISSED);
    harness.job = r#"{"status": "running", "heals": "7", "resumed_from": "6", "lost_lines": 3}"#;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let meaning = "The replay is running. Delivers what an outage missed. Resumes a failed job. \
                   3 entries were lost to the retention.";
    assert_eq!(harness.replay().rows[0].meaning, meaning);
}

/// A page that has read everything from a server that reports these outages.
fn forwarding(outages: &'static str) -> Harness {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.outages = outages;
    harness.describe_server_with("embedded", r#""cancel", "outages""#);
    harness.answer_reads();
    harness
}

fn outages(harness: &Harness) -> Vec<Notice> {
    harness.replay().outages
}

/// The state of the button of the first outage.
fn button(harness: &Harness) -> Readiness {
    outages(harness)[0].action.clone().unwrap().state
}

fn notice(harness: &Harness) -> String {
    harness.replay().mutation_notice.map(|notice| notice.text).unwrap_or_default()
}

fn unavailable(reason: &str) -> Readiness {
    Readiness::Unavailable(reason.to_string())
}
