//! All regions in view: one summary, one notice, and short rows.

use super::*;
use crate::view::DeliveredShare;

const PROGRESS: &str =
    r#"{"status": "running", "delivered_lines": 30, "total_lines": 200, "in_flight_limit": 4}"#;

#[test]
fn the_jobs_are_counted_by_status_and_the_running_ones_have_one_bar() {
    let mut harness = in_all_regions();
    assert_eq!(harness.replay().summary, None, "no job was sent yet");
    (harness.job, harness.progress) = (RUNNING, PROGRESS);
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.intent(Intent::Refresh);
    harness.respond_with("eu/v2/audit-log-replay-job", 200, COMPLETED);
    harness.answer_reads();
    let summary = harness.replay().summary.unwrap();
    assert_eq!(summary.text, "1 running, 1 completed");
    let progress = summary.progress.unwrap();
    assert_eq!(progress.bar, Some(DeliveredShare { delivered: 30, total: 200 }));
    assert_eq!(progress.amount, "30 of 200 entries (15 %)");
}

#[test]
fn an_accepted_range_is_said_once_for_all_regions() {
    let mut harness = in_all_regions();
    harness.press(harness.replay().send);
    harness.press(harness.view().question.unwrap().send);
    for label in ["us", "eu"] {
        harness.respond_with(&format!("{label}/v2/audit-log-replay-job"), 202, RUNNING);
    }
    let text = "The replay was accepted in United States, Europe: today 12:45 – 13:00.";
    assert_eq!(harness.replay().mutation_notice.unwrap().text, text);
    assert!(harness.replay().rows.iter().all(|row| row.mutation_notice.is_none()));
}

#[test]
fn a_region_without_a_job_leads_on() {
    let harness = Harness::ready();
    let empty = "No replay yet. Choose a time range above and press Send Replay.";
    assert_eq!(harness.replay().rows[0].empty, Some(empty));
    assert_eq!(harness.replay().rows[0].steps, []);
}

fn in_all_regions() -> Harness {
    let mut harness = Harness::at_server_with(r#""progress""#);
    harness.answer_reads();
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    harness
}
