//! The secret of a webhook: what is typed in its field, and whether one is saved. The API never reports
//! one.

use replay_core::webhook::Typed;

use super::{Setup, WebhookDraft};

impl Setup {
    /// Whether a secret is saved; `None` if that is not known.
    #[must_use]
    pub fn secret_saved(&self) -> Option<bool> {
        let is_unconfigured = self.webhook.known().is_none_or(|webhook| webhook.endpoint.is_none());
        if is_unconfigured { Some(false) } else { self.secret_saved }
    }

    /// The text in the authorization field.
    #[must_use]
    pub fn authorization(&self) -> Typed {
        self.draft.authorization()
    }

    /// Whether saving removes the saved authorization.
    #[must_use]
    pub fn removes_authorization(&self) -> bool {
        self.draft.removes_authorization()
    }

    /// Whether a secret is saved once this draft is.
    pub(super) fn secret_after(&self, sent: &WebhookDraft) -> Option<bool> {
        if sent.removes_authorization() {
            Some(false)
        } else if sent.authorization().0.is_empty() {
            self.secret_saved()
        } else {
            Some(true)
        }
    }
}
