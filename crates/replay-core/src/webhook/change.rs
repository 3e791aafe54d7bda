//! The rules for changing a webhook.

use alloc::{vec, vec::Vec};

use super::{
    configuration::{Endpoint, LogFormat, Target, Webhook},
    secret::Secret,
};
use crate::{Fault, Rule, Timestamp};

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

/// A change of the stored authorization. `T` is a [`Secret`], or a [`Typed`](super::Typed) text that
/// is not checked yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuthorizationChange<T> {
    /// Store this authorization.
    Set(T),
    /// Remove the stored authorization; deliveries then carry no `Authorization` header.
    Remove,
}

impl Webhook {
    /// The webhook after `patch`. If nothing changes, `updated_at` is unchanged as well.
    ///
    /// # Errors
    /// A fault of `endpoint` if the patch sets an authorization or enables the webhook and no
    /// endpoint is configured. A fault of `authorization` if the endpoint's scheme, host or port
    /// changes and the patch neither sets nor removes the stored authorization: a caller must not
    /// send a secret to another server without knowing it.
    pub fn patched(&self, patch: Patch, now: Timestamp) -> Result<Self, Vec<Fault>> {
        let Patch { endpoint, authorization, enabled, log_format, skip_ssl_verification } = patch;
        let target = match endpoint.or_else(|| self.endpoint().cloned()) {
            Some(endpoint) => Some(self.patched_target(endpoint, authorization, enabled)?),
            None if needs_endpoint(authorization.as_ref(), enabled) => {
                return Err(vec![Fault::new("endpoint", Rule::Required, "cannot be blank")]);
            }
            None => None,
        };
        let changed = Self {
            target,
            log_format: log_format.unwrap_or(self.log_format),
            skip_ssl_verification: skip_ssl_verification.unwrap_or(self.skip_ssl_verification),
            updated_at: self.updated_at,
        };
        if changed == *self {
            return Ok(changed);
        }
        Ok(Self { updated_at: Some(now), ..changed })
    }

    fn patched_target(
        &self,
        endpoint: Endpoint,
        change: Option<AuthorizationChange<Secret>>,
        enabled: Option<bool>,
    ) -> Result<Target, Vec<Fault>> {
        let stored = self.target.as_ref().and_then(|target| target.authorization.clone());
        let is_moved = self.endpoint().is_some_and(|current| current.origin != endpoint.origin);
        let authorization = match change {
            Some(AuthorizationChange::Set(secret)) => Some(secret),
            Some(AuthorizationChange::Remove) => None,
            None if is_moved && stored.is_some() => {
                return Err(vec![Fault::new(
                    "authorization",
                    Rule::Required,
                    "must be given again when the endpoint's scheme, host or port changes",
                )]);
            }
            None => stored,
        };
        let enabled = enabled.unwrap_or_else(|| self.is_enabled());
        Ok(Target { endpoint, authorization, enabled })
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        self.target.as_ref().map(|target| &target.endpoint)
    }
}

fn needs_endpoint(
    authorization: Option<&AuthorizationChange<Secret>>,
    enabled: Option<bool>,
) -> bool {
    enabled == Some(true) || matches!(authorization, Some(AuthorizationChange::Set(_)))
}
