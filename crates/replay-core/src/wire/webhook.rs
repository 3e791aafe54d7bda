//! A webhook and its health on the wire. The authorization is read and never written: it is not
//! in any answer, set or not.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{
    Json,
    fields::{self, Fields},
    job::{UNSET, moment_or_unset},
};
use crate::{
    Fault, Instant, Rule, Webhook,
    range::write_instant,
    webhook::{Attempt, Endpoint, LogFormat, Patch, WebhookStatus},
};

/// What an answer says of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookReport {
    /// The address; `None` if it was never configured.
    pub endpoint: Option<String>,
    /// Whether lines are sent to it.
    pub enabled: bool,
    /// The format it wants.
    pub log_format: LogFormat,
    /// Whether any certificate will do.
    pub skip_ssl_verification: bool,
    /// When it was last changed.
    pub updated_at: Option<Instant>,
}

/// What an answer says of a webhook's health.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HealthReport {
    /// Its health.
    pub webhook_status: WebhookStatus,
    /// Whether lines are sent to it.
    pub webhook_enabled: bool,
    /// The last delivery, if there was one.
    pub last: Option<Attempt>,
}

/// Reads a PATCH. What an endpoint may be is asked of `endpoint`, which answers with the reason
/// why not.
///
/// # Errors
/// Every fault of the body.
pub fn read_patch(
    body: &Json,
    endpoint: impl FnOnce(&str) -> Result<Endpoint, String>,
) -> Result<Patch, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let patch = Patch {
        endpoint: fields.optional("endpoint", |value| {
            endpoint(fields::nonblank(value)?).map_err(|reason| (Rule::Invalid, reason))
        }),
        authorization: fields.optional("authorization", fields::secret),
        enabled: fields.optional("enabled", fields::boolean),
        log_format: fields.optional("log_format", fields::log_format),
        skip_ssl_verification: fields.optional("skip_ssl_verification", fields::boolean),
    };
    fields.nothing_but(&[
        "endpoint",
        "authorization",
        "enabled",
        "log_format",
        "skip_ssl_verification",
    ]);
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
        ("updated_at", report.updated_at.map_or(UNSET.to_owned(), write_instant).into()),
    ])
}

/// Reads a webhook.
///
/// # Errors
/// Faults of the body, and of fields that are there and cannot be what they are called.
pub fn read_webhook(body: &Json) -> Result<WebhookReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let endpoint = fields.lenient("endpoint", fields::text);
    let report = WebhookReport {
        endpoint: endpoint.filter(|text| *text != UNCONFIGURED).map(ToOwned::to_owned),
        enabled: fields.lenient("enabled", fields::boolean).unwrap_or_default(),
        log_format: fields.lenient("log_format", fields::log_format).unwrap_or_default(),
        skip_ssl_verification: fields
            .lenient("skip_ssl_verification", fields::boolean)
            .unwrap_or_default(),
        updated_at: fields.lenient("updated_at", moment_or_unset).flatten(),
    };
    fields.finish(Some(report))
}

/// Writes a webhook's health.
#[must_use]
pub fn write_health(report: &HealthReport) -> Json {
    let last = report.last.as_ref();
    Json::object([
        ("webhook_status", report.webhook_status.as_str().into()),
        ("webhook_enabled", report.webhook_enabled.into()),
    ])
    .with("last_attempt_at", last.map(|attempt| write_instant(attempt.at)))
    .with("last_response_code", last.and_then(|attempt| attempt.code).map(i64::from))
    .with("last_response_message", last.and_then(|attempt| attempt.message.as_deref()))
}

/// Reads a webhook's health.
///
/// # Errors
/// Faults of the body, and of fields that are there and cannot be what they are called.
pub fn read_health(body: &Json) -> Result<HealthReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let status = fields.lenient("webhook_status", |value| {
        let status = fields::text(value)?;
        WebhookStatus::ALL
            .into_iter()
            .find(|known| known.as_str() == status)
            .ok_or((Rule::Invalid, "must be active, inactive or unconfigured".to_owned()))
    });
    let code = fields.lenient("last_response_code", fields::status_code);
    let message = fields.lenient("last_response_message", fields::text).map(ToOwned::to_owned);
    let report = HealthReport {
        webhook_status: status.unwrap_or(WebhookStatus::Unconfigured),
        webhook_enabled: fields.lenient("webhook_enabled", fields::boolean).unwrap_or_default(),
        last: fields.lenient("last_attempt_at", moment_or_unset).flatten().map(|at| Attempt {
            at,
            code,
            message,
        }),
    };
    fields.finish(Some(report))
}

impl From<&Webhook> for WebhookReport {
    fn from(webhook: &Webhook) -> Self {
        Self {
            endpoint: webhook.target.as_ref().map(|target| target.endpoint.url.clone()),
            enabled: webhook.is_enabled(),
            log_format: webhook.log_format,
            skip_ssl_verification: webhook.skip_ssl_verification,
            updated_at: webhook.updated_at,
        }
    }
}

impl HealthReport {
    /// The health of `webhook` after its `last` delivery.
    #[must_use]
    pub fn of(webhook: &Webhook, last: Option<Attempt>) -> Self {
        Self {
            webhook_status: webhook.status(last.as_ref()),
            webhook_enabled: webhook.is_enabled(),
            last,
        }
    }
}

/// What Konnect writes for the endpoint of a webhook that has none.
const UNCONFIGURED: &str = "unconfigured";
