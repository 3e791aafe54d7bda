//! The bodies of a webhook, its health and its test.

use super::*;
use replay_core::{
    Webhook,
    webhook::{Attempt, WebhookStatus},
};

#[test]
fn a_webhook_that_was_never_configured_is_written_as_konnect_does() {
    let written = print(&write_webhook(&WebhookReport::from(&Webhook::default())));
    assert_eq!(written, include_str!("../../golden/webhook-never-configured.json").trim_end());
}

#[test]
fn both_documented_webhook_statuses_are_read() {
    let health = read_health(&parse(include_str!("../../golden/health-inactive.json"))).unwrap();
    assert_eq!(health.status, Reported::Known(WebhookStatus::Inactive));
    let last = health.last.clone().unwrap();
    assert_eq!((last.code, last.message.as_deref()), (Some(401), Some("Unauthorized")));
    assert_eq!(read_health(&write_health(&health)), Ok(health));

    let health = read_health(&parse(include_str!("../../golden/health-active.json"))).unwrap();
    assert_eq!(health.last.unwrap().message, None);
}

#[test]
fn an_inactive_webhook_is_written_with_the_time_since_when_it_is() {
    let health = HealthReport {
        status: Reported::Known(WebhookStatus::Inactive),
        enabled: true,
        last: None,
        inactive_since: Some(now()),
    };
    assert_eq!(
        print(&write_health(&health)),
        r#"{"webhook_status":"inactive","webhook_enabled":true,"inactive_since":"2026-11-23T12:00:00Z"}"#
    );
    let active = HealthReport { inactive_since: None, ..health };
    assert!(!print(&write_health(&active)).contains("inactive_since"));
    let faults = read_health(&parse(r#"{"inactive_since":"soon"}"#)).unwrap_err();
    assert_eq!(named(&faults), [("inactive_since", Rule::IsDateTime)]);
}

#[test]
fn the_result_of_a_webhook_test_is_written_with_the_code_and_the_message() {
    let attempt = |code, message: Option<&str>| {
        print(&write_test(&Attempt { at: now(), code, message: message.map(ToOwned::to_owned) }))
    };
    assert_eq!(
        attempt(Some(204), None),
        r#"{"delivered":true,"at":"2026-11-23T12:00:00Z","response_code":204}"#
    );
    assert_eq!(
        attempt(Some(302), Some("Found")),
        r#"{"delivered":false,"at":"2026-11-23T12:00:00Z","response_code":302,"message":"Found"}"#
    );
    assert_eq!(
        attempt(None, Some("no connection")),
        r#"{"delivered":false,"at":"2026-11-23T12:00:00Z","message":"no connection"}"#
    );
}

#[test]
fn a_test_result_without_a_time_or_with_a_wrong_type_is_a_fault() {
    let faults = read_test(&parse(r#"{"response_code":"204","message":5}"#)).unwrap_err();
    assert_eq!(
        named(&faults),
        [("at", Rule::Required), ("response_code", Rule::Invalid), ("message", Rule::IsString)]
    );
}
