//! A webhook, its health and its test on the wire. No answer holds the authorization, and none says
//! whether there is one.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Json, Reported,
    fields::{self, Fields, write_moment},
};
use replay_core::{
    Fault, Rule, Webhook,
    webhook::{
        Attempt, AuthorizationChange, Endpoint, Health, LogFormat, Patch, Typed, WebhookStatus,
    },
};
use time_range::{Timestamp, write_timestamp};

/// What an answer says of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookReport {
    /// The address; `None` if it was never configured.
    pub endpoint: Option<String>,
    /// Whether lines are sent to it.
    pub enabled: bool,
    /// The format it wants.
    pub log_format: Reported<LogFormat>,
    /// Whether any certificate will do.
    pub skip_ssl_verification: bool,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// What an answer says of a webhook's health.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HealthReport {
    /// In one word.
    pub status: Reported<WebhookStatus>,
    /// Whether lines are sent to it.
    pub enabled: bool,
    /// The last delivery, if there was one.
    pub last: Option<Attempt>,
}

/// A change to ask for; what is `None` stays as it is.
///
/// Whether an endpoint or an authorization will do is for whoever reads it to decide.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WebhookChange {
    /// A new address.
    pub endpoint: Option<String>,
    /// What becomes of the stored authorization; setting an empty one is written as its removal.
    pub authorization: Option<AuthorizationChange<Typed>>,
    /// Whether to send.
    pub enabled: Option<bool>,
    /// A new format.
    pub log_format: Option<LogFormat>,
    /// Whether any certificate will do.
    pub skip_ssl_verification: Option<bool>,
}

/// Writes a PATCH.
#[must_use]
pub fn write_patch(change: &WebhookChange) -> Json {
    let authorization = change.authorization.as_ref().map(|change| match change {
        AuthorizationChange::Set(typed) => typed.0.as_str(),
        AuthorizationChange::Remove => "",
    });
    Json::object([])
        .with("endpoint", change.endpoint.as_deref())
        .with("authorization", authorization)
        .with("enabled", change.enabled)
        .with("log_format", change.log_format.map(LogFormat::as_str))
        .with("skip_ssl_verification", change.skip_ssl_verification)
}

/// Reads a PATCH. `endpoint` decides what an endpoint may be, or says why a text is none.
///
/// `null` means unchanged: Konnect's Terraform provider sends it for each optional field that is
/// not set. An empty `authorization` removes the stored one.
///
/// # Errors
/// Every fault of the body.
pub fn read_patch(
    body: &Json,
    endpoint: impl FnOnce(&str) -> Result<Endpoint, String>,
) -> Result<Patch, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let url = fields.lenient("endpoint", fields::nonblank).map(endpoint).transpose();
    let invalid = |reason| fields.blame([Fault::new("endpoint", Rule::Invalid, reason)]);
    let patch = Patch {
        endpoint: url.map_err(invalid).ok().flatten(),
        authorization: fields.lenient("authorization", fields::authorization),
        enabled: fields.lenient("enabled", fields::boolean),
        log_format: fields.lenient("log_format", fields::log_format),
        skip_ssl_verification: fields.lenient("skip_ssl_verification", fields::boolean),
    };
    fields.nothing_else();
    fields.finish(Some(patch))
}

/// Writes a webhook.
#[must_use]
pub fn write_webhook(report: &WebhookReport) -> Json {
    Json::object([
        ("endpoint", report.endpoint.as_deref().unwrap_or(UNCONFIGURED).into()),
        ("enabled", report.enabled.into()),
        ("log_format", report.log_format.as_str().into()),
        ("skip_ssl_verification", report.skip_ssl_verification.into()),
        ("updated_at", write_moment(report.updated_at)),
    ])
}

/// Reads a webhook.
///
/// # Errors
/// The body is no object, or a field has the wrong type.
pub fn read_webhook(body: &Json) -> Result<WebhookReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let endpoint = fields.lenient("endpoint", fields::text);
    let format = fields.reported("log_format");
    let said = !format.as_str().is_empty();
    let report = WebhookReport {
        endpoint: endpoint.filter(|text| *text != UNCONFIGURED).map(ToOwned::to_owned),
        enabled: fields.lenient("enabled", fields::boolean).unwrap_or_default(),
        log_format: if said { format } else { Reported::Known(LogFormat::default()) },
        skip_ssl_verification: fields
            .lenient("skip_ssl_verification", fields::boolean)
            .unwrap_or_default(),
        updated_at: fields.lenient("updated_at", fields::moment).flatten(),
    };
    fields.finish(Some(report))
}

/// Writes a webhook's health.
#[must_use]
pub fn write_health(health: &HealthReport) -> Json {
    let last = health.last.as_ref();
    Json::object([
        ("webhook_status", health.status.as_str().into()),
        ("webhook_enabled", health.enabled.into()),
    ])
    .with("last_attempt_at", last.map(|attempt| write_timestamp(attempt.at)))
    .with("last_response_code", last.and_then(|attempt| attempt.code).map(i64::from))
    .with("last_response_message", last.and_then(|attempt| attempt.message.as_deref()))
}

/// Reads a webhook's health.
///
/// # Errors
/// The body is no object, or a field has the wrong type.
pub fn read_health(body: &Json) -> Result<HealthReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let status = fields.reported("webhook_status");
    let code = fields.lenient("last_response_code", fields::status_code);
    let message = fields.lenient("last_response_message", fields::text).map(ToOwned::to_owned);
    let report = HealthReport {
        status,
        enabled: fields.lenient("webhook_enabled", fields::boolean).unwrap_or_default(),
        last: fields.lenient("last_attempt_at", fields::moment).flatten().map(|at| Attempt {
            at,
            code,
            message,
        }),
    };
    fields.finish(Some(report))
}

/// Writes what came of a webhook's test.
#[must_use]
pub fn write_test(attempt: &Attempt) -> Json {
    Json::object([
        ("delivered", attempt.delivered().into()),
        ("at", write_timestamp(attempt.at).into()),
    ])
    .with("response_code", attempt.code.map(i64::from))
    .with("message", attempt.message.as_deref())
}

/// Reads what came of a webhook's test; whether it was delivered follows from the code.
///
/// # Errors
/// The body is no object, `at` is missing, or a field has the wrong type.
pub fn read_test(body: &Json) -> Result<Attempt, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let at = fields.required("at", fields::instant);
    let code = fields.lenient("response_code", fields::status_code);
    let message = fields.lenient("message", fields::text).map(ToOwned::to_owned);
    fields.finish(at.map(|at| Attempt { at, code, message }))
}

impl WebhookReport {
    /// The report of a webhook that was never configured.
    pub const UNCONFIGURED: Self = Self {
        endpoint: None,
        enabled: false,
        log_format: Reported::Known(LogFormat::Cef),
        skip_ssl_verification: false,
        updated_at: None,
    };
}

impl From<&Webhook> for WebhookReport {
    fn from(webhook: &Webhook) -> Self {
        Self {
            endpoint: webhook.target.as_ref().map(|target| target.endpoint.url.clone()),
            enabled: webhook.is_enabled(),
            log_format: Reported::Known(webhook.log_format),
            skip_ssl_verification: webhook.skip_ssl_verification,
            updated_at: webhook.updated_at,
        }
    }
}

impl From<Health> for HealthReport {
    fn from(health: Health) -> Self {
        let Health { status, enabled, last } = health;
        Self { status: Reported::Known(status), enabled, last }
    }
}

/// What Konnect writes for the endpoint of a webhook that has none.
const UNCONFIGURED: &str = "unconfigured";
