//! The overview of every region.

use super::*;
use replay_core::{JobStatus, Region, webhook::WebhookStatus};

#[test]
fn a_region_has_the_bodies_of_its_operations() {
    let overview = read_overview(&parse(&body(JOB, "null"))).unwrap();
    let us = Region::named("us").unwrap();
    assert_eq!(overview.me(), Me { role: "read-only".to_owned(), regions: Vec::from([us]) });
    let region = &overview.regions[0];
    assert_eq!(region.job.status, Reported::Known(JobStatus::Completed));
    assert_eq!(region.webhook.endpoint.as_deref(), Some("https://siem.example.com"));
    assert_eq!(region.health.status, Reported::Known(WebhookStatus::Active));
    assert_eq!((region.outages.outages.len(), region.outage_count), (0, 2));
    assert_eq!(region.progress, None);
    assert_eq!(region.last_completed_end_at, Some(at("2026-11-23T11:00:00Z")));
    assert_eq!(read_overview(&write_overview(&overview)), Ok(overview));
}

#[test]
fn what_a_server_need_not_know_may_be_missing() {
    let region = r#"{"region":"us","job":{},"webhook":{},"health":{}}"#;
    let body = alloc::format!(r#"{{"role":"org-admin","regions":[{region}]}}"#);
    let overview = read_overview(&parse(&body)).unwrap();
    let region = &overview.regions[0];
    assert_eq!((&region.outages, region.outage_count), (&OutagesPage::default(), 0));
    assert_eq!((&region.progress, region.last_completed_end_at), (&None, None));
}

#[test]
fn a_fault_of_a_part_is_named_by_its_place() {
    let faults = read_overview(&parse(&body("5", r#"{"retries":-1}"#))).unwrap_err();
    assert_eq!(
        named(&faults),
        [("regions.0.job.body", Rule::IsObject), ("regions.0.progress.retries", Rule::Invalid)]
    );
    let faults = read_overview(&parse(r#"{"regions":[{}]}"#)).unwrap_err();
    assert_eq!(
        named(&faults),
        ["role", "regions.0.region", "regions.0.job", "regions.0.webhook", "regions.0.health"]
            .map(|field| (field, Rule::Required))
    );
}

const JOB: &str = r#"{"status":"completed"}"#;

fn body(job: &str, progress: &str) -> String {
    alloc::format!(
        r#"{{"role":"read-only","regions":[{{"region":"us","job":{job},
            "webhook":{{"endpoint":"https://siem.example.com","enabled":true}},
            "health":{{"webhook_status":"active","webhook_enabled":true}},
            "outages":{{"outages":[],"next_cursor":"7"}},"outage_count":2,"progress":{progress},
            "last_completed_end_at":"2026-11-23T11:00:00Z"}}]}}"#
    )
}
