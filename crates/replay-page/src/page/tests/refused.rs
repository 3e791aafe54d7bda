//! Notices and buttons after a mutation or a read that was refused or had no effect.

use super::*;

const JOB: &str = "us/v2/audit-log-replay-job";

#[test]
fn a_job_that_completes_despite_its_cancellation_is_not_said_to_be_cancelled() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.press(harness.replay().rows[0].cancel.clone().unwrap());
    harness.respond_with("us/x/replay/cancel", 202, RUNNING);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    let answer = harness.replay().mutation_notice.unwrap();
    assert_eq!(answer.text, "The replay completed before it could be cancelled.");
    assert_eq!(answer.tone, Tone::Neutral);
}

#[test]
fn the_list_says_shortly_that_a_region_cannot_be_read_and_its_row_says_why() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Refresh);
    harness.respond_with(JOB, 403, "{}");
    harness.answer_reads();
    let region = harness.open_body().regions[0].clone();
    assert_eq!(region.fault.as_deref(), Some("Not readable with this token."));
    let row = harness.replay().rows[0].request_error.clone().unwrap().text;
    assert!(row.starts_with("The token's role, org-admin, does not allow this"), "{row}");
}

#[test]
fn a_replay_that_another_one_stopped_can_be_sent_as_it_was_once_that_has_ended() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    let (request_id, refused) = harness.take_request(JOB);
    let conflict = Response { status: 409, body: None, date: None };
    harness.send(Msg::ResponseReceived(request_id, Ok(conflict)));
    harness.job = RUNNING;
    harness.answer_reads();
    assert_eq!(harness.replay().mutation_notice.unwrap().action, None);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    harness.now += TimeDelta::minutes(5);
    harness.press(harness.replay().mutation_notice.unwrap().action.unwrap());
    let reads = ["Get us/v2/audit-log-webhook/status", "Get us/v2/audit-log-webhook"];
    assert_eq!(harness.pending()[1..], reads);
    let (_, again) = harness.take_request(JOB);
    assert_eq!(again.body, refused.body);
}
