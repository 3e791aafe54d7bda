//! The dialog that asks for a token, and what may be one. Where a token is kept, and whether the
//! server takes it, is not decided here.

use alloc::string::ToString;

use replay_core::webhook::{Secret, Typed};

/// The dialog as it is filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignIn {
    /// What is typed of the token.
    pub(crate) typed: Typed,
    /// Whether to keep it for the browser's session.
    pub(crate) keep: bool,
    /// Why the last one would not do.
    pub(crate) fault: Option<&'static str>,
}

impl SignIn {
    /// The dialog after a token that the server does not know.
    pub(crate) fn after_rejection() -> Self {
        let fault = Some("The server did not accept the token. Enter another one.");
        Self { fault, ..Self::default() }
    }

    /// The token that was typed; otherwise the dialog says why it is none.
    pub(crate) fn token(&mut self) -> Option<Secret> {
        let typed = self.typed.0.trim();
        // As it is copied from a header.
        let typed = typed.strip_prefix("Bearer ").unwrap_or(typed).trim();
        let token = Secret::new(typed.to_string()).ok().filter(|_| !typed.contains(' '));
        self.fault = match &token {
            Some(_) => None,
            None if typed.is_empty() => Some("Enter a token."),
            None => Some("A token has no spaces and no letters beyond ASCII."),
        };
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_token_is_trimmed() {
        for text in ["kpat_1", " kpat_1\n", "Bearer kpat_1"] {
            let mut sign_in = SignIn { typed: Typed(text.to_string()), ..SignIn::default() };
            assert_eq!(sign_in.token().unwrap().expose(), "kpat_1", "{text}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_token_is_refused_with_a_reason() {
        for text in ["", "  ", "two words", "tok\u{e9}n"] {
            let mut sign_in = SignIn { typed: Typed(text.to_string()), ..SignIn::default() };
            assert!(sign_in.token().is_none() && sign_in.fault.is_some(), "{text}");
        }
    }
}
