//! Tokens: which one is used, who takes it away, and that nobody reads it.

use super::*;

#[test]
fn a_token_in_the_address_signs_in_only_at_ones_own_server_and_where_none_was_kept() {
    for (mode, kept, token) in [
        ("embedded", None, Some("offered")),
        ("embedded", Some("kept"), Some("kept")),
        ("gateway", None, None),
        ("gateway", Some("kept for an embedded one"), None),
    ] {
        let mut stage = Stage::open(Address::default(), kept, Some("offered"));
        assert_eq!(stage.asked[0].1.token, None, "a token is sent before the server is known");
        stage.told(mode);
        let sent = stage.asked.iter().map(|(_, request)| request.token.as_ref());
        let sent: Vec<_> = sent.map(|token| token.map(Secret::expose)).collect();
        assert!(sent.iter().all(|sent| *sent == token), "{mode} {kept:?} {sent:?}");
        assert_eq!(sent.is_empty(), token.is_none());
        assert_eq!(stage.view().dialog.is_some(), token.is_none());
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
        let mut stage = Stage::open_on(host, Address::default(), None, Some("link"));
        stage.told("embedded");
        assert_eq!(stage.view().dialog.is_none(), signs_in, "{host}");
    }
}

#[test]
fn a_kept_token_that_has_grown_old_gives_way_to_the_one_in_the_address() {
    let mut stage = Stage::open(Address::default(), Some("kept"), Some("offered"));
    stage.told("embedded");
    stage.done.clear();
    stage.answer("x/me", 401, "{}");
    assert_eq!(stage.done, [Effect::Keep(Mode::Embedded, None)]);
    assert_eq!(stage.view().dialog, None);
    let (_, request) = stage.take("x/me");
    assert_eq!(request.token.unwrap().expose(), "offered");
}

#[test]
fn a_late_answer_to_an_old_token_signs_nobody_out() {
    let mut stage = Stage::ready();
    stage.intent(Intent::Refresh);
    let (old, _) = stage.take("us/v2/audit-log-webhook/status");
    stage.answer("us/v2/audit-log-replay-job", 401, "{}");
    sign_in(&mut stage, "fresh");
    let refused = Ok(Response { status: 401, body: None, date: None });
    stage.tell(Msg::ResponseReceived(old, refused));
    assert_eq!(stage.view().dialog, None);
    stage.settle();
    assert_eq!(stage.status(), "Unconfigured");
}

#[test]
fn what_cannot_be_a_token_is_not_sent() {
    let mut stage = Stage::open(Address::default(), None, None);
    stage.told("gateway");
    let text = "Enter a Konnect access token. It is sent on to Konnect, and forgotten with this page, unless you tick the box.";
    assert_eq!(stage.view().dialog.unwrap().text, text);
    for (typed, fault) in [
        ("", "Enter a token."),
        ("two words", "A token has no spaces and no letters beyond ASCII."),
    ] {
        sign_in(&mut stage, typed);
        assert_eq!(stage.view().dialog.unwrap().fault, Some(fault));
        assert_eq!(stage.asked(), Vec::<String>::new());
    }
    sign_in(&mut stage, " Bearer kpat_1 ");
    assert_eq!(stage.view().dialog, None);
    assert_eq!(stage.asked[0].1.token.as_ref().unwrap().expose(), "kpat_1");
}

#[test]
fn a_token_is_kept_only_if_that_was_ticked_and_forgotten_with_the_sign_out() {
    for keep in [false, true] {
        let mut stage = Stage::open(Address::default(), None, None);
        stage.told("embedded");
        stage.tell(Msg::KeepTicked(keep));
        stage.done.clear();
        sign_in(&mut stage, "token");
        let kept = Effect::Keep(Mode::Embedded, Secret::new("token".to_string()).ok());
        assert_eq!(stage.done.contains(&kept), keep);
        stage.settle();
        stage.done.clear();
        stage.press(stage.view().account.unwrap().action);
        assert_eq!(stage.done, [Effect::Keep(Mode::Embedded, None)]);
        assert_eq!(stage.status(), "");
    }
}

#[test]
fn a_token_stands_in_no_address_and_in_no_words() {
    let mut stage = Stage::open(Address::default(), None, Some("s3cret-offered"));
    stage.told("embedded");
    stage.settle();
    let words = format!("{:?} {:?} {:?}", stage.page, stage.view(), stage.done);
    assert!(!words.contains("s3cret"), "{words}");
    stage.press(stage.view().account.unwrap().action);
    stage.tell(Msg::TokenTyped(Typed("s3cret-typed".to_string())));
    let words = format!("{:?} {:?}", stage.page, stage.view());
    assert!(!words.contains("s3cret"), "{words}");
}

#[test]
fn whoever_has_signed_out_is_not_signed_in_by_the_address() {
    let mut stage = Stage::open(Address::default(), Some("kept"), Some("offered"));
    stage.told("embedded");
    stage.settle();
    stage.press(stage.view().account.unwrap().action);
    sign_in(&mut stage, "mistyped");
    stage.answer("x/me", 401, "{}");
    assert!(stage.view().dialog.unwrap().fault.is_some());
}

#[test]
fn an_answer_that_comes_after_the_sign_out_is_shown_to_nobody() {
    let mut stage = Stage::ready();
    stage.intent(Intent::Refresh);
    let job = stage.take("us/v2/audit-log-replay-job").0;
    let health = stage.take("us/v2/audit-log-webhook/status").0;
    stage.press(stage.view().account.unwrap().action);
    for (request_id, body) in [(job, RUNNING), (health, HEALTH)] {
        let body = serde_json::from_str(body).ok();
        stage.tell(Msg::ResponseReceived(
            request_id,
            Ok(Response { status: 200, body, date: None }),
        ));
    }
    assert_eq!(stage.status(), "");
    assert_eq!(stage.opened().regions[0].webhook, None);
}

#[test]
fn one_request_decides_on_a_token_and_a_rejected_one_is_said_once() {
    for (mode, address, first) in [
        ("embedded", Address::default(), "Get x/me"),
        ("gateway", Address::default(), "Get us/v2/audit-log-replay-job"),
        ("gateway", at("eu"), "Get eu/v2/audit-log-replay-job"),
        ("gateway", at("global"), "Get us/v2/audit-log-replay-job"),
    ] {
        let mut stage = Stage::open(address, None, None);
        stage.told(mode);
        sign_in(&mut stage, "wrong");
        assert_eq!(stage.asked(), [first]);
        stage.tell(Msg::Shown);
        assert_eq!(stage.asked(), [first], "the page reads before the token is accepted");
        stage.answer(first.trim_start_matches("Get "), 401, "{}");
        assert_eq!(stage.asked(), Vec::<String>::new());
        let words = format!("{:?}", stage.view());
        assert_eq!(words.matches("did not accept the token").count(), 1, "{words}");

        sign_in(&mut stage, "right");
        stage.answer(first.trim_start_matches("Get "), 200, RUNNING);
        let jobs = stage.asked().into_iter().filter(|asked| asked.ends_with("replay-job"));
        assert_eq!(jobs.count(), 2, "every region is read: {:?}", stage.asked());
    }
}

#[test]
fn a_token_that_is_revoked_later_is_said_once() {
    let mut stage = Stage::ready();
    stage.intent(Intent::Refresh);
    let reads = stage.asked().len();
    for _ in 0..reads {
        stage.answer("", 401, "{}");
    }
    let words = format!("{:?}", stage.view());
    assert_eq!(words.matches("did not accept the token").count(), 1, "{words}");
}

#[test]
fn what_was_wanted_without_a_token_is_done_once_one_is_accepted() {
    let mut stage = Stage::open(Address::default(), None, None);
    stage.told("embedded");
    stage.tell(Msg::SignInDismissed);
    stage.press(stage.replay().send);
    sign_in(&mut stage, "wrong");
    stage.answer("x/me", 401, "{}");
    sign_in(&mut stage, "right");
    let put = "Put us/v2/audit-log-replay-job".to_string();
    assert!(!stage.asked().contains(&put));
    stage.settle();
    assert_eq!(stage.asked(), [put]);
}

#[test]
fn what_is_wanted_while_a_token_is_checked_waits_for_its_acceptance() {
    let mut stage = Stage::open(Address::default(), Some("kept"), None);
    stage.told("embedded");
    stage.press(stage.replay().send);
    assert_eq!(stage.asked(), ["Get x/me"]);
    stage.settle();
    assert_eq!(stage.asked(), ["Put us/v2/audit-log-replay-job"]);
}

#[test]
fn what_was_wanted_is_forgotten_when_the_dialog_is_dismissed_or_the_address_changes() {
    for leave in [Msg::SignInDismissed, Msg::Moved(at("eu"))] {
        let mut stage = Stage::open(Address::default(), None, None);
        stage.told("embedded");
        stage.intent(Intent::Send);
        stage.tell(leave);
        stage.tell(Msg::SignInAsked);
        sign_in(&mut stage, "right");
        stage.settle();
        assert_eq!(stage.asked(), Vec::<String>::new());
    }
}

fn at(scope: &str) -> Address {
    Address { region: Some(scope.to_string()), ..Address::default() }
}

fn sign_in(stage: &mut Stage, token: &str) {
    stage.tell(Msg::TokenTyped(Typed(token.to_string())));
    stage.tell(Msg::SignedIn);
}
