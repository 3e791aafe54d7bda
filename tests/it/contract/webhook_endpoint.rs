//! Valid endpoints of a webhook, and that changing the origin requires the secret again.

use replay_core::webhook::Secret;
use replay_server::egress::Egress;
use replay_tests::app_state::loopback;
use serde_json::{Value, json};

use super::{
    request::{WEBHOOK, get, patch},
    server::{AUTHORIZATION, Api, region},
};

#[tokio::test]
async fn an_endpoint_is_an_https_url_without_a_password() {
    let api = Api::new();
    for endpoint in [
        "siem.example.com",
        "//siem.example.com",
        "https://",
        "https:// /",
        "unconfigured",
        "ftp://siem.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://siem.example.com",
        "HTTP://siem.example.com",
        "http://93.184.216.34",
        "https://user@siem.example.com",
        "https://user:s3cret@siem.example.com",
        "https://siem.example.com:99999",
    ] {
        assert_denied(&api, endpoint).await;
    }
    for endpoint in [
        "https://siem.example.com",
        "https://siem.example.com:8443/audit?token=x#y",
        "https://93.184.216.34/audit",
        "https://[2606:4700::1111]/audit",
        "https://localhost/audit",
    ] {
        let patched = api.send(patch(WEBHOOK).json(&json!({"endpoint": endpoint}))).await;
        assert_eq!(patched.expect(200).text("endpoint"), endpoint);
    }
}

#[tokio::test]
async fn an_endpoint_that_cannot_exist_is_refused_with_the_reason() {
    let api = Api::new();
    for (endpoint, expected) in [
        ("https:///x", "must name a host"),
        ("https://siem.example.com:0/", "must have a port from 1 to 65535"),
        ("https://siem..example.com/", "must have a host with labels of 1 to 63 bytes"),
        (&format!("https://{}/", ["a"; 128].join(".")), "must have a host of at most 253 bytes"),
    ] {
        let answer = api.send(patch(WEBHOOK).json(&json!({"endpoint": endpoint}))).await;
        assert_eq!(answer.reason("endpoint"), expected, "{endpoint}");
    }
    assert_eq!(api.send(get(WEBHOOK)).await.text("endpoint"), "unconfigured");
}

#[tokio::test]
async fn a_literal_address_that_is_not_public_is_denied_in_every_notation() {
    let api = Api::new();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "\u{ff11}27.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
    ] {
        assert_denied(&api, &format!("https://{host}:9099/audit")).await;
    }
    assert_eq!(api.send(get(WEBHOOK)).await.text("endpoint"), "unconfigured");
}

#[tokio::test]
async fn an_allowed_network_is_allowed_over_http_and_no_other_is() {
    let networks = ["127.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap());
    let api = Api::set_up(|app| app.egress = Egress::new(networks.to_vec()));
    for endpoint in ["http://127.0.0.1:9099/", "https://127.0.0.1/", "http://[fd00::1]:9099/"] {
        let patched = api.send(patch(WEBHOOK).json(&json!({"endpoint": endpoint}))).await;
        assert_eq!(patched.expect(200).text("endpoint"), endpoint);
    }
    for endpoint in ["http://10.0.0.1/", "https://[::1]/", "http://93.184.216.34/"] {
        assert_denied(&api, endpoint).await;
    }
}

#[tokio::test]
async fn changing_the_origin_requires_the_authorization_again() {
    for endpoint in [
        "https://elsewhere.example.com/audit",
        "https://siem.example.com:8443/audit",
        "https://siem.example.com.evil.example/audit",
        "https://siem.example.com@evil.example/",
        "http://siem.example.com/audit",
    ] {
        let api = Api::set_up(|app| app.egress = loopback());
        api.enable("us").await;
        let before = api.database_image().await;
        let moved = json!({"endpoint": endpoint, "log_format": "json"});
        let faults = api.send(patch(WEBHOOK).json(&moved)).await.faults();
        let expected = if endpoint.contains('@') { "endpoint" } else { "authorization" };
        assert_eq!(faults.len(), 1, "{endpoint}");
        assert_eq!(faults[0].0, expected, "{endpoint}");
        assert!(api.database_image().await == before, "{endpoint}");
    }
}

#[tokio::test]
async fn a_change_within_the_origin_or_with_a_new_authorization_is_accepted() {
    for body in [
        json!({"endpoint": "https://siem.example.com/elsewhere?a=b"}),
        json!({"endpoint": "https://siem.example.com:443/elsewhere"}),
        json!({"endpoint": "HTTPS://SIEM.example.com/elsewhere"}),
        json!({"endpoint": "https://elsewhere.example.com/", "authorization": AUTHORIZATION}),
        json!({"endpoint": "https://elsewhere.example.com/", "authorization": "another"}),
        json!({"endpoint": "https://elsewhere.example.com/", "authorization": ""}),
    ] {
        let api = Api::new();
        api.enable("us").await;
        let patched = api.send(patch(WEBHOOK).json(&body)).await.expect(200);
        assert_eq!(patched.json()["endpoint"], body["endpoint"]);
        let (webhook, _) = api.store.webhook(&region("us")).await.unwrap();
        let kept = webhook.target.unwrap().authorization;
        let kept = kept.as_ref().map(Secret::expose).unwrap_or_default();
        let expected = body.get("authorization").and_then(Value::as_str);
        assert_eq!(kept, expected.unwrap_or(AUTHORIZATION));
    }
}

#[tokio::test]
async fn a_webhook_without_an_authorization_may_change_its_origin() {
    let api = Api::new();
    for endpoint in ["https://a.example.com", "https://b.example.com", "https://b.example.com:8443"]
    {
        let body = json!({"endpoint": endpoint, "enabled": true});
        api.send(patch(WEBHOOK).json(&body)).await.expect(200);
    }
}

/// Asserts that the endpoint is refused with a fault of its field.
async fn assert_denied(api: &Api, endpoint: &str) {
    let answer = api.send(patch(WEBHOOK).json(&json!({"endpoint": endpoint}))).await;
    assert_eq!(answer.status, 400, "{endpoint}");
    answer.assert_faults(&[("endpoint", "invalid")]);
}
