//! Where a region's lines are sent, how that may be changed, and how the last delivery went. It
//! parses no URL: whoever may dial decides what an [`Endpoint`] is.

use alloc::{string::String, vec, vec::Vec};
use core::fmt;

use crate::{Fault, Rule, Timestamp};

/// A region's webhook.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Webhook {
    /// Where to send; `None` until an endpoint was given.
    pub target: Option<Target>,
    /// In which format lines are wanted.
    pub log_format: LogFormat,
    /// Whether any certificate of the endpoint will do.
    pub skip_ssl_verification: bool,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A webhook's address and what it takes to be heard there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The address.
    pub endpoint: Endpoint,
    /// The value of the `Authorization` header, sent verbatim.
    pub authorization: Option<Secret>,
    /// Whether anything is sent.
    pub enabled: bool,
}

/// An address that a parser of URLs, and the rules for outbound connections, let pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// The address as it was given.
    pub url: String,
    /// Its scheme, host and port as one text: who receives what is sent there.
    pub origin: String,
}

/// A value that may be sent to its receiver and shown to nobody.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

/// A secret as far as it is typed, good or not; it prints as nothing.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Typed(pub String);

/// The format of an audit log line.
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

/// A requested change; what is `None` stays as it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Patch {
    /// A new address.
    pub endpoint: Option<Endpoint>,
    /// What becomes of the stored authorization.
    pub authorization: Option<AuthorizationChange<Secret>>,
    /// Whether to send.
    pub enabled: Option<bool>,
    /// A new format.
    pub log_format: Option<LogFormat>,
    /// Whether any certificate will do.
    pub skip_ssl_verification: Option<bool>,
}

/// A change of the stored authorization to a `T`: a [`Secret`], or a [`Typed`] text that is not
/// checked yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuthorizationChange<T> {
    /// Store this one.
    Set(T),
    /// Remove the stored one; deliveries then carry no `Authorization` header.
    Remove,
}

/// How the last delivery went.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// When it was made.
    pub at: Timestamp,
    /// The receiver's HTTP status, if it answered.
    pub code: Option<u16>,
    /// What went wrong, in words without any of the receiver's own; `None` after a success.
    pub message: Option<String>,
}

/// How a webhook is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    /// In one word.
    pub status: WebhookStatus,
    /// Whether lines are sent to it.
    pub enabled: bool,
    /// The last delivery, if there was one.
    pub last: Option<Attempt>,
}

/// What a webhook's status endpoint calls its health.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WebhookStatus {
    /// The last delivery succeeded, or none was made yet.
    Active,
    /// The last delivery failed.
    Inactive,
    /// There is no endpoint.
    Unconfigured,
}

impl Endpoint {
    /// The address up to its query or fragment, which may hold credentials.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }
}

impl Webhook {
    /// Whether lines may be sent to it.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.enabled)
    }

    /// The webhook after `patch`; one that changes nothing leaves `updated_at` alone.
    ///
    /// # Errors
    /// `endpoint` is required once an authorization is stored or sending is enabled. A change of
    /// the endpoint's scheme, host or port must set or remove a stored `authorization`: nobody may
    /// send a secret elsewhere that they do not know.
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

    /// The health that its `last` delivery left it in.
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
    /// Whether the receiver took what was sent.
    #[must_use]
    pub const fn delivered(&self) -> bool {
        matches!(self.code, Some(200..=299))
    }
}

impl Secret {
    /// How long a new authorization may be. Longer ones that are stored already stay valid.
    pub const NEW_LIMIT_BYTES: usize = 4 * 1024;

    /// A secret that can stand in a header.
    ///
    /// # Errors
    /// The reason, unless it is printable ASCII without space around it: only then is what the
    /// receiver gets what was given.
    pub fn new(text: String) -> Result<Self, &'static str> {
        let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if text.is_empty() || text.trim() != text || !printable {
            return Err("must be printable ASCII without space around it");
        }
        Ok(Self(text))
    }

    /// The value, for the receiver's eyes.
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

    /// The format the API spells so.
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
