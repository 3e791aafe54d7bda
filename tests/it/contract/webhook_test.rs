//! A webhook's test: what a receiver gets to see of it, what is answered, and what is known of the
//! webhook afterwards. The receivers are real.

use std::sync::Arc;

use audit_log::{Entry, Format, Kind};
use replay_core::webhook::{Endpoint, Patch};
use replay_server::{auth::Role, egress::Egress};
use replay_tests::receiver::{Gate, Receiver, Reply, ReservedPort};
use serde_json::{Value, json};

use super::{
    api::{ADMIN, AUTHORIZATION, Api, NOW, at, region},
    ask::{HEALTH, TEST, WEBHOOK, get, patch, post},
};

#[tokio::test]
async fn what_a_receiver_takes_was_delivered_and_makes_the_webhook_active() {
    for code in [200, 202, 204, 299] {
        let receiver = Receiver::replying(move |_| Reply::Status(code)).await;
        let api = pointed_at(&receiver.url()).await;
        let delivered = json!({"delivered": true, "response_code": code, "at": NOW});
        assert_eq!(tested(&api).await, delivered);
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
async fn any_other_answer_was_not_delivered_and_is_not_asked_for_again() {
    for (code, message) in [
        (302, "Found"),
        (401, "Unauthorized"),
        (413, "Payload Too Large"),
        (429, "Too Many Requests"),
        (503, "Service Unavailable"),
    ] {
        let elsewhere = Receiver::accepting().await;
        let head = format!("HTTP/1.1 {code} s3cret\r\nlocation: {}\r\n", elsewhere.url());
        let says = format!("{head}content-length: 12\r\n\r\ns3cret words");
        let receiver = Receiver::replying(move |_| Reply::Bytes(says.clone())).await;
        let api = pointed_at(&receiver.url()).await;
        let refused =
            json!({"delivered": false, "response_code": code, "message": message, "at": NOW});
        assert_eq!(tested(&api).await, refused);
        assert_eq!((receiver.requests().len(), elsewhere.connections()), (1, 0));
        let inactive = json!({
            "webhook_status": "inactive",
            "webhook_enabled": false,
            "last_attempt_at": NOW,
            "last_response_code": code,
            "last_response_message": message,
        });
        assert_eq!(health(&api).await, inactive);
    }
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_no_delivery_and_says_so() {
    let down = ReservedPort::new();
    let api = pointed_at(&down.url()).await;
    let refused = json!({"delivered": false, "message": "connection refused", "at": NOW});
    assert_eq!(tested(&api).await, refused);
    let receiver = down.listen();
    assert_eq!(tested(&api).await["delivered"], true);
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_says_nothing_is_given_half_a_minute() {
    let receiver = Receiver::replying(|_| Reply::Stall("")).await;
    let api = pointed_at(&receiver.url()).await;
    let started = tokio::time::Instant::now();
    let silent = json!({"delivered": false, "message": "no answer in time", "at": NOW});
    assert_eq!(tested(&api).await, silent);
    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn an_address_that_may_not_be_dialled_is_not() {
    let (api, receiver) = (Api::new(), Receiver::accepting().await);
    let endpoint = format!("https://localhost:{}/", receiver.address.port());
    api.answer(patch(WEBHOOK).json(&json!({ "endpoint": endpoint }))).await.expect(200);
    let denied = tested(&api).await;
    assert_eq!((&denied["delivered"], denied.get("response_code")), (&json!(false), None));
    let message = denied["message"].as_str().unwrap();
    assert!(message.contains("not public"), "{message}");
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn what_an_internal_name_resolves_to_is_shown_to_an_org_admin_only() {
    let api = Api::new();
    point(&api, "us", "https://localhost/").await;
    let not_public = "must not resolve to an address that is not public";
    let message = tested(&api).await["message"].as_str().unwrap().to_owned();
    assert!([": [127.0.0.1]", ": [::1]"].contains(&message.strip_prefix(not_public).unwrap()));
    assert_eq!(health(&api).await["last_response_message"], not_public);
    let other = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let shown = api.answer(post(TEST).by(&other)).await.expect(200);
    assert_eq!(shown.text("message"), not_public);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_called_that() {
    let api = Api::set_up(|app| app.egress = loopback());
    // Longer than a label may be, so no name server is asked. A PATCH refuses it.
    let url = format!("http://{}/", "a".repeat(64));
    let endpoint = Some(Endpoint { url: url.clone(), origin: url });
    let webhook = Patch { endpoint, ..Patch::default() };
    api.store.patch_webhook(&region("us"), webhook, at(NOW)).await.unwrap().unwrap();
    let unresolved = "the name could not be resolved";
    assert_eq!(tested(&api).await["message"], unresolved);
    assert_eq!(health(&api).await["last_response_message"], unresolved);
}

#[tokio::test]
async fn a_webhook_without_an_endpoint_has_nothing_to_test() {
    let api = Api::new();
    api.answer(patch(WEBHOOK).json(&json!({"log_format": "json"}))).await.expect(200);
    let refused = api.answer(post(TEST)).await;
    assert!(refused.json()["invalid_parameters"][0]["reason"].as_str().unwrap().contains("tested"));
    refused.assert_faults(&[("audit_log_webhook", "missing_reference")]);
}

#[tokio::test]
async fn a_test_has_the_form_of_a_delivery_and_a_name_of_its_own() {
    let receiver = Receiver::accepting().await;
    let api = pointed_at(&receiver.url()).await;
    let secret = r#"Splunk  "1=2",\ ~!"#;
    api.answer(patch(WEBHOOK).json(&json!({ "authorization": secret }))).await.expect(200);
    for body in ["", "{}", "not json"] {
        api.answer(post(TEST).body(body)).await.expect(200);
    }
    let ledger = receiver.requests();
    for test in &ledger {
        assert_eq!(test.request_line, "POST /logs?from=konnect HTTP/1.1");
        assert_eq!(test.header("content-type"), "text/plain");
        assert_eq!(test.header("content-encoding"), "gzip");
        assert_eq!(test.header("authorization"), secret);
        assert!(test.header("webhook-id").starts_with("test-"));
        assert!(test.headers.iter().all(|(name, _)| name != "x-replay-job-id"), "{test:?}");
    }
    let [first, second, third] = &ledger[..] else { panic!("{ledger:?}") };
    assert_ne!(first.header("webhook-id"), second.header("webhook-id"));
    assert_ne!(second.header("webhook-id"), third.header("webhook-id"));
    // Each has dialled.
    assert_eq!(receiver.connections(), 3);
}

#[tokio::test]
async fn the_line_says_that_it_is_a_test_in_the_format_of_the_webhook() {
    for (name, format) in [("cef", Format::Cef), ("json", Format::Json), ("cps", Format::Cps)] {
        let receiver = Receiver::accepting().await;
        let api = pointed_at(&receiver.url()).await;
        api.answer(patch(WEBHOOK).json(&json!({ "log_format": name }))).await.expect(200);
        assert_eq!(tested(&api).await["delivered"], true);

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
async fn a_test_is_recorded_under_the_trace_of_its_line_and_is_not_archived_itself() {
    let receiver = Receiver::accepting().await;
    let api = Api::set_up(|app| {
        app.self_audit = true;
        app.egress = loopback();
    });
    point(&api, "us", &receiver.url()).await;
    api.answer(post(TEST)).await.expect(200);
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
async fn one_test_at_a_time_will_do_and_nothing_waits_for_it() {
    let (gate, other) = (Gate::closed(), Receiver::accepting().await);
    let held = gate.clone();
    let receiver = Receiver::replying(move |_| held.hold(Reply::Status(204))).await;
    let api = Arc::new(pointed_at(&receiver.url()).await);
    point(&api, "eu", &other.url()).await;
    let first = tokio::spawn({
        let api = Arc::clone(&api);
        async move { tested(&api).await }
    });
    receiver.wait_for_requests(1).await;

    let refused = api.answer(post(TEST)).await.expect(409);
    assert_eq!(refused.text("detail"), "A test of the webhook is under way");
    let elsewhere = api.answer(post("/api/eu/x/webhook/test")).await.expect(200);
    assert_eq!(elsewhere.json()["delivered"], true);
    api.answer(patch(WEBHOOK).json(&json!({}))).await.expect(200);

    gate.open();
    assert_eq!(first.await.unwrap()["delivered"], true);
    assert_eq!(tested(&api).await["delivered"], true);
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn a_test_says_nothing_of_a_webhook_that_was_changed_meanwhile() {
    let gate = Gate::closed();
    let held = gate.clone();
    let receiver = Receiver::replying(move |_| held.hold(Reply::Status(401))).await;
    let api = Arc::new(pointed_at(&receiver.url()).await);
    let test = tokio::spawn({
        let api = Arc::clone(&api);
        async move { tested(&api).await }
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
async fn who_may_change_the_webhook_may_test_it() {
    let receiver = Receiver::accepting().await;
    let api = pointed_at(&receiver.url()).await;
    for (role, regions, status) in [
        (Role::OrgAdmin, &[][..], 200),
        (Role::AuditLogsAdmin, &["us"][..], 200),
        (Role::AuditLogsAdmin, &["eu"][..], 403),
        (Role::ReadOnly, &[][..], 403),
        (Role::Ingest, &[][..], 403),
    ] {
        let token = api.token(role, regions).await;
        api.answer(post(TEST).by(&token)).await.expect(status);
        api.answer(patch(WEBHOOK).by(&token).json(&json!({}))).await.expect(status);
    }
    api.answer(post(TEST).by_nobody()).await.expect(401);
    assert_eq!(receiver.requests().len(), 2);
}

/// A server that may send to loopback, with a webhook there that is not enabled.
async fn pointed_at(url: &str) -> Api {
    let api = Api::set_up(|app| app.egress = loopback());
    point(&api, "us", url).await;
    api
}

async fn point(api: &Api, label: &str, url: &str) {
    let path = format!("/api/{label}/v2/audit-log-webhook");
    api.answer(patch(&path).json(&json!({ "endpoint": url }))).await.expect(200);
}

fn loopback() -> Egress {
    Egress::new(vec!["127.0.0.0/8".parse().unwrap()])
}

async fn tested(api: &Api) -> Value {
    api.answer(post(TEST)).await.expect(200).json()
}

async fn health(api: &Api) -> Value {
    api.answer(get(HEALTH)).await.expect(200).json()
}
