//! The edited fields of the webhook form, on top of the saved configuration. Other fields are neither
//! stored nor sent.

use alloc::string::String;

use replay_core::webhook::{AuthorizationChange, LogFormat, Typed};
use replay_wire::{Reported, WebhookChange, WebhookReport};

/// The edited fields: a change that may set a field to its saved value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WebhookDraft(WebhookChange);

/// A field's new value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Edit {
    /// The URL that lines are sent to.
    Endpoint(String),
    /// The value of the `Authorization` header; an empty one keeps the saved value.
    Authorization(Typed),
    /// Whether the saved value of the `Authorization` header is removed; this discards a typed one.
    RemoveAuthorization(bool),
    /// The format of the lines.
    LogFormat(LogFormat),
    /// Whether the receiver's certificate is not verified.
    SkipSslVerification(bool),
    /// Whether the webhook is enabled.
    Enabled(bool),
}

impl WebhookDraft {
    /// Sets the edited field.
    pub(super) fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Endpoint(endpoint) => self.0.endpoint = Some(endpoint),
            Edit::Authorization(typed) => {
                self.0.authorization = Some(AuthorizationChange::Set(typed));
            }
            Edit::RemoveAuthorization(remove) => {
                self.0.authorization = remove.then_some(AuthorizationChange::Remove);
            }
            Edit::LogFormat(format) => self.0.log_format = Some(format),
            Edit::SkipSslVerification(skip) => self.0.skip_ssl_verification = Some(skip),
            Edit::Enabled(enabled) => self.0.enabled = Some(enabled),
        }
    }

    /// The text in the authorization field.
    pub(super) fn authorization(&self) -> Typed {
        match &self.0.authorization {
            Some(AuthorizationChange::Set(typed)) => typed.clone(),
            Some(AuthorizationChange::Remove) | None => Typed::default(),
        }
    }

    /// Whether saving removes the saved authorization.
    pub(super) fn removes_authorization(&self) -> bool {
        self.0.authorization == Some(AuthorizationChange::Remove)
    }

    /// The saved configuration with the edited fields in it.
    pub(super) fn over(&self, saved: &WebhookReport) -> WebhookReport {
        let skip = self.0.skip_ssl_verification.unwrap_or(saved.skip_ssl_verification);
        WebhookReport {
            endpoint: self.0.endpoint.clone().or_else(|| saved.endpoint.clone()),
            enabled: self.0.enabled.unwrap_or(saved.enabled),
            log_format: self.0.log_format.map_or_else(|| saved.log_format.clone(), Reported::Known),
            skip_ssl_verification: skip,
            updated_at: saved.updated_at,
        }
    }

    /// The differences to the saved configuration.
    pub(super) fn change(&self, saved: &WebhookReport) -> WebhookChange {
        let draft = self.0.clone();
        let known = saved.endpoint.as_deref().unwrap_or_default();
        let skipped = saved.skip_ssl_verification;
        let untyped = AuthorizationChange::Set(Typed::default());
        WebhookChange {
            endpoint: draft.endpoint.filter(|endpoint| endpoint != known),
            authorization: draft.authorization.filter(|change| *change != untyped),
            enabled: draft.enabled.filter(|enabled| *enabled != saved.enabled),
            log_format: draft.log_format.filter(|new| saved.log_format.known() != Some(*new)),
            skip_ssl_verification: draft.skip_ssl_verification.filter(|skip| *skip != skipped),
        }
    }

    /// Removes the fields that are the same in `sent`. A field edited since remains.
    pub(super) fn forget(&mut self, sent: &Self) {
        if self.0.endpoint == sent.0.endpoint {
            self.0.endpoint = None;
        }
        if self.0.authorization == sent.0.authorization {
            self.0.authorization = None;
        }
        if self.0.log_format == sent.0.log_format {
            self.0.log_format = None;
        }
        if self.0.skip_ssl_verification == sent.0.skip_ssl_verification {
            self.0.skip_ssl_verification = None;
        }
        if self.0.enabled == sent.0.enabled {
            self.0.enabled = None;
        }
    }
}

impl Edit {
    /// The field's name in the API.
    pub(super) const fn field(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "endpoint",
            Self::Authorization(_) | Self::RemoveAuthorization(_) => "authorization",
            Self::LogFormat(_) => "log_format",
            Self::SkipSslVerification(_) => "skip_ssl_verification",
            Self::Enabled(_) => "enabled",
        }
    }
}
