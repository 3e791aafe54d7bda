//! The server's own audit lines: what is changed and what is refused is in the archive of the region
//! it was addressed to, and nothing else is.

use audit_log::{Entry, Format, Kind};
use axum::http::Method;
use replay_server::auth::Role;
use serde_json::json;

use super::{
    api::{Api, NOW, REGIONS, at},
    ask::{
        Ask, CANCEL, GLOBAL, HEALTH, INGEST, JOB, JWKS, TEST, WEBHOOK, ask, get, last_hour, line,
        patch, post, put,
    },
};

#[tokio::test]
async fn a_change_leaves_one_line_that_says_who_did_what() {
    let api = audited();
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let id = api.store.tokens().await.unwrap()[0].id.clone();
    let endpoint = json!({"endpoint": "https://siem.example.com", "enabled": true});
    let ask = patch("/api/us/v2/audit-log-webhook?dry=0&a=b").by(&token).json(&endpoint);
    api.answer(ask.with("user-agent", "curl/8.5.0")).await.expect(200);

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
async fn every_change_leaves_a_line() {
    let api = audited();
    api.enable("us").await;
    api.submit("us").await;
    api.answer(post(CANCEL)).await.expect(202);
    let by_host = put("/v3/audit-log-replay-job").with("host", "us.localhost");
    api.answer(by_host.json(&last_hour())).await.expect(202);
    let mut expected = [
        "PATCH /api/us/v2/audit-log-webhook 200",
        "POST /api/us/x/replay/cancel 202",
        "PUT /api/us/v2/audit-log-replay-job 202",
        "PUT /v3/audit-log-replay-job 202",
    ];
    expected.sort_unstable();
    assert_eq!(told(&api, "us").await, expected);
    assert!(told(&api, "eu").await.is_empty());
}

#[tokio::test]
async fn every_refusal_leaves_a_line_under_the_trace_that_was_answered() {
    let hook = |body| patch(WEBHOOK).json(&body);
    let refused: [(Ask, u16); 11] = [
        (get(JOB).by_nobody(), 401),
        (put(JOB).by("nobody's").json(&last_hour()), 401),
        (ask(Method::DELETE, WEBHOOK), 405),
        (put(JOB).body(vec![b' '; 70_000]), 413),
        (put(JOB).with("content-type", "text/plain"), 415),
        (put(JOB).json(&json!({})), 400),
        (put(JOB).json(&last_hour()), 400),
        (hook(json!({"enabled": true})), 400),
        (hook(json!({"endpoint": "https://127.0.0.1"})), 400),
        (post(CANCEL), 409),
        (post(TEST), 400),
    ];
    for (ask, status) in refused {
        let api = audited();
        let answer = api.answer(ask).await.expect(status);
        let lines = api.archived("us").await;
        assert_eq!(lines.len(), 1, "{answer:#?}");
        let entry = Entry::read(&lines[0], at(NOW)).unwrap();
        assert_eq!(entry.field("status").unwrap(), status.to_string());
        let trace = entry.field("trace_id").unwrap();
        assert!(answer.text("instance").ends_with(&format!(":trace:{trace}")), "{answer:#?}");
        let nobody = status == 401;
        let principal = if nobody { "" } else { "environment" };
        assert_eq!(entry.field("principal_id").unwrap(), principal);
        assert_eq!(entry.field("severity").unwrap(), if nobody { "6" } else { "1" });
    }
}

#[tokio::test]
async fn who_was_refused_for_their_role_is_named() {
    let api = audited();
    let token = api.token(Role::ReadOnly, &[]).await;
    let id = api.store.tokens().await.unwrap()[0].id.clone();
    api.answer(put(JOB).by(&token).json(&last_hour())).await.expect(403);
    let lines = api.archived("us").await;
    let entry = Entry::read(&lines[0], at(NOW)).unwrap();
    assert_eq!(entry.field("principal_id").unwrap(), id);
    assert_eq!(entry.field("status").unwrap(), "403");
}

#[tokio::test]
async fn successful_reads_and_all_ingests_leave_no_line() {
    let api = audited();
    for path in
        [JOB, WEBHOOK, HEALTH, JWKS, GLOBAL, "/api/x/server", "/api/x/me", "/healthz", "/readyz"]
    {
        api.answer(get(path)).await.expect(200);
        api.answer(ask(Method::HEAD, path)).await;
    }
    api.answer(post(INGEST).body("bad")).await.expect(400);
    api.answer(post(INGEST).by_nobody().body(line(1))).await.expect(401);
    api.answer(post(INGEST).body(line(1))).await.expect(202);
    assert_eq!(api.archived("us").await, [line(1).into_bytes()]);
}

#[tokio::test]
async fn what_was_addressed_to_no_region_leaves_no_line() {
    let api = audited();
    api.answer(get("/api/xx/v2/audit-log-replay-job")).await.expect(404);
    api.answer(put("/api/xx/v2/audit-log-replay-job").by_nobody()).await.expect(401);
    api.answer(get("/api/us/nothing")).await.expect(404);
    api.answer(get("/nothing")).await.expect(404);
    for label in REGIONS {
        assert!(api.archived(label).await.is_empty(), "{label}");
    }
}

#[tokio::test]
async fn a_change_at_global_leaves_a_line_in_every_region() {
    let api = audited();
    api.enable("us").await;
    api.answer(put(GLOBAL).json(&last_hour())).await.expect(202);
    for label in REGIONS {
        let line = "PUT /api/global/v2/audit-log-replay-job 202".to_owned();
        assert!(told(&api, label).await.contains(&line), "{label}");
    }
}

#[tokio::test]
async fn a_refusal_at_global_leaves_a_line_in_the_default_region_alone() {
    let api = audited();
    api.answer(put(GLOBAL).json(&last_hour())).await.expect(400);
    assert_eq!(told(&api, "us").await, ["PUT /api/global/v2/audit-log-replay-job 400"]);
    for label in ["eu", "au"] {
        assert!(told(&api, label).await.is_empty(), "{label}");
    }
}

#[tokio::test]
async fn a_line_is_in_the_format_of_the_regions_webhook() {
    for (name, format) in [("cef", Format::Cef), ("json", Format::Json), ("cps", Format::Cps)] {
        let api = audited();
        api.answer(patch(WEBHOOK).json(&json!({"log_format": name}))).await.expect(200);
        api.answer(post(CANCEL)).await.expect(409);
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
async fn without_self_audit_there_is_no_line() {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    api.answer(get(JOB).by_nobody()).await.expect(401);
    api.answer(post("/api/eu/x/replay/cancel")).await.expect(409);
    for label in REGIONS {
        assert!(api.archived(label).await.is_empty(), "{label}");
    }
}

/// A server that writes audit lines of its own.
fn audited() -> Api {
    Api::set_up(|app| app.self_audit = true)
}

/// What the region's audit lines say was asked and answered, sorted: all of it happened at once.
async fn told(api: &Api, label: &str) -> Vec<String> {
    let mut told = Vec::new();
    for line in api.archived(label).await {
        let entry = Entry::read(&line, at(NOW)).unwrap();
        let fields = ["act", "request", "status"].map(|field| entry.field(field).unwrap());
        told.push(fields.join(" "));
    }
    told.sort_unstable();
    told
}
