//! What is said and offered after an order or a read that did not go as it was meant.

use super::*;

const JOB: &str = "us/v2/audit-log-replay-job";

#[test]
fn a_job_that_completes_despite_its_cancellation_is_not_said_to_be_cancelled() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.press(stage.replay().rows[0].cancel.clone().unwrap());
    stage.answer("us/x/replay/cancel", 202, RUNNING);
    stage.job = COMPLETED;
    stage.wake("us");
    stage.settle();
    let answer = stage.replay().answer.unwrap();
    assert_eq!(answer.text, "The replay completed before it could be cancelled.");
    assert_eq!(answer.tone, Tone::Neutral);
}

#[test]
fn the_list_says_shortly_that_a_region_cannot_be_read_and_its_row_says_why() {
    let mut stage = Stage::ready();
    stage.intent(Intent::Refresh);
    stage.answer(JOB, 403, "{}");
    stage.settle();
    let region = stage.opened().regions[0].clone();
    assert_eq!(region.request_error.as_deref(), Some("Not readable with this token."));
    let row = stage.replay().rows[0].request_error.clone().unwrap().text;
    assert!(row.starts_with("The token's role, org-admin, does not allow this"), "{row}");
}

#[test]
fn a_replay_that_another_one_stopped_can_be_sent_as_it_was_once_that_has_ended() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    let (request_id, refused) = stage.take(JOB);
    let conflict = Response { status: 409, body: None, date: None };
    stage.tell(Msg::ResponseReceived(request_id, Ok(conflict)));
    stage.job = RUNNING;
    stage.settle();
    assert_eq!(stage.replay().answer.unwrap().action, None);
    stage.job = COMPLETED;
    stage.wake("us");
    stage.settle();
    stage.now += TimeDelta::minutes(5);
    stage.press(stage.replay().answer.unwrap().action.unwrap());
    let reads = ["Get us/v2/audit-log-webhook/status", "Get us/v2/audit-log-webhook"];
    assert_eq!(stage.asked()[1..], reads);
    let (_, again) = stage.take(JOB);
    assert_eq!(again.body, refused.body);
}
