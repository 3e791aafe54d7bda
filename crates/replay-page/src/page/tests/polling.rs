//! How often a job is read, and what is read with it.

use super::*;

const JOB: &str = "us/v2/audit-log-replay-job";

#[test]
fn an_unsettled_job_is_read_at_least_every_four_seconds_and_a_change_shortens_the_pause() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert_eq!(pauses(&mut harness, 6), [1, 2, 4, 4, 4, 4]);
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert_eq!(pauses(&mut harness, 1), [1]);
}

#[test]
fn a_settled_job_is_read_slowly_and_a_new_one_is_read_often() {
    for settled in [UNCONFIGURED, COMPLETED] {
        let mut harness = Harness::ready();
        harness.job = settled;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        assert_eq!(pauses(&mut harness, 5), [30, 60, 120, 120, 120]);
        harness.job = RUNNING;
        assert_eq!(pauses(&mut harness, 3), [120, 1, 2]);
        assert_eq!(harness.status(), "Running");
        harness.job = COMPLETED;
        assert_eq!(pauses(&mut harness, 3), [4, 30, 60]);
    }
}

#[test]
fn a_region_that_is_not_in_view_is_read_too() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    assert_eq!(harness.end_wait("eu"), 30);
    harness.answer_reads();
    assert_eq!(harness.open_body().regions[1].job.as_ref().unwrap().word, "Running");
    assert_eq!(harness.end_wait("eu"), 1);
}

#[test]
fn failing_reads_are_repeated_with_growing_pauses() {
    for job in [RUNNING, COMPLETED] {
        let mut harness = Harness::ready();
        harness.job = job;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        harness.end_wait("us");
        let mut waited = Vec::new();
        for _ in 0..6 {
            harness.respond(JOB, Err(TransportError::Network));
            waited.push(harness.end_wait("us"));
        }
        assert_eq!(waited, [2, 4, 8, 16, 30, 30], "{job}");
    }
}

#[test]
fn a_read_with_a_permanent_error_is_not_repeated() {
    let mut harness = Harness::ready();
    harness.end_wait("us");
    harness.waits.clear();
    harness.respond_with(JOB, 403, "{}");
    assert_eq!(harness.waits, []);
}

#[test]
fn a_hidden_page_reads_only_the_jobs_that_are_under_way_until_they_have_ended() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.send(Msg::Hidden);
    harness.end_wait("eu");
    assert_eq!(harness.pending(), Vec::<String>::new());
    harness.end_wait("us");
    assert_eq!(harness.pending(), ["Get us/v2/audit-log-replay-job"]);
    harness.answer_reads();
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(harness.view().title, "✓ Completed – United States – Audit Logs Setup");
    harness.end_wait("us");
    assert_eq!(harness.pending(), Vec::<String>::new(), "the job is still read");
    harness.send(Msg::Shown);
    assert!(harness.pending().contains(&"Get eu/v2/audit-log-replay-job".to_string()));
}

#[test]
fn a_webhooks_health_is_read_when_its_job_ends_even_after_a_failed_read() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.respond(JOB, Err(TransportError::Timeout));
    harness.job = RUNNING;
    harness.answer_reads();
    harness.end_wait("us");
    harness.respond_with("us/v2/audit-log-webhook/status", 200, HEALTH);
    harness.respond_with(JOB, 200, COMPLETED);
    assert_eq!(harness.pending(), ["Get us/v2/audit-log-webhook/status"]);
}

#[test]
fn an_unknown_status_is_shown_and_the_job_is_read_often() {
    let mut harness = Harness::ready();
    harness.job = r#"{"status": "paused"}"#;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    assert_eq!(harness.status(), "paused");
    assert_eq!(harness.end_wait("us"), 1);
}

#[test]
fn a_webhooks_health_is_read_with_each_read_of_its_job() {
    let mut harness = Harness::ready();
    harness.job = RUNNING;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    for label in ["us", "eu"] {
        harness.end_wait(label);
        let both = ["audit-log-replay-job", "audit-log-webhook/status"];
        assert_eq!(harness.pending(), both.map(|path| format!("Get {label}/v2/{path}")));
        harness.answer_reads();
    }
}

#[test]
fn the_webhook_in_view_is_read_with_each_slow_read_of_its_job() {
    let mut harness = Harness::ready();
    harness.end_wait("us");
    harness.respond_with(
        "us/v2/audit-log-webhook",
        200,
        r#"{"endpoint": "https://theirs.example"}"#,
    );
    let destination = harness.replay().destination;
    assert_eq!(destination, "To this region's webhook, https://theirs.example");
}

/// How long the page pauses before each of its next reads, which are answered.
fn pauses(harness: &mut Harness, count: usize) -> Vec<i64> {
    let pause = |_| {
        let pause = harness.end_wait("us");
        harness.answer_reads();
        pause
    };
    (0..count).map(pause).collect()
}
