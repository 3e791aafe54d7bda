//! How often a job is read, and what is read with it.

use super::*;

const JOB: &str = "us/v2/audit-log-replay-job";

#[test]
fn a_job_under_way_is_read_every_four_seconds_at_least_and_a_change_begins_anew() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    assert_eq!(pauses(&mut stage, 6), [1, 2, 4, 4, 4, 4]);
    stage.intent(Intent::Refresh);
    stage.settle();
    assert_eq!(pauses(&mut stage, 1), [1]);
}

#[test]
fn a_settled_job_is_read_slowly_and_a_new_one_is_read_often() {
    for settled in [UNCONFIGURED, COMPLETED] {
        let mut stage = Stage::ready();
        stage.job = settled;
        stage.intent(Intent::Refresh);
        stage.settle();
        assert_eq!(pauses(&mut stage, 5), [30, 60, 120, 120, 120]);
        stage.job = RUNNING;
        assert_eq!(pauses(&mut stage, 3), [120, 1, 2]);
        assert_eq!(stage.status(), "Running");
        stage.job = COMPLETED;
        assert_eq!(pauses(&mut stage, 3), [4, 30, 60]);
    }
}

#[test]
fn a_region_that_is_not_in_view_is_read_too() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    assert_eq!(stage.wake("eu"), 30);
    stage.settle();
    assert_eq!(stage.opened().regions[1].job.as_ref().unwrap().word, "Running");
    assert_eq!(stage.wake("eu"), 1);
}

#[test]
fn reads_that_fail_are_repeated_ever_more_seldom() {
    for job in [RUNNING, COMPLETED] {
        let mut stage = Stage::ready();
        stage.job = job;
        stage.intent(Intent::Refresh);
        stage.settle();
        stage.wake("us");
        let mut waited = Vec::new();
        for _ in 0..6 {
            stage.end(JOB, Err(TransportError::Network));
            waited.push(stage.wake("us"));
        }
        assert_eq!(waited, [2, 4, 8, 16, 30, 30], "{job}");
    }
}

#[test]
fn a_read_that_is_refused_for_good_is_not_repeated() {
    let mut stage = Stage::ready();
    stage.wake("us");
    stage.waits.clear();
    stage.answer(JOB, 403, "{}");
    assert_eq!(stage.waits, []);
}

#[test]
fn a_page_that_cannot_be_seen_asks_nothing() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    stage.tell(Msg::Hidden);
    stage.wake("us");
    assert_eq!(stage.asked(), Vec::<String>::new());
    stage.job = COMPLETED;
    stage.tell(Msg::Shown);
    stage.settle();
    assert_eq!(stage.status(), "Completed");
}

#[test]
fn a_webhooks_health_is_read_when_its_job_ends_also_after_a_lost_answer() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    stage.end(JOB, Err(TransportError::Timeout));
    stage.job = RUNNING;
    stage.settle();
    stage.wake("us");
    stage.answer("us/v2/audit-log-webhook/status", 200, HEALTH);
    stage.answer(JOB, 200, COMPLETED);
    assert_eq!(stage.asked(), ["Get us/v2/audit-log-webhook/status"]);
}

#[test]
fn a_status_that_nobody_here_knows_is_shown_and_watched() {
    let mut stage = Stage::ready();
    stage.job = r#"{"status": "paused"}"#;
    stage.intent(Intent::Refresh);
    stage.settle();
    assert_eq!(stage.status(), "paused");
    assert_eq!(stage.wake("us"), 1);
}

#[test]
fn a_webhooks_health_is_read_with_each_read_of_its_job() {
    let mut stage = Stage::ready();
    stage.job = RUNNING;
    stage.intent(Intent::Refresh);
    stage.settle();
    for label in ["us", "eu"] {
        stage.wake(label);
        let both = ["audit-log-replay-job", "audit-log-webhook/status"];
        assert_eq!(stage.asked(), both.map(|path| format!("Get {label}/v2/{path}")));
        stage.settle();
    }
}

#[test]
fn the_webhook_in_view_is_read_with_each_slow_read_of_its_job() {
    let mut stage = Stage::ready();
    stage.wake("us");
    stage.answer("us/v2/audit-log-webhook", 200, r#"{"endpoint": "https://theirs.example"}"#);
    let destination = stage.replay().destination;
    assert_eq!(destination, "To this region's webhook, https://theirs.example");
}

/// How long the page pauses before each of its next reads, which are answered.
fn pauses(stage: &mut Stage, count: usize) -> Vec<i64> {
    let pause = |_| {
        let pause = stage.wake("us");
        stage.settle();
        pause
    };
    (0..count).map(pause).collect()
}
