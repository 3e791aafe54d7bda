//! A region's webhook, the rules for changing it, and its health. This module parses no URLs: the
//! caller checks an [`Endpoint`] against the egress rules.
//!
//! ```
//! use replay_core::webhook::{Endpoint, Patch, Webhook, WebhookStatus};
//! use time_range::read_timestamp;
//!
//! let endpoint = Endpoint {
//!     url: "https://siem.example/logs".to_owned(),
//!     origin: "https://siem.example".to_owned(),
//! };
//! let patch = Patch { endpoint: Some(endpoint), enabled: Some(true), ..Patch::default() };
//! let now = read_timestamp("2026-11-23T12:00:00Z").unwrap();
//! let webhook = Webhook::default().patched(patch, now).unwrap();
//! assert_eq!(webhook.updated_at, Some(now));
//! assert_eq!(webhook.health(None).status, WebhookStatus::Active);
//! ```

use alloc::{string::String, vec, vec::Vec};
use core::fmt;

use crate::{Fault, Rule, Timestamp};

/// The webhook of a region: where its lines are delivered.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Webhook {
    /// The endpoint and what belongs to it; `None` until an endpoint is configured.
    pub target: Option<Target>,
    /// The format in which Konnect sends lines.
    pub log_format: LogFormat,
    /// Whether the endpoint's TLS certificate is accepted without verification.
    pub skip_ssl_verification: bool,
    /// When the webhook was last changed; `None` if it never was.
    pub updated_at: Option<Timestamp>,
}

/// The configured endpoint of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The checked URL.
    pub endpoint: Endpoint,
    /// The value of the `Authorization` header, sent verbatim; `None` sends no such header.
    pub authorization: Option<Secret>,
    /// Whether lines are delivered.
    pub enabled: bool,
}

/// A URL that the egress rules accept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// The URL as the admin wrote it.
    pub url: String,
    /// Scheme, host and port of the URL, like `https://siem.example`.
    pub origin: String,
}

/// A secret header value. `Debug` does not print it.
///
/// Invariant: printable ASCII, not empty, without leading or trailing spaces.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

/// The unchecked text of a secret input field. `Debug` does not print it.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Typed(pub String);

/// The format of audit-log lines.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum LogFormat {
    /// Common Event Format.
    #[default]
    Cef,
    /// A flat JSON object.
    Json,
    /// `CrowdStrike` Parsing Standard.
    Cps,
}

/// A change of a webhook; a field that is `None` is unchanged.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Patch {
    /// The new endpoint.
    pub endpoint: Option<Endpoint>,
    /// The change of the stored authorization.
    pub authorization: Option<AuthorizationChange<Secret>>,
    /// Whether lines are delivered.
    pub enabled: Option<bool>,
    /// The new format.
    pub log_format: Option<LogFormat>,
    /// Whether the endpoint's TLS certificate is accepted without verification.
    pub skip_ssl_verification: Option<bool>,
}

/// A change of the stored authorization. `T` is a [`Secret`], or [`Typed`] if it is not checked yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuthorizationChange<T> {
    /// Store this authorization.
    Set(T),
    /// Remove the stored authorization; deliveries then carry no `Authorization` header.
    Remove,
}

/// A delivery attempt: one HTTP request and its result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// When the request was made.
    pub at: Timestamp,
    /// The HTTP status code of the response; `None` without a response.
    pub code: Option<u16>,
    /// Why the attempt failed, without any text of the receiver; `None` after a success.
    pub message: Option<String>,
}

/// The health of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    /// The status, derived from the last attempt.
    pub status: WebhookStatus,
    /// Whether lines are delivered.
    pub enabled: bool,
    /// The last delivery attempt; `None` if there was none.
    pub last: Option<Attempt>,
}

/// The status of a webhook, as in <https://developer.konghq.com/konnect-platform/audit-logs/>.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WebhookStatus {
    /// The last delivery attempt succeeded, or there was none.
    Active,
    /// The last delivery attempt failed.
    Inactive,
    /// No endpoint is configured.
    Unconfigured,
}

impl Endpoint {
    /// The URL without its query and fragment, which may contain credentials.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }
}

impl Webhook {
    /// Whether an endpoint is configured and enabled.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.enabled)
    }

    /// The webhook after `patch`. If nothing changes, `updated_at` is unchanged as well.
    ///
    /// # Errors
    /// A fault of `endpoint` if the patch sets an authorization or enables the webhook and no
    /// endpoint is configured. A fault of `authorization` if the endpoint's scheme, host or port
    /// changes and the patch neither sets nor removes the stored authorization: a caller must not
    /// send a secret to another server without knowing it.
    pub fn patched(&self, patch: Patch, now: Timestamp) -> Result<Self, Vec<Fault>> {
        let stored = self.target.as_ref();
        let sets_secret = matches!(patch.authorization, Some(AuthorizationChange::Set(_)));
        let target = match patch.endpoint.or_else(|| stored.map(|target| target.endpoint.clone())) {
            None if sets_secret || patch.enabled == Some(true) => {
                return Err(vec![Fault::new("endpoint", Rule::Required, "cannot be blank")]);
            }
            None => None,
            Some(endpoint) => {
                let secret = stored.and_then(|target| target.authorization.clone());
                let moved = stored.is_some_and(|target| target.endpoint.origin != endpoint.origin);
                if moved && secret.is_some() && patch.authorization.is_none() {
                    return Err(vec![Fault::new(
                        "authorization",
                        Rule::Required,
                        "must be given again when the endpoint's scheme, host or port changes",
                    )]);
                }
                let authorization = match patch.authorization {
                    None => secret,
                    Some(AuthorizationChange::Set(secret)) => Some(secret),
                    Some(AuthorizationChange::Remove) => None,
                };
                Some(Target {
                    endpoint,
                    authorization,
                    enabled: patch.enabled.unwrap_or(self.is_enabled()),
                })
            }
        };
        let changed = Self {
            target,
            log_format: patch.log_format.unwrap_or(self.log_format),
            skip_ssl_verification: patch
                .skip_ssl_verification
                .unwrap_or(self.skip_ssl_verification),
            updated_at: self.updated_at,
        };
        if changed == *self {
            return Ok(changed);
        }
        Ok(Self { updated_at: Some(now), ..changed })
    }

    /// The health of the webhook after the attempt `last`.
    #[must_use]
    pub fn health(&self, last: Option<Attempt>) -> Health {
        let failed = last.as_ref().is_some_and(|last| !last.delivered());
        let status = match &self.target {
            None => WebhookStatus::Unconfigured,
            Some(_) if failed => WebhookStatus::Inactive,
            Some(_) => WebhookStatus::Active,
        };
        Health { status, enabled: self.is_enabled(), last }
    }
}

impl Attempt {
    /// Whether the receiver acknowledged the request with a 2xx.
    #[must_use]
    pub const fn delivered(&self) -> bool {
        matches!(self.code, Some(200..=299))
    }
}

impl Secret {
    /// The maximum length of a new authorization in bytes. A longer stored one stays valid.
    pub const NEW_LIMIT_BYTES: usize = 4 * 1024;

    /// Checks that `text` can be sent verbatim as a header value.
    ///
    /// # Errors
    /// The rule, if `text` is empty, is not printable ASCII, or has leading or trailing spaces.
    pub fn new(text: String) -> Result<Self, &'static str> {
        let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if text.is_empty() || text.trim() != text || !printable {
            return Err("must be printable ASCII without space around it");
        }
        Ok(Self(text))
    }

    /// The secret value, to be sent to the receiver only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(..)")
    }
}

impl LogFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Cef, Self::Json, Self::Cps];

    /// The format as the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cef => "cef",
            Self::Json => "json",
            Self::Cps => "cps",
        }
    }

    /// The format with this API spelling; `None` if it is unknown.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

impl WebhookStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Unconfigured];

    /// The status as the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Unconfigured => "unconfigured",
        }
    }
}

#[cfg(test)]
mod tests;
