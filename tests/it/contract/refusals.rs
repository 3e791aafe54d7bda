//! The order of refusals, and that a refused request changes nothing. Each test starts with a
//! request that has every fault and corrects one at a time.

use axum::http::Method;
use replay_core::job::Step;
use replay_server::auth::Role;
use serde_json::json;

use super::{
    request::{
        ApiRequest, CANCEL, GLOBAL, HEALTH, INGEST, JOB, JWKS, OVERVIEW, PREVIEW, PROGRESS, RATE,
        RESUME, TEST, WEBHOOK, get, get_preview, last_hour, line, patch, post, put,
        request_with_method,
    },
    server::Api,
};

#[tokio::test]
async fn a_put_is_refused_for_its_first_fault() {
    for version in ["v2", "v3"] {
        let api = Api::new();
        let reader = api.token(Role::ReadOnly, &[]).await;
        let elsewhere = format!("/api/xx/{version}/audit-log-replay-job");
        let path = format!("/api/us/{version}/audit-log-replay-job");
        let hopeless = |path: &str| put(path).with("content-type", "text/plain").body(too_large());
        api.enable("us").await;
        api.run("us").await;
        let disable = patch(WEBHOOK).json(&json!({"enabled": false}));
        api.send(disable).await.expect(200);

        for (request, status) in [
            (hopeless(&elsewhere).without_token(), 401),
            (hopeless(&elsewhere).with_token(&reader), 404),
            (hopeless(&path).with_token(&reader), 403),
            (hopeless(&path), 413),
            (hopeless(&path).body("{}"), 415),
            (put(&path).json(&json!({})), 400),
            (put(&path).json(&last_hour()), 409),
        ] {
            refuse(&api, request, status).await;
        }
        api.advance("us", Step::Complete).await;
        let unserved = api.send(put(&path).json(&last_hour())).await;
        unserved.assert_faults(&[("audit_log_webhook", "missing_reference")]);
        api.enable("us").await;
        api.send(put(&path).json(&last_hour())).await.expect(202);
    }
}

#[tokio::test]
async fn a_global_put_is_refused_for_its_first_fault() {
    let api = Api::new();
    let only_us = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let hopeless = || put(GLOBAL).with("content-type", "text/plain").body(too_large());
    for label in ["us", "eu"] {
        api.enable(label).await;
    }
    api.run("eu").await;
    for (request, status) in [
        (hopeless().without_token(), 401),
        (hopeless().with_token(&only_us), 403),
        (hopeless(), 413),
        (hopeless().body("{}"), 415),
        (put(GLOBAL).json(&json!({})), 400),
        (put(GLOBAL).json(&last_hour()), 409),
    ] {
        refuse(&api, request, status).await;
    }
    api.advance("eu", Step::Complete).await;
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
}

#[tokio::test]
async fn a_patch_is_refused_for_its_first_fault() {
    let api = Api::new();
    let reader = api.token(Role::ReadOnly, &[]).await;
    let elsewhere = "/api/global/v2/audit-log-webhook";
    let hopeless = |path| patch(path).with("content-type", "text/plain").body(too_large());
    for (request, status) in [
        (hopeless(elsewhere).without_token(), 401),
        (hopeless(elsewhere).with_token(&reader), 404),
        (hopeless(WEBHOOK).with_token(&reader), 403),
        (hopeless(WEBHOOK), 413),
        (hopeless(WEBHOOK).body("{}"), 415),
        (patch(WEBHOOK).json(&json!({"enabled": "yes"})), 400),
        (patch(WEBHOOK).json(&json!({"enabled": true})), 400),
    ] {
        refuse(&api, request, status).await;
    }
    api.send(patch(WEBHOOK).json(&json!({"log_format": "json"}))).await.expect(200);
}

#[tokio::test]
async fn an_ingest_is_refused_for_its_first_fault() {
    let api = Api::new();
    let reader = api.token(Role::ReadOnly, &[]).await;
    let (elsewhere, announced) = ("/api/xx/x/ingest", "16777217");
    let hopeless = |path| post(path).with("content-encoding", "br");
    for (request, status) in [
        (hopeless(elsewhere).with("content-length", announced).without_token(), 401),
        (hopeless(elsewhere).with("content-length", announced).with_token(&reader), 404),
        (hopeless(INGEST).with("content-length", announced).with_token(&reader), 403),
        (hopeless(INGEST).with("content-length", announced), 413),
        (hopeless(INGEST).body("no line"), 415),
        (post(INGEST).body("no line"), 400),
    ] {
        refuse(&api, request, status).await;
    }
    api.send(post(INGEST).body(line(1))).await.expect(202);
}

#[tokio::test]
async fn a_cancel_is_refused_for_its_first_fault() {
    let api = Api::new();
    let reader = api.token(Role::ReadOnly, &[]).await;
    let elsewhere = "/api/global/x/replay/cancel";
    for (request, status) in [
        (post(elsewhere).without_token(), 401),
        (post(elsewhere).with_token(&reader), 404),
        (post(CANCEL).with_token(&reader), 403),
        (post(CANCEL), 409),
    ] {
        refuse(&api, request, status).await;
    }
    api.enable("us").await;
    api.submit("us").await;
    api.send(post(CANCEL)).await.expect(202);
}

#[tokio::test]
async fn a_test_of_the_webhook_is_refused_for_its_first_fault() {
    let api = Api::new();
    let reader = api.token(Role::ReadOnly, &[]).await;
    for elsewhere in ["/api/global/x/webhook/test", "/api/xx/x/webhook/test"] {
        refuse(&api, post(elsewhere).without_token(), 401).await;
        refuse(&api, post(elsewhere).with_token(&reader), 404).await;
    }
    refuse(&api, post(TEST).with_token(&reader), 403).await;
    refuse(&api, post(TEST), 400).await;
}

#[tokio::test]
async fn a_read_is_refused_for_its_first_fault() {
    let api = Api::new();
    let only_eu = api.token(Role::ReadOnly, &["eu"]).await;
    for path in [JOB, "/api/us/v3/audit-log-replay-job", WEBHOOK, HEALTH, PROGRESS] {
        let elsewhere = path.replace("/us/", "/xx/");
        for (request, status) in [
            (get(&elsewhere).without_token(), 401),
            (get(&elsewhere).with_token(&only_eu), 404),
            (get(path).with_token(&only_eu), 403),
        ] {
            refuse(&api, request, status).await;
        }
        api.send(get(&path.replace("/us/", "/eu/")).with_token(&only_eu)).await.expect(200);
    }
    refuse(&api, get(&JWKS.replace("/us/", "/xx/")).without_token(), 404).await;
}

#[tokio::test]
async fn a_preview_is_refused_for_its_first_fault() {
    let api = Api::new();
    let only_eu = api.token(Role::ReadOnly, &["eu"]).await;
    for elsewhere in ["/api/xx/x/replay/preview", "/api/global/x/replay/preview"] {
        refuse(&api, get(elsewhere).without_token(), 401).await;
        refuse(&api, get(elsewhere).with_token(&only_eu), 404).await;
    }
    refuse(&api, get(PREVIEW).with_token(&only_eu), 403).await;
    refuse(&api, get(PREVIEW), 400).await;
    api.send(get_preview(PREVIEW)).await.expect(200);
}

#[tokio::test]
async fn an_unsupported_method_is_405_and_lists_the_supported_ones() {
    let api = Api::new();
    for (path, allowed) in [
        (JOB, "GET,HEAD,PUT"),
        ("/v3/audit-log-replay-job", "GET,HEAD,PUT"),
        (WEBHOOK, "GET,HEAD,PATCH"),
        (HEALTH, "GET,HEAD"),
        (JWKS, "GET,HEAD"),
        (PREVIEW, "GET,HEAD"),
        (PROGRESS, "GET,HEAD"),
        (INGEST, "POST"),
        (CANCEL, "POST"),
        (RESUME, "POST"),
        (RATE, "PUT"),
        (TEST, "POST"),
        ("/api/x/server", "GET,HEAD"),
        ("/api/x/me", "GET,HEAD"),
        (OVERVIEW, "GET,HEAD"),
    ] {
        let answer = api.send(request_with_method(Method::DELETE, path)).await.expect(405);
        assert_eq!(answer.header("allow"), allowed, "{path}");
        assert_eq!(answer.text("title"), "Method Not Allowed");
    }
}

#[tokio::test]
async fn an_unknown_path_is_404_with_and_without_a_token() {
    let api = Api::new();
    for path in [
        "/api",
        "/api/",
        "/api/us",
        "/api/us/v2",
        "/api/us/v4/audit-log-replay-job",
        "/api/us/v2/audit-log-replay-job/",
        "/api/us/v3/audit-log-webhook",
        "/api/us/x/replay/rewind",
        "/api/x/nothing",
        "/api/us/../us/v2/audit-log-replay-job",
        "/v2/audit-log-destinations",
    ] {
        let answer = api.send(get(path).without_token()).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.text("detail"), "Not Found");
    }
}

/// Asserts that the request is refused with that status and that the database does not change.
async fn refuse(api: &Api, request: ApiRequest, status: u16) {
    let description = format!("{request:?}");
    let before = api.database_image().await;
    let answer = api.send(request).await;
    assert_eq!(answer.status, status, "{description}\n{answer:#?}");
    assert!(api.database_image().await == before, "something changed: {description}");
}

fn too_large() -> Vec<u8> {
    vec![b' '; 64 * 1024 + 1]
}
