//! The region of a request: named by the path, or by the host as Konnect is addressed.

use axum::http::Method;
use serde_json::json;

use super::{
    request::{get, patch, put, request_with_method, span},
    server::{Api, NOW},
};

#[tokio::test]
async fn both_api_versions_and_both_ways_of_addressing_reach_the_same_job() {
    let api = Api::new();
    for label in ["us", "eu"] {
        api.enable(label).await;
    }
    for (minute, (label, host, path)) in [
        ("us", "anything", "/api/us/v2/audit-log-replay-job"),
        ("eu", "anything", "/api/eu/v3/audit-log-replay-job"),
        ("us", "us.localhost:8787", "/v2/audit-log-replay-job"),
        ("eu", "eu.api.example.com", "/v3/audit-log-replay-job"),
        ("us", "localhost:8787", "/v2/audit-log-replay-job"),
        ("us", "eu.localhost:8787", "/api/us/v2/audit-log-replay-job"),
    ]
    .into_iter()
    .enumerate()
    {
        let start_at = format!("2026-11-23T11:{minute:02}:00Z");
        let body = span(&start_at, NOW);
        api.send(put(path).with("host", host).json(&body)).await.expect(202);
        for version in ["v2", "v3"] {
            for (host, path) in [
                ("anything".to_owned(), format!("/api/{label}/{version}/audit-log-replay-job")),
                (format!("{label}.localhost"), format!("/{version}/audit-log-replay-job")),
            ] {
                let answer = api.send(get(&path).with("host", &host)).await.expect(200);
                assert_eq!(answer.text("start_at"), start_at, "{host} {path}");
            }
        }
    }
}

#[tokio::test]
async fn the_webhook_is_addressed_by_host_too() {
    let api = Api::new();
    let format = json!({"log_format": "cps"});
    let change = patch("/v2/audit-log-webhook").with("host", "eu.localhost:8787").json(&format);
    api.send(change).await.expect(200);
    let by_path = api.send(get("/api/eu/v2/audit-log-webhook")).await;
    assert_eq!(by_path.text("log_format"), "cps");
    api.enable("eu").await;
    let health = get("/v2/audit-log-webhook/status").with("host", "eu.localhost:8787");
    assert_eq!(api.send(health).await.expect(200).json()["webhook_enabled"], true);
    let keys = get("/v2/audit-log-webhook/jwks.json").with("host", "eu.localhost").without_token();
    api.send(keys).await.expect(200);
}

#[tokio::test]
async fn a_host_without_a_known_region_addresses_the_default_region() {
    let api = Api::set_up(|app| app.default_region = app.regions[1].clone());
    api.enable("eu").await;
    for host in [
        "",
        "localhost",
        "127.0.0.1:8787",
        "[::1]:8787",
        "us",
        "us:8787",
        "audit.example.com",
        "jp.localhost",
        "us-1.localhost",
    ] {
        let answer = api.send(get("/v2/audit-log-webhook").with("host", host)).await;
        assert_eq!(answer.json()["enabled"], true, "{host}");
    }
    assert_eq!(api.send(get("/v2/audit-log-webhook")).await.json()["enabled"], true);
}

#[tokio::test]
async fn a_host_is_case_insensitive() {
    let api = Api::new();
    api.enable("eu").await;
    for host in ["eu.localhost", "EU.localhost:8787", "Eu.Api.Example.Com"] {
        let answer = api.send(get("/v2/audit-log-webhook").with("host", host)).await;
        assert_eq!(answer.json()["enabled"], true, "{host}");
    }
}

#[tokio::test]
async fn an_unknown_region_is_404() {
    let api = Api::new();
    for label in
        ["", "xx", "me", "US", "u", "us%20", "%75%73x", "%ff", "%2e%2e", "server", "..", "%00"]
    {
        for rest in [
            "v2/audit-log-replay-job",
            "v3/audit-log-replay-job",
            "v2/audit-log-webhook",
            "v2/audit-log-webhook/status",
            "v2/audit-log-webhook/jwks.json",
            "x/replay/preview",
            "x/replay/progress",
        ] {
            api.send(get(&format!("/api/{label}/{rest}"))).await.expect(404);
        }
    }
}

#[tokio::test]
async fn global_addresses_the_replay_job_only() {
    let api = Api::new();
    api.enable("us").await;
    for path in ["/api/global/v2/audit-log-replay-job", "/api/global/v3/audit-log-replay-job"] {
        api.send(get(path)).await.expect(200);
    }
    for version in ["v2", "v3"] {
        let path = format!("/{version}/audit-log-replay-job");
        let body = api.send(get(&path).with("host", "global.localhost")).await.json();
        assert!(body["regions"].is_object(), "{body}");
    }
    for (method, path) in [
        (Method::GET, "/api/global/v2/audit-log-webhook"),
        (Method::PATCH, "/api/global/v2/audit-log-webhook"),
        (Method::GET, "/api/global/v2/audit-log-webhook/status"),
        (Method::GET, "/api/global/v2/audit-log-webhook/jwks.json"),
        (Method::POST, "/api/global/x/ingest"),
        (Method::POST, "/api/global/x/replay/cancel"),
        (Method::POST, "/api/global/x/replay/resume"),
        (Method::PUT, "/api/global/x/replay/rate"),
        (Method::GET, "/api/global/x/replay/preview"),
        (Method::GET, "/api/global/x/replay/progress"),
    ] {
        api.send(request_with_method(method, path).json(&json!({}))).await.expect(404);
    }
    for path in ["/v2/audit-log-webhook", "/v2/audit-log-webhook/status"] {
        api.send(get(path).with("host", "global.localhost")).await.expect(404);
    }
}
