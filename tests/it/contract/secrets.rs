//! No response contains a token or a secret. Every response of every test is checked; this test
//! makes the requests that are most likely to leak one.

use replay_server::auth::Role;
use serde_json::json;

use super::{
    request::{GLOBAL, HEALTH, INGEST, JOB, OVERVIEW, WEBHOOK, get, last_hour, patch, post, put},
    server::{ADMIN, AUTHORIZATION, Api},
};

#[tokio::test]
async fn no_response_contains_a_token_or_a_secret() {
    let api = Api::new();
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    api.enable("us").await;
    api.submit("us").await;
    let cut_off = format!("{{\"authorization\": \"{AUTHORIZATION}");
    let requests = || {
        [
            get(JOB),
            get(WEBHOOK),
            get(HEALTH),
            get(GLOBAL),
            get("/api/x/me"),
            get(OVERVIEW),
            get("/api/x/server"),
            put(JOB).json(&last_hour()),
            put(JOB).json(&json!(AUTHORIZATION)),
            put(JOB).json(&json!({"start_at": AUTHORIZATION, "end_at": [AUTHORIZATION]})),
            patch(WEBHOOK).json(&json!({"authorization": AUTHORIZATION, "enabled": 5})),
            patch(WEBHOOK).json(&json!({"authorization": [AUTHORIZATION]})),
            patch(WEBHOOK).json(&json!({"authorization": format!("{AUTHORIZATION}\n")})),
            patch(WEBHOOK).json(&json!({"log_format": AUTHORIZATION})),
            patch(WEBHOOK).json(&json!({"endpoint": format!("https://{AUTHORIZATION}")})),
            patch(WEBHOOK).json(&json!({"endpoint": "https://s3cret:s3cret@siem.example.com"})),
            patch(WEBHOOK).json(&json!({"endpoint": "https://elsewhere.example.com"})),
            patch(WEBHOOK).body(cut_off.clone()),
            post(INGEST).body(format!("{AUTHORIZATION}\n{{\"authorization\": {AUTHORIZATION}}}")),
            get(JOB).with_token("alr_nobody's"),
            get("/api/eu/v2/audit-log-webhook"),
            get(&format!("/api/{ADMIN}/v2/audit-log-webhook")),
            get(&format!("/{ADMIN}")),
        ]
    };
    for request in requests() {
        api.send(request).await;
    }
    for request in requests() {
        api.send(request.with_token(&token)).await;
    }
}
