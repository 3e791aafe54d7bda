//! The bodies of the webhook, its status and its test. No response contains the authorization or says
//! whether one is stored.
//!
//! The fields are those of
//! <https://github.com/Kong/developer.konghq.com/tree/main/api-specs/konnect/audit-logs>; the test is
//! an extension of this project.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Json, Reported,
    fields::{self, Fields, write_timestamp_or_unset},
};
use replay_core::{
    Fault, Rule, Webhook,
    webhook::{
        Attempt, AuthorizationChange, Endpoint, Health, LogFormat, Patch, Typed, WebhookStatus,
    },
};
use time_range::{Timestamp, write_timestamp};

/// A webhook as a response reports it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookReport {
    /// The URL; `None` if it was never configured.
    pub endpoint: Option<String>,
    /// Whether lines are delivered.
    pub enabled: bool,
    /// The format of the lines; CEF if the response does not say.
    pub log_format: Reported<LogFormat>,
    /// Whether the endpoint's TLS certificate is accepted without verification.
    pub skip_ssl_verification: bool,
    /// When the webhook was last changed; `None` if it never was.
    pub updated_at: Option<Timestamp>,
}

/// The health of a webhook as a response reports it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HealthReport {
    /// The status.
    pub status: Reported<WebhookStatus>,
    /// Whether lines are delivered.
    pub enabled: bool,
    /// The last delivery attempt; `None` if there was none.
    pub last: Option<Attempt>,
    /// Since when the webhook is inactive; `None` unless it is. An extension of this project's
    /// server.
    pub inactive_since: Option<Timestamp>,
}

/// A requested change of a webhook; a field that is `None` is unchanged. The server checks the values.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WebhookChange {
    /// The new URL.
    pub endpoint: Option<String>,
    /// The change of the stored authorization. Setting an empty text is written as a removal.
    pub authorization: Option<AuthorizationChange<Typed>>,
    /// Whether lines are delivered.
    pub enabled: Option<bool>,
    /// The new format.
    pub log_format: Option<LogFormat>,
    /// Whether the endpoint's TLS certificate is accepted without verification.
    pub skip_ssl_verification: Option<bool>,
}

/// Writes the body of the PATCH for `change`.
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

/// Reads the body of a PATCH. `endpoint` checks a URL and returns the broken rule as an error.
///
/// `null` means unchanged: Konnect's Terraform provider sends it for every optional field that is not
/// set. An empty `authorization` removes the stored one.
///
/// # Errors
/// Every fault of the body, including unknown fields.
pub fn read_patch(
    body: &Json,
    endpoint: impl FnOnce(&str) -> Result<Endpoint, String>,
) -> Result<Patch, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let endpoint = match fields.optional("endpoint", fields::nonblank).map(endpoint) {
        Some(Ok(endpoint)) => Some(endpoint),
        Some(Err(reason)) => {
            fields.add_faults([Fault::new("endpoint", Rule::Invalid, reason)]);
            None
        }
        None => None,
    };
    let patch = Patch {
        endpoint,
        authorization: fields.optional("authorization", fields::authorization),
        enabled: fields.optional("enabled", fields::boolean),
        log_format: fields.optional("log_format", fields::log_format),
        skip_ssl_verification: fields.optional("skip_ssl_verification", fields::boolean),
    };
    fields.reject_unknown_fields();
    fields.finish(Some(patch))
}

/// Writes the response about a webhook.
#[must_use]
pub fn write_webhook(report: &WebhookReport) -> Json {
    Json::object([
        ("endpoint", report.endpoint.as_deref().unwrap_or(UNCONFIGURED).into()),
        ("enabled", report.enabled.into()),
        ("log_format", report.log_format.as_str().into()),
        ("skip_ssl_verification", report.skip_ssl_verification.into()),
        ("updated_at", write_timestamp_or_unset(report.updated_at)),
    ])
}

/// Reads the response about a webhook.
///
/// # Errors
/// Every fault: the body is not an object, or a field has the wrong type. Missing fields are no fault.
pub fn read_webhook(body: &Json) -> Result<WebhookReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let endpoint = fields.optional("endpoint", fields::text);
    let format = fields.reported("log_format");
    let is_given = !format.as_str().is_empty();
    let report = WebhookReport {
        endpoint: endpoint.filter(|text| *text != UNCONFIGURED).map(ToOwned::to_owned),
        enabled: fields.optional("enabled", fields::boolean).unwrap_or_default(),
        log_format: if is_given { format } else { Reported::Known(LogFormat::default()) },
        skip_ssl_verification: fields
            .optional("skip_ssl_verification", fields::boolean)
            .unwrap_or_default(),
        updated_at: fields.optional("updated_at", fields::timestamp_or_unset).flatten(),
    };
    fields.finish(Some(report))
}

/// Writes the response about a webhook's health.
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
    .with("inactive_since", health.inactive_since.map(write_timestamp))
}

/// Reads the response about a webhook's health.
///
/// # Errors
/// Every fault: the body is not an object, or a field has the wrong type. Missing fields are no fault.
pub fn read_health(body: &Json) -> Result<HealthReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let status = fields.reported("webhook_status");
    let code = fields.optional("last_response_code", fields::status_code);
    let message = fields.optional("last_response_message", fields::text).map(ToOwned::to_owned);
    let report = HealthReport {
        status,
        enabled: fields.optional("webhook_enabled", fields::boolean).unwrap_or_default(),
        last: fields
            .optional("last_attempt_at", fields::timestamp_or_unset)
            .flatten()
            .map(|at| Attempt { at, code, message }),
        inactive_since: fields.optional("inactive_since", fields::timestamp_or_unset).flatten(),
    };
    fields.finish(Some(report))
}

/// Writes the result of a webhook's test.
#[must_use]
pub fn write_test(attempt: &Attempt) -> Json {
    Json::object([
        ("delivered", attempt.delivered().into()),
        ("at", write_timestamp(attempt.at).into()),
    ])
    .with("response_code", attempt.code.map(i64::from))
    .with("message", attempt.message.as_deref())
}

/// Reads the result of a webhook's test. `delivered` is not read, since it follows from the code.
///
/// # Errors
/// Every fault: the body is not an object, `at` is missing, or a field has the wrong type.
pub fn read_test(body: &Json) -> Result<Attempt, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let at = fields.required("at", fields::timestamp);
    let code = fields.optional("response_code", fields::status_code);
    let message = fields.optional("message", fields::text).map(ToOwned::to_owned);
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
        let Health { status, enabled, last, inactive_since } = health;
        Self { status: Reported::Known(status), enabled, last, inactive_since }
    }
}

/// The endpoint that Konnect reports for a webhook that was never configured.
const UNCONFIGURED: &str = "unconfigured";
