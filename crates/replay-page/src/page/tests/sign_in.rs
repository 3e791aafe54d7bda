//! Tokens: which one is used, when it is removed, and that none is shown.

use super::*;

#[test]
fn a_token_in_the_address_is_used_only_for_an_embedded_server_and_without_a_stored_token() {
    for (mode, kept, token) in [
        ("embedded", None, Some("offered")),
        ("embedded", Some("kept"), Some("kept")),
        ("gateway", None, None),
        ("gateway", Some("kept for an embedded one"), None),
    ] {
        let mut harness = Harness::open(Address::default(), kept, Some("offered"));
        assert_eq!(harness.requests[0].1.token, None, "a token is sent before the server is known");
        harness.describe_server(mode);
        let sent = harness.requests.iter().map(|(_, request)| request.token.as_ref());
        let sent: Vec<_> = sent.map(|token| token.map(Secret::expose)).collect();
        assert!(sent.iter().all(|sent| *sent == token), "{mode} {kept:?} {sent:?}");
        assert_eq!(sent.is_empty(), token.is_none());
        assert_eq!(harness.view().dialog.is_some(), token.is_none());
    }
}

#[test]
fn a_token_in_the_address_signs_in_only_on_this_machine() {
    for (host, signs_in) in [
        ("localhost", true),
        ("audit.localhost", true),
        ("127.0.0.1", true),
        ("[::1]", true),
        ("audit.example.com", false),
        ("notlocalhost", false),
        ("localhost.example.com", false),
        ("", false),
    ] {
        let mut harness = Harness::open_on(host, Address::default(), None, Some("link"));
        harness.describe_server("embedded");
        assert_eq!(harness.view().dialog.is_none(), signs_in, "{host}");
    }
}

#[test]
fn the_token_in_the_address_replaces_a_rejected_stored_token() {
    let mut harness = Harness::open(Address::default(), Some("kept"), Some("offered"));
    harness.describe_server("embedded");
    harness.other_effects.clear();
    harness.respond_with("x/me", 401, "{}");
    assert_eq!(harness.other_effects, [Effect::Keep(Mode::Embedded, None)]);
    assert_eq!(harness.view().dialog, None);
    let (_, request) = harness.take_request("x/me");
    assert_eq!(request.token.unwrap().expose(), "offered");
}

#[test]
fn a_late_401_for_an_earlier_token_does_not_sign_out() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Refresh);
    let (old, _) = harness.take_request("us/v2/audit-log-webhook/status");
    harness.respond_with("us/v2/audit-log-replay-job", 401, "{}");
    sign_in(&mut harness, "fresh");
    let refused = Ok(Response { status: 401, body: None, date: None });
    harness.send(Msg::ResponseReceived(old, refused));
    assert_eq!(harness.view().dialog, None);
    harness.answer_reads();
    assert_eq!(harness.status(), "Unconfigured");
}

#[test]
fn a_text_that_cannot_be_a_token_is_not_sent() {
    let mut harness = Harness::open(Address::default(), None, None);
    harness.describe_server("gateway");
    let text = "Enter a Konnect access token. It is sent on to Konnect, and forgotten with this page, unless you tick the box.";
    assert_eq!(harness.view().dialog.unwrap().text, text);
    for (typed, fault) in [
        ("", "Enter a token."),
        ("two words", "A token has no spaces and no letters beyond ASCII."),
    ] {
        sign_in(&mut harness, typed);
        assert_eq!(harness.view().dialog.unwrap().fault, Some(fault));
        assert_eq!(harness.pending(), Vec::<String>::new());
    }
    sign_in(&mut harness, " Bearer kpat_1 ");
    assert_eq!(harness.view().dialog, None);
    assert_eq!(harness.requests[0].1.token.as_ref().unwrap().expose(), "kpat_1");
}

#[test]
fn a_token_is_stored_only_if_the_box_is_ticked_and_removed_at_sign_out() {
    for keep in [false, true] {
        let mut harness = Harness::open(Address::default(), None, None);
        harness.describe_server("embedded");
        harness.send(Msg::KeepTicked(keep));
        harness.other_effects.clear();
        sign_in(&mut harness, "token");
        let kept = Effect::Keep(Mode::Embedded, Secret::new("token".to_string()).ok());
        assert_eq!(harness.other_effects.contains(&kept), keep);
        harness.answer_reads();
        harness.other_effects.clear();
        harness.press(harness.view().account.unwrap().action);
        assert_eq!(harness.other_effects, [Effect::Keep(Mode::Embedded, None)]);
        assert_eq!(harness.status(), "");
    }
}

#[test]
fn a_token_appears_in_no_address_and_in_no_text() {
    let mut harness = Harness::open(Address::default(), None, Some("s3cret-offered"));
    harness.describe_server("embedded");
    harness.answer_reads();
    let words = format!("{:?} {:?} {:?}", harness.page, harness.view(), harness.other_effects);
    assert!(!words.contains("s3cret"), "{words}");
    harness.press(harness.view().account.unwrap().action);
    harness.send(Msg::TokenTyped(Typed("s3cret-typed".to_string())));
    let words = format!("{:?} {:?}", harness.page, harness.view());
    assert!(!words.contains("s3cret"), "{words}");
}

#[test]
fn the_token_in_the_address_is_not_used_after_a_sign_out() {
    let mut harness = Harness::open(Address::default(), Some("kept"), Some("offered"));
    harness.describe_server("embedded");
    harness.answer_reads();
    harness.press(harness.view().account.unwrap().action);
    sign_in(&mut harness, "mistyped");
    harness.respond_with("x/me", 401, "{}");
    assert!(harness.view().dialog.unwrap().fault.is_some());
}

#[test]
fn a_response_that_arrives_after_the_sign_out_is_not_shown() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Refresh);
    let job = harness.take_request("us/v2/audit-log-replay-job").0;
    let health = harness.take_request("us/v2/audit-log-webhook/status").0;
    harness.press(harness.view().account.unwrap().action);
    for (request_id, body) in [(job, RUNNING), (health, HEALTH)] {
        let body = serde_json::from_str(body).ok();
        harness.send(Msg::ResponseReceived(
            request_id,
            Ok(Response { status: 200, body, date: None }),
        ));
    }
    assert_eq!(harness.status(), "");
    assert_eq!(harness.open_body().regions[0].webhook, None);
}

#[test]
fn one_request_checks_a_token_and_its_rejection_is_reported_once() {
    for (mode, address, first) in [
        ("embedded", Address::default(), "Get x/me"),
        ("gateway", Address::default(), "Get us/v2/audit-log-replay-job"),
        ("gateway", at("eu"), "Get eu/v2/audit-log-replay-job"),
        ("gateway", at("global"), "Get us/v2/audit-log-replay-job"),
    ] {
        let mut harness = Harness::open(address, None, None);
        harness.describe_server(mode);
        sign_in(&mut harness, "wrong");
        assert_eq!(harness.pending(), [first]);
        harness.send(Msg::Shown);
        assert_eq!(harness.pending(), [first], "the page reads before the token is accepted");
        harness.respond_with(first.trim_start_matches("Get "), 401, "{}");
        assert_eq!(harness.pending(), Vec::<String>::new());
        let words = format!("{:?}", harness.view());
        assert_eq!(words.matches("did not accept the token").count(), 1, "{words}");

        sign_in(&mut harness, "right");
        harness.respond_with(first.trim_start_matches("Get "), 200, RUNNING);
        let jobs = harness.pending().into_iter().filter(|request| request.ends_with("replay-job"));
        assert_eq!(jobs.count(), 2, "every region is read: {:?}", harness.pending());
    }
}

#[test]
fn the_revocation_of_a_token_is_reported_once() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Refresh);
    let reads = harness.pending().len();
    for _ in 0..reads {
        harness.respond_with("", 401, "{}");
    }
    let words = format!("{:?}", harness.view());
    assert_eq!(words.matches("did not accept the token").count(), 1, "{words}");
}

#[test]
fn an_intent_without_a_token_is_carried_out_once_a_token_is_accepted() {
    let mut harness = Harness::open(Address::default(), None, None);
    harness.describe_server("embedded");
    harness.send(Msg::SignInDismissed);
    harness.press(harness.replay().send);
    sign_in(&mut harness, "wrong");
    harness.respond_with("x/me", 401, "{}");
    sign_in(&mut harness, "right");
    let put = "Put us/v2/audit-log-replay-job".to_string();
    assert!(!harness.pending().contains(&put));
    harness.answer_reads();
    assert_eq!(harness.pending(), [put]);
}

#[test]
fn an_intent_during_the_check_of_a_token_waits_for_its_result() {
    let mut harness = Harness::open(Address::default(), Some("kept"), None);
    harness.describe_server("embedded");
    harness.press(harness.replay().send);
    assert_eq!(harness.pending(), ["Get x/me"]);
    harness.answer_reads();
    assert_eq!(harness.pending(), ["Put us/v2/audit-log-replay-job"]);
}

#[test]
fn a_postponed_intent_is_dropped_when_the_dialog_is_dismissed_or_the_address_changes() {
    for leave in [Msg::SignInDismissed, Msg::Moved(at("eu"))] {
        let mut harness = Harness::open(Address::default(), None, None);
        harness.describe_server("embedded");
        harness.intent(Intent::Send);
        harness.send(leave);
        harness.send(Msg::SignInAsked);
        sign_in(&mut harness, "right");
        harness.answer_reads();
        assert_eq!(harness.pending(), Vec::<String>::new());
    }
}

fn at(scope: &str) -> Address {
    Address { region: Some(scope.to_string()), ..Address::default() }
}

fn sign_in(harness: &mut Harness, token: &str) {
    harness.send(Msg::TokenTyped(Typed(token.to_string())));
    harness.send(Msg::SignedIn);
}
