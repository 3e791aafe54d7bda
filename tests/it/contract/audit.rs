//! Self-audit: each change and each refusal is archived in the region that it addressed, and
//! nothing else is.

use audit_log::{Entry, Format, Kind};
use axum::http::Method;
use replay_server::auth::Role;
use serde_json::json;

use super::{
    request::{
        ApiRequest, CANCEL, GLOBAL, HEALTH, INGEST, JOB, JWKS, OVERVIEW, PREVIEW, PROGRESS, TEST,
        WEBHOOK, get, get_preview, last_hour, line, patch, post, put, request_with_method,
    },
    server::{Api, NOW, REGIONS, at},
};

#[tokio::test]
async fn a_change_is_recorded_with_its_caller_and_action() {
    let api = audited();
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let id = api.store.tokens().await.unwrap()[0].id.clone();
    let endpoint = json!({"endpoint": "https://siem.example.com", "enabled": true});
    let request =
        patch("/api/us/v2/audit-log-webhook?dry=0&a=b").with_token(&token).json(&endpoint);
    api.send(request.with("user-agent", "curl/8.5.0")).await.expect(200);

    let [line] = &api.archived("us").await[..] else { panic!("not one line") };
    let entry = Entry::read(line, at(NOW)).unwrap();
    assert_eq!((entry.kind(), entry.format()), (Kind::Access, Format::Cef));
    assert_eq!(entry.event_at(), at(NOW));
    for (field, value) in [
        ("event_product", "audit-log-replay"),
        ("name", "Ingress"),
        ("act", "PATCH"),
        ("request", "/api/us/v2/audit-log-webhook"),
        ("query", "dry=0&a=b"),
        ("status", "200"),
        ("principal_id", &id),
        ("user_agent", "curl/8.5.0"),
    ] {
        assert_eq!(entry.field(field).as_deref(), Some(value), "{field}");
    }
    assert!(entry.field("sig").is_none());
}

#[tokio::test]
async fn every_change_is_recorded() {
    let api = audited();
    api.enable("us").await;
    api.submit("us").await;
    api.send(post(CANCEL)).await.expect(202);
    let by_host = put("/v3/audit-log-replay-job").with("host", "us.localhost");
    api.send(by_host.json(&last_hour())).await.expect(202);
    let mut expected = [
        "PATCH /api/us/v2/audit-log-webhook 200",
        "POST /api/us/x/replay/cancel 202",
        "PUT /api/us/v2/audit-log-replay-job 202",
        "PUT /v3/audit-log-replay-job 202",
    ];
    expected.sort_unstable();
    assert_eq!(recorded(&api, "us").await, expected);
    assert!(recorded(&api, "eu").await.is_empty());
}

#[tokio::test]
async fn every_refusal_is_recorded_with_its_trace_id() {
    let hook = |body| patch(WEBHOOK).json(&body);
    let refused: [(ApiRequest, u16); 11] = [
        (get(JOB).without_token(), 401),
        (put(JOB).with_token("unknown").json(&last_hour()), 401),
        (request_with_method(Method::DELETE, WEBHOOK), 405),
        (put(JOB).body(vec![b' '; 70_000]), 413),
        (put(JOB).with("content-type", "text/plain"), 415),
        (put(JOB).json(&json!({})), 400),
        (put(JOB).json(&last_hour()), 400),
        (hook(json!({"enabled": true})), 400),
        (hook(json!({"endpoint": "https://127.0.0.1"})), 400),
        (post(CANCEL), 409),
        (post(TEST), 400),
    ];
    for (request, status) in refused {
        let api = audited();
        let answer = api.send(request).await.expect(status);
        let lines = api.archived("us").await;
        assert_eq!(lines.len(), 1, "{answer:#?}");
        let entry = Entry::read(&lines[0], at(NOW)).unwrap();
        assert_eq!(entry.field("status").unwrap(), status.to_string());
        let trace = entry.field("trace_id").unwrap();
        assert!(answer.text("instance").ends_with(&format!(":trace:{trace}")), "{answer:#?}");
        let anonymous = status == 401;
        let principal = if anonymous { "" } else { "environment" };
        assert_eq!(entry.field("principal_id").unwrap(), principal);
        assert_eq!(entry.field("severity").unwrap(), if anonymous { "6" } else { "1" });
    }
}

#[tokio::test]
async fn a_refusal_for_the_role_is_recorded_with_the_caller() {
    let api = audited();
    let token = api.token(Role::ReadOnly, &[]).await;
    let id = api.store.tokens().await.unwrap()[0].id.clone();
    api.send(put(JOB).with_token(&token).json(&last_hour())).await.expect(403);
    let lines = api.archived("us").await;
    let entry = Entry::read(&lines[0], at(NOW)).unwrap();
    assert_eq!(entry.field("principal_id").unwrap(), id);
    assert_eq!(entry.field("status").unwrap(), "403");
}

#[tokio::test]
async fn successful_reads_and_ingests_are_not_recorded() {
    let api = audited();
    for path in [
        JOB,
        WEBHOOK,
        HEALTH,
        JWKS,
        PROGRESS,
        GLOBAL,
        "/api/x/server",
        "/api/x/me",
        OVERVIEW,
        "/healthz",
        "/readyz",
    ] {
        api.send(get(path)).await.expect(200);
        api.send(request_with_method(Method::HEAD, path)).await;
    }
    api.send(get_preview(PREVIEW)).await.expect(200);
    api.send(post(INGEST).body("bad")).await.expect(400);
    api.send(post(INGEST).without_token().body(line(1))).await.expect(401);
    api.send(post(INGEST).body(line(1))).await.expect(202);
    assert_eq!(api.archived("us").await, [line(1).into_bytes()]);
}

#[tokio::test]
async fn a_request_without_a_region_is_not_recorded() {
    let api = audited();
    api.send(get("/api/xx/v2/audit-log-replay-job")).await.expect(404);
    api.send(put("/api/xx/v2/audit-log-replay-job").without_token()).await.expect(401);
    api.send(get("/api/us/nothing")).await.expect(404);
    api.send(get("/nothing")).await.expect(404);
    for label in REGIONS {
        assert!(api.archived(label).await.is_empty(), "{label}");
    }
}

#[tokio::test]
async fn a_global_change_is_recorded_in_every_region() {
    let api = audited();
    api.enable("us").await;
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    for label in REGIONS {
        let line = "PUT /api/global/v2/audit-log-replay-job 202".to_owned();
        assert!(recorded(&api, label).await.contains(&line), "{label}");
    }
}

#[tokio::test]
async fn a_global_refusal_is_recorded_in_the_default_region_only() {
    let api = audited();
    api.send(put(GLOBAL).json(&last_hour())).await.expect(400);
    assert_eq!(recorded(&api, "us").await, ["PUT /api/global/v2/audit-log-replay-job 400"]);
    for label in ["eu", "au"] {
        assert!(recorded(&api, label).await.is_empty(), "{label}");
    }
}

#[tokio::test]
async fn a_record_has_the_format_of_the_regions_webhook() {
    for (name, format) in [("cef", Format::Cef), ("json", Format::Json), ("cps", Format::Cps)] {
        let api = audited();
        api.send(patch(WEBHOOK).json(&json!({"log_format": name}))).await.expect(200);
        api.send(post(CANCEL)).await.expect(409);
        let lines = api.archived("us").await;
        assert_eq!(lines.len(), 2);
        for line in lines {
            let entry = Entry::read(&line, at(NOW)).unwrap();
            assert_eq!(entry.format(), format);
            assert_eq!(entry.field("event_product").unwrap(), "audit-log-replay");
        }
    }
}

#[tokio::test]
async fn nothing_is_recorded_without_self_audit() {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    api.send(get(JOB).without_token()).await.expect(401);
    api.send(post("/api/eu/x/replay/cancel")).await.expect(409);
    for label in REGIONS {
        assert!(api.archived(label).await.is_empty(), "{label}");
    }
}

/// A server with self-audit.
fn audited() -> Api {
    Api::set_up(|app| app.self_audit = true)
}

/// The action and status in each of the region's self-audit lines, sorted: all have the same event
/// time.
async fn recorded(api: &Api, label: &str) -> Vec<String> {
    let mut records = Vec::new();
    for line in api.archived(label).await {
        let entry = Entry::read(&line, at(NOW)).unwrap();
        let fields = ["act", "request", "status"].map(|field| entry.field(field).unwrap());
        records.push(fields.join(" "));
    }
    records.sort_unstable();
    records
}
