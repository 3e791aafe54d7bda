//! The webhook's form between a person who types and answers that come in.

use super::*;

const SAVED: &str = "us/v2/audit-log-webhook";

#[test]
fn a_read_that_comes_in_leaves_what_was_typed() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::Endpoint("https://siem.exa".to_string())));
    stage.intent(Intent::Refresh);
    stage.answer(SAVED, 200, r#"{"endpoint": "https://theirs.example", "enabled": false}"#);
    let form = stage.setup();
    assert_eq!(form.endpoint.0, "https://siem.exa");
    assert!(!form.enabled.0);
    stage.press(form.revert.unwrap());
    assert_eq!(stage.setup().endpoint.0, "https://theirs.example");
}

#[test]
fn only_what_was_touched_is_sent_and_nothing_that_is_so_already() {
    let mut stage = at_setup();
    let nothing = Readiness::Hindered("Nothing was changed.".to_string());
    assert_eq!(stage.setup().save.state, nothing);
    stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    stage.intent(Intent::Edit(Edit::Enabled(false)));
    stage.intent(Intent::Edit(Edit::Enabled(true)));
    stage.press(stage.setup().save);
    let (request_id, request) = stage.take(SAVED);
    assert_eq!(request.method, Method::Patch);
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"log_format":"json"}"#);
    assert_eq!(stage.setup().save.state, Readiness::Busy);
    stage.intent(Intent::Save);
    assert_eq!(stage.asked(), Vec::<String>::new(), "it is saved twice at once");

    let saved = WEBHOOK.replace("cef", "json");
    let body = serde_json::from_str(&saved).ok();
    stage.tell(Msg::ResponseReceived(request_id, Ok(Response { status: 200, body, date: None })));
    assert_eq!(stage.setup().notices[0].text, "Saved.");
    assert_eq!(stage.setup().save.state, nothing);
    stage.intent(Intent::Edit(Edit::Enabled(false)));
    assert_eq!(stage.setup().notices, vec![], "it says that what is typed is saved");
}

#[test]
fn a_change_whose_fate_is_not_known_keeps_the_form_and_can_be_repeated() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::Endpoint("https://new.example".to_string())));
    stage.press(stage.setup().save);
    stage.end(SAVED, Err(TransportError::Timeout));
    stage.settle();
    let form = stage.setup();
    assert_eq!(form.endpoint.0, "https://new.example");
    assert!(form.notices[0].text.starts_with("It is not known whether this was saved."));
    stage.press(form.notices[0].action.clone().unwrap());
    assert_eq!(stage.asked(), ["Patch us/v2/audit-log-webhook"]);
}

#[test]
fn what_is_typed_for_one_region_is_not_shown_in_another() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::Endpoint("https://of-us.example".to_string())));
    stage.intent(Intent::Show(Scope::One(region("eu"))));
    stage.settle();
    assert_eq!(stage.setup().endpoint.0, "https://siem.example.com");
    stage.intent(Intent::Show(Scope::One(region("us"))));
    assert_eq!(stage.setup().endpoint.0, "https://of-us.example");
}

fn at_setup() -> Stage {
    Stage::ready_at(Address { tab: Tab::Setup, ..Address::default() })
}

#[test]
fn a_fault_goes_with_the_mistake_and_leaves_the_others() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::Endpoint("ftp://siem".to_string())));
    stage.press(stage.setup().save);
    let refused = r#"{"invalid_parameters": [{"field": "endpoint", "reason": "must be an https URL"},
        {"field": "authorization", "reason": "must be given again"}]}"#;
    stage.answer(SAVED, 400, refused);
    stage.settle();
    assert_eq!(stage.setup().endpoint.1.fault.as_deref(), Some("Endpoint must be an https URL."));
    stage.intent(Intent::Edit(Edit::Endpoint("https://siem".to_string())));
    assert_eq!(stage.setup().endpoint.1.fault, None);
    assert!(stage.setup().authorization.1.fault.is_some());
    stage.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    assert_eq!(stage.setup().notices, vec![]);
}

#[test]
fn what_is_typed_while_a_change_is_on_its_way_is_still_to_be_saved() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    stage.press(stage.setup().save);
    stage.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    stage.answer(SAVED, 200, &WEBHOOK.replace("cef", "json"));
    stage.settle();
    let form = stage.setup();
    assert_eq!(form.authorization.0, Typed("key".to_string()));
    assert_eq!(form.placeholder, "Unchanged if left empty");
    assert!(form.revert.is_some());
}

#[test]
fn a_refusal_that_names_no_field_is_told_in_the_servers_words() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    stage.press(stage.setup().save);
    stage.answer(SAVED, 400, r#"{"detail": "No such format"}"#);
    assert_eq!(stage.setup().notices[0].text, "Not saved. No such format (HTTP 400).");
}

#[test]
fn a_webhook_that_was_not_read_is_not_taken_for_one_that_is_not_there() {
    let mut stage = Stage::open(Address { tab: Tab::Setup, ..Address::default() }, Some("t"), None);
    stage.told("embedded");
    assert_eq!(stage.opened().panel, Panel::Unread("Loading…", vec![]));
    stage.answer("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
    assert_eq!(stage.opened().panel, Panel::Unread("Loading…", vec![]));
    stage.end(SAVED, Err(TransportError::Network));
    let Panel::Unread("", notices) = stage.opened().panel else { panic!() };
    assert!(notices[0].text.starts_with("What is saved could not be read."));
}

#[test]
fn turning_to_a_tab_reads_the_webhook_again() {
    let both = ["Get us/v2/audit-log-webhook/status", "Get us/v2/audit-log-webhook"];
    let mut stage = Stage::ready();
    stage.intent(Intent::Turn(Tab::Setup));
    assert_eq!(stage.asked(), both);
    stage.settle();
    stage.intent(Intent::Turn(Tab::Replay));
    assert_eq!(stage.asked(), both);
    stage.settle();
    stage.tell(Msg::Moved(Address { tab: Tab::Setup, ..Address::default() }));
    assert_eq!(stage.asked()[1..], both);
    stage.settle();
    stage.tell(Msg::SignedOut);
    stage.intent(Intent::Turn(Tab::Replay));
    assert_eq!(stage.asked(), Vec::<String>::new(), "it reads although nobody is signed in");
}

#[test]
fn a_saved_change_is_announced_for_ten_seconds() {
    let mut stage = saved();
    let (request_id, time) = stage.waits.pop().unwrap();
    assert_eq!((&request_id.owner, time.num_seconds()), (&RequestOwner::Webhook(region("us")), 10));
    stage.tell(Msg::Elapsed(request_id));
    assert_eq!(stage.setup().notices, vec![]);
}

#[test]
fn a_saved_change_is_announced_until_the_tab_or_the_region_changes() {
    let us = Address { tab: Tab::Setup, ..Address::default() };
    for [away, back] in [
        [Intent::Turn(Tab::Replay), Intent::Turn(Tab::Setup)],
        [region("eu"), region("us")].map(|region| Intent::Show(Scope::One(region))),
    ] {
        let mut stage = saved();
        stage.intent(away);
        stage.intent(back);
        stage.settle();
        assert_eq!(stage.setup().notices, vec![]);
    }
    let mut stage = saved();
    stage.tell(Msg::Moved(Address::default()));
    stage.tell(Msg::Moved(us));
    assert_eq!(stage.setup().notices, vec![]);
}

#[test]
fn a_saved_change_is_no_longer_announced_once_a_test_is_delivered() {
    let mut stage = saved();
    stage.settle();
    stage.press(stage.setup().test.unwrap());
    assert_eq!(stage.setup().notices, vec![]);
}

#[test]
fn an_earlier_change_does_not_end_the_announcement_of_a_later_one() {
    let mut stage = saved();
    let (earlier, _) = stage.waits.pop().unwrap();
    stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Cef)));
    stage.press(stage.setup().save);
    stage.answer(SAVED, 200, WEBHOOK);
    stage.tell(Msg::Elapsed(earlier));
    assert_eq!(stage.setup().notices[0].text, "Saved.");
}

/// The tab Setup after a change was saved.
fn saved() -> Stage {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    stage.press(stage.setup().save);
    stage.answer(SAVED, 200, &WEBHOOK.replace("cef", "json"));
    assert_eq!(stage.setup().notices[0].text, "Saved.");
    stage
}

#[test]
fn a_saved_authorization_is_removed_by_its_checkbox() {
    let mut stage = at_setup();
    stage.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    stage.intent(Intent::Edit(Edit::RemoveAuthorization(true)));
    let form = stage.setup();
    assert_eq!(
        (form.authorization.0, form.remove_authorization.unwrap().0),
        (Typed::default(), true)
    );
    stage.press(form.save);
    let (request_id, request) = stage.take(SAVED);
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"authorization":""}"#);
    let body = serde_json::from_str(WEBHOOK).ok();
    stage.tell(Msg::ResponseReceived(request_id, Ok(Response { status: 200, body, date: None })));
    let form = stage.setup();
    assert!(!form.remove_authorization.unwrap().0 && form.revert.is_none());
    stage.intent(Intent::Edit(Edit::RemoveAuthorization(true)));
    stage.intent(Intent::Edit(Edit::Authorization(Typed("key".to_string()))));
    assert!(!stage.setup().remove_authorization.unwrap().0, "a typed value is not a removal");
}

#[test]
fn a_refused_change_moves_the_focus_to_the_first_faulty_field() {
    let mut stage = at_setup();
    let refused = r#"{"invalid_parameters": [{"field": "log_format", "reason": "is unknown"},
        {"field": "authorization", "reason": "must be given again"}]}"#;
    for (tab, focus) in [(Tab::Setup, vec![Effect::Focus("authorization")]), (Tab::Replay, vec![])]
    {
        stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
        stage.press(stage.setup().save);
        let (request_id, _) = stage.take(SAVED);
        stage.intent(Intent::Turn(tab));
        stage.done.clear();
        let body = serde_json::from_str(refused).ok();
        stage.tell(Msg::ResponseReceived(
            request_id,
            Ok(Response { status: 400, body, date: None }),
        ));
        assert_eq!(stage.done, focus);
        stage.settle();
    }
}

#[test]
fn leaving_is_asked_about_while_a_draft_is_not_saved_also_out_of_view() {
    let mut stage = at_setup();
    assert!(!stage.view().unsaved);
    stage.intent(Intent::Edit(Edit::LogFormat(LogFormat::Json)));
    stage.intent(Intent::Show(Scope::One(region("eu"))));
    assert!(stage.view().unsaved);
    stage.intent(Intent::Show(Scope::One(region("us"))));
    stage.settle();
    stage.press(stage.setup().save);
    assert!(stage.view().unsaved, "it is not saved yet");
    stage.answer(SAVED, 200, &WEBHOOK.replace("cef", "json"));
    assert!(!stage.view().unsaved);
    stage.intent(Intent::Edit(Edit::Enabled(false)));
    stage.intent(Intent::Revert);
    assert!(!stage.view().unsaved);
}
