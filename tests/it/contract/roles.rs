//! Authorization: every role against every route, and which tokens are valid.

use replay_server::{
    auth::{Role, TokenDigest},
    token::{self, Lifetime},
};
use serde_json::json;

use super::{
    request::{
        ApiRequest, CANCEL, GLOBAL, HEALTH, INGEST, JOB, JWKS, PREVIEW, PROGRESS, RATE, RESUME,
        TEST, WEBHOOK, get, get_preview, last_hour, line, patch, post, put,
    },
    server::{ADMIN, Api, NOW, at},
};

#[tokio::test]
async fn an_org_admin_may_do_everything_everywhere() {
    let api = Api::new();
    let token = api.token(Role::OrgAdmin, &[]).await;
    for by in [ADMIN, &token] {
        for label in ["us", "eu"] {
            assert_eq!(allowed(&api, by, label).await, EVERYTHING);
        }
    }
}

#[tokio::test]
async fn an_audit_logs_admin_may_do_everything_in_its_regions() {
    let api = Api::new();
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    assert_eq!(allowed(&api, &token, "us").await, EVERYTHING);
    assert_eq!(allowed(&api, &token, "eu").await, [JWKS]);
}

#[tokio::test]
async fn a_reader_may_only_read() {
    let api = Api::new();
    let token = api.token(Role::ReadOnly, &[]).await;
    assert_eq!(allowed(&api, &token, "us").await, &EVERYTHING[..6]);
    let only_eu = api.token(Role::ReadOnly, &["eu"]).await;
    assert_eq!(allowed(&api, &only_eu, "us").await, [JWKS]);
}

#[tokio::test]
async fn an_ingester_may_only_ingest() {
    let api = Api::new();
    let token = api.token(Role::Ingest, &[]).await;
    assert_eq!(allowed(&api, &token, "us").await, [JWKS, INGEST]);
    api.send(get("/api/x/me").with_token(&token)).await.expect(403);
    api.send(get(GLOBAL).with_token(&token)).await.expect(403);
    let only_us = api.token(Role::Ingest, &["us"]).await;
    assert_eq!(allowed(&api, &only_us, "us").await, [JWKS, INGEST]);
    assert_eq!(allowed(&api, &only_us, "eu").await, [JWKS]);
}

#[tokio::test]
async fn a_role_is_checked_in_the_addressed_region() {
    let api = Api::new();
    let only_us = api.token(Role::ReadOnly, &["us"]).await;
    for (host, path, status) in [
        ("us.localhost", "/v2/audit-log-webhook", 200),
        ("eu.localhost", "/v2/audit-log-webhook", 403),
        ("eu.localhost", "/v3/audit-log-replay-job", 403),
        ("eu.localhost", "/v2/audit-log-webhook/status", 403),
        ("global.localhost", "/v2/audit-log-replay-job", 200),
        ("localhost", "/v3/audit-log-replay-job", 200),
        ("eu.localhost", JOB, 200),
        ("us.localhost", "/api/eu/v2/audit-log-replay-job", 403),
    ] {
        let answer = api.send(get(path).with("host", host).with_token(&only_us)).await;
        assert_eq!(answer.status, status, "{host} {path}");
    }
}

#[tokio::test]
async fn an_unknown_token_is_401() {
    let api = Api::new();
    let good = api.token(Role::OrgAdmin, &[]).await;
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        &format!("Bearer {good}0"),
        &format!("Bearer {}", &good[..good.len() - 1]),
        &format!("Bearer {}", good.to_uppercase()),
        &format!("Basic {good}"),
        &format!("Basic {ADMIN}"),
        &good,
        "Bearer \u{fc}",
    ] {
        let answer = api.send(get(JOB).with("authorization", authorization)).await;
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    api.send(get(JOB).without_token()).await.expect(401);
    api.send(get("/api/x/me").without_token()).await.expect(401);
}

#[tokio::test]
async fn the_authorization_scheme_is_case_insensitive() {
    let api = Api::new();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let authorization = format!("{scheme} {ADMIN}");
        api.send(get(JOB).with("authorization", authorization)).await.expect(200);
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let api = Api::new();
    let token = api.token(Role::OrgAdmin, &[]).await;
    api.send(get(JOB).with_token(&token)).await.expect(200);
    let stored = api.store.tokens().await.unwrap();
    assert!(api.store.revoke_token(&stored[0].id).await.unwrap());
    api.send(get(JOB).with_token(&token)).await.expect(401);
}

#[tokio::test]
async fn an_expired_token_is_refused_from_the_moment_it_expires() {
    let api = Api::new();
    let lifetime = Some(Lifetime::read("90d").unwrap());
    let (token, stored) = token::draw(Role::ReadOnly, &[], lifetime, at(NOW)).unwrap();
    api.store.add_token(stored).await.unwrap();
    for (now, status) in [
        (NOW, 200),
        ("2027-02-21T11:59:59.999Z", 200),
        ("2027-02-21T12:00:00Z", 401),
        ("2028-01-01T00:00:00Z", 401),
    ] {
        api.turn_clock_to(now);
        api.send(get(JOB).with_token(&token.text)).await.expect(status);
    }
}

#[tokio::test]
async fn only_stored_tokens_are_valid_without_a_token_in_the_environment() {
    let api = Api::set_up(|app| app.admin = None);
    api.send(get(JOB)).await.expect(401);
    api.send(get(JOB).with_token("")).await.expect(401);
    let token = api.token(Role::OrgAdmin, &[]).await;
    api.send(get(JOB).with_token(&token)).await.expect(200);
}

#[tokio::test]
async fn a_token_is_not_stored_in_plain_text() {
    let api = Api::new();
    let token = api.token(Role::OrgAdmin, &[]).await;
    let digest = TokenDigest::of(&token).bytes();
    let stored = api.database_image().await;
    assert!(!stored.contains(token.as_bytes()));
    assert!(!stored.contains(ADMIN.as_bytes()));
    assert!(stored.contains(&digest));
}

/// Every kind of request to a region.
const EVERYTHING: [&str; 13] = [
    "GET job",
    "GET webhook",
    HEALTH,
    JWKS,
    PREVIEW,
    PROGRESS,
    "PUT job",
    "PATCH webhook",
    INGEST,
    RATE,
    CANCEL,
    RESUME,
    TEST,
];

/// The requests that the token is allowed in the region; all others are 403.
async fn allowed(api: &Api, token: &str, label: &str) -> Vec<&'static str> {
    api.enable(label).await;
    api.submit(label).await;
    // Far from the times of the tests.
    let nowhere = json!({"endpoint": "https://localhost", "authorization": "any"});
    let webhook = format!("/api/{label}/v2/audit-log-webhook");
    api.send(patch(&webhook).json(&nowhere)).await.expect(200);
    let requests: [fn(&str) -> ApiRequest; 13] = [
        get,
        get,
        get,
        get,
        get_preview,
        get,
        |path| put(path).json(&last_hour()),
        |path| patch(path).json(&json!({"skip_ssl_verification": true})),
        |path| post(path).body(line(1)),
        |path| put(path).json(&json!({"lines_per_second": 5})),
        post,
        post,
        post,
    ];
    let paths = [
        JOB, WEBHOOK, HEALTH, JWKS, PREVIEW, PROGRESS, JOB, WEBHOOK, INGEST, RATE, CANCEL, RESUME,
        TEST,
    ];
    let mut allowed = Vec::new();
    for ((what, path), request) in EVERYTHING.into_iter().zip(paths).zip(requests) {
        let path = path.replace("/us/", &format!("/{label}/"));
        let answer = api.send(request(&path).with_token(token)).await;
        if answer.status.is_success() {
            allowed.push(what);
        } else {
            answer.expect(403);
        }
    }
    allowed
}
