//! The result of a delivery request, and what of it a webhook's status shows. It does not decide what
//! follows from a result.

use core::{net::IpAddr, time::Duration};

use axum::http::StatusCode;
use replay_core::webhook::Attempt;
use time_range::Timestamp;

/// The result of a delivery request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryResult {
    /// The receiver responded.
    Status {
        /// The HTTP status.
        code: u16,
        /// The wait that `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// There was no connection, or no complete response in time. This is the reason.
    NoResponse(String),
    /// No request was made, because the endpoint may not be dialled.
    Denied {
        /// The reason. It contains no address that the endpoint's name resolves to.
        reason: String,
        /// The denied address that the endpoint's name resolves to, if that is the reason.
        resolved: Option<IpAddr>,
    },
}

impl DeliveryResult {
    /// The attempt to record for the webhook. It contains no text of the receiver and no address that
    /// the endpoint's name resolves to.
    pub(crate) fn attempt(&self, at: Timestamp) -> Attempt {
        match self {
            Self::Status { code: code @ 200..=299, .. } => {
                Attempt { at, code: Some(*code), message: None }
            }
            Self::Status { code, .. } => {
                let status = StatusCode::from_u16(*code).ok();
                let phrase = status.and_then(|status| status.canonical_reason());
                Attempt { at, code: Some(*code), message: phrase.map(str::to_owned) }
            }
            Self::NoResponse(reason) | Self::Denied { reason, .. } => {
                Attempt { at, code: None, message: Some(reason.clone()) }
            }
        }
    }

    /// Like [`attempt`](Self::attempt), with the address that the endpoint's name resolves to, if that
    /// address was denied.
    pub(crate) fn attempt_with_address(&self, at: Timestamp) -> Attempt {
        let mut attempt = self.attempt(at);
        if let Self::Denied { reason, resolved: Some(address) } = self {
            attempt.message = Some(format!("{reason}: [{address}]"));
        }
        attempt
    }

    pub(super) fn denied(reason: String) -> Self {
        Self::Denied { reason, resolved: None }
    }
}
