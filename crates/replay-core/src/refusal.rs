//! Why a request was refused. Which requests are refused, and how a response says it, is decided
//! elsewhere.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use crate::{Region, timeframe::TimeframeError};

/// Why a request was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The token is missing, unknown, revoked or expired.
    Unauthorized,
    /// The path or the region does not exist.
    NotFound,
    /// The path exists, but not with this method.
    MethodNotAllowed,
    /// The token's role or regions do not permit the request.
    Forbidden,
    /// The body is larger than this limit in bytes.
    TooLarge(usize),
    /// The body has another media type or encoding than this one.
    UnsupportedMediaType(&'static str),
    /// The request has these faults; there is at least one.
    BadRequest(Vec<Fault>),
    /// A job is running and cannot be replaced. Lists the regions with a running job if the request
    /// was to `global`; empty if it was to one region.
    Running(Vec<Region>),
    /// No job is accepted, pending or running, so none can be cancelled, and none has a rate.
    NothingToStop,
    /// The region's job has not failed, or every line of it was delivered.
    NothingToResume,
    /// The outage is still open, so that its undelivered lines are not known yet.
    OutageNotEnded,
    /// The outage is healed already.
    OutageHealed,
    /// No line is left to deliver: the retention has removed what was undelivered.
    NothingLeft,
    /// Another test of the region's webhook is in progress.
    BeingTested,
    /// The server does not serve the `Host` of the request.
    MisdirectedHost(String),
    /// Too much data is waiting to be archived; the same request may succeed later.
    Overloaded {
        /// The value of the `Retry-After` header.
        retry_after_seconds: u32,
    },
    /// The database can do nothing for now; the same request may succeed later.
    Unavailable {
        /// The value of the `Retry-After` header.
        retry_after_seconds: u32,
    },
    /// The server failed for a reason of its own.
    Internal,
    /// The upstream server failed: its host, and how, like `did not answer in time`.
    BadGateway(String, &'static str),
}

/// A field of a request that breaks a rule: an entry of `invalid_parameters`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The name of the field; `body` for the body as a whole.
    pub field: String,
    /// The broken rule.
    pub rule: Rule,
    /// What is wrong and which values are accepted, as the end of a sentence that starts with the
    /// field, like `must be a string`.
    pub reason: String,
}

/// The rules of Konnect's problem documents that this API uses, from
/// <https://github.com/Kong/developer.konghq.com/tree/main/api-specs/konnect/audit-logs>.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Rule {
    /// The field is missing, null or blank.
    Required,
    /// The value must be a JSON object.
    IsObject,
    /// The value must be a string.
    IsString,
    /// The value must be a boolean.
    IsBoolean,
    /// The value must be an RFC 3339 date and time.
    IsDateTime,
    /// The value must be one of these.
    Enum(&'static [&'static str]),
    /// The value must have at most this number of bytes.
    MaxLength(usize),
    /// The request has no field of this name.
    UnknownProperty,
    /// The resource that the field refers to does not exist.
    MissingReference,
    /// The value has the right type and breaks another rule; the reason says which.
    Invalid,
}

impl Refusal {
    /// The refusal of a job in a region without an enabled webhook.
    #[must_use]
    pub fn no_enabled_webhook() -> Self {
        Self::BadRequest(Vec::from([Fault::new(
            "audit_log_webhook",
            Rule::MissingReference,
            "must be configured and enabled before a replay can be sent to it",
        )]))
    }

    /// The refusal of a test of a webhook without an endpoint.
    #[must_use]
    pub fn no_webhook() -> Self {
        Self::BadRequest(Vec::from([Fault::new(
            "audit_log_webhook",
            Rule::MissingReference,
            "must be configured before it can be tested",
        )]))
    }
}

impl Fault {
    /// A fault of `field`.
    #[must_use]
    pub fn new(field: impl Into<String>, rule: Rule, reason: impl Into<String>) -> Self {
        Self { field: field.into(), rule, reason: reason.into() }
    }
}

impl From<TimeframeError> for Fault {
    fn from(error: TimeframeError) -> Self {
        Self::new(error.edge().field(), Rule::Invalid, error.to_string())
    }
}
