//! What the history says of a job: who requested it, what it replays, and how it ended.

use replay_core::{
    JobId, Timeframe,
    decisions::Submission,
    job::Step,
    request::{JobRequest, Resumption},
};
use replay_server::auth::Role;
use serde_json::{Value, json};

use super::{
    request::{CANCEL, HISTORY, JOB, get, last_hour, post, put},
    server::{Api, NOW, at, region},
    stepped_job::SteppedJob,
};

#[tokio::test]
async fn a_job_that_waits_has_no_start_and_no_amounts() {
    let api = Api::new();
    api.enable("us").await;
    let mut body = last_hour();
    body["kinds"] = json!(["other", "access"]);
    let id = api.send(put(JOB).json(&body)).await.expect(202).text("id");
    let expected = json!({
        "id": id,
        "status": "accepted",
        "start_at": "2026-11-23T11:00:00Z",
        "end_at": NOW,
        "kinds": ["access", "other"],
        "created_at": NOW,
        "started_at": null,
        "updated_at": NOW,
        "requested_by": {"token_id": "environment", "role": "org-admin", "address": null},
        "delivery_id": id,
        "delivered_lines": 0,
        "delivered_bytes": 0,
        "total_lines": null,
        "total_bytes": null,
        "retries": 0,
        "duration_seconds": null,
        "lost_lines": 0,
    });
    assert_eq!(record(&api, &id).await, expected);
}

#[tokio::test]
async fn a_completed_job_has_its_lines_retries_endpoint_and_duration() {
    let mut run = SteppedJob::of_twelve_lines(&[202, 503]).await;
    let id = run.api.send(get(JOB)).await.text("id");
    run.api.turn_clock_to("2026-11-23T12:00:07Z");
    run.make_requests(2).await;
    let running = record(&run.api, &id).await;
    assert_eq!(running["status"], "running");
    assert_eq!((&running["delivered_lines"], &running["duration_seconds"]), (&json!(2), &json!(7)));
    run.api.turn_clock_to("2026-11-23T12:01:30.9Z");
    run.until_settled().await;
    run.api.turn_clock_to("2026-11-23T13:00:00Z");
    let completed = record(&run.api, &id).await;
    let bytes = &completed["total_bytes"];
    assert!(bytes.as_u64() > Some(1_000));
    for (field, value) in [
        ("status", json!("completed")),
        ("created_at", json!(NOW)),
        ("started_at", json!(NOW)),
        ("updated_at", json!("2026-11-23T12:01:30.9Z")),
        ("delivered_lines", json!(12)),
        ("delivered_bytes", bytes.clone()),
        ("total_lines", json!(12)),
        ("retries", json!(1)),
        ("duration_seconds", json!(90)),
        ("endpoint", json!("https://siem.example.com/audit")),
    ] {
        assert_eq!(completed[field], value, "{field}");
    }
    assert_eq!(completed.get("reason"), None);
    let again = run.api.send(put(JOB).json(&last_hour())).await.expect(202).text("id");
    assert_eq!(record(&run.api, &id).await, completed, "a later job changes nothing");
    assert_eq!(record(&run.api, &again).await["status"], "accepted");
}

#[tokio::test]
async fn a_failed_job_has_its_reason_and_its_duration_if_it_has_started() {
    let api = Api::new();
    api.enable("us").await;
    let mut outcomes = Vec::new();
    for steps in [&[][..], &[Step::Schedule, Step::Start, Step::Fail("no answer".to_owned())]] {
        let id = api.send(put(JOB).json(&last_hour())).await.expect(202).text("id");
        api.turn_clock_to("2026-11-23T12:00:05Z");
        for step in steps {
            api.advance("us", step.clone()).await;
        }
        if steps.is_empty() {
            api.send(post(CANCEL)).await.expect(202);
        }
        let record = record(&api, &id).await;
        assert_eq!(record["status"], "failed");
        outcomes.push((record["reason"].clone(), record["duration_seconds"].clone()));
    }
    assert_eq!(
        outcomes,
        [(json!("it was cancelled"), Value::Null), (json!("no answer"), json!(0))]
    );
}

#[tokio::test]
async fn a_job_says_which_token_requested_it_from_which_address() {
    let api = Api::set_up(|app| app.behind_tls_proxy = true);
    api.enable("us").await;
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let token_id = api.store.tokens().await.unwrap()[0].id.clone();
    let from = "198.51.100.9, 2001:db8::1";
    let request = put(JOB).with_token(&token).with("x-forwarded-for", from).json(&last_hour());
    let id = api.send(request).await.expect(202).text("id");
    let by = json!({"token_id": token_id, "role": "audit-logs-admin", "address": "2001:db8::1"});
    assert_eq!(record(&api, &id).await["requested_by"], by);
    api.store.revoke_token(&token_id).await.unwrap();
    assert_eq!(record(&api, &id).await["requested_by"], by, "it is kept longer than the token");
}

#[tokio::test]
async fn a_job_that_the_server_submitted_or_that_resumes_another_says_so() {
    let api = Api::new();
    api.enable("us").await;
    let timeframe = Timeframe::new(at(NOW), at(NOW)).unwrap();
    let resumes = Some(Resumption { job: JobId(7), delivery_id: JobId(6) });
    let request = JobRequest { resumes, ..timeframe.into() };
    let submission = Submission::to_region(region("us"), JobId(8), request);
    api.store.submit(submission, at(NOW)).await.unwrap();
    let [six, seven, eight] = [6, 7, 8].map(|id| JobId(id).to_string());
    let record = record(&api, &eight).await;
    assert_eq!(record["requested_by"], Value::Null);
    assert_eq!((&record["resumed_from"], &record["delivery_id"]), (&json!(seven), &json!(six)));
    assert_eq!(api.send(get(JOB)).await.text("resumed_from"), seven);
}

/// The record of a job, which is the same alone and in the history.
async fn record(api: &Api, id: &str) -> Value {
    let record = api.send(get(&format!("/api/us/x/replay/jobs/{id}"))).await.expect(200).json();
    let page = api.send(get(HISTORY)).await.expect(200).json();
    let listed = page["jobs"].as_array().unwrap().iter().find(|job| job["id"] == id);
    assert_eq!(listed, Some(&record));
    record
}
