//! The overview: every region that a token covers, as the operations of its parts report it, and for
//! whom it is.

use chrono::TimeDelta;
use replay_core::job::Step;
use replay_server::auth::Role;
use serde_json::{Value, json};

use super::{
    forwarded::Forwarded,
    request::{
        HEALTH, INGEST, JOB, OUTAGES, OVERVIEW, PROGRESS, WEBHOOK, get, line, post, put, span,
    },
    server::Api,
};

#[tokio::test]
async fn each_part_of_a_region_is_the_body_of_its_operation() {
    let run = Forwarded::new().await;
    run.api.send(post(INGEST).body(line(1))).await.expect(202);
    run.outage_with([2, 3]).await;
    run.api.run("us").await;
    let us = &overview(&run.api).await["regions"][0];
    for (part, path) in [("job", JOB), ("webhook", WEBHOOK), ("health", HEALTH)] {
        assert_eq!(us[part], read(&run.api, path).await, "{part}");
    }
    assert_eq!(us["outages"], read(&run.api, OUTAGES).await);
    assert_eq!(us["progress"], read(&run.api, PROGRESS).await);
    assert_eq!(us["outage_count"], 1);
}

#[tokio::test]
async fn a_token_reads_its_role_and_the_regions_that_it_covers() {
    let api = Api::new();
    for (role, limit, covered) in [
        (Role::OrgAdmin, &[][..], &["us", "eu", "au"][..]),
        (Role::AuditLogsAdmin, &["eu"][..], &["eu"]),
        (Role::ReadOnly, &["au", "us", "xx"][..], &["us", "au"]),
    ] {
        let token = api.token(role, limit).await;
        let body = api.send(get(OVERVIEW).with_token(&token)).await.expect(200).json();
        assert_eq!(body["role"], role.as_str());
        let labels = body["regions"].as_array().unwrap().iter();
        assert!(labels.map(|one| one["region"].as_str().unwrap()).eq(covered.iter().copied()));
    }
}

#[tokio::test]
async fn a_request_without_a_reading_token_is_refused() {
    let api = Api::new();
    let ingester = api.token(Role::Ingest, &[]).await;
    api.send(get(OVERVIEW).with_token(&ingester)).await.expect(403);
    api.send(get(OVERVIEW).with_token("alr_unknown")).await.expect(401);
    api.send(get(OVERVIEW).without_token()).await.expect(401);
}

#[tokio::test]
async fn a_settled_job_has_no_progress() {
    let api = Api::new();
    api.enable("us").await;
    for status in ["unconfigured", "accepted", "running", "completed"] {
        match status {
            "accepted" => api.submit("us").await,
            "running" => {
                api.advance("us", Step::Schedule).await;
                api.advance("us", Step::Start).await;
            }
            "completed" => api.advance("us", Step::Complete).await,
            _ => {}
        }
        let us = &overview(&api).await["regions"][0];
        assert_eq!(us["job"]["status"], status);
        assert_eq!(us["progress"].is_null(), ["unconfigured", "completed"].contains(&status));
    }
}

#[tokio::test]
async fn only_outages_that_are_not_healed_are_listed_the_newest_first() {
    let run = Forwarded::new().await;
    run.outage_with([]).await;
    let mut expected = Vec::new();
    for second in 0..25 {
        expected.insert(0, run.outage_with([second]).await);
    }
    let us = overview(&run.api).await["regions"][0].clone();
    let listed = us["outages"]["outages"].as_array().unwrap();
    assert!(listed.iter().map(|outage| &outage["id"]).eq(expected.iter().take(20)));
    assert_eq!(us["outage_count"], 25);
    let next = us["outages"]["next_cursor"].as_str().unwrap();
    let rest = read(&run.api, &format!("{OUTAGES}?cursor={next}&limit=5")).await;
    let rest = rest["outages"].as_array().unwrap();
    assert!(rest.iter().map(|outage| &outage["id"]).eq(expected.iter().skip(20)));
}

#[tokio::test]
async fn the_end_of_the_last_completed_replay_is_that_of_a_whole_timeframe() {
    let api = Api::new();
    api.enable("us").await;
    let end = async || overview(&api).await["regions"][0]["last_completed_end_at"].clone();
    assert_eq!(end().await, Value::Null);
    complete(&api, span("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")).await;
    assert_eq!(end().await, "2026-11-23T11:00:00Z");
    complete(&api, span("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")).await;
    assert_eq!(end().await, "2026-11-23T09:00:00Z", "the job is newer");

    let mut some = span("2026-11-23T11:00:00Z", "2026-11-23T11:30:00Z");
    some["kinds"] = json!(["access"]);
    complete(&api, some).await;
    api.turn_clock(api.now() + TimeDelta::seconds(1));
    api.send(put(JOB).json(&span("2026-11-23T11:00:00Z", "2026-11-23T11:45:00Z"))).await;
    assert_eq!(end().await, "2026-11-23T09:00:00Z");
    assert_eq!(overview(&api).await["regions"][1]["last_completed_end_at"], Value::Null);
}

/// Submits a job to `us` and completes it, a second after the one before.
async fn complete(api: &Api, body: Value) {
    api.turn_clock(api.now() + TimeDelta::seconds(1));
    api.send(put(JOB).json(&body)).await.expect(202);
    for step in [Step::Schedule, Step::Start, Step::Complete] {
        api.advance("us", step).await;
    }
}

async fn overview(api: &Api) -> Value {
    read(api, OVERVIEW).await
}

async fn read(api: &Api, path: &str) -> Value {
    api.send(get(path)).await.expect(200).json()
}
