//! The replay job of a region: read, submitted, replaced, and unchanged while it runs.

use replay_core::job::Step;
use replay_server::store::Store;
use serde_json::json;

use super::{
    request::{JOB, WEBHOOK, get, last_hour, patch, put, span},
    server::{Api, NOW, region},
};

#[tokio::test]
async fn a_region_without_a_job_reads_unconfigured_in_the_year_one() {
    let unset = "0001-01-01T00:00:00Z";
    let body = Api::new().send(get(JOB)).await.expect(200).json();
    let expected = json!({
        "start_at": unset,
        "end_at": unset,
        "status": "unconfigured",
        "created_at": unset,
        "updated_at": unset,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_put_returns_the_accepted_job_and_so_does_the_next_get() {
    let api = Api::new();
    api.enable("us").await;
    let put = api.send(put(JOB).json(&last_hour())).await.expect(202);
    let job = api.store.job(&region("us")).await.unwrap();
    let expected = json!({
        "start_at": "2026-11-23T11:00:00Z",
        "end_at": "2026-11-23T12:00:00Z",
        "status": "accepted",
        "created_at": NOW,
        "updated_at": NOW,
        "id": job.configured().unwrap().id.to_string(),
    });
    assert_eq!(put.json(), expected);
    assert_eq!(api.send(get(JOB)).await.expect(200).json(), expected);
}

#[tokio::test]
async fn a_job_reports_when_it_was_submitted_and_last_changed() {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    for (time, step, status) in [
        ("2026-11-23T12:00:01Z", Step::Schedule, "pending"),
        ("2026-11-23T12:00:02.5Z", Step::Start, "running"),
        ("2026-11-23T12:30:00.001Z", Step::Complete, "completed"),
    ] {
        api.turn_clock_to(time);
        api.advance("us", step).await;
        let job = api.send(get(JOB)).await;
        let moments = ["status", "created_at", "updated_at"].map(|field| job.text(field));
        assert_eq!(moments, [status, NOW, time]);
    }
}

#[tokio::test]
async fn a_put_replaces_a_job_that_is_not_running() {
    let api = Api::new();
    api.enable("us").await;
    let other = span("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    let complete = [Step::Schedule, Step::Start, Step::Complete];
    let fail = [Step::Fail("x".to_owned())];
    for steps in [&[][..], &complete[..1], &complete, &fail] {
        api.turn_clock_to(NOW);
        api.submit("us").await;
        for step in steps {
            api.advance("us", step.clone()).await;
        }
        let later = "2026-11-23T12:04:00Z";
        api.turn_clock_to(later);
        let job = api.send(put(JOB).json(&other)).await.expect(202);
        let fields = ["status", "start_at", "end_at", "created_at", "updated_at"];
        let [accepted, start_at, end_at, created_at, updated_at] =
            fields.map(|field| job.text(field));
        assert_eq!(accepted, "accepted", "after {steps:?}");
        assert_eq!(span(&start_at, &end_at), other);
        assert_eq!((created_at.as_str(), updated_at.as_str()), (later, later));
    }
}

#[tokio::test]
async fn a_put_while_the_job_runs_is_a_conflict_and_changes_nothing() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let (before, job) = (api.database_image().await, api.send(get(JOB)).await.json());
    let answer = api.send(put(JOB).json(&span(NOW, NOW))).await.expect(409);
    assert_eq!(answer.text("title"), "Resource Conflict");
    assert_eq!(answer.text("detail"), "A replay job is currently running");
    assert!(api.database_image().await == before);
    assert_eq!(api.send(get(JOB)).await.json(), job);
}

#[tokio::test]
async fn a_put_without_an_enabled_webhook_is_refused_and_makes_no_job() {
    let api = Api::new();
    let missing = [("audit_log_webhook", "missing_reference")];
    api.send(put(JOB).json(&last_hour())).await.assert_faults(&missing);
    let disabled = json!({"endpoint": "https://siem.example.com", "enabled": false});
    api.send(patch(WEBHOOK).json(&disabled)).await.expect(200);
    api.send(put(JOB).json(&last_hour())).await.assert_faults(&missing);
    assert_eq!(api.status("us").await, "unconfigured");

    api.enable("us").await;
    api.run("us").await;
    api.advance("us", Step::Complete).await;
    api.send(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
    api.send(put(JOB).json(&last_hour())).await.assert_faults(&missing);
    assert_eq!(api.status("us").await, "completed");
}

#[tokio::test]
async fn a_job_is_visible_only_in_its_region() {
    let api = Api::new();
    for label in ["us", "eu"] {
        api.enable(label).await;
    }
    api.run("us").await;
    assert_eq!(api.status("eu").await, "unconfigured");
    api.submit("eu").await;
    assert_eq!(
        (api.status("us").await, api.status("eu").await),
        ("running".into(), "accepted".into())
    );
}

#[tokio::test]
async fn a_job_and_a_webhook_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("replay.db");
    let answers = async |api: &Api| {
        let requests = [JOB, WEBHOOK, "/api/global/v2/audit-log-replay-job"].map(get);
        let mut bodies = Vec::new();
        for request in requests {
            bodies.push(api.send(request).await.expect(200).json());
        }
        bodies
    };
    let api = Api::over(Store::open(&file).unwrap().into(), |_| {});
    api.enable("us").await;
    api.run("us").await;
    let before = answers(&api).await;
    drop(api);
    let api = Api::over(Store::open(&file).unwrap().into(), |_| {});
    assert_eq!(answers(&api).await, before);
    api.send(put(JOB).json(&last_hour())).await.expect(409);
}
