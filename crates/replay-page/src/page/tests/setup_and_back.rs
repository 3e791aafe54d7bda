//! From a refusal to Setup and back, and what is offered there once the webhook is enabled.

use super::*;

const WEBHOOK_PATH: &str = "us/v2/audit-log-webhook";
const DISABLED: &str = r#"{"webhook_status": "active", "webhook_enabled": false}"#;
const MISSED: &str = r#"{"outages": [{"id": "7", "began_at": "2026-11-23T10:12:00Z",
    "ended_at": "2026-11-23T11:47:00Z", "reason": "disabled", "undelivered_lines": 3214,
    "undelivered_bytes": 1234567}], "next_cursor": null}"#;

#[test]
fn a_button_that_needs_a_webhook_leads_to_setup_and_back() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Refresh);
    harness.respond_with("us/v2/audit-log-webhook/status", 200, DISABLED);
    harness.answer_reads();
    let send = harness.replay().send;
    let reason = "There is no enabled webhook to send to.".to_string();
    assert_eq!(send.state, Readiness::Unavailable(reason));
    harness.intent(Intent::OpenSetup(send.setup.unwrap()));
    let back = harness.setup().back.unwrap();
    assert_eq!(back.label, "Back to Replay");
    harness.press(back);
    assert_eq!(harness.replay().picker.choice, "Last 15 minutes");
    harness.intent(Intent::Turn(Tab::Setup));
    assert_eq!(harness.setup().back, None, "the user did not come from a refusal");
}

#[test]
fn a_failed_job_says_what_to_do_next_and_leads_there() {
    let mut harness = Harness::ready();
    harness.job = FAILED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let advice = harness.replay().rows[0].advice.clone().unwrap();
    assert_eq!(advice.text, "Check the Authorization in Setup, then resume.");
    harness.press(advice.action.unwrap());
    assert!(harness.setup().back.is_some());
}

#[test]
fn a_submission_refused_for_its_webhook_leads_to_setup() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    let refusal = r#"{"invalid_parameters": [{"field": "audit_log_webhook",
        "reason": "must be enabled"}]}"#;
    harness.respond_with("us/v2/audit-log-replay-job", 400, refusal);
    harness.answer_reads();
    let notice = harness.replay().mutation_notice.unwrap();
    assert_eq!(notice.text, "The replay was not sent. The webhook must be enabled.");
    assert_eq!(notice.action.unwrap().label, "See Setup");
}

#[test]
fn in_all_regions_a_region_without_a_webhook_leads_to_its_own_setup() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Show(Scope::Global));
    harness.respond_with("eu/v2/audit-log-webhook/status", 200, DISABLED);
    harness.answer_reads();
    let [us, eu] = &harness.replay().rows[..] else { panic!() };
    assert_eq!(us.setup, None);
    let setup = eu.setup.clone().unwrap();
    assert_eq!(setup.name.as_deref(), Some("See Setup in Europe"));
    harness.press(setup);
    harness.answer_reads();
    assert_eq!(harness.open_body().heading, "Europe");
    assert!(harness.setup().back.is_some());
}

#[test]
fn enabling_a_webhook_that_was_off_offers_what_was_missed() {
    let mut harness =
        Harness::open(Address { tab: Tab::Setup, ..Address::default() }, Some("token"), None);
    harness.describe_server_with("embedded", r#""outages""#);
    harness.respond_with("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
    let off = WEBHOOK.replace("true", "false");
    harness.respond_with(WEBHOOK_PATH, 200, &off);
    harness.answer_reads();
    harness.intent(Intent::Edit(Edit::Enabled(true)));
    harness.press(harness.setup().save);
    harness.outages = MISSED;
    harness.respond_with(WEBHOOK_PATH, 200, WEBHOOK);
    harness.answer_reads();
    let [saved, missed] = &harness.setup().notices[..] else { panic!("{:?}", harness.setup()) };
    assert_eq!(saved.text, "Saved.");
    assert!(missed.text.starts_with("3 214 entries (1.2 MB) were not delivered between "));
    let heal = missed.action.clone().unwrap();
    assert_eq!(heal.label, "Send what was missed");
    // The notice of the saved change goes, the offer stays.
    harness.end_wait_of(&RequestOwner::Webhook(region("us")));
    assert_eq!(harness.setup().notices.len(), 1);
    harness.press(heal);
    assert!(harness.pending().contains(&"Post us/x/outages/7/heal".to_string()));
}

#[test]
fn a_webhook_is_no_longer_said_to_be_disabled_once_it_is_enabled() {
    let mut harness =
        Harness::open(Address { tab: Tab::Setup, ..Address::default() }, Some("token"), None);
    harness.outages = MISSED;
    harness.describe_server_with("embedded", r#""outages""#);
    harness.respond_with("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
    harness.respond_with("us/v2/audit-log-webhook/status", 200, DISABLED);
    harness.respond_with(WEBHOOK_PATH, 200, &WEBHOOK.replace("true", "false"));
    harness.answer_reads();
    harness.intent(Intent::Edit(Edit::Enabled(true)));
    harness.press(harness.setup().save);
    harness.respond_with(WEBHOOK_PATH, 200, WEBHOOK);
    let heal = harness.setup().notices[1].action.clone().unwrap();
    assert_eq!((heal.state, heal.setup), (Readiness::Ready, None));
}

#[test]
fn another_change_of_an_enabled_webhook_offers_nothing() {
    let mut harness =
        Harness::open(Address { tab: Tab::Setup, ..Address::default() }, Some("token"), None);
    harness.outages = MISSED;
    harness.describe_server_with("embedded", r#""outages""#);
    harness.answer_reads();
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    harness.press(harness.setup().save);
    harness.respond_with(WEBHOOK_PATH, 200, &WEBHOOK.replace("cef", "json"));
    harness.answer_reads();
    assert_eq!(harness.setup().notices.len(), 1);
}
