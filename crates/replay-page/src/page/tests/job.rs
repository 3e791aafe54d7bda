//! A job as a person watches it: what is said of it and of an order, also when nobody knows.

use super::*;

const JOB: &str = "us/v2/audit-log-replay-job";
const COMPLETED_LATER: &str = r#"{"status": "completed", "start_at": "2026-11-23T10:00:00Z", "end_at": "2026-11-23T11:00:00Z"}"#;

#[test]
fn an_order_whose_fate_is_not_known_says_so_until_it_is() {
    let gateway = Ok(Response { status: 502, body: None, date: None });
    let garbled = Ok(Response { status: 202, body: None, date: None });
    for end in [Err(TransportError::Timeout), Err(TransportError::Network), gateway, garbled] {
        let mut stage = Stage::ready();
        stage.press(stage.replay().send);
        stage.end(JOB, end);
        stage.settle();
        let answer = stage.replay().answer.unwrap();
        let unknown = "It is not known whether the replay was sent.";
        assert!(answer.text.starts_with(unknown), "{}", answer.text);
        assert_eq!(answer.action.unwrap().label, "Send again");

        stage.job = r#"{"status": "running", "start_at": "2026-11-23T11:45:00Z", "end_at": "2026-11-23T12:00:00Z"}"#;
        stage.wake("us");
        stage.settle();
        let answer = stage.replay().answer.unwrap();
        assert!(answer.text.ends_with(" Only the answer was lost."), "{}", answer.text);
    }
}

#[test]
fn a_job_that_was_there_before_is_not_taken_for_the_one_that_was_sent() {
    let mut stage = Stage::ready();
    stage.job = COMPLETED;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.intent(Intent::DraftRange(None));
    stage.intent(Intent::Type(Edge::Start, "2026-11-23T08:00:00Z".to_string()));
    stage.intent(Intent::Type(Edge::End, "2026-11-23T09:00:00Z".to_string()));
    stage.press(stage.replay().apply);
    stage.press(stage.replay().send);
    stage.end(JOB, Err(TransportError::Timeout));
    stage.settle();
    let answer = stage.replay().answer.unwrap().text;
    assert!(answer.starts_with("It is not known whether"), "{answer}");
    stage.job = RUNNING;
    stage.wake("us");
    stage.settle();
    let answer = stage.replay().answer.unwrap().text;
    assert!(answer.ends_with(" Only the answer was lost."), "{answer}");
}

#[test]
fn a_failed_read_leaves_what_is_known_and_says_why_it_may_not_be_so() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.wake("us");
    stage.end(JOB, Err(TransportError::Network));
    let row = &stage.replay().rows[0];
    assert_eq!(row.status.as_ref().unwrap().word, "Running");
    let request_error = row.request_error.clone().unwrap().text;
    assert_eq!(request_error, "The server could not be reached. What is shown was read before.");
    stage.wake("us");
    stage.settle();
    assert_eq!(stage.replay().rows[0].request_error, None);
}

#[test]
fn a_server_that_cannot_be_reached_is_asked_again() {
    let mut stage = Stage::open(Address::default(), Some("token"), None);
    stage.end("x/server", Err(TransportError::Network));
    let Body::Unreachable(notice) = stage.view().body else { panic!() };
    assert!(notice.text.starts_with("The server of this page cannot be reached."));
    let (request_id, time) = stage.waits.remove(0);
    assert_eq!(time.num_seconds(), 4);
    stage.tell(Msg::Elapsed(request_id));
    stage.told("embedded");
    stage.settle();
    assert_eq!(stage.status(), "Unconfigured");
}

#[test]
fn what_is_sent_again_is_the_same_timeframe_to_that_region_alone() {
    let mut stage = Stage::ready();
    stage.intent(Intent::Show(Scope::Global));
    stage.settle();
    stage.press(stage.replay().send);
    stage.press(stage.view().question.unwrap().send);
    let (request_id, first) = stage.take(JOB);
    stage.tell(Msg::ResponseReceived(request_id, Err(TransportError::Timeout)));
    stage.answer("eu/v2/audit-log-replay-job", 202, RUNNING);
    stage.settle();
    stage.now += TimeDelta::minutes(5);
    let again = stage.replay().rows[0].answer.clone().unwrap().action.unwrap();
    assert_eq!(again.label, "Send again");
    stage.press(again);
    stage.settle();
    assert_eq!(stage.asked(), ["Put us/v2/audit-log-replay-job"]);
    assert_eq!(stage.take(JOB).1.body, first.body);
}

#[test]
fn a_lost_cancellation_of_a_job_that_has_ended_is_nothing_to_repeat() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.press(stage.replay().rows[0].cancel.clone().unwrap());
    stage.end("us/x/replay/cancel", Err(TransportError::Timeout));
    stage.settle();
    let unknown = stage.replay().answer.unwrap();
    assert_eq!(unknown.action.unwrap().label, "Cancel again");
    stage.job = COMPLETED;
    stage.wake("us");
    stage.settle();
    let over = stage.replay().answer.unwrap();
    assert_eq!(over.text, "The replay has ended, with or without the cancellation.");
    assert_eq!(over.action, None);
}

#[test]
fn a_refused_replay_names_the_timeframe_of_the_one_that_was_in_the_way() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    stage.job = RUNNING;
    stage.answer(JOB, 409, "{}");
    stage.settle();
    let answer = stage.replay().answer.unwrap().text;
    let window =
        "Another one, of 2026-11-23 09:00:00 +01:00 to 2026-11-23 10:00:00 +01:00, was running";
    assert!(answer.contains(window), "{answer}");
    stage.job = COMPLETED_LATER;
    stage.wake("us");
    stage.settle();
    let answer = stage.replay().answer.unwrap().text;
    assert!(answer.contains(window), "{answer}");
}

#[test]
fn an_answer_out_of_view_is_there_when_its_region_is_looked_at_again() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    stage.intent(Intent::Show(Scope::One(region("eu"))));
    stage.answer("us/v2/audit-log-replay-job", 403, "{}");
    stage.intent(Intent::Apply);
    stage.intent(Intent::Show(Scope::One(region("us"))));
    let answer = stage.replay().answer.unwrap().text;
    assert!(answer.starts_with("The replay was not sent."), "{answer}");
}

#[test]
fn an_accepted_replay_is_announced_until_it_has_ended_or_was_replaced() {
    let replaced = RUNNING.replace("09:00", "10:00");
    for next in [COMPLETED, replaced.leak()] {
        let mut stage = Stage::ready();
        stage.press(stage.replay().send);
        stage.answer(JOB, 202, RUNNING);
        stage.job = RUNNING;
        stage.wake("us");
        stage.settle();
        let answer = stage.replay().answer.unwrap();
        assert!(answer.text.starts_with("The replay was accepted"), "{}", answer.text);
        stage.job = next;
        stage.wake("us");
        stage.settle();
        assert_eq!(stage.replay().answer, None, "{next}");
    }
}

#[test]
fn an_accepted_cancellation_is_announced_until_there_is_another_job() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.press(stage.replay().rows[0].cancel.clone().unwrap());
    stage.answer("us/x/replay/cancel", 202, RUNNING);
    stage.job = FAILED;
    stage.wake("us");
    stage.settle();
    assert_eq!(stage.replay().answer.unwrap().text, "The cancellation was accepted.");
    stage.job = COMPLETED.replace("09:00", "10:00").leak();
    stage.wake("us");
    stage.settle();
    assert_eq!(stage.replay().answer, None);
}

#[test]
fn the_window_of_a_settled_job_can_be_sent_again_as_it_was() {
    let mut stage = Stage::ready();
    assert_eq!(stage.replay().rows[0].resend, None, "there was no job yet");
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    assert_eq!(stage.replay().rows[0].resend, None, "it is still running");
    for settled in [COMPLETED, FAILED] {
        stage.job = settled;
        stage.intent(Intent::Refresh);
        stage.settle();
        stage.intent(Intent::DraftRange(None));
        stage.press(stage.replay().rows[0].resend.clone().unwrap());
        let (request_id, request) = stage.take(JOB);
        assert_eq!(request.method, Method::Put);
        let body = serde_json::to_string(&request.body.unwrap()).unwrap();
        assert_eq!(body, r#"{"start_at":"2026-11-23T08:00:00Z","end_at":"2026-11-23T09:00:00Z"}"#);
        assert_eq!(stage.replay().rows[0].resend.as_ref().unwrap().state, Readiness::Busy);
        stage.tell(Msg::ResponseReceived(request_id, Err(TransportError::Network)));
        stage.settle();
    }
}

#[test]
fn a_window_that_has_grown_too_old_is_not_sent_again_and_says_why() {
    let mut stage = Stage::ready();
    stage.job = FAILED;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.now += TimeDelta::days(7);
    let resend = stage.replay().rows[0].resend.clone().unwrap();
    let Readiness::Hindered(reason) = resend.state else { panic!("{:?}", resend.state) };
    assert!(
        reason.starts_with("From is too long ago: the earliest is 2026-11-23 13:01"),
        "{reason}"
    );
    // The page may have been drawn before.
    stage.tell(resend.msg);
    assert_eq!(stage.asked(), Vec::<String>::new());
}

#[test]
fn the_actions_of_several_regions_have_names_of_their_own() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    let cancels = |stage: &Stage| -> Vec<_> {
        stage.replay().rows.into_iter().map(|row| row.cancel.unwrap().name).collect()
    };
    assert_eq!(cancels(&stage), [None]);
    stage.intent(Intent::Show(Scope::Global));
    stage.settle();
    let named = ["Cancel the replay in United States", "Cancel the replay in Europe"];
    assert_eq!(cancels(&stage), named.map(|name| Some(name.to_string())));
    stage.intent(Intent::Refresh);
    stage.end("eu/v2/audit-log-replay-job", Err(TransportError::Network));
    let again = stage.replay().rows[1].request_error.clone().unwrap().action.unwrap();
    assert_eq!(again.name.as_deref(), Some("Try again in Europe"));
}

#[test]
fn an_overtaken_read_is_aborted_and_its_end_changes_nothing() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    let reads = stage.asked();
    stage.intent(Intent::Refresh);
    assert_eq!(stage.asked(), reads, "the earlier reads are still under way");
    stage.settle();
    assert_eq!(
        (stage.status(), stage.replay().rows[0].request_error.clone()),
        ("Running".to_string(), None)
    );
}

#[test]
fn a_write_is_never_aborted() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    stage.intent(Intent::Refresh);
    stage.press(stage.view().account.unwrap().action);
    assert_eq!(stage.asked(), ["Put us/v2/audit-log-replay-job"]);
}

#[test]
fn a_refusal_names_the_roles_that_are_allowed_to_send() {
    let mut stage = Stage::open(Address::default(), None, None);
    stage.told("gateway");
    stage.tell(Msg::TokenTyped(Typed("token".to_string())));
    stage.tell(Msg::SignedIn);
    stage.settle();
    stage.press(stage.replay().send);
    stage.answer(JOB, 403, "{}");
    let text = "The replay was not sent. The token's role does not allow this in United States. \
                It takes org-admin (Organization Admin), or audit-logs-admin (Audit Logs Admin) \
                for this region.";
    assert_eq!(stage.replay().answer.unwrap().text, text);
}
