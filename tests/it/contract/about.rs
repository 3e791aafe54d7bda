//! What the server reports about itself and about the caller's token.

use chrono::TimeDelta;
use replay_server::auth::Role;
use serde_json::json;

use super::{request::get, server::Api};

#[tokio::test]
async fn the_server_lists_its_regions_and_limits_without_a_token() {
    let api = Api::set_up(|app| {
        app.policy.retention = TimeDelta::hours(36);
        app.default_region = app.regions[2].clone();
    });
    let server = api.send(get("/api/x/server").without_token()).await.expect(200).json();
    let expected = json!({
        "mode": "embedded",
        "regions": [
            {"region": "us", "name": "United States"},
            {"region": "eu", "name": "Europe"},
            {"region": "au", "name": "Australia"},
        ],
        "default_region": "au",
        "retention_seconds": 129_600,
        "extensions": [
            "ingest",
            "cancel",
            "webhook/test",
            "preview",
            "progress",
            "history",
            "outages",
            "kinds",
            "rate",
            "resume",
            "overview",
        ],
    });
    assert_eq!(server, expected);
}

#[tokio::test]
async fn a_caller_reads_the_role_and_regions_of_its_token() {
    let api = Api::new();
    let everywhere = json!(["us", "eu", "au"]);
    for (role, regions, covered) in [
        (Role::OrgAdmin, &[][..], everywhere.clone()),
        (Role::AuditLogsAdmin, &["eu"][..], json!(["eu"])),
        (Role::ReadOnly, &[][..], everywhere.clone()),
        (Role::ReadOnly, &["au", "us", "xx"][..], json!(["us", "au"])),
    ] {
        let token = api.token(role, regions).await;
        let me = api.send(get("/api/x/me").with_token(&token)).await.expect(200).json();
        assert_eq!(me, json!({"role": role.as_str(), "regions": covered}));
    }
    let me = api.send(get("/api/x/me")).await.expect(200).json();
    assert_eq!(me, json!({"role": "org-admin", "regions": everywhere}));
}

#[tokio::test]
async fn a_healthy_server_answers_healthz_without_a_token() {
    let answer = Api::new().send(get("/healthz").without_token()).await.expect(200);
    assert_eq!(answer.body, "ok\n");
    assert!(answer.header("content-type").starts_with("text/plain"));
}
