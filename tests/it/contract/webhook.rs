//! The webhook of a region: read, changed field by field, and its secret never shown.

use replay_core::Region;
use replay_server::store::Store;
use serde_json::json;

use super::{
    request::{WEBHOOK, get, patch},
    server::{AUTHORIZATION, Api, NOW, region},
};

#[tokio::test]
async fn an_unconfigured_webhook_reads_unconfigured() {
    let expected = json!({
        "endpoint": "unconfigured",
        "enabled": false,
        "log_format": "cef",
        "skip_ssl_verification": false,
        "updated_at": "0001-01-01T00:00:00Z",
    });
    assert_eq!(Api::new().send(get(WEBHOOK)).await.expect(200).json(), expected);
}

#[tokio::test]
async fn a_patch_changes_only_the_fields_in_it() {
    let api = Api::new();
    let mut expected = json!({
        "endpoint": "https://siem.example.com/audit",
        "enabled": true,
        "log_format": "cef",
        "skip_ssl_verification": false,
        "updated_at": NOW,
    });
    api.enable("us").await;
    for (minute, (field, value)) in [
        ("enabled", json!(false)),
        ("log_format", json!("json")),
        ("skip_ssl_verification", json!(true)),
        ("endpoint", json!("https://siem.example.com/other?source=konnect")),
        ("log_format", json!("cps")),
        ("enabled", json!(true)),
    ]
    .into_iter()
    .enumerate()
    {
        let now = format!("2026-11-23T13:{minute:02}:00.5Z");
        api.turn_clock_to(&now);
        expected[field] = value.clone();
        expected["updated_at"] = json!(now);
        let patched = api.send(patch(WEBHOOK).json(&json!({field: value}))).await.expect(200);
        assert_eq!(patched.json(), expected);
        assert_eq!(api.send(get(WEBHOOK)).await.json(), expected);
    }
    assert_eq!(secret(&api.store, &region("us")).await.as_deref(), Some(AUTHORIZATION));
}

#[tokio::test]
async fn a_patch_without_a_change_keeps_updated_at() {
    let api = Api::new();
    let never = api.send(patch(WEBHOOK).json(&json!({}))).await.expect(200).json();
    assert_eq!(
        (&never["endpoint"], &never["updated_at"]),
        (&json!("unconfigured"), &json!("0001-01-01T00:00:00Z"))
    );
    api.enable("us").await;
    let (before, stored) = (api.send(get(WEBHOOK)).await.json(), api.database_image().await);
    api.turn_clock_to("2026-11-23T13:00:00Z");
    for same in [
        json!({}),
        json!({"enabled": true, "log_format": "cef"}),
        json!({"endpoint": "https://siem.example.com/audit", "authorization": AUTHORIZATION}),
    ] {
        let patched = api.send(patch(WEBHOOK).json(&same)).await.expect(200);
        assert_eq!(patched.json(), before, "{same}");
        assert!(api.database_image().await == stored, "{same}");
    }
}

#[tokio::test]
async fn all_faults_of_a_patch_are_reported_at_once() {
    let api = Api::new();
    api.enable("us").await;
    let faulty = json!({
        "endpoint": "siem",
        "authorization": "two\nlines",
        "enabled": "yes",
        "log_format": "xml",
        "skip_ssl_verification": 1,
        "audit_log_destination_id": "x",
        "updated_at": NOW,
    });
    let stored = api.database_image().await;
    api.send(patch(WEBHOOK).json(&faulty)).await.assert_faults(&[
        ("endpoint", "invalid"),
        ("authorization", "invalid"),
        ("enabled", "is_boolean"),
        ("log_format", "enum"),
        ("skip_ssl_verification", "is_boolean"),
        ("audit_log_destination_id", "unknown_property"),
        ("updated_at", "unknown_property"),
    ]);
    assert!(api.database_image().await == stored);
}

#[tokio::test]
async fn null_in_a_patch_leaves_its_field_unchanged() {
    let api = Api::new();
    api.enable("us").await;
    let (before, stored) = (api.send(get(WEBHOOK)).await.json(), api.database_image().await);
    let fields = ["endpoint", "authorization", "enabled", "log_format", "skip_ssl_verification"];
    for field in fields {
        let patched = api.send(patch(WEBHOOK).json(&json!({field: null}))).await.expect(200);
        assert_eq!(patched.json(), before, "{field}");
    }
    assert!(api.database_image().await == stored);
    let from_terraform = json!({
        "endpoint": null,
        "authorization": null,
        "enabled": false,
        "log_format": null,
        "skip_ssl_verification": null,
    });
    let patched = api.send(patch(WEBHOOK).json(&from_terraform)).await.expect(200).json();
    assert_eq!((&patched["endpoint"], &patched["enabled"]), (&before["endpoint"], &json!(false)));
    assert_eq!(secret(&api.store, &region("us")).await.as_deref(), Some(AUTHORIZATION));
}

#[tokio::test]
async fn each_field_of_a_patch_is_checked_for_its_type() {
    let api = Api::new();
    for (field, value, rule) in [
        ("endpoint", json!(5), "is_string"),
        ("endpoint", json!(" "), "required"),
        ("authorization", json!(["x"]), "is_string"),
        ("authorization", json!("   "), "required"),
        ("authorization", json!("caf\u{e9}"), "invalid"),
        ("authorization", json!("x".repeat(4097)), "max_length"),
        ("enabled", json!(1), "is_boolean"),
        ("log_format", json!(true), "is_string"),
        ("log_format", json!("CEF"), "enum"),
        ("skip_ssl_verification", json!("false"), "is_boolean"),
    ] {
        let answer = api.send(patch(WEBHOOK).json(&json!({field: value}))).await;
        answer.assert_faults(&[(field, rule)]);
    }
    let choices = api.send(patch(WEBHOOK).json(&json!({"log_format": "xml"}))).await.json();
    assert_eq!(choices["invalid_parameters"][0]["choices"], json!(["cef", "json", "cps"]));
}

#[tokio::test]
async fn a_webhook_without_an_endpoint_cannot_be_enabled_or_authorized() {
    let api = Api::new();
    for (body, ok) in [
        (json!({"enabled": true}), false),
        (json!({"authorization": AUTHORIZATION}), false),
        (json!({"enabled": true, "authorization": AUTHORIZATION, "log_format": "json"}), false),
        (json!({"enabled": false}), true),
        (json!({"log_format": "json", "skip_ssl_verification": true}), true),
    ] {
        let answer = api.send(patch(WEBHOOK).json(&body)).await;
        if ok {
            assert_eq!(answer.expect(200).text("endpoint"), "unconfigured");
        } else {
            answer.assert_faults(&[("endpoint", "required")]);
        }
    }
}

#[tokio::test]
async fn a_webhook_with_a_new_endpoint_is_disabled() {
    let api = Api::new();
    let endpoint = json!({"endpoint": "https://siem.example.com/audit"});
    let patched = api.send(patch(WEBHOOK).json(&endpoint)).await.expect(200);
    assert_eq!(patched.json()["enabled"], false);
    api.send(patch(WEBHOOK).json(&json!({"enabled": true}))).await.expect(200);
}

#[tokio::test]
async fn the_authorization_is_stored_and_never_shown() {
    let api = Api::new();
    api.enable("us").await;
    let shown = api.send(get(WEBHOOK)).await.expect(200).json();
    assert!(shown.get("authorization").is_none());
    assert_eq!(secret(&api.store, &region("us")).await.as_deref(), Some(AUTHORIZATION));
    let other = json!({"authorization": "Splunk s3cret-2"});
    let patched = api.send(patch(WEBHOOK).json(&other)).await.expect(200).json();
    assert!(patched.get("authorization").is_none());
    assert_eq!(secret(&api.store, &region("us")).await.as_deref(), Some("Splunk s3cret-2"));
}

#[tokio::test]
async fn an_empty_authorization_removes_the_stored_one() {
    let api = Api::new();
    api.enable("us").await;
    api.turn_clock_to("2026-11-23T13:00:00Z");
    let remove = json!({"authorization": ""});
    let patched = api.send(patch(WEBHOOK).json(&remove)).await.expect(200);
    assert_eq!(patched.text("updated_at"), "2026-11-23T13:00:00Z");
    assert_eq!(secret(&api.store, &region("us")).await, None);
    let stored = api.database_image().await;
    assert!(!stored.contains(AUTHORIZATION.as_bytes()));
    api.send(patch(WEBHOOK).json(&remove)).await.expect(200);
    assert!(api.database_image().await == stored);
}

/// The authorization of deliveries.
async fn secret(store: &Store, region: &Region) -> Option<String> {
    let (webhook, _) = store.webhook(region).await.unwrap();
    webhook.target?.authorization.map(|secret| secret.expose().to_owned())
}
