//! The `Idempotency-Key` of a PUT: a repeated request has the effect of one.

use replay_core::job::Step;
use replay_server::{auth::Role, store::Store};
use serde_json::{Value, json};

use super::{
    request::{ApiRequest, GLOBAL, JOB, WEBHOOK, get, last_hour, patch, put, span},
    server::{Api, NOW},
};

#[tokio::test]
async fn a_repeated_put_answers_with_the_first_job_as_it_is_now() {
    let api = enabled(&["us"]).await;
    let first = api.send(keyed("a", JOB)).await.expect(202).json();
    assert_eq!(api.send(keyed("a", JOB)).await.expect(202).json(), first);
    for (step, status) in [
        (Step::Schedule, "pending"),
        (Step::Start, "running"),
        (Step::Fail("the webhook answered 401".to_owned()), "failed"),
    ] {
        api.advance("us", step).await;
        let again = api.send(keyed("a", JOB)).await.expect(202).json();
        assert_eq!((&again["id"], &again["status"]), (&first["id"], &json!(status)));
        assert_eq!(again, api.send(get(JOB)).await.json());
    }
    let v3 = api.send(keyed("a", "/api/us/v3/audit-log-replay-job")).await.expect(202);
    assert_eq!(v3.json()["id"], first["id"]);
}

#[tokio::test]
async fn a_repeated_put_answers_with_its_own_job_after_another_one_has_replaced_it() {
    let api = enabled(&["us"]).await;
    let first = api.send(keyed("a", JOB)).await.expect(202).text("id");
    let second = api.send(keyed("b", JOB)).await.expect(202).text("id");
    assert_ne!(first, second);
    let again = api.send(keyed("a", JOB)).await.expect(202).json();
    assert_eq!((&again["id"], &again["status"]), (&json!(first), &json!("failed")));
    assert_eq!(api.send(get(JOB)).await.text("id"), second);
    let without_key = api.send(put(JOB).json(&last_hour())).await.expect(202).text("id");
    assert!(![first, second].contains(&without_key));
}

#[tokio::test]
async fn a_key_with_another_body_is_refused_and_changes_nothing() {
    let api = enabled(&["us"]).await;
    let first = api.send(keyed("a", JOB)).await.expect(202).json();
    let mut kinds = last_hour();
    kinds["kinds"] = json!(["access"]);
    let others = [span("2026-11-23T11:00:01Z", NOW), kinds, json!({}), json!([]), json!("x")];
    for status in ["accepted", "running"] {
        for body in &others {
            let refused = api.send(keyed("a", JOB).json(body)).await;
            refused.assert_faults(&[("Idempotency-Key", "invalid")]);
        }
        let job = api.send(get(JOB)).await.json();
        assert_eq!((&job["id"], &job["status"]), (&first["id"], &json!(status)));
        if status == "accepted" {
            api.advance("us", Step::Schedule).await;
            api.advance("us", Step::Start).await;
        }
    }
}

#[tokio::test]
async fn a_body_is_the_same_whatever_the_order_of_its_fields_and_its_spaces() {
    let api = enabled(&["us"]).await;
    let first = api.send(keyed("a", JOB)).await.expect(202).text("id");
    for body in [
        r#"{"start_at":"2026-11-23T11:00:00Z","end_at":"2026-11-23T12:00:00Z"}"#,
        r#"{"end_at":"2026-11-23T12:00:00Z","start_at":"2026-11-23T11:00:00Z"}"#,
        "{ \"end_at\" : \"2026-11-23T12:00:00Z\",\n\t\"start_at\": \"2026-11-23T11:00:00\\u005a\" }",
    ] {
        let again = api.send(keyed("a", JOB).body(body)).await.expect(202);
        assert_eq!(again.text("id"), first, "{body}");
    }
}

#[tokio::test]
async fn a_repeated_put_is_accepted_although_its_timeframe_is_too_old_by_now() {
    let api = enabled(&["us"]).await;
    let oldest = span("2026-11-16T11:55:00Z", NOW);
    let first = api.send(keyed("a", JOB).json(&oldest)).await.expect(202).text("id");
    api.turn_clock_to("2026-11-23T12:10:00Z");
    api.send(keyed("b", JOB).json(&oldest)).await.assert_faults(&[("start_at", "invalid")]);
    let again = api.send(keyed("a", JOB).json(&oldest)).await.expect(202);
    assert_eq!(again.text("id"), first);
}

#[tokio::test]
async fn a_key_is_unknown_after_24_hours_and_then_deleted() {
    let api = enabled(&["us"]).await;
    let first = api.send(keyed("key-of-a-client", JOB)).await.expect(202).text("id");
    api.turn_clock_to("2026-11-24T11:59:59.999Z");
    assert_eq!(api.send(keyed("key-of-a-client", JOB)).await.expect(202).text("id"), first);
    api.store.trim_idempotency_keys(api.now()).await.unwrap();
    assert!(has_key(&api).await);

    api.turn_clock_to("2026-11-24T12:00:00Z");
    let other = span("2026-11-23T11:00:01Z", NOW);
    let second = api.send(keyed("key-of-a-client", JOB).json(&other)).await.expect(202).text("id");
    assert_ne!(second, first);
    let again = api.send(keyed("key-of-a-client", JOB).json(&other)).await.expect(202);
    assert_eq!(again.text("id"), second, "the key is known for another 24 hours");

    api.turn_clock_to("2026-11-25T12:00:00Z");
    api.store.trim_idempotency_keys(api.now()).await.unwrap();
    assert!(!has_key(&api).await);
}

#[tokio::test]
async fn tokens_and_regions_and_global_have_their_own_keys() {
    let api = enabled(&["us", "eu"]).await;
    let admin = api.token(Role::AuditLogsAdmin, &[]).await;
    let other = span("2026-11-23T11:30:00Z", NOW);
    let eu = JOB.replace("us", "eu");
    let mut ids = Vec::new();
    for (request, body) in [
        (keyed("a", JOB), last_hour()),
        (keyed("a", &eu), other.clone()),
        (keyed("a", JOB).with_token(&admin), other.clone()),
    ] {
        ids.push(api.send(request.json(&body)).await.expect(202).text("id"));
    }
    let all = api.send(keyed("a", GLOBAL).json(&other)).await.expect(202).json();
    assert_eq!(all["start_at"], "2026-11-23T11:30:00Z");
    for (request, body, id) in [
        (keyed("a", JOB), last_hour(), &ids[0]),
        (keyed("a", &eu), other.clone(), &ids[1]),
        (keyed("a", JOB).with_token(&admin), other.clone(), &ids[2]),
    ] {
        assert_eq!(&api.send(request.json(&body)).await.expect(202).text("id"), id);
    }
    assert_eq!(api.send(keyed("a", GLOBAL).json(&other)).await.expect(202).json(), all);
}

#[tokio::test]
async fn a_refused_put_stores_no_key() {
    let api = Api::new();
    let missing = [("audit_log_webhook", "missing_reference")];
    api.send(keyed("a", JOB)).await.assert_faults(&missing);
    api.send(keyed("a", GLOBAL)).await.assert_faults(&missing);
    let api = enabled(&["us"]).await;
    api.send(keyed("a", JOB).json(&json!({}))).await.expect(400);
    api.run("us").await;
    for path in [JOB, GLOBAL] {
        let before = api.database_image().await;
        api.send(keyed("a", path)).await.expect(409);
        assert!(api.database_image().await == before);
    }
    api.advance("us", Step::Complete).await;
    for path in [JOB, GLOBAL] {
        api.send(keyed("a", path).json(&span(NOW, NOW))).await.expect(202);
    }
}

#[tokio::test]
async fn simultaneous_puts_with_one_key_make_one_job() {
    let dir = tempfile::tempdir().unwrap();
    let api = Api::over(Store::open(&dir.path().join("replay.db")).unwrap().into(), |_| {});
    api.enable("us").await;
    let put = async || api.send(keyed("a", JOB)).await.expect(202).text("id");
    let (a, b, c, d) = tokio::join!(put(), put(), put(), put());
    assert!([&b, &c, &d].into_iter().all(|id| *id == a), "{a} {b} {c} {d}");
    let other = async |body: Value| api.send(keyed("b", JOB).json(&body)).await.status.as_u16();
    let (one, two) = tokio::join!(other(last_hour()), other(span(NOW, NOW)));
    let mut statuses = [one, two];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 400], "only one of two bodies is accepted");
}

#[tokio::test]
async fn a_key_survives_a_restart() {
    let api = enabled(&["us"]).await;
    let first = api.send(keyed("a", JOB)).await.expect(202).json();
    let api = api.restarted().await;
    assert_eq!(api.send(keyed("a", JOB)).await.expect(202).json(), first);
    api.send(keyed("a", JOB).json(&span(NOW, NOW))).await.expect(400);
}

#[tokio::test]
async fn a_value_that_is_no_key_is_a_fault_beside_those_of_the_body() {
    let api = enabled(&["us"]).await;
    let key = ("Idempotency-Key", "invalid");
    for value in ["", "a b", " ", "a\tb", "\u{fc}", &"x".repeat(256)] {
        api.send(keyed(value, JOB)).await.assert_faults(&[key]);
        let faults = [key, ("end_at", "required")];
        let body = json!({"start_at": NOW});
        api.send(keyed(value, JOB).json(&body)).await.assert_faults(&faults);
        api.send(keyed(value, GLOBAL)).await.assert_faults(&[key]);
    }
    for second in ["a", "b"] {
        let twice = keyed("a", JOB).with_another("idempotency-key", second);
        api.send(twice).await.assert_faults(&[key]);
    }
    assert_eq!(api.status("us").await, "unconfigured");
    for value in ["!", "\"8e03978e\"", &"~".repeat(255)] {
        api.send(keyed(value, JOB)).await.expect(202);
    }
}

#[tokio::test]
async fn a_put_with_a_key_is_refused_for_its_first_fault() {
    let api = enabled(&["us"]).await;
    api.send(keyed("a", JOB)).await.expect(202);
    let reader = api.token(Role::ReadOnly, &[]).await;
    let hopeless = || keyed("", JOB).with("content-type", "text/plain").body(vec![b' '; 70_000]);
    for (request, status) in [
        (hopeless().without_token(), 401),
        (hopeless().with_token(&reader), 403),
        (hopeless(), 413),
        (hopeless().body("{}"), 415),
        (keyed("", JOB), 400),
        (keyed("a", JOB).json(&json!({})), 400),
    ] {
        api.send(request).await.expect(status);
    }
}

#[tokio::test]
async fn a_repeated_put_to_global_answers_with_the_jobs_of_the_first_as_they_are_now() {
    let api = enabled(&["us", "eu"]).await;
    let first = api.send(keyed("a", GLOBAL)).await.expect(202).json();
    assert_eq!(api.send(keyed("a", GLOBAL)).await.expect(202).json(), first);
    api.advance("us", Step::Schedule).await;
    api.advance("us", Step::Start).await;
    api.submit("eu").await;
    api.enable("au").await;
    api.send(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
    let again = api.send(keyed("a", GLOBAL)).await.expect(202).json();
    assert_eq!(again["status"], "running");
    assert_eq!(again["regions"], json!({"us": "running", "eu": "failed", "au": "skipped"}));
    api.send(keyed("a", GLOBAL).json(&span(NOW, NOW))).await.expect(400);
}

/// A PUT of the last hour with a key.
fn keyed(key: &str, path: &str) -> ApiRequest {
    put(path).with("idempotency-key", key).json(&last_hour())
}

/// A server with an enabled webhook in these regions.
async fn enabled(labels: &[&str]) -> Api {
    let api = Api::new();
    for label in labels {
        api.enable(label).await;
    }
    api
}

/// Whether the database has the text `key-of-a-client`.
async fn has_key(api: &Api) -> bool {
    api.database_image().await.contains(b"key-of-a-client")
}
