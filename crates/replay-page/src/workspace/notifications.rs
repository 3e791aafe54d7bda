//! Notifications of the browser: only if the user asks for them, and only while the page is hidden.

use alloc::string::ToString;

use crate::{effect::Effect, effects::Effects};

/// Whether the user wants notifications, and whether the browser shows them.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) enum Notifications {
    /// The user does not want them.
    #[default]
    Unwanted,
    /// The user wants them; the browser asks for the permission.
    Asked,
    /// They are shown.
    Allowed,
    /// The browser does not show them.
    Denied,
}

impl Notifications {
    /// Takes in what the user wants.
    pub(super) fn want(&mut self, wanted: bool, effects: &mut Effects) {
        *self = if wanted { Self::Asked } else { Self::Unwanted };
        if wanted {
            effects.push(Effect::AllowNotifications);
        }
    }

    /// Takes in the answer of the browser.
    pub(crate) fn answer(&mut self, allowed: bool) {
        if *self == Self::Asked {
            *self = if allowed { Self::Allowed } else { Self::Denied };
        }
    }

    pub(super) fn show(self, text: &str, effects: &mut Effects) {
        if self == Self::Allowed {
            effects.push(Effect::ShowNotification(text.to_string()));
        }
    }
}
