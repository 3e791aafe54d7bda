//! The healing of an outage: the job that is submitted for it, what it delivers, and when it is refused.

use replay_core::job::Step;
use replay_server::auth::Role;
use replay_tests::stepping::{batches, lines};
use serde_json::{Value, json};

use super::{
    forwarded::Forwarded,
    request::{ApiRequest, CANCEL, JOB, get, last_hour, line, post, put, span},
    server::{Api, NOW, at, region},
    stepped_job::SteppedJob,
};

#[tokio::test]
async fn a_heal_submits_a_job_of_the_event_times_that_the_outage_spans() {
    let run = Forwarded::new().await;
    let outage = run.outage_with([30, 10, 20]).await;
    run.ingest([15]).await;
    run.api.turn_clock_to("2026-11-23T12:05:00Z");
    let job = run.api.send(heal(&outage)).await.expect(202).json();
    let expected = json!({
        "start_at": "2026-11-23T11:00:10Z",
        "end_at": "2026-11-23T11:00:30Z",
        "status": "accepted",
        "created_at": "2026-11-23T12:05:00Z",
        "updated_at": "2026-11-23T12:05:00Z",
        "id": job["id"],
        "heals": outage,
    });
    assert_eq!(job, expected);
    assert_eq!(run.api.send(get(JOB)).await.json(), job);
    let listed = run.latest().await;
    assert_eq!((&listed["healing_job"], &listed["healed_at"]), (&job["id"], &Value::Null));
    let record = record(&run.api, &job["id"]).await;
    assert_eq!((&record["heals"], &record["delivery_id"]), (&json!(outage), &job["id"]));
    let by = json!({"token_id": "environment", "role": "org-admin", "address": null});
    assert_eq!(record["requested_by"], by);
}

#[tokio::test]
async fn a_healing_job_delivers_exactly_the_undelivered_lines_and_heals_the_outage() {
    let run = Forwarded::new().await;
    run.ingest([11]).await;
    run.outage_with([1]).await;
    let outage = run.outage_with([30, 10, 20]).await;
    run.ingest([15]).await;
    let job = run.api.send(heal(&outage)).await.expect(202).json();
    let mut run = SteppedJob::over(run.api, &[]);
    run.until_running().await;
    let us = region("us");
    let batches = batches(&run.api.store, &us).await;
    let sent: Vec<_> = batches.iter().flat_map(lines).collect();
    assert_eq!(sent, [10, 20, 30].map(|second| line(second).into_bytes()));
    run.api.turn_clock_to("2026-11-23T12:05:00Z");
    run.until_settled().await;
    let run = Forwarded { api: run.api };
    let healed = run.latest().await;
    for (field, value) in [
        ("id", json!(outage)),
        ("undelivered_lines", json!(0)),
        ("lost_lines", json!(0)),
        ("healing_job", job["id"].clone()),
        ("healed_at", json!("2026-11-23T12:05:00Z")),
        ("healed_by", job["id"].clone()),
    ] {
        assert_eq!(healed[field], value, "{field}");
    }
    conflict(&run, &outage, "is healed").await;
}

#[tokio::test]
async fn a_second_heal_resumes_the_job_that_failed_and_delivers_the_rest() {
    let run = Forwarded::new().await;
    let outage = run.outage_with(0..6).await;
    let first = run.api.send(heal(&outage)).await.expect(202).json();
    let mut run = SteppedJob::over(run.api, &[202, 401]);
    run.until_running().await;
    run.until_settled().await;
    let run = Forwarded { api: run.api };
    assert_eq!(run.api.status("us").await, "failed");
    let left = run.latest().await;
    let undelivered = left["undelivered_lines"].as_u64().unwrap();
    assert!((1..6).contains(&undelivered), "{left}");
    assert_eq!((&left["healing_job"], &left["healed_at"]), (&first["id"], &Value::Null));

    let second = run.api.send(heal(&outage)).await.expect(202).json();
    assert_eq!((&second["resumed_from"], &second["heals"]), (&first["id"], &json!(outage)));
    let record = record(&run.api, &second["id"]).await;
    assert_eq!(record["resumed_from"], first["id"]);
    assert_eq!(record["delivery_id"], first["id"]);
}

#[tokio::test]
async fn a_heal_replaces_a_waiting_job() {
    let run = Forwarded::new().await;
    let outage = run.outage_with([1]).await;
    run.api.submit("us").await;
    let replaced = run.api.send(get(JOB)).await.json()["id"].clone();
    run.api.send(heal(&outage).body("ignored")).await.expect(202);
    assert_eq!(record(&run.api, &replaced).await["status"], "failed");
    let first = run.latest().await["healing_job"].clone();
    run.api.send(heal(&outage)).await.expect(202);
    assert_ne!(run.latest().await["healing_job"], first);
    run.api.send(post(CANCEL)).await.expect(202);
    run.api.send(heal(&outage)).await.expect(202);
}

#[tokio::test]
async fn a_replay_of_the_whole_outage_heals_it_and_one_of_a_part_or_of_some_kinds_does_not() {
    let mut some_kinds = last_hour();
    some_kinds["kinds"] = json!(["authorization"]);
    for (body, heals) in [
        (last_hour(), true),
        (span("2026-11-23T11:00:10Z", "2026-11-23T11:00:30Z"), true),
        (span("2026-11-23T11:00:11Z", "2026-11-23T11:00:30Z"), false),
        (span("2026-11-23T11:00:10Z", "2026-11-23T11:00:29.999Z"), false),
        (some_kinds, false),
    ] {
        let run = Forwarded::new().await;
        let outage = run.outage_with([30, 10, 20]).await;
        let job = run.api.send(put(JOB).json(&body)).await.expect(202).json();
        let mut run = SteppedJob::over(run.api, &[]);
        run.until_running().await;
        run.until_settled().await;
        let run = Forwarded { api: run.api };
        let listed = run.latest().await;
        let by = if heals { job["id"].clone() } else { Value::Null };
        assert_eq!((&listed["healed_by"], &listed["healing_job"]), (&by, &Value::Null), "{body}");
        assert_eq!(listed["undelivered_lines"], if heals { 0 } else { 3 });
        run.api.send(heal(&outage)).await.expect(if heals { 409 } else { 202 });
    }
}

#[tokio::test]
async fn an_outage_that_cannot_be_healed_is_a_conflict_or_lacks_a_webhook() {
    let run = Forwarded::new().await;
    let nothing = run.outage_with([]).await;
    conflict(&run, &nothing, "is healed").await;
    let ended = run.outage_with([1]).await;
    run.set_enabled(false).await;
    let open = run.latest().await["id"].as_str().unwrap().to_owned();
    conflict(&run, &open, "has not ended").await;
    let missing = [("audit_log_webhook", "missing_reference")];
    run.api.send(heal(&ended)).await.assert_faults(&missing);

    run.set_enabled(true).await;
    run.api.run("us").await;
    for outage in [&nothing, &ended, &open] {
        conflict(&run, outage, "A replay job is currently running").await;
    }
    run.api.advance("us", Step::Fail("x".to_owned())).await;
    run.api.store.trim(&region("us"), at(NOW)).await.unwrap();
    conflict(&run, &ended, "No line is left").await;
    assert_eq!(run.api.status("us").await, "failed");
}

#[tokio::test]
async fn a_heal_is_refused_for_its_first_fault() {
    let run = Forwarded::new().await;
    let outage = run.outage_with([1]).await;
    let reader = run.api.token(Role::ReadOnly, &[]).await;
    let ingester = run.api.token(Role::Ingest, &[]).await;
    let only_eu = run.api.token(Role::AuditLogsAdmin, &["eu"]).await;
    let only_us = run.api.token(Role::AuditLogsAdmin, &["us"]).await;
    run.api.run("us").await;
    for elsewhere in ["/xx/", "/global/"] {
        let path = path("x").replace("/us/", elsewhere);
        run.api.send(post(&path).without_token()).await.expect(401);
        run.api.send(post(&path).with_token(&reader)).await.expect(404);
    }
    for token in [&reader, &ingester, &only_eu] {
        run.api.send(heal("x").with_token(token)).await.expect(403);
    }
    let unknown = "0".repeat(32);
    for id in ["x", "%20", &unknown, &outage[1..]] {
        run.api.send(heal(id).with_token(&only_us)).await.expect(404);
    }
    let in_eu = path(&outage).replace("/us/", "/eu/");
    run.api.send(post(&in_eu)).await.expect(404);
    run.api.send(heal(&outage).with_token(&only_us)).await.expect(409);
    run.api.advance("us", Step::Fail("x".to_owned())).await;
    assert_eq!(run.api.send(get(&path(&outage))).await.expect(405).header("allow"), "POST");
    run.api.send(heal(&outage).with_token(&only_us)).await.expect(202);
}

fn heal(outage: &str) -> ApiRequest {
    post(&path(outage))
}

fn path(outage: &str) -> String {
    format!("/api/us/x/outages/{outage}/heal")
}

/// Asserts that healing is a conflict with this detail, and that nothing changes.
async fn conflict(run: &Forwarded, outage: &str, detail: &str) {
    let before = run.api.database_image().await;
    let refused = run.api.send(heal(outage)).await.expect(409);
    assert!(refused.text("detail").contains(detail), "{refused:?}");
    assert!(run.api.database_image().await == before);
}

async fn record(api: &Api, id: &Value) -> Value {
    let path = format!("/api/us/x/replay/jobs/{}", id.as_str().unwrap());
    api.send(get(&path)).await.expect(200).json()
}
