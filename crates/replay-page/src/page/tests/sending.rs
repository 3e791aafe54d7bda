//! Sending to all regions: it needs a confirmation.

use super::*;

#[test]
fn sending_to_all_regions_needs_a_confirmation_that_names_them() {
    let mut harness = in_all_regions();
    assert_eq!(harness.pending(), Vec::<String>::new(), "it is sent without a confirmation");
    let question = harness.view().question.unwrap();
    let text = "Send the replay of Last 15 minutes (today 12:45 – 13:00, Europe/Berlin) to 2 regions: United States, Europe?";
    assert_eq!((question.text.as_str(), question.left_out), (text, vec![]));
    harness.press(question.send);
    assert_eq!(harness.view().question, None);
    let both = ["Put us/v2/audit-log-replay-job", "Put eu/v2/audit-log-replay-job"];
    let sent = harness.pending().into_iter().filter(|request| request.starts_with("Put "));
    assert_eq!(sent.collect::<Vec<_>>(), both);
}

#[test]
fn the_confirmation_names_a_range_of_absolute_times_once() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    harness.type_in(RangeField::Whole, "today 10:12 to 11:47");
    harness.apply();
    harness.answer_reads();
    harness.press(harness.replay().send);
    let text = harness.view().question.unwrap().text;
    assert!(
        text.starts_with("Send the replay of Today 10:12 – 11:47 (Europe/Berlin) to 2"),
        "{text}"
    );
}

#[test]
fn the_confirmation_can_be_dismissed_without_sending() {
    let leave = [
        Msg::Intended(Intent::DismissSend),
        Msg::Moved(Address { region: Some("us".to_string()), ..Address::default() }),
        Msg::SignedOut,
    ];
    for leave in leave {
        let mut harness = in_all_regions();
        harness.send(leave);
        harness.answer_reads();
        assert_eq!((harness.view().question, harness.pending()), (None, vec![]));
    }
}

#[test]
fn a_region_without_an_enabled_webhook_is_left_out() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Show(Scope::Global));
    harness.respond_with(
        "eu/v2/audit-log-webhook/status",
        200,
        r#"{"webhook_status": "unconfigured"}"#,
    );
    harness.answer_reads();
    harness.press(harness.replay().send);
    let question = harness.view().question.unwrap();
    let text = "Send the replay of Last 15 minutes (today 12:45 – 13:00, Europe/Berlin) to 1 region: United States?";
    assert_eq!(question.text, text);
    assert_eq!(question.left_out, ["Left out, since they have no enabled webhook: Europe."]);
}

#[test]
fn a_confirmation_that_no_region_would_receive_cannot_be_given() {
    let mut harness = in_all_regions();
    for label in ["us", "eu"] {
        harness.end_wait(label);
        let disabled = r#"{"webhook_status": "active", "webhook_enabled": false}"#;
        harness.respond_with(&format!("{label}/v2/audit-log-webhook/status"), 200, disabled);
    }
    let question = harness.view().question.unwrap();
    assert_eq!(
        question.text,
        "Send the replay of Last 15 minutes (today 12:46 – 13:01, Europe/Berlin) to 0 regions?"
    );
    let reason = "There is no enabled webhook to send to.".to_string();
    assert_eq!(question.send.state, Readiness::Unavailable(reason));
}

#[test]
fn a_confirmation_without_an_open_dialog_sends_nothing() {
    let mut harness = in_all_regions();
    harness.intent(Intent::DismissSend);
    harness.intent(Intent::ConfirmSend);
    assert_eq!(harness.pending(), Vec::<String>::new());
}

fn in_all_regions() -> Harness {
    let mut harness = Harness::ready();
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    harness.press(harness.replay().send);
    harness
}
