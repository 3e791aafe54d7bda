//! `global`: one PUT for every region with an enabled webhook, in one transaction, and one
//! aggregate of the jobs.

use replay_core::job::Step;
use replay_server::auth::Role;
use serde_json::{Value, json};

use super::{
    request::{GLOBAL, JOB, WEBHOOK, get, last_hour, patch, post, put, span},
    server::{Api, NOW, REGIONS, region},
};

#[tokio::test]
async fn a_put_submits_every_region_that_has_an_enabled_webhook() {
    for path in [GLOBAL, "/api/global/v3/audit-log-replay-job"] {
        let api = served(&["us", "au"]).await;
        let put = api.send(put(path).json(&last_hour())).await.expect(202).json();
        let expected = json!({
            "start_at": "2026-11-23T11:00:00Z",
            "end_at": NOW,
            "status": "accepted",
            "created_at": NOW,
            "updated_at": NOW,
            "regions": {"us": "accepted", "eu": "skipped", "au": "accepted"},
        });
        assert_eq!(put, expected);
        assert_eq!(api.send(get(path)).await.expect(200).json(), expected);
        assert_eq!(statuses(&api).await, ["accepted", "unconfigured", "accepted"]);
    }
}

#[tokio::test]
async fn a_put_replaces_every_job_that_does_not_run() {
    let api = served(&["us", "eu", "au"]).await;
    api.submit("us").await;
    api.submit("eu").await;
    api.advance("eu", Step::Schedule).await;
    api.run("au").await;
    api.advance("au", Step::Complete).await;
    let other = span("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    api.send(put(GLOBAL).json(&other)).await.expect(202);
    for label in REGIONS {
        let job = api.send(get(&format!("/api/{label}/v2/audit-log-replay-job"))).await.json();
        assert_eq!((&job["status"], period(&job)), (&json!("accepted"), other.clone()), "{label}");
    }
}

#[tokio::test]
async fn a_put_is_refused_unless_the_role_covers_every_target() {
    let api = served(&["us", "eu"]).await;
    for (role, regions) in [
        (Role::AuditLogsAdmin, &["us"][..]),
        (Role::AuditLogsAdmin, &["us", "au"]),
        (Role::ReadOnly, &[]),
        (Role::Ingest, &[]),
    ] {
        let token = api.token(role, regions).await;
        api.send(put(GLOBAL).with_token(&token).json(&last_hour())).await.expect(403);
        assert_eq!(statuses(&api).await, ["unconfigured"; 3]);
    }
    let token = api.token(Role::AuditLogsAdmin, &["us", "eu"]).await;
    api.send(put(GLOBAL).with_token(&token).json(&last_hour())).await.expect(202);
}

#[tokio::test]
async fn a_put_without_any_enabled_webhook_is_refused() {
    let api = Api::new();
    let missing = [("audit_log_webhook", "missing_reference")];
    api.send(put(GLOBAL).json(&last_hour())).await.assert_faults(&missing);
    let only_us = api.token(Role::AuditLogsAdmin, &["us"]).await;
    api.send(put(GLOBAL).with_token(&only_us).json(&last_hour())).await.assert_faults(&missing);
    let reader = api.token(Role::ReadOnly, &[]).await;
    api.send(put(GLOBAL).with_token(&reader).json(&last_hour())).await.expect(403);
}

#[tokio::test]
async fn a_put_has_the_same_faults_as_a_put_to_a_region() {
    let api = served(&["us"]).await;
    let body = json!({"start_at": "2026-01-01T00:00:00Z", "end_at": 5, "regions": ["us"]});
    let faults =
        [("end_at", "is_string"), ("start_at", "invalid"), ("regions", "unknown_property")];
    api.send(put(GLOBAL).json(&body)).await.assert_faults(&faults);
}

#[tokio::test]
async fn a_put_while_targets_run_is_refused_with_their_names_and_changes_nothing() {
    let api = served(&["us", "eu", "au"]).await;
    for (label, named) in [("eu", &["eu"][..]), ("au", &["eu", "au"])] {
        api.run(label).await;
        let before = api.database_image().await;
        let refused = api.send(put(GLOBAL).json(&span(NOW, NOW))).await.expect(409);
        let detail = refused.text("detail");
        assert!(detail.starts_with("A replay job is currently running"), "{detail}");
        for running in named {
            assert!(detail.contains(running), "{running} is not named: {detail}");
        }
        assert!(!detail.contains("us"), "{detail}");
        assert!(api.database_image().await == before);
    }
}

#[tokio::test]
async fn a_running_job_outside_the_targets_is_no_conflict() {
    let api = served(&["us", "eu"]).await;
    api.run("us").await;
    api.send(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
    let put = api.send(put(GLOBAL).json(&last_hour())).await.expect(202).json();
    assert_eq!(put["regions"], json!({"us": "skipped", "eu": "accepted", "au": "skipped"}));
    assert_eq!(statuses(&api).await, ["running", "accepted", "unconfigured"]);
}

#[tokio::test]
async fn a_get_reports_the_most_active_status_of_the_last_put() {
    let api = served(&["us", "eu", "au"]).await;
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    let seen = async |us: &str, eu: &str, au: &str, all: &str| {
        let body = api.send(get(GLOBAL)).await.expect(200).json();
        assert_eq!(body["regions"], json!({"us": us, "eu": eu, "au": au}));
        assert_eq!(body["status"], all);
    };
    seen("accepted", "accepted", "accepted", "accepted").await;
    api.send(post("/api/eu/x/replay/cancel")).await.expect(202);
    seen("accepted", "failed", "accepted", "accepted").await;
    api.advance("us", Step::Schedule).await;
    seen("pending", "failed", "accepted", "pending").await;
    api.advance("us", Step::Start).await;
    seen("running", "failed", "accepted", "running").await;
    api.advance("us", Step::Complete).await;
    seen("completed", "failed", "accepted", "accepted").await;
    for step in [Step::Schedule, Step::Start, Step::Complete] {
        api.advance("au", step).await;
    }
    seen("completed", "failed", "completed", "failed").await;
}

#[tokio::test]
async fn a_get_leaves_out_jobs_replaced_since_the_last_put() {
    let api = served(&["us", "eu"]).await;
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    let day = span("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    api.send(put(JOB).json(&day)).await.expect(202);
    let rest = api.send(get(GLOBAL)).await.expect(200).json();
    assert_eq!(rest["regions"], json!({"us": "skipped", "eu": "accepted", "au": "skipped"}));
    assert_eq!(period(&rest), last_hour());
}

#[tokio::test]
async fn a_get_covers_all_jobs_when_none_of_the_last_put_is_left() {
    let api = served(&["us", "eu"]).await;
    let never = api.send(get(GLOBAL)).await.expect(200).json();
    assert_eq!(
        (&never["status"], &never["start_at"]),
        (&json!("unconfigured"), &json!("0001-01-01T00:00:00Z"))
    );

    let day = span("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    api.send(put(JOB).json(&day)).await.expect(202);
    api.submit("eu").await;
    api.advance("eu", Step::Schedule).await;
    let all = api.send(get(GLOBAL)).await.expect(200).json();
    assert_eq!(all["status"], "pending");
    assert_eq!(
        (&all["regions"]["us"], &all["regions"]["eu"]),
        (&json!("accepted"), &json!("pending"))
    );
    assert_eq!(period(&all), span("2026-11-20T00:00:00Z", "2026-11-23T12:00:00Z"));
}

#[tokio::test]
async fn a_put_makes_a_job_with_an_id_of_its_own_in_every_region() {
    let api = served(&["us", "eu"]).await;
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    let mut jobs = Vec::new();
    for label in ["us", "eu"] {
        let job = api.store.job(&region(label)).await.unwrap();
        jobs.push(job.configured().unwrap().clone());
    }
    assert_ne!(jobs[0].id, jobs[1].id);
    assert_eq!(jobs[0].put_id, jobs[1].put_id);
}

#[tokio::test]
async fn a_get_is_refused_unless_the_role_covers_every_region_in_it() {
    let api = served(&["us", "eu"]).await;
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    let only_us = api.token(Role::ReadOnly, &["us"]).await;
    api.send(get(GLOBAL).with_token(&only_us)).await.expect(403);
    let both = api.token(Role::ReadOnly, &["us", "eu"]).await;
    api.send(get(GLOBAL).with_token(&both)).await.expect(200);
}

/// A server with an enabled webhook in these regions.
async fn served(labels: &[&str]) -> Api {
    let api = Api::new();
    for label in labels {
        api.enable(label).await;
    }
    api
}

async fn statuses(api: &Api) -> [String; 3] {
    [api.status("us").await, api.status("eu").await, api.status("au").await]
}

fn period(body: &Value) -> Value {
    json!({"start_at": body["start_at"], "end_at": body["end_at"]})
}
