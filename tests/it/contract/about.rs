//! What the server says of itself and of whoever asks.

use chrono::TimeDelta;
use replay_server::auth::Role;
use serde_json::json;

use super::{api::Api, ask::get};

#[tokio::test]
async fn the_server_names_its_regions_and_limits_to_anybody() {
    let api = Api::set_up(|app| {
        app.policy.retention = TimeDelta::hours(36);
        app.default_region = app.regions[2].clone();
    });
    let server = api.answer(get("/api/x/server").by_nobody()).await.expect(200).json();
    let expected = json!({
        "mode": "embedded",
        "regions": [
            {"region": "us", "name": "United States"},
            {"region": "eu", "name": "Europe"},
            {"region": "au", "name": "Australia"},
        ],
        "default_region": "au",
        "retention_seconds": 129_600,
        "extensions": ["ingest", "cancel", "webhook/test"],
    });
    assert_eq!(server, expected);
}

#[tokio::test]
async fn whoever_asks_is_told_their_role_and_regions() {
    let api = Api::new();
    let everywhere = json!(["us", "eu", "au"]);
    for (role, regions, covered) in [
        (Role::OrgAdmin, &[][..], everywhere.clone()),
        (Role::AuditLogsAdmin, &["eu"][..], json!(["eu"])),
        (Role::ReadOnly, &[][..], everywhere.clone()),
        (Role::ReadOnly, &["au", "us", "xx"][..], json!(["us", "au"])),
    ] {
        let token = api.token(role, regions).await;
        let me = api.answer(get("/api/x/me").by(&token)).await.expect(200).json();
        assert_eq!(me, json!({"role": role.as_str(), "regions": covered}));
    }
    let me = api.answer(get("/api/x/me")).await.expect(200).json();
    assert_eq!(me, json!({"role": "org-admin", "regions": everywhere}));
}

#[tokio::test]
async fn a_healthy_server_says_so_to_anybody() {
    let answer = Api::new().answer(get("/healthz").by_nobody()).await.expect(200);
    assert_eq!(answer.body, "ok\n");
    assert!(answer.header("content-type").starts_with("text/plain"));
}
