//! Sending to all regions: only what was confirmed is sent.

use super::*;

#[test]
fn sending_to_all_regions_asks_first_and_names_them() {
    let mut stage = in_all_regions();
    assert_eq!(stage.asked(), Vec::<String>::new(), "it is sent without a confirmation");
    let question = stage.view().question.unwrap();
    let text = "Send the replay of Last 15 minutes to 2 regions: United States, Europe?";
    assert_eq!((question.text.as_str(), question.left_out), (text, vec![]));
    stage.press(question.send);
    assert_eq!(stage.view().question, None);
    let both = ["Put us/v2/audit-log-replay-job", "Put eu/v2/audit-log-replay-job"];
    let sent = stage.asked().into_iter().filter(|request| request.starts_with("Put "));
    assert_eq!(sent.collect::<Vec<_>>(), both);
}

#[test]
fn the_question_is_left_without_sending() {
    let leave = [
        Msg::Intended(Intent::DismissSend),
        Msg::Moved(Address { region: Some("us".to_string()), ..Address::default() }),
        Msg::SignedOut,
    ];
    for leave in leave {
        let mut stage = in_all_regions();
        stage.tell(leave);
        stage.settle();
        assert_eq!((stage.view().question, stage.asked()), (None, vec![]));
    }
}

#[test]
fn a_region_without_an_enabled_webhook_is_left_out() {
    let mut stage = Stage::ready();
    stage.intent(Intent::Show(Scope::Global));
    stage.answer("eu/v2/audit-log-webhook/status", 200, r#"{"webhook_status": "unconfigured"}"#);
    stage.settle();
    stage.press(stage.replay().send);
    let question = stage.view().question.unwrap();
    let text = "Send the replay of Last 15 minutes to 1 region: United States?";
    assert_eq!(question.text, text);
    assert_eq!(question.left_out, ["Left out, since they have no enabled webhook: Europe."]);
}

#[test]
fn a_question_of_which_every_webhook_was_disabled_since_cannot_be_confirmed() {
    let mut stage = in_all_regions();
    for label in ["us", "eu"] {
        stage.wake(label);
        let disabled = r#"{"webhook_status": "active", "webhook_enabled": false}"#;
        stage.answer(&format!("{label}/v2/audit-log-webhook/status"), 200, disabled);
    }
    let question = stage.view().question.unwrap();
    assert_eq!(question.text, "Send the replay of Last 15 minutes to 0 regions?");
    let reason = "There is no enabled webhook to send to: see Setup.".to_string();
    assert_eq!(question.send.state, Readiness::Hindered(reason));
}

#[test]
fn a_confirmation_without_a_question_sends_nothing() {
    let mut stage = in_all_regions();
    stage.intent(Intent::DismissSend);
    stage.intent(Intent::ConfirmSend);
    assert_eq!(stage.asked(), Vec::<String>::new());
}

fn in_all_regions() -> Stage {
    let mut stage = Stage::ready();
    stage.intent(Intent::Show(Scope::Global));
    stage.settle();
    stage.press(stage.replay().send);
    stage
}
