//! A replay that waits for the present job to end, and is then sent by the page.

use super::*;
use crate::view::Notice;

const JOB: &str = "us/v2/audit-log-replay-job";
const PUT: &str = "Put us/v2/audit-log-replay-job";
const WINDOW: &str = "Today 12:45 – 13:00";
const BODY: &str = r#"{"start_at":"2026-11-23T11:45:00Z","end_at":"2026-11-23T12:00:00Z"}"#;

#[test]
fn a_waiting_replay_is_sent_exactly_once_with_the_window_of_the_click_when_the_job_has_ended() {
    for end in [COMPLETED, FAILED] {
        let mut harness = waiting();
        let text = format!(
            "{WINDOW} is sent once the present replay has ended. This page sends it: keep the tab open."
        );
        assert_eq!(notice(&harness).unwrap().text, text);
        assert!(harness.view().unsaved, "the tab may be closed by mistake");
        harness.now += TimeDelta::minutes(3);
        harness.end_wait("us");
        harness.answer_reads();
        assert_eq!(puts(&harness), 0, "the job still runs");
        harness.job = end;
        harness.end_wait("us");
        harness.answer_reads();
        assert_eq!((puts(&harness), notice(&harness)), (1, None));
        let (_, request) = harness.take_request(JOB);
        assert_eq!(serde_json::to_string(&request.body.unwrap()).unwrap(), BODY);
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        assert_eq!(puts(&harness), 0, "it is sent twice");
    }
}

#[test]
fn neither_a_lost_answer_nor_a_refusal_sends_it_again() {
    for status in [409, 503] {
        let mut harness = waiting();
        harness.job = COMPLETED;
        harness.end_wait("us");
        harness.answer_reads();
        harness.respond_with(JOB, status, "{}");
        harness.answer_reads();
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        assert_eq!(puts(&harness), 0);
        let again = harness.replay().mutation_notice.unwrap().action.unwrap();
        assert_eq!(again.label, "Send again");
        harness.press(again);
        let (_, request) = harness.take_request(JOB);
        assert_eq!(serde_json::to_string(&request.body.unwrap()).unwrap(), BODY);
    }
}

#[test]
fn a_waiting_replay_survives_failed_reads_another_region_in_view_and_a_hidden_page() {
    let mut harness = waiting();
    harness.end_wait("us");
    harness.respond(JOB, Err(TransportError::Network));
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    harness.answer_reads();
    harness.send(Msg::Hidden);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.respond(JOB, Err(TransportError::Timeout));
    assert_eq!(puts(&harness), 0, "the last read has failed");
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(puts(&harness), 1);
}

#[test]
fn a_waiting_replay_of_a_region_out_of_view_is_announced_with_its_region() {
    for in_view in [true, false] {
        let mut harness = waiting();
        if !in_view {
            harness.intent(Intent::Show(Scope::One(region("eu"))));
            harness.answer_reads();
        }
        harness.job = COMPLETED;
        harness.end_wait("us");
        harness.answer_reads();
        assert_eq!(puts(&harness), 1);
        let text = "United States: The waiting replay is sent now.";
        assert_eq!(harness.view().announcement == text, !in_view);
    }
}

#[test]
fn a_waiting_replay_can_be_dropped() {
    let mut harness = waiting();
    harness.press(notice(&harness).unwrap().action.unwrap());
    assert_eq!(notice(&harness), None);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(puts(&harness), 0);
}

#[test]
fn a_window_that_has_become_too_old_is_not_sent_and_says_so() {
    let mut harness = waiting();
    harness.now += TimeDelta::days(7);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(puts(&harness), 0);
    let text =
        "23 Nov 12:45 – 13:00 was not sent: it had become too old when the replay before it ended.";
    assert_eq!(notice(&harness).unwrap().text, text);
    assert!(!harness.view().unsaved);
    harness.press(notice(&harness).unwrap().action.unwrap());
    assert_eq!(notice(&harness), None);
}

#[test]
fn a_waiting_replay_waits_for_a_mutation_in_progress() {
    let mut harness = waiting();
    harness.press(harness.replay().rows[0].cancel.clone().unwrap());
    harness.press(notice(&harness).unwrap().action.unwrap());
    harness.job = FAILED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert_eq!(puts(&harness), 0);
    harness.respond_with("us/x/replay/cancel", 202, FAILED);
    harness.answer_reads();
    assert_eq!(puts(&harness), 1);
}

#[test]
fn a_waiting_replay_is_offered_only_while_a_job_is_under_way_and_the_range_is_applied() {
    let mut harness = Harness::ready();
    assert_eq!(harness.replay().later, None);
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert!(harness.replay().later.is_some());
    harness.draft_preset("Last 6 hours");
    assert_eq!(harness.replay().later, None);
}

#[test]
fn the_longest_window_is_sent_without_the_part_that_has_become_too_old() {
    let mut harness = Harness::running();
    harness.choose(Choice::Draft(Range::last(TimeDelta::days(7))));
    harness.apply();
    harness.press(harness.replay().later.unwrap());
    harness.now += TimeDelta::minutes(20);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    let (id, request) = harness.take_request(JOB);
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    let sent = r#"{"start_at":"2026-11-16T12:21:01Z","end_at":"2026-11-23T12:00:00Z"}"#;
    assert_eq!(body, sent);
    let accepted = r#"{"status": "accepted", "start_at": "2026-11-16T12:21:01Z", "end_at": "2026-11-23T12:00:00Z"}"#;
    let body = serde_json::from_str(accepted).ok();
    harness.send(Msg::ResponseReceived(id, Ok(Response { status: 202, body, date: None })));
    let text = "The replay was accepted: 16 Nov 13:21:01 – today 13:00. It was to start 16 Nov 13:01, \
                which had become too old while it waited.";
    assert_eq!(harness.replay().mutation_notice.unwrap().text, text);
}

#[test]
fn cancelling_the_job_before_it_holds_it_back_until_the_user_decides() {
    for sends in [true, false] {
        let mut harness = waiting();
        harness.press(harness.replay().rows[0].cancel.clone().unwrap());
        harness.respond_with("us/x/replay/cancel", 202, FAILED);
        harness.answer_reads();
        assert_eq!(puts(&harness), 0);
        let held = notice(&harness).unwrap();
        let text = format!("{WINDOW} is not sent yet: you have cancelled the replay before it.");
        assert_eq!(held.text, text);
        assert!(harness.view().unsaved);
        let send = held.action.unwrap();
        assert_eq!(send.label, "Send it now");
        let drop = harness.replay().rows[0].drop_held.clone().unwrap();
        harness.press(if sends { send } else { drop });
        assert_eq!((puts(&harness), notice(&harness)), (usize::from(sends), None));
    }
}

#[test]
fn a_waiting_replay_is_not_sent_with_another_token_than_that_of_the_click() {
    let mut harness = waiting();
    harness.end_wait("us");
    harness.respond_with(JOB, 401, "{}");
    assert!(notice(&harness).is_some());
    harness.send(Msg::TokenTyped(Typed("other".into())));
    harness.send(Msg::SignedIn);
    harness.job = COMPLETED;
    harness.answer_reads();
    assert_eq!((puts(&harness), notice(&harness)), (0, None));
}

#[test]
fn a_waiting_replay_is_not_sent_by_a_token_that_may_no_longer_change_the_region() {
    let mut harness = waiting();
    harness.send(Msg::Hidden);
    harness.send(Msg::Shown);
    harness.respond_with("x/me", 200, r#"{"role": "read-only", "regions": []}"#);
    harness.job = COMPLETED;
    harness.answer_reads();
    assert_eq!(puts(&harness), 0);
    let text = format!(
        "{WINDOW} is not sent. The token's role, read-only, cannot change anything in United States."
    );
    assert_eq!(notice(&harness).unwrap().text, text);
}

#[test]
fn signing_out_drops_a_waiting_replay() {
    let mut harness = waiting();
    harness.send(Msg::SignedOut);
    assert_eq!(notice(&harness), None);
}

/// A page with a running job and a replay that waits for it.
fn waiting() -> Harness {
    let mut harness = Harness::running();
    let later = harness.replay().later.unwrap();
    assert_eq!(later.label, "Send when it has finished");
    harness.press(later);
    assert_eq!((harness.replay().later, harness.pending()), (None, vec![]));
    harness
}

fn notice(harness: &Harness) -> Option<Notice> {
    harness.replay().rows[0].waiting.clone()
}

/// The number of submissions without a response.
fn puts(harness: &Harness) -> usize {
    harness.pending().iter().filter(|request| *request == PUT).count()
}
