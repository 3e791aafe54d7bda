//! The health of a webhook, derived from its last delivery attempt.

use alloc::string::String;

use super::configuration::Webhook;
use crate::Timestamp;

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

impl Webhook {
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
