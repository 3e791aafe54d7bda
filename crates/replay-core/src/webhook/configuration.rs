//! The configuration of a webhook: endpoint, authorization, format.

use alloc::string::String;

use super::secret::Secret;
use crate::Timestamp;

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
