//! The list of regions: a region without a webhook, and a running job in a region.

use super::*;
use crate::view::{DeliveredShare, RegionLink};

const UNSET: &str = r#"{"webhook_status": "unconfigured", "webhook_enabled": false}"#;

#[test]
fn a_region_without_a_webhook_has_one_quiet_line_with_a_link_to_its_form() {
    let mut harness = opened();
    harness.respond_with("x/overview", 200, &overview("org-admin", UNCONFIGURED, UNSET, "null"));
    let us = us(&harness);
    assert_eq!((&us.webhook, &us.job, &us.timeframe), (&None, &None, &None));
    let not_set_up = us.not_set_up.unwrap();
    assert_eq!(not_set_up.name, "Set up United States");
    let link = not_set_up.link.unwrap();
    assert!(link.href.contains("region=us&tab=setup"), "{}", link.href);
    harness.send(link.msg);
    assert_eq!(harness.open_body().tabs.iter().find(|tab| tab.current).unwrap().label, "Setup");
}

#[test]
fn a_region_that_cannot_be_changed_has_no_link_to_its_form() {
    let mut harness = opened();
    harness.respond_with("x/overview", 200, &overview("read-only", UNCONFIGURED, UNSET, "null"));
    assert_eq!(us(&harness).not_set_up.unwrap().link, None);
}

#[test]
fn a_running_job_shows_the_share_that_was_delivered() {
    let mut harness = opened();
    let progress = |delivered: u64| {
        format!(
            r#"{{"job_id": "a", "status": "running", "delivered_lines": {delivered}, "total_lines": 12}}"#
        )
    };
    harness.respond_with("x/overview", 200, &overview("org-admin", &job(5), HEALTH, &progress(4)));
    let running = us(&harness).progress.unwrap();
    assert_eq!(running.share, Some(DeliveredShare { delivered: 5, total: 12 }));
    assert_eq!(
        (running.text.as_str(), running.name.as_str()),
        ("41\u{202f}%", "Delivered in United States")
    );

    harness.end_wait("us");
    harness.respond_with("us/v2/audit-log-replay-job", 200, &job(9));
    let share = us(&harness).progress.unwrap().share;
    assert_eq!(share, Some(DeliveredShare { delivered: 9, total: 12 }));

    harness.respond_with("us/v2/audit-log-webhook/status", 200, HEALTH);
    harness.end_wait("us");
    harness.respond_with("us/v2/audit-log-replay-job", 200, COMPLETED);
    assert_eq!(us(&harness).progress, None);
}

#[test]
fn a_running_job_of_unknown_size_shows_no_share() {
    let mut harness = opened();
    harness.respond_with("x/overview", 200, &overview("org-admin", &job(5), HEALTH, "null"));
    let running = us(&harness).progress.unwrap();
    assert_eq!((running.share, running.text.as_str()), (None, ""));
}

fn opened() -> Harness {
    Harness::at_server_with(r#""overview""#)
}

fn us(harness: &Harness) -> RegionLink {
    harness.open_body().regions[0].clone()
}

fn job(delivered: u64) -> String {
    format!(r#"{{"status": "running", "id": "a", "delivered_lines": {delivered}}}"#)
}

/// The overview of two regions, of which the first is described.
fn overview(role: &str, job: &str, health: &str, progress: &str) -> String {
    format!(
        r#"{{"role": "{role}", "regions": [
            {{"region": "us", "job": {job}, "webhook": {{}}, "health": {health}, "progress": {progress}}},
            {{"region": "eu", "job": {UNCONFIGURED}, "webhook": {WEBHOOK}, "health": {HEALTH}}}
        ]}}"#
    )
}
