//! The gateway in front of a second instance of our own server: requests of the route table get the
//! upstream's own response, and no others are forwarded.

use core::time::Duration;

use axum::Router;
use chrono::TimeDelta;
use replay_core::Region;
use replay_server::gateway::{Gateway, Upstream, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    request::{
        ApiRequest, CANCEL, GLOBAL, HEALTH, INGEST, JOB, JWKS, OVERVIEW, PREVIEW, PROGRESS, TEST,
        WEBHOOK, get, last_hour, line, patch, post, put, request_with_method,
    },
    response::ApiResponse,
    server::{Api, REGIONS, region},
};

#[tokio::test]
async fn a_forwarded_request_gets_the_response_of_the_upstream() {
    let (behind, gateway) = pair().await;
    behind.enable("us").await;
    let through = |request: ApiRequest| forwarded(&gateway, request);
    let accepted = through(put(JOB).json(&last_hour())).await.expect(202).json();
    assert_eq!(accepted["status"], "accepted");
    for path in [JOB, WEBHOOK, HEALTH, JWKS, "/api/us/v3/audit-log-replay-job"] {
        let direct = behind.send(get(path)).await.expect(200).json();
        assert_eq!(through(get(path)).await.expect(200).json(), direct, "{path}");
    }
    let changed = through(patch(WEBHOOK).json(&json!({"log_format": "cps"}))).await;
    assert_eq!(changed.expect(200).text("log_format"), "cps");
}

#[tokio::test]
async fn a_path_without_a_region_is_forwarded_to_the_region_in_the_host() {
    let (behind, gateway) = pair().await;
    behind.enable("eu").await;
    behind.submit("eu").await;
    for (host, status) in [("eu.localhost", "accepted"), ("localhost", "unconfigured")] {
        let request = get("/v3/audit-log-replay-job").with("host", host);
        assert_eq!(forwarded(&gateway, request).await.expect(200).text("status"), status, "{host}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_upstream_is_forwarded_unchanged() {
    let (behind, gateway) = pair().await;
    let through = |request: ApiRequest| forwarded(&gateway, request);
    through(get(JOB).without_token()).await.expect(401);
    through(get(JOB).with_token("unknown")).await.expect(401);
    let missing = through(put(JOB).json(&json!({}))).await.expect(400).json();
    assert_eq!(missing["invalid_parameters"][0]["field"], "start_at");
    behind.enable("us").await;
    behind.run("us").await;
    through(put(JOB).json(&last_hour())).await.expect(409);
}

#[tokio::test]
async fn a_submission_with_an_idempotency_key_or_kinds_is_refused_and_not_forwarded() {
    let (behind, gateway) = pair().await;
    behind.enable("us").await;
    let with_kinds = |kinds: Value| {
        let mut body = last_hour();
        body["kinds"] = kinds;
        body
    };
    let key = "Idempotency-Key";
    for path in [JOB, "/api/us/v3/audit-log-replay-job"] {
        let with_key = || put(path).with("idempotency-key", "1");
        for (request, fields) in [
            (with_key().json(&last_hour()), &[key][..]),
            (with_key().body("no JSON"), &[key]),
            (put(path).json(&with_kinds(json!(["access"]))), &["kinds"]),
            (put(path).json(&with_kinds(json!(null))), &["kinds"]),
            (put(path).body(with_kinds(json!("access")).to_string()), &["kinds"]),
            (with_key().json(&with_kinds(json!(["access"]))), &[key, "kinds"]),
        ] {
            let unknown: Vec<_> = fields.iter().map(|field| (*field, "unknown_property")).collect();
            forwarded(&gateway, request).await.assert_faults(&unknown);
        }
    }
    let reason = forwarded(&gateway, put(JOB).with("idempotency-key", "")).await.reason(key);
    assert_eq!(reason, "must not be given, since Konnect has no idempotency keys");
    assert_eq!(behind.status("us").await, "unconfigured");
}

#[tokio::test]
async fn an_idempotency_key_and_kinds_of_other_requests_are_ignored_or_left_to_the_upstream() {
    let (behind, gateway) = pair().await;
    behind.enable("us").await;
    let keyed = get(JOB).with("idempotency-key", "1").json(&json!({"kinds": ["access"]}));
    forwarded(&gateway, keyed).await.expect(200);
    let patched = patch(WEBHOOK).with("idempotency-key", "1").json(&json!({"kinds": ["access"]}));
    forwarded(&gateway, patched).await.assert_faults(&[("kinds", "unknown_property")]);
    let unreadable = put(JOB).body(r#"{"kinds": ["access"]"#);
    forwarded(&gateway, unreadable).await.assert_faults(&[("body", "invalid")]);
    assert_eq!(behind.status("us").await, "unconfigured");
}

#[tokio::test]
async fn only_known_paths_of_known_regions_are_forwarded() {
    let (_behind, gateway) = pair().await;
    for path in [
        INGEST,
        CANCEL,
        PREVIEW,
        PROGRESS,
        TEST,
        GLOBAL,
        "/api/us/x/replay/resume",
        "/api/us/x/replay/rate",
        "/api/us/x/replay/history",
        "/api/us/x/replay/jobs/{id}",
        "/api/us/x/outages",
        "/api/us/x/outages/7/heal",
        "/api/x/me",
        OVERVIEW,
        "/api/xx/v2/audit-log-replay-job",
        "/api/US/v2/audit-log-replay-job",
        "/api/%75s/v2/audit-log-replay-job",
        "/api/us/v2/audit-log-replay-job/",
        "/api/us/v2//audit-log-replay-job",
        "/api/us/v2/./audit-log-replay-job",
        "/api/us/v3/../v2/audit-log-replay-job",
        "/api/us/v2%2faudit-log-replay-job",
        "/api/us/v2/audit-log-replay-job;x",
        "/api/us/v4/audit-log-replay-job",
        "/api/us/v2/users",
        "/api/us/v3/audit-log-webhook",
        "/api//v2/audit-log-replay-job",
        "/api/us@evil.example/v2/audit-log-replay-job",
        "/v2/users",
        "/",
    ] {
        forwarded(&gateway, get(path)).await.expect(404);
    }
    forwarded(&gateway, post(TEST)).await.expect(404);
    let global = get("/v2/audit-log-replay-job").with("host", "global.localhost");
    forwarded(&gateway, global).await.expect(404);
}

#[tokio::test]
async fn a_method_outside_the_route_table_is_405() {
    let (_behind, gateway) = pair().await;
    for (method, path, allow) in [
        ("DELETE", JOB, "GET,PUT"),
        ("PUT", WEBHOOK, "GET,PATCH"),
        ("POST", JWKS, "GET"),
        ("POST", "/api/x/server", "GET,HEAD"),
    ] {
        let answer = forwarded(&gateway, request_with_method(method.parse().unwrap(), path))
            .await
            .expect(405);
        assert_eq!(answer.header("allow"), allow);
    }
}

#[tokio::test]
async fn a_body_over_64_kib_is_not_forwarded() {
    let (_behind, gateway) = pair().await;
    forwarded(&gateway, put(JOB).body(line(1).repeat(1_000))).await.expect(413);
}

#[tokio::test]
async fn a_gateway_is_always_healthy_and_ready() {
    let (_behind, gateway) = pair().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(forwarded(&gateway, get(path).without_token()).await.expect(200).body, "ok\n");
    }
}

#[tokio::test]
async fn a_gateway_reports_its_mode() {
    let (_behind, gateway) = pair().await;
    let server = forwarded(&gateway, get("/api/x/server").without_token()).await.expect(200).json();
    assert_eq!(server["mode"], "gateway");
    assert_eq!(server["extensions"], json!([]));
    assert_eq!(server["regions"][1]["region"], "eu");
}

#[test]
fn an_upstream_is_https_or_loopback_and_contains_the_region() {
    for good in [
        "https://{region}.api.konghq.com",
        "https://{region}.api.konghq.com/",
        "http://127.0.0.1:8787/api/{region}",
        "http://localhost:8787/{region}/x",
        "http://[::1]:8787/api/{region}",
    ] {
        assert!(Upstream::read(good).is_ok(), "{good}");
    }
    for bad in [
        "https://us.api.konghq.com",
        "http://{region}.api.konghq.com",
        "http://127.0.0.1.evil.example/{region}",
        "ftp://{region}.api.konghq.com",
        "https://user:secret@{region}.api.konghq.com",
        "https://{region}.api.konghq.com?x=1",
        "https://{region}.api.konghq.com#x",
        "{region}",
    ] {
        assert!(Upstream::read(bad).is_err(), "{bad}");
    }
}

/// A server, and a gateway to it under a path prefix.
async fn pair() -> (Api, Router) {
    let behind = Api::new();
    let address = behind.listen().await;
    (behind, gateway(&format!("http://{address}/api/{{region}}")))
}

/// A gateway to that upstream with a timeout of one second.
pub(super) fn gateway(upstream: &str) -> Router {
    let regions: Vec<Region> = REGIONS.map(region).to_vec();
    let (upstream, default) = (Upstream::read(upstream).unwrap(), regions[0].clone());
    let (retention, timeout) = (TimeDelta::days(7), Duration::from_secs(1));
    router(Gateway::new(upstream, regions, default, retention, timeout).unwrap())
}

pub(super) async fn forwarded(gateway: &Router, request: ApiRequest) -> ApiResponse {
    let Ok(response) = gateway.clone().oneshot(request.into_request()).await;
    ApiResponse::of(response).await
}
