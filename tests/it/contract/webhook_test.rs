//! The test of a webhook: the request that the receiver gets, the response of the API, and the
//! webhook's health afterwards. The receivers are real.

use std::sync::Arc;

use audit_log::{Entry, Format, Kind};
use replay_core::{
    OutageId,
    webhook::{Endpoint, Patch},
};
use replay_server::auth::Role;
use replay_tests::{
    app_state::loopback,
    receiver::{Gate, Receiver, Reply, ReservedPort},
};
use serde_json::{Value, json};

use super::{
    request::{HEALTH, TEST, WEBHOOK, get, patch, post},
    server::{ADMIN, AUTHORIZATION, Api, NOW, at, region},
};

#[tokio::test]
async fn a_test_answered_with_2xx_is_delivered_and_makes_the_webhook_active() {
    for code in [200, 202, 204, 299] {
        let receiver = Receiver::replying(move |_| Reply::Status(code)).await;
        let api = server_with_webhook(&receiver.url()).await;
        let delivered = json!({"delivered": true, "response_code": code, "at": NOW});
        assert_eq!(run_test(&api).await, delivered);
        assert_eq!(receiver.requests().len(), 1);
        let active = json!({
            "webhook_status": "active",
            "webhook_enabled": false,
            "last_attempt_at": NOW,
            "last_response_code": code,
        });
        assert_eq!(health(&api).await, active);
    }
}

#[tokio::test]
async fn a_test_answered_with_another_status_is_not_delivered_and_not_retried() {
    for (code, message) in [
        (302, "Found"),
        (401, "Unauthorized"),
        (413, "Payload Too Large"),
        (429, "Too Many Requests"),
        (503, "Service Unavailable"),
    ] {
        let elsewhere = Receiver::accepting().await;
        let head = format!("HTTP/1.1 {code} s3cret\r\nlocation: {}\r\n", elsewhere.url());
        let response = format!("{head}content-length: 12\r\n\r\ns3cret words");
        let receiver = Receiver::replying(move |_| Reply::Bytes(response.clone())).await;
        let api = server_with_webhook(&receiver.url()).await;
        let refused =
            json!({"delivered": false, "response_code": code, "message": message, "at": NOW});
        assert_eq!(run_test(&api).await, refused);
        assert_eq!((receiver.requests().len(), elsewhere.connections()), (1, 0));
        let inactive = json!({
            "webhook_status": "inactive",
            "webhook_enabled": false,
            "last_attempt_at": NOW,
            "last_response_code": code,
            "last_response_message": message,
            "inactive_since": NOW,
        });
        assert_eq!(health(&api).await, inactive);
    }
}

#[tokio::test]
async fn a_refused_connection_is_reported_as_not_delivered() {
    let down = ReservedPort::new();
    let api = server_with_webhook(&down.url()).await;
    let refused = json!({"delivered": false, "message": "connection refused", "at": NOW});
    assert_eq!(run_test(&api).await, refused);
    let receiver = down.listen();
    assert_eq!(run_test(&api).await["delivered"], true);
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_test_without_a_response_times_out_after_half_a_minute() {
    let receiver = Receiver::replying(|_| Reply::Stall("")).await;
    let api = server_with_webhook(&receiver.url()).await;
    let started = tokio::time::Instant::now();
    let silent = json!({"delivered": false, "message": "no answer in time", "at": NOW});
    assert_eq!(run_test(&api).await, silent);
    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_test_does_not_dial_a_denied_address() {
    let (api, receiver) = (Api::new(), Receiver::accepting().await);
    let endpoint = format!("https://localhost:{}/", receiver.address.port());
    api.send(patch(WEBHOOK).json(&json!({ "endpoint": endpoint }))).await.expect(200);
    let denied = run_test(&api).await;
    assert_eq!((&denied["delivered"], denied.get("response_code")), (&json!(false), None));
    let message = denied["message"].as_str().unwrap();
    assert!(message.contains("not public"), "{message}");
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn the_address_of_an_internal_name_is_shown_only_to_an_org_admin() {
    let api = Api::new();
    point(&api, "us", "https://localhost/").await;
    let not_public = "must not resolve to an address that is not public";
    let message = run_test(&api).await["message"].as_str().unwrap().to_owned();
    assert!([": [127.0.0.1]", ": [::1]"].contains(&message.strip_prefix(not_public).unwrap()));
    assert_eq!(health(&api).await["last_response_message"], not_public);
    let other = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let shown = api.send(post(TEST).with_token(&other)).await.expect(200);
    assert_eq!(shown.text("message"), not_public);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_reported() {
    let api = Api::set_up(|app| app.egress = loopback());
    // Longer than a label may be, so that no name server is queried. A PATCH refuses it.
    let url = format!("http://{}/", "a".repeat(64));
    let endpoint = Some(Endpoint { url: url.clone(), origin: url });
    let webhook = Patch { endpoint, ..Patch::default() };
    api.store.patch_webhook(&region("us"), webhook, OutageId(0), at(NOW)).await.unwrap();
    let unresolved = "the name could not be resolved";
    assert_eq!(run_test(&api).await["message"], unresolved);
    assert_eq!(health(&api).await["last_response_message"], unresolved);
}

#[tokio::test]
async fn a_webhook_without_an_endpoint_cannot_be_run_test() {
    let api = Api::new();
    api.send(patch(WEBHOOK).json(&json!({"log_format": "json"}))).await.expect(200);
    let refused = api.send(post(TEST)).await;
    assert!(refused.json()["invalid_parameters"][0]["reason"].as_str().unwrap().contains("tested"));
    refused.assert_faults(&[("audit_log_webhook", "missing_reference")]);
}

#[tokio::test]
async fn a_test_has_the_form_of_a_delivery_and_its_own_webhook_id() {
    let receiver = Receiver::accepting().await;
    let api = server_with_webhook(&receiver.url()).await;
    let secret = r#"Splunk  "1=2",\ ~!"#;
    api.send(patch(WEBHOOK).json(&json!({ "authorization": secret }))).await.expect(200);
    for body in ["", "{}", "not json"] {
        api.send(post(TEST).body(body)).await.expect(200);
    }
    let requests = receiver.requests();
    for test in &requests {
        assert_eq!(test.request_line, "POST /logs?from=konnect HTTP/1.1");
        assert_eq!(test.header("content-type"), "text/plain");
        assert_eq!(test.header("content-encoding"), "gzip");
        assert_eq!(test.header("authorization"), secret);
        assert!(test.header("webhook-id").starts_with("test-"));
        assert!(test.headers.iter().all(|(name, _)| name != "x-replay-job-id"), "{test:?}");
    }
    let [first, second, third] = &requests[..] else { panic!("{requests:?}") };
    assert_ne!(first.header("webhook-id"), second.header("webhook-id"));
    assert_ne!(second.header("webhook-id"), third.header("webhook-id"));
    // Both tests have connected.
    assert_eq!(receiver.connections(), 3);
}

#[tokio::test]
async fn the_line_of_a_test_is_marked_and_has_the_format_of_the_webhook() {
    for (name, format) in [("cef", Format::Cef), ("json", Format::Json), ("cps", Format::Cps)] {
        let receiver = Receiver::accepting().await;
        let api = server_with_webhook(&receiver.url()).await;
        api.send(patch(WEBHOOK).json(&json!({ "log_format": name }))).await.expect(200);
        assert_eq!(run_test(&api).await["delivered"], true);

        let body = receiver.requests()[0].body.clone();
        let line = body.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "{body}");
        let entry = Entry::read(line.as_bytes(), at(NOW)).unwrap();
        assert_eq!((entry.kind(), entry.format()), (Kind::Access, format));
        assert_eq!(entry.event_at(), at(NOW));
        for (field, value) in [
            ("event_product", "audit-log-replay"),
            ("act", "webhook-test"),
            ("request", TEST),
            ("principal_id", "environment"),
        ] {
            assert_eq!(entry.field(field).as_deref(), Some(value), "{name} {field}");
        }
        assert!(!line.contains(ADMIN) && !line.contains(AUTHORIZATION), "{line}");
    }
}

#[tokio::test]
async fn a_test_is_recorded_with_its_trace_id_and_its_line_is_not_archived() {
    let receiver = Receiver::accepting().await;
    let api = Api::set_up(|app| {
        app.self_audit = true;
        app.egress = loopback();
    });
    point(&api, "us", &receiver.url()).await;
    api.send(post(TEST)).await.expect(200);
    let sent = receiver.requests()[0].body.clone();
    let sent = Entry::read(sent.as_bytes(), at(NOW)).unwrap();
    let lines = api.archived("us").await;
    let entries: Vec<_> = lines.iter().map(|line| Entry::read(line, at(NOW)).unwrap()).collect();
    let acts: Vec<_> = entries.iter().map(|entry| entry.field("act").unwrap()).collect();
    assert_eq!(acts, ["PATCH", "POST"]);
    assert_eq!(entries[1].field("request").unwrap(), TEST);
    assert_eq!(entries[1].field("trace_id"), sent.field("trace_id"));
}

#[tokio::test]
async fn a_second_test_is_refused_and_nothing_waits_for_the_first() {
    let (gate, other) = (Gate::closed(), Receiver::accepting().await);
    let held = gate.clone();
    let receiver = Receiver::replying(move |_| held.hold(Reply::Status(204))).await;
    let api = Arc::new(server_with_webhook(&receiver.url()).await);
    point(&api, "eu", &other.url()).await;
    let first = tokio::spawn({
        let api = Arc::clone(&api);
        async move { run_test(&api).await }
    });
    receiver.wait_for_requests(1).await;

    let refused = api.send(post(TEST)).await.expect(409);
    assert_eq!(refused.text("detail"), "A test of the webhook is under way");
    let elsewhere = api.send(post("/api/eu/x/webhook/test")).await.expect(200);
    assert_eq!(elsewhere.json()["delivered"], true);
    api.send(patch(WEBHOOK).json(&json!({}))).await.expect(200);

    gate.open();
    assert_eq!(first.await.unwrap()["delivered"], true);
    assert_eq!(run_test(&api).await["delivered"], true);
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn a_test_does_not_change_the_health_of_a_webhook_changed_meanwhile() {
    let gate = Gate::closed();
    let held = gate.clone();
    let receiver = Receiver::replying(move |_| held.hold(Reply::Status(401))).await;
    let api = Arc::new(server_with_webhook(&receiver.url()).await);
    let test = tokio::spawn({
        let api = Arc::clone(&api);
        async move { run_test(&api).await }
    });
    receiver.wait_for_requests(1).await;
    api.turn_clock_to("2026-11-23T12:00:01Z");
    point(&api, "us", "http://127.0.0.1:9/").await;
    gate.open();
    assert_eq!(test.await.unwrap()["response_code"], 401);
    let untried = json!({"webhook_status": "active", "webhook_enabled": false});
    assert_eq!(health(&api).await, untried);
}

#[tokio::test]
async fn a_role_that_may_change_the_webhook_may_test_it() {
    let receiver = Receiver::accepting().await;
    let api = server_with_webhook(&receiver.url()).await;
    for (role, regions, status) in [
        (Role::OrgAdmin, &[][..], 200),
        (Role::AuditLogsAdmin, &["us"][..], 200),
        (Role::AuditLogsAdmin, &["eu"][..], 403),
        (Role::ReadOnly, &[][..], 403),
        (Role::Ingest, &[][..], 403),
    ] {
        let token = api.token(role, regions).await;
        api.send(post(TEST).with_token(&token)).await.expect(status);
        api.send(patch(WEBHOOK).with_token(&token).json(&json!({}))).await.expect(status);
    }
    api.send(post(TEST).without_token()).await.expect(401);
    assert_eq!(receiver.requests().len(), 2);
}

/// A server that may deliver to loopback, with a disabled webhook at `url`.
async fn server_with_webhook(url: &str) -> Api {
    let api = Api::set_up(|app| app.egress = loopback());
    point(&api, "us", url).await;
    api
}

async fn point(api: &Api, label: &str, url: &str) {
    let path = format!("/api/{label}/v2/audit-log-webhook");
    api.send(patch(&path).json(&json!({ "endpoint": url }))).await.expect(200);
}

async fn run_test(api: &Api) -> Value {
    api.send(post(TEST)).await.expect(200).json()
}

async fn health(api: &Api) -> Value {
    api.send(get(HEALTH)).await.expect(200).json()
}
