//! The health of a webhook: what the documents' truth table says of it after each delivery.

use replay_core::{JobId, delivery::DeliveryOutcome, job::Step, webhook::Attempt};
use replay_server::store::{DeliveryRecord, Due};
use serde_json::{Value, json};

use super::{
    api::{Api, NOW, at, region},
    ask::{HEALTH, INGEST, WEBHOOK, get, last_hour, line, patch, post, put},
};

#[tokio::test]
async fn a_webhook_that_was_never_configured_is_unconfigured() {
    let api = Api::new();
    let never = json!({"webhook_status": "unconfigured", "webhook_enabled": false});
    assert_eq!(health(&api).await, never);
    api.answer(patch(WEBHOOK).json(&json!({"log_format": "json"}))).await.expect(200);
    assert_eq!(health(&api).await, never);
}

#[tokio::test]
async fn health_is_what_the_last_delivery_was_whether_enabled_or_not() {
    for enabled in [true, false] {
        let api = Api::new();
        let webhook = json!({"endpoint": "https://siem.example.com", "enabled": enabled});
        api.answer(patch(WEBHOOK).json(&webhook)).await.expect(200);
        let untried = json!({"webhook_status": "active", "webhook_enabled": enabled});
        assert_eq!(health(&api).await, untried);
        for (code, message, status) in [
            (Some(200), None, "active"),
            (Some(401), Some("Unauthorized"), "inactive"),
            (None, Some("no answer within 30 s"), "inactive"),
            (Some(503), None, "inactive"),
            (Some(302), Some("Found"), "inactive"),
            (Some(204), None, "active"),
        ] {
            delivered(&api, code, message).await;
            let mut expected = json!({
                "webhook_status": status,
                "webhook_enabled": enabled,
                "last_attempt_at": NOW,
            });
            if let Some(code) = code {
                expected["last_response_code"] = json!(code);
            }
            if let Some(message) = message {
                expected["last_response_message"] = json!(message);
            }
            assert_eq!(health(&api).await, expected);
        }
    }
}

#[tokio::test]
async fn an_inactive_webhook_takes_a_replay_and_an_acknowledged_batch_makes_it_active() {
    let api = Api::new();
    api.enable("us").await;
    api.answer(post(INGEST).body(line(1))).await.expect(202);
    delivered(&api, Some(500), Some("Internal Server Error")).await;
    assert_eq!(health(&api).await["webhook_status"], "inactive");
    api.answer(put("/api/us/v3/audit-log-replay-job").json(&last_hour())).await.expect(202);
    api.advance("us", Step::Schedule).await;
    api.advance("us", Step::Start).await;

    let us = region("us");
    let Due::Send(batch) = api.store.due(&us).await.unwrap() else { panic!("nothing to send") };
    let good = Attempt { at: at(NOW), code: Some(202), message: None };
    let lines = batch.lines.len() as u64;
    let outcome = DeliveryOutcome::Acknowledged { end: batch.end, lines };
    let record = DeliveryRecord { job: batch.job, outcome, attempt: good };
    api.store.record_delivery(&us, record).await.unwrap();
    let active = json!({
        "webhook_status": "active",
        "webhook_enabled": true,
        "last_attempt_at": NOW,
        "last_response_code": 202,
    });
    assert_eq!(health(&api).await, active);
}

async fn health(api: &Api) -> Value {
    api.answer(get(HEALTH)).await.expect(200).json()
}

/// Notes a delivery that went so.
async fn delivered(api: &Api, code: Option<u16>, message: Option<&str>) {
    let attempt = Attempt { at: at(NOW), code, message: message.map(str::to_owned) };
    let outcome = DeliveryOutcome::Retry;
    let record = DeliveryRecord { job: JobId(0), outcome, attempt };
    api.store.record_delivery(&region("us"), record).await.unwrap();
}
