//! The webhook form: drafts, saving, and reads that arrive in between.

use super::*;

const SAVED: &str = "us/v2/audit-log-webhook";

#[test]
fn a_read_of_the_webhook_keeps_the_draft() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::Endpoint("https://siem.exa".to_string())));
    harness.intent(Intent::Refresh);
    harness.respond_with(SAVED, 200, r#"{"endpoint": "https://theirs.example", "enabled": false}"#);
    let form = harness.setup();
    assert_eq!(form.endpoint.value, "https://siem.exa");
    assert!(!form.enabled.value);
    harness.press(form.revert.unwrap());
    assert_eq!(harness.setup().endpoint.value, "https://theirs.example");
}

#[test]
fn a_change_contains_only_the_edited_fields_that_differ() {
    let mut harness = at_setup();
    let nothing = Readiness::Unavailable("Nothing was changed.".to_string());
    assert_eq!(harness.setup().save.state, nothing);
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    harness.intent(Intent::Edit(Edit::Enabled(false)));
    harness.intent(Intent::Edit(Edit::Enabled(true)));
    harness.press(harness.setup().save);
    let (request_id, request) = harness.take_request(SAVED);
    assert_eq!(request.method, Method::Patch);
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"log_format":"json"}"#);
    assert_eq!(harness.setup().save.state, Readiness::Busy);
    harness.intent(Intent::Save);
    assert_eq!(
        harness.pending(),
        Vec::<String>::new(),
        "a second save was requested during the first"
    );

    let saved = WEBHOOK.replace("cef", "json");
    let body = serde_json::from_str(&saved).ok();
    harness.send(Msg::ResponseReceived(request_id, Ok(Response { status: 200, body, date: None })));
    assert_eq!(harness.setup().notices[0].text, "Saved.");
    assert_eq!(harness.setup().save.state, nothing);
    harness.intent(Intent::Edit(Edit::Enabled(false)));
    assert_eq!(
        harness.setup().notices,
        vec![],
        "the notice of the saved change is still shown after an edit"
    );
}

#[test]
fn a_change_without_a_response_keeps_the_draft_and_can_be_repeated() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::Endpoint("https://new.example".to_string())));
    harness.press(harness.setup().save);
    harness.respond(SAVED, Err(TransportError::Timeout));
    harness.answer_reads();
    let form = harness.setup();
    assert_eq!(form.endpoint.value, "https://new.example");
    assert!(form.notices[0].text.starts_with("It is not known whether this was saved."));
    harness.press(form.notices[0].action.clone().unwrap());
    assert_eq!(harness.pending(), ["Patch us/v2/audit-log-webhook"]);
}

#[test]
fn the_draft_of_one_region_is_not_shown_in_another() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::Endpoint("https://of-us.example".to_string())));
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    harness.answer_reads();
    assert_eq!(harness.setup().endpoint.value, "https://siem.example.com");
    harness.intent(Intent::Show(Scope::One(region("us"))));
    assert_eq!(harness.setup().endpoint.value, "https://of-us.example");
}

fn at_setup() -> Harness {
    Harness::ready_at(Address { tab: Tab::Setup, ..Address::default() })
}

#[test]
fn editing_a_field_removes_its_fault_and_keeps_the_others() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::Endpoint("ftp://siem".to_string())));
    harness.press(harness.setup().save);
    let refused = r#"{"invalid_parameters": [{"field": "endpoint", "reason": "must be an https URL"},
        {"field": "authorization", "reason": "must be given again"}]}"#;
    harness.respond_with(SAVED, 400, refused);
    harness.answer_reads();
    assert_eq!(
        harness.setup().endpoint.field.fault.as_deref(),
        Some("Endpoint must be an https URL.")
    );
    harness.intent(Intent::Edit(Edit::Endpoint("https://siem".to_string())));
    assert_eq!(harness.setup().endpoint.field.fault, None);
    assert!(harness.setup().authorization.field.fault.is_some());
    harness.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    assert_eq!(harness.setup().notices, vec![]);
}

#[test]
fn an_edit_during_a_save_remains_unsaved() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    harness.press(harness.setup().save);
    harness.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    harness.respond_with(SAVED, 200, &WEBHOOK.replace("cef", "json"));
    harness.answer_reads();
    let form = harness.setup();
    assert_eq!(form.authorization.value, Typed("key".to_string()));
    assert_eq!(form.placeholder, "Unchanged if left empty");
    assert!(form.revert.is_some());
}

#[test]
fn a_refusal_without_field_names_is_shown_in_the_servers_words() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    harness.press(harness.setup().save);
    harness.respond_with(SAVED, 400, r#"{"detail": "No such format"}"#);
    assert_eq!(harness.setup().notices[0].text, "Not saved. No such format (HTTP 400).");
}

#[test]
fn an_unread_webhook_is_not_shown_as_unconfigured() {
    let mut harness =
        Harness::open(Address { tab: Tab::Setup, ..Address::default() }, Some("t"), None);
    harness.describe_server("embedded");
    assert_eq!(harness.open_body().panel, Panel::Unread("Loading…", vec![]));
    harness.respond_with("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
    assert_eq!(harness.open_body().panel, Panel::Unread("Loading…", vec![]));
    harness.respond(SAVED, Err(TransportError::Network));
    let Panel::Unread("", notices) = harness.open_body().panel else { panic!() };
    assert!(notices[0].text.starts_with("What is saved could not be read."));
}

#[test]
fn showing_a_tab_reads_the_webhook_again() {
    let both = ["Get us/v2/audit-log-webhook/status", "Get us/v2/audit-log-webhook"];
    let mut harness = Harness::ready();
    harness.intent(Intent::Turn(Tab::Setup));
    assert_eq!(harness.pending(), both);
    harness.answer_reads();
    harness.intent(Intent::Turn(Tab::Replay));
    assert_eq!(harness.pending(), both);
    harness.answer_reads();
    harness.send(Msg::Moved(Address { tab: Tab::Setup, ..Address::default() }));
    assert_eq!(harness.pending()[1..], both);
    harness.answer_reads();
    harness.send(Msg::SignedOut);
    harness.intent(Intent::Turn(Tab::Replay));
    assert_eq!(harness.pending(), Vec::<String>::new(), "the webhook is read without a token");
}

#[test]
fn a_saved_change_is_announced_for_ten_seconds() {
    let mut harness = saved();
    let (request_id, time) = harness.waits.pop().unwrap();
    assert_eq!((&request_id.owner, time.num_seconds()), (&RequestOwner::Webhook(region("us")), 10));
    harness.send(Msg::Elapsed(request_id));
    assert_eq!(harness.setup().notices, vec![]);
}

#[test]
fn a_saved_change_is_announced_until_the_tab_or_the_region_changes() {
    let us = Address { tab: Tab::Setup, ..Address::default() };
    for [away, back] in [
        [Intent::Turn(Tab::Replay), Intent::Turn(Tab::Setup)],
        [region("eu"), region("us")].map(|region| Intent::Show(Scope::One(region))),
    ] {
        let mut harness = saved();
        harness.intent(away);
        harness.intent(back);
        harness.answer_reads();
        assert_eq!(harness.setup().notices, vec![]);
    }
    let mut harness = saved();
    harness.send(Msg::Moved(Address::default()));
    harness.send(Msg::Moved(us));
    assert_eq!(harness.setup().notices, vec![]);
}

#[test]
fn the_timer_of_an_earlier_change_does_not_remove_the_announcement_of_a_later_one() {
    let mut harness = saved();
    let (earlier, _) = harness.waits.pop().unwrap();
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Cef)));
    harness.press(harness.setup().save);
    harness.respond_with(SAVED, 200, WEBHOOK);
    harness.send(Msg::Elapsed(earlier));
    assert_eq!(harness.setup().notices[0].text, "Saved.");
}

#[test]
fn a_saved_change_is_no_longer_announced_once_a_test_is_delivered() {
    let mut harness = saved();
    harness.answer_reads();
    harness.press(harness.setup().test.unwrap());
    assert_eq!(harness.setup().notices, vec![]);
}

/// The tab Setup after a change was saved.
fn saved() -> Harness {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    harness.press(harness.setup().save);
    harness.respond_with(SAVED, 200, &WEBHOOK.replace("cef", "json"));
    assert_eq!(harness.setup().notices[0].text, "Saved.");
    harness
}

#[test]
fn a_saved_authorization_is_removed_by_its_checkbox() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    harness.intent(Intent::Edit(Edit::RemoveAuthorization(true)));
    let form = harness.setup();
    assert_eq!(
        (form.authorization.value, form.remove_authorization.unwrap().value),
        (Typed::default(), true)
    );
    harness.press(form.save);
    let (request_id, request) = harness.take_request(SAVED);
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"authorization":""}"#);
    let body = serde_json::from_str(WEBHOOK).ok();
    harness.send(Msg::ResponseReceived(request_id, Ok(Response { status: 200, body, date: None })));
    let form = harness.setup();
    assert_eq!((form.remove_authorization, form.revert), (None, None), "none is saved any more");
}

#[test]
fn a_typed_authorization_is_not_a_removal() {
    let mut harness = at_setup();
    harness.intent(Intent::Edit(Edit::RemoveAuthorization(true)));
    harness.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    assert!(!harness.setup().remove_authorization.unwrap().value);
}

#[test]
fn removing_an_authorization_is_offered_only_where_one_may_be_saved() {
    let mut harness =
        Harness::open(Address { tab: Tab::Setup, ..Address::default() }, Some("token"), None);
    harness.describe_server("embedded");
    harness.respond_with("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
    harness.respond_with(SAVED, 200, r#"{"endpoint": "unconfigured", "enabled": false}"#);
    harness.answer_reads();
    for (authorization, is_offered) in [("", false), ("key", true)] {
        harness.intent(Intent::Edit(Edit::Endpoint("https://siem.example.com".to_string())));
        harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
        harness.intent(Intent::Edit(Edit::Authorization(Typed(authorization.to_string()))));
        assert_eq!(harness.setup().remove_authorization, None);
        harness.press(harness.setup().save);
        harness.respond_with(SAVED, 200, WEBHOOK);
        assert_eq!(harness.setup().remove_authorization.is_some(), is_offered);
    }
}

#[test]
fn a_refused_change_moves_the_focus_to_the_first_invalid_field() {
    let mut harness = at_setup();
    let refused = r#"{"invalid_parameters": [{"field": "log_format", "reason": "is unknown"},
        {"field": "authorization", "reason": "must be given again"}]}"#;
    for (tab, focus) in
        [(Tab::Setup, vec![Effect::Focus("authorization".into())]), (Tab::Replay, vec![])]
    {
        harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
        harness.press(harness.setup().save);
        let (request_id, _) = harness.take_request(SAVED);
        harness.intent(Intent::Turn(tab));
        harness.other_effects.clear();
        let body = serde_json::from_str(refused).ok();
        harness.send(Msg::ResponseReceived(
            request_id,
            Ok(Response { status: 400, body, date: None }),
        ));
        assert_eq!(harness.other_effects, focus);
        harness.answer_reads();
    }
}

#[test]
fn an_unsaved_draft_out_of_view_is_reported_as_unsaved() {
    let mut harness = at_setup();
    assert!(!harness.view().unsaved);
    harness.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    assert!(harness.view().unsaved);
    harness.intent(Intent::Show(Scope::One(region("us"))));
    harness.answer_reads();
    harness.press(harness.setup().save);
    assert!(harness.view().unsaved, "it is not saved yet");
    harness.respond_with(SAVED, 200, &WEBHOOK.replace("cef", "json"));
    assert!(!harness.view().unsaved);
    harness.intent(Intent::Edit(Edit::Enabled(false)));
    harness.intent(Intent::Revert);
    assert!(!harness.view().unsaved);
}
