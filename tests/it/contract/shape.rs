//! The shape of every success: the documented fields with their documented types.

use chrono::DateTime;
use replay_core::{
    JobId, delivery::DeliveryOutcome, job::Step, snapshot::Position, webhook::Attempt,
};
use replay_server::store::{Claim, DeliveryRecord};
use replay_tests::stepping::batches;
use serde_json::{Value, json};

use super::{
    request::{
        CANCEL, GLOBAL, HEALTH, HISTORY, INGEST, JOB, JWKS, OUTAGES, OVERVIEW, PREVIEW, PROGRESS,
        WEBHOOK, get, get_preview, last_hour, line, patch, post, put,
    },
    server::{Api, NOW, at, region},
};

#[tokio::test]
async fn a_job_has_every_documented_field_in_every_status() {
    let api = Api::new();
    let mut statuses = vec![job(&api).await];
    api.enable("us").await;
    api.submit("us").await;
    statuses.push(job(&api).await);
    for step in [Step::Schedule, Step::Start, Step::Complete] {
        api.advance("us", step).await;
        statuses.push(job(&api).await);
    }
    assert_eq!(statuses, ["unconfigured", "accepted", "pending", "running", "completed"]);
}

#[tokio::test]
async fn a_started_job_shows_its_endpoint_without_query_and_its_delivered_lines() {
    let api = Api::new();
    api.enable("us").await;
    let endpoint = json!({"endpoint": "https://siem.example.com/audit?key=secret"});
    api.send(patch(WEBHOOK).json(&endpoint)).await.expect(200);
    api.send(post(INGEST).body(line(1))).await.expect(202);
    api.run("us").await;
    let us = region("us");
    let batch = batches(&api.store, &us).await.remove(0);
    let outcome = DeliveryOutcome::Acknowledged { cursor: batch.cursor, delivered: batch.amount };
    let attempt = Attempt { at: at(NOW), code: Some(202), message: None };
    let (job, claim) = (batch.job, batch.claim);
    let record = DeliveryRecord { job, claim, outcome, attempt: Some(attempt) };
    api.store.record_deliveries(&us, vec![record], at(NOW)).await.unwrap();
    let elsewhere = json!({"endpoint": "https://siem.example.com/other"});
    api.send(patch(WEBHOOK).json(&elsewhere)).await.expect(200);
    let job = api.send(get(JOB)).await.expect(200).json();
    assert_eq!(job["endpoint"], "https://siem.example.com/audit");
    assert_eq!(job["delivered_lines"], 1);
}

#[tokio::test]
async fn a_failed_job_also_has_a_reason_and_no_other_has() {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    let failed = api.send(post(CANCEL)).await.expect(202).json();
    assert_object(&failed, JOB_FIELDS, &[ID_FIELD, ("reason", Type::Text)]);
    assert!(failed["reason"].is_string());
    let again = api.send(put(JOB).json(&last_hour())).await.expect(202).json();
    assert_object(&again, JOB_FIELDS, &[ID_FIELD]);
}

#[tokio::test]
async fn a_global_job_also_has_the_status_of_each_region() {
    let api = Api::new();
    api.enable("us").await;
    for request in [put(GLOBAL).json(&last_hour()), get(GLOBAL)] {
        let body = api.send(request).await.json();
        assert_object(&body, JOB_FIELDS, &[("regions", Type::Object)]);
        assert_eq!(body["regions"], json!({"us": "accepted", "eu": "skipped", "au": "skipped"}));
    }
}

#[tokio::test]
async fn a_webhook_has_every_documented_field_whether_configured_or_not() {
    let api = Api::new();
    assert_object(&api.send(get(WEBHOOK)).await.expect(200).json(), WEBHOOK_FIELDS, &[]);
    api.enable("us").await;
    assert_object(&api.send(get(WEBHOOK)).await.expect(200).json(), WEBHOOK_FIELDS, &[]);
    let patched = api.send(patch(WEBHOOK).json(&json!({"log_format": "cps"}))).await;
    assert_object(&patched.expect(200).json(), WEBHOOK_FIELDS, &[]);
}

#[tokio::test]
async fn a_webhooks_health_has_every_documented_field_after_a_delivery() {
    let api = Api::new();
    api.enable("us").await;
    assert_object(&api.send(get(HEALTH)).await.expect(200).json(), HEALTH_FIELDS, &[]);
    let refused =
        Attempt { at: at(NOW), code: Some(401), message: Some("Unauthorized".to_owned()) };
    let outcome = DeliveryOutcome::Retry;
    let (job, claim) =
        (JobId(0), Claim { number: 0, token: 0, cursor: Position { event_ns: 0, seq: 0 } });
    let record = DeliveryRecord { job, claim, outcome, attempt: Some(refused) };
    api.store.record_deliveries(&region("us"), vec![record], at(NOW)).await.unwrap();
    let health = api.send(get(HEALTH)).await.expect(200).json();
    assert_object(&health, &[HEALTH_FIELDS, ATTEMPT_FIELDS].concat(), &[INACTIVE_FIELD]);
}

#[tokio::test]
async fn every_extension_has_its_documented_fields() {
    let api = Api::new();
    assert_eq!(api.send(get(JWKS)).await.expect(200).json(), json!({"keys": []}));
    let ingested = api.send(post(INGEST).body(line(1))).await.expect(202).json();
    assert_object(&ingested, INGESTED_FIELDS, &[]);
    let me = api.send(get("/api/x/me")).await.expect(200).json();
    assert_object(&me, &[("role", Type::Text), ("regions", Type::Array)], &[]);
    let server = api.send(get("/api/x/server")).await.expect(200).json();
    assert_object(&server, SERVER_FIELDS, &[]);
}

#[tokio::test]
async fn every_success_of_the_api_is_json() {
    let api = Api::new();
    let extensions = [PROGRESS, HISTORY, OUTAGES, "/api/x/server", "/api/x/me", OVERVIEW];
    for path in [JOB, WEBHOOK, HEALTH, JWKS, GLOBAL].into_iter().chain(extensions) {
        let answer = api.send(get(path)).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
    }
    let preview = api.send(get_preview(PREVIEW)).await.expect(200);
    assert_eq!(preview.header("content-type"), "application/json");
}

/// The job's status, in a body that has every field.
async fn job(api: &Api) -> String {
    let answer = api.send(get(JOB)).await.expect(200);
    let started = matches!(answer.text("status").as_str(), "running" | "completed");
    let more = if started { PROGRESS_FIELDS } else { &[] };
    assert_object(&answer.json(), JOB_FIELDS, &[&[ID_FIELD], more].concat());
    answer.text("status")
}

/// Asserts that `body` has all of `fields`, may have some of `more`, and has no others.
#[track_caller]
pub(super) fn assert_object(body: &Value, fields: &[(&str, Type)], more: &[(&str, Type)]) {
    for (name, _) in fields {
        assert!(body.get(*name).is_some(), "{name} is missing from {body:#}");
    }
    for (name, value) in body.as_object().unwrap() {
        let known = fields.iter().chain(more).find(|(field, _)| field == name);
        let (_, field_type) = known.unwrap_or_else(|| panic!("{name} is not a field of {body:#}"));
        assert!(field_type.is_of(value), "{name} is no {field_type:?} in {body:#}");
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Array,
    Boolean,
    /// In UTC; the year 1 stands for none.
    DateTime,
    Integer,
    Object,
    OneOf(&'static [&'static str]),
    Text,
}

impl Type {
    fn is_of(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Boolean => value.is_boolean(),
            Self::DateTime => value.as_str().is_some_and(|text| {
                text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok()
            }),
            Self::Integer => value.is_u64(),
            Self::Object => value.is_object(),
            Self::OneOf(choices) => value.as_str().is_some_and(|text| choices.contains(&text)),
            Self::Text => value.is_string(),
        }
    }
}

const JOB_FIELDS: &[(&str, Type)] = &[
    ("start_at", Type::DateTime),
    ("end_at", Type::DateTime),
    (
        "status",
        Type::OneOf(&["unconfigured", "accepted", "pending", "running", "completed", "failed"]),
    ),
    ("updated_at", Type::DateTime),
    ("created_at", Type::DateTime),
];

/// The extension field of a job that was submitted.
const ID_FIELD: (&str, Type) = ("id", Type::Text);

const INACTIVE_FIELD: (&str, Type) = ("inactive_since", Type::DateTime);

/// The extension fields of a job from its start on.
const PROGRESS_FIELDS: &[(&str, Type)] =
    &[("endpoint", Type::Text), ("delivered_lines", Type::Integer)];

const WEBHOOK_FIELDS: &[(&str, Type)] = &[
    ("endpoint", Type::Text),
    ("enabled", Type::Boolean),
    ("log_format", Type::OneOf(&["cef", "json", "cps"])),
    ("skip_ssl_verification", Type::Boolean),
    ("updated_at", Type::DateTime),
];

const HEALTH_FIELDS: &[(&str, Type)] =
    &[("webhook_status", Type::OneOf(&["active", "inactive"])), ("webhook_enabled", Type::Boolean)];

const ATTEMPT_FIELDS: &[(&str, Type)] = &[
    ("last_attempt_at", Type::DateTime),
    ("last_response_code", Type::Integer),
    ("last_response_message", Type::Text),
];

const INGESTED_FIELDS: &[(&str, Type)] = &[
    ("accepted", Type::Integer),
    ("duplicates", Type::Integer),
    ("rejected", Type::Array),
    ("rejected_count", Type::Integer),
];

const SERVER_FIELDS: &[(&str, Type)] = &[
    ("mode", Type::OneOf(&["embedded"])),
    ("regions", Type::Array),
    ("default_region", Type::Text),
    ("retention_seconds", Type::Integer),
    ("extensions", Type::Array),
];
