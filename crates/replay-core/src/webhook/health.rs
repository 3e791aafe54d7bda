//! The health of a webhook, derived from its last delivery attempts and its live lane.

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

/// What is known of the deliveries to a webhook.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Deliveries {
    /// The last delivery attempt; `None` if there was none.
    pub last: Option<Attempt>,
    /// The first of the last attempts that failed; `None` if the last one did not.
    pub failing_since: Option<Timestamp>,
    /// Whether all attempts since then were of the live lane, which repeats them before an outage begins.
    pub is_live: bool,
    /// When the open outage of the webhook's live lane began.
    pub outage_since: Option<Timestamp>,
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
    /// Since when the webhook is inactive; `None` if it is not.
    pub inactive_since: Option<Timestamp>,
}

/// The status of a webhook, as in <https://developer.konghq.com/konnect-platform/audit-logs/>.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WebhookStatus {
    /// The last delivery attempt succeeded, or there was none.
    Active,
    /// The last delivery attempt failed, or an outage of the live lane is open.
    Inactive,
    /// No endpoint is configured.
    Unconfigured,
}

impl Webhook {
    /// The health of the webhook after these deliveries.
    #[must_use]
    pub fn health(&self, deliveries: Deliveries) -> Health {
        let Deliveries { last, failing_since, is_live, outage_since } = deliveries;
        let is_retried = is_live && self.is_enabled();
        let inactive_since = outage_since.or(failing_since.filter(|_| !is_retried));
        let (status, inactive_since) = match &self.target {
            None => (WebhookStatus::Unconfigured, None),
            Some(_) if inactive_since.is_some() => (WebhookStatus::Inactive, inactive_since),
            Some(_) => (WebhookStatus::Active, None),
        };
        Health { status, enabled: self.is_enabled(), last, inactive_since }
    }
}

impl Deliveries {
    /// The deliveries after another attempt; `is_live` if it was of the live lane.
    #[must_use]
    pub fn after(&self, attempt: Attempt, is_live: bool) -> Self {
        let failing_since =
            if attempt.delivered() { None } else { self.failing_since.or(Some(attempt.at)) };
        let is_live = is_live && (self.failing_since.is_none() || self.is_live);
        Self { last: Some(attempt), failing_since, is_live, outage_since: self.outage_since }
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
