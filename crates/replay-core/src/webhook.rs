//! A region's webhook, the rules for changing it, and its health. This module parses no URLs: the
//! caller checks an [`Endpoint`] against the egress rules.
//!
//! ```
//! use replay_core::webhook::{Deliveries, Endpoint, Patch, Webhook, WebhookStatus};
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
//! assert_eq!(webhook.health(Deliveries::default()).status, WebhookStatus::Active);
//! ```

mod change;
mod configuration;
mod health;
mod secret;

pub use self::{
    change::{AuthorizationChange, Patch},
    configuration::{Endpoint, LogFormat, Target, Webhook},
    health::{Attempt, Deliveries, Health, WebhookStatus},
    secret::{Secret, Typed},
};

#[cfg(test)]
mod tests;
