//! What the page shows of a job and of its mutations.

use super::*;

const JOB: &str = "us/v2/audit-log-replay-job";
const COMPLETED_LATER: &str = r#"{"status": "completed", "start_at": "2026-11-23T10:00:00Z", "end_at": "2026-11-23T11:00:00Z"}"#;

#[test]
fn a_failed_read_keeps_the_known_job_and_shows_the_error() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.end_wait("us");
    harness.respond(JOB, Err(TransportError::Network));
    let row = &harness.replay().rows[0];
    assert_eq!(row.status.as_ref().unwrap().word, "Running");
    let request_error = row.request_error.clone().unwrap().text;
    assert_eq!(request_error, "The server could not be reached. What is shown was read before.");
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(harness.replay().rows[0].request_error, None);
}

#[test]
fn the_description_of_an_unreachable_server_is_read_again() {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.respond("x/server", Err(TransportError::Network));
    let Body::Unreachable(notice) = harness.view().body else { panic!() };
    assert!(notice.text.starts_with("The server of this page cannot be reached."));
    let (request_id, time) = harness.waits.remove(0);
    assert_eq!(time.num_seconds(), 4);
    harness.send(Msg::Elapsed(request_id));
    harness.describe_server("embedded");
    harness.answer_reads();
    assert_eq!(harness.status(), "Unconfigured");
}

#[test]
fn a_conflict_names_the_timeframe_of_the_running_job() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.job = RUNNING;
    harness.respond_with(JOB, 409, "{}");
    harness.answer_reads();
    let answer = harness.replay().mutation_notice.unwrap().text;
    let window = "Another one, of today 09:00 – 10:00, was running";
    assert!(answer.contains(window), "{answer}");
    harness.job = COMPLETED_LATER;
    harness.end_wait("us");
    harness.answer_reads();
    let answer = harness.replay().mutation_notice.unwrap().text;
    assert!(answer.contains(window), "{answer}");
}

#[test]
fn the_result_of_a_mutation_is_shown_when_its_region_is_in_view_again() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    harness.respond_with("us/v2/audit-log-replay-job", 403, "{}");
    harness.intent(Intent::Apply);
    harness.intent(Intent::Show(Scope::One(region("us"))));
    let answer = harness.replay().mutation_notice.unwrap().text;
    assert!(answer.starts_with("The replay was not sent."), "{answer}");
}

#[test]
fn an_accepted_replay_is_announced_until_it_has_ended_or_was_replaced() {
    let replaced = RUNNING.replace("09:00", "10:00");
    for next in [COMPLETED, replaced.leak()] {
        let mut harness = Harness::ready();
        harness.press(harness.replay().send);
        harness.respond_with(JOB, 202, RUNNING);
        harness.job = RUNNING;
        harness.end_wait("us");
        harness.answer_reads();
        let answer = harness.replay().mutation_notice.unwrap();
        assert!(answer.text.starts_with("The replay was accepted"), "{}", answer.text);
        harness.job = next;
        harness.end_wait("us");
        harness.answer_reads();
        assert_eq!(harness.replay().mutation_notice, None, "{next}");
    }
}

#[test]
fn an_accepted_cancellation_is_announced_until_another_job_replaces_it() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.press(harness.replay().rows[0].cancel.clone().unwrap());
    harness.respond_with("us/x/replay/cancel", 202, RUNNING);
    harness.job = FAILED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(harness.replay().mutation_notice.unwrap().text, "The cancellation was accepted.");
    harness.job = COMPLETED.replace("09:00", "10:00").leak();
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(harness.replay().mutation_notice, None);
}

#[test]
fn the_timeframe_of_a_settled_job_can_be_sent_again_unchanged() {
    let mut harness = Harness::ready();
    assert_eq!(harness.replay().rows[0].resend, None, "there was no job yet");
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert_eq!(harness.replay().rows[0].resend, None, "it is still running");
    for settled in [COMPLETED, FAILED] {
        harness.job = settled;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        harness.draft_preset("Last hour");
        harness.press(harness.replay().rows[0].resend.clone().unwrap());
        let (request_id, request) = harness.take_request(JOB);
        assert_eq!(request.method, Method::Put);
        let body = serde_json::to_string(&request.body.unwrap()).unwrap();
        assert_eq!(body, r#"{"start_at":"2026-11-23T08:00:00Z","end_at":"2026-11-23T09:00:00Z"}"#);
        assert_eq!(harness.replay().rows[0].resend.as_ref().unwrap().state, Readiness::Busy);
        harness.send(Msg::ResponseReceived(request_id, Err(TransportError::Network)));
        harness.answer_reads();
    }
}

#[test]
fn a_timeframe_older_than_the_retention_is_not_sent_again_and_the_reason_is_shown() {
    let mut harness = Harness::ready();
    harness.job = FAILED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.now += TimeDelta::days(7);
    let resend = harness.replay().rows[0].resend.clone().unwrap();
    let Readiness::Unavailable(reason) = resend.state else { panic!("{:?}", resend.state) };
    assert!(
        reason.starts_with("From is too long ago. The server keeps entries for seven days"),
        "{reason}"
    );
    // The page may have been drawn before.
    harness.send(resend.msg);
    assert_eq!(harness.pending(), Vec::<String>::new());
}

#[test]
fn the_buttons_of_several_regions_have_distinct_accessible_names() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let cancels = |harness: &Harness| -> Vec<_> {
        harness.replay().rows.into_iter().map(|row| row.cancel.unwrap().name).collect()
    };
    assert_eq!(cancels(&harness), [None]);
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    let named = ["Cancel the replay in United States", "Cancel the replay in Europe"];
    assert_eq!(cancels(&harness), named.map(|name| Some(name.to_string())));
    harness.intent(Intent::Refresh);
    harness.respond("eu/v2/audit-log-replay-job", Err(TransportError::Network));
    let again = harness.replay().rows[1].request_error.clone().unwrap().action.unwrap();
    assert_eq!(again.name.as_deref(), Some("Try again in Europe"));
}

#[test]
fn an_outdated_read_is_aborted_and_its_end_changes_nothing() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    let reads = harness.pending();
    harness.intent(Intent::Refresh);
    assert_eq!(harness.pending(), reads, "the earlier reads are still under way");
    harness.answer_reads();
    assert_eq!(
        (harness.status(), harness.replay().rows[0].request_error.clone()),
        ("Running".to_string(), None)
    );
}

#[test]
fn a_write_is_never_aborted() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.intent(Intent::Refresh);
    harness.press(harness.view().account.unwrap().action);
    assert_eq!(harness.pending(), ["Put us/v2/audit-log-replay-job"]);
}

#[test]
fn a_forbidden_submission_names_the_roles_that_may_send() {
    let mut harness = Harness::signed_in_at("gateway");
    harness.press(harness.replay().send);
    harness.respond_with(JOB, 403, "{}");
    let text = "The replay was not sent. The token's role does not allow this in United States. \
                It takes org-admin (Organization Admin), or audit-logs-admin (Audit Logs Admin) \
                for this region.";
    assert_eq!(harness.replay().mutation_notice.unwrap().text, text);
}
