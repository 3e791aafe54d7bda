//! The health of a webhook after each delivery, by the truth table of Konnect's documentation.

use replay_core::{
    JobId, delivery::DeliveryOutcome, job::Step, snapshot::Position, webhook::Attempt,
};
use replay_server::store::{Claim, DeliveryRecord};
use replay_tests::stepping::batches;
use serde_json::{Value, json};

use super::{
    request::{HEALTH, INGEST, WEBHOOK, get, last_hour, line, patch, post, put},
    server::{Api, NOW, at, region},
};

#[tokio::test]
async fn the_health_of_an_unconfigured_webhook_is_unconfigured() {
    let api = Api::new();
    let never = json!({"webhook_status": "unconfigured", "webhook_enabled": false});
    assert_eq!(health(&api).await, never);
    api.send(patch(WEBHOOK).json(&json!({"log_format": "json"}))).await.expect(200);
    assert_eq!(health(&api).await, never);
}

#[tokio::test]
async fn health_follows_the_last_delivery_whether_enabled_or_not() {
    for enabled in [true, false] {
        let api = Api::new();
        let webhook = json!({"endpoint": "https://siem.example.com", "enabled": enabled});
        api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
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
            record_delivery(&api, code, message).await;
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
            if status == "inactive" {
                expected["inactive_since"] = json!(NOW);
            }
            assert_eq!(health(&api).await, expected);
        }
    }
}

#[tokio::test]
async fn an_inactive_webhook_accepts_a_job_and_an_acknowledged_batch_makes_it_active() {
    let api = Api::new();
    api.enable("us").await;
    api.send(post(INGEST).body(line(1))).await.expect(202);
    record_delivery(&api, Some(500), Some("Internal Server Error")).await;
    assert_eq!(health(&api).await["webhook_status"], "inactive");
    api.send(put("/api/us/v3/audit-log-replay-job").json(&last_hour())).await.expect(202);
    api.advance("us", Step::Schedule).await;
    api.advance("us", Step::Start).await;

    let us = region("us");
    let batch = batches(&api.store, &us).await.remove(0);
    let good = Attempt { at: at(NOW), code: Some(202), message: None };
    let outcome = DeliveryOutcome::Acknowledged { cursor: batch.cursor, delivered: batch.amount };
    let (job, claim) = (batch.job, batch.claim);
    let record = DeliveryRecord { job, claim, outcome, attempt: Some(good) };
    api.store.record_deliveries(&us, vec![record], at(NOW)).await.unwrap();
    let active = json!({
        "webhook_status": "active",
        "webhook_enabled": true,
        "last_attempt_at": NOW,
        "last_response_code": 202,
    });
    assert_eq!(health(&api).await, active);
}

async fn health(api: &Api) -> Value {
    api.send(get(HEALTH)).await.expect(200).json()
}

/// Records a delivery with this result.
async fn record_delivery(api: &Api, code: Option<u16>, message: Option<&str>) {
    let attempt = Attempt { at: at(NOW), code, message: message.map(str::to_owned) };
    let outcome = DeliveryOutcome::Retry;
    let (job, claim) =
        (JobId(0), Claim { number: 0, token: 0, cursor: Position { event_ns: 0, seq: 0 } });
    let record = DeliveryRecord { job, claim, outcome, attempt: Some(attempt) };
    api.store.record_deliveries(&region("us"), vec![record], at(NOW)).await.unwrap();
}
