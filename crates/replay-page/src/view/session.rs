//! Who is signed in, the choice of clocks, and the sign-in dialog.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::webhook::Typed;
use replay_wire::Mode;

use super::{Action, Pick, labels::SIGN_IN};
use crate::{clocks::Clocks, message::Msg, page::Page, sign_in::SignIn, workspace::Workspace};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The role of the token, if the server reports it, or that there is no token.
    pub text: Option<String>,
    /// The button to sign out or in.
    pub action: Action,
}

/// The sign-in dialog.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialog {
    /// Which token to enter.
    pub text: &'static str,
    /// The text in the token field.
    pub typed: Typed,
    /// Whether to store the token until the browser's session ends.
    pub keep: bool,
    /// Why the last token was not accepted.
    pub fault: Option<&'static str>,
}

pub(super) fn account(page: &Page, workspace: &Workspace) -> Account {
    if page.is_signed_in() {
        let role = workspace.me.known().map(|me| me.role.clone());
        Account { text: role, action: Action::ready("Sign out", Msg::SignedOut) }
    } else {
        let text = Some("Not signed in".to_string());
        Account { text, action: Action::ready(SIGN_IN, Msg::SignInAsked) }
    }
}

pub(super) fn clocks(page: &Page) -> Vec<Pick> {
    let local = format!("Local ({})", page.browser_zone_name());
    [(Clocks::Local, "clocks-local", local), (Clocks::Utc, "clocks-utc", "UTC".to_string())]
        .map(|(clocks, id, label)| Pick {
            label,
            id,
            current: clocks == page.clocks,
            msg: Msg::ClocksChosen(clocks),
        })
        .into()
}

pub(super) fn dialog(sign_in: &SignIn, workspace: &Workspace) -> Dialog {
    Dialog {
        text: match workspace.server.mode {
            Mode::Embedded => {
                "Enter a token of this server. It is forgotten with this page, unless you tick the box."
            }
            Mode::Gateway => {
                "Enter a Konnect access token. It is sent on to Konnect, and forgotten with this page, unless you tick the box."
            }
        },
        typed: sign_in.typed.clone(),
        keep: sign_in.keep,
        fault: sign_in.fault,
    }
}
