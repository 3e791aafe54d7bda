//! Mutations whose answer was lost: unknown until a read proves or refutes them.

use super::*;
use replay_client::JobTracker;

const JOB: &str = "us/v2/audit-log-replay-job";

#[test]
fn a_mutation_without_a_response_is_reported_as_unknown_until_a_read_shows_its_result() {
    let gateway = Ok(Response { status: 502, body: None, date: None });
    let garbled = Ok(Response { status: 202, body: None, date: None });
    for end in [Err(TransportError::Timeout), Err(TransportError::Network), gateway, garbled] {
        let mut harness = Harness::ready();
        harness.press(harness.replay().send);
        harness.respond(JOB, end);
        harness.answer_reads();
        let answer = harness.replay().mutation_notice.unwrap();
        let unknown = "It is not known whether the replay was sent.";
        assert!(answer.text.starts_with(unknown), "{}", answer.text);
        assert_eq!(answer.action.unwrap().label, "Send again");

        harness.job = r#"{"status": "running", "start_at": "2026-11-23T11:45:00Z", "end_at": "2026-11-23T12:00:00Z"}"#;
        harness.end_wait("us");
        harness.answer_reads();
        let answer = harness.replay().mutation_notice.unwrap();
        assert!(answer.text.ends_with(" Only the answer was lost."), "{}", answer.text);
    }
}

#[test]
fn an_earlier_job_with_the_same_timeframe_is_not_taken_for_the_submitted_one() {
    let mut harness = Harness::ready();
    harness.job = COMPLETED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.type_in(RangeField::From, "2026-11-23T08:00:00Z");
    harness.type_in(RangeField::To, "2026-11-23T09:00:00Z");
    harness.apply();
    harness.press(harness.replay().send);
    harness.respond(JOB, Err(TransportError::Timeout));
    harness.answer_reads();
    let answer = harness.replay().mutation_notice.unwrap().text;
    assert!(answer.starts_with("It is not known whether"), "{answer}");
    harness.job = RUNNING;
    harness.end_wait("us");
    harness.answer_reads();
    let answer = harness.replay().mutation_notice.unwrap().text;
    assert!(answer.ends_with(" Only the answer was lost."), "{answer}");
}

#[test]
fn a_submission_without_a_response_was_not_accepted_if_the_reads_after_it_do_not_show_it() {
    for (mode, words) in [
        ("embedded", "The replay was not accepted: the server does not have it. "),
        ("gateway", "The replay was probably not accepted: Konnect does not show it. "),
    ] {
        let mut harness = Harness::signed_in_at(mode);
        harness.job = COMPLETED;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        harness.press(harness.replay().send);
        harness.respond(JOB, Err(TransportError::Network));
        let answer = |harness: &Harness| harness.replay().mutation_notice.unwrap();
        for _ in 0..3 {
            harness.respond(JOB, Err(TransportError::Network));
            harness.answer_reads();
            harness.end_wait("us");
        }
        // Only a read that has a result says something.
        for _ in 0..JobTracker::UNCERTAIN_READS {
            let unknown = answer(&harness).text;
            assert!(unknown.starts_with("It is not known whether"), "{unknown}");
            harness.answer_reads();
            harness.end_wait("us");
        }
        let missing = answer(&harness);
        assert_eq!(missing.text, words.to_string() + "The server could not be reached.");
        assert_eq!(missing.action.unwrap().label, "Send again");
    }
}

#[test]
fn a_submission_without_a_response_stays_unknown_if_another_job_has_come() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.respond(JOB, Err(TransportError::Network));
    harness.job = COMPLETED;
    for _ in 0..JobTracker::UNCERTAIN_READS {
        harness.answer_reads();
        harness.end_wait("us");
    }
    harness.answer_reads();
    let unknown = harness.replay().mutation_notice.unwrap().text;
    assert!(unknown.starts_with("It is not known whether"), "{unknown}");
}

#[test]
fn a_repeated_submission_has_the_same_timeframe_and_one_region() {
    let mut harness = Harness::ready();
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    harness.press(harness.replay().send);
    harness.press(harness.view().question.unwrap().send);
    let (request_id, first) = harness.take_request(JOB);
    harness.send(Msg::ResponseReceived(request_id, Err(TransportError::Timeout)));
    harness.respond_with("eu/v2/audit-log-replay-job", 202, RUNNING);
    harness.answer_reads();
    harness.now += TimeDelta::minutes(5);
    let again = harness.replay().rows[0].mutation_notice.clone().unwrap().action.unwrap();
    assert_eq!(again.label, "Send again");
    harness.press(again);
    harness.answer_reads();
    assert_eq!(harness.pending(), ["Put us/v2/audit-log-replay-job"]);
    assert_eq!(harness.take_request(JOB).1.body, first.body);
}

#[test]
fn a_cancellation_without_a_response_cannot_be_repeated_after_the_job_has_ended() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.press(harness.replay().rows[0].cancel.clone().unwrap());
    harness.respond("us/x/replay/cancel", Err(TransportError::Timeout));
    harness.answer_reads();
    let unknown = harness.replay().mutation_notice.unwrap();
    assert_eq!(unknown.action.unwrap().label, "Cancel again");
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    let over = harness.replay().mutation_notice.unwrap();
    assert_eq!(over.text, "The replay has ended, with or without the cancellation.");
    assert_eq!(over.action, None);
}
