//! The sign-in dialog, and which texts are a token. Whether the token is stored, and whether the
//! server accepts it, is decided elsewhere.

use alloc::string::ToString;

use replay_core::webhook::{Secret, Typed};

/// The content of the sign-in dialog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignIn {
    /// The text in the token field.
    pub(crate) typed: Typed,
    /// Whether to store the token until the browser's session ends.
    pub(crate) keep: bool,
    /// Why the last token was not accepted.
    pub(crate) fault: Option<&'static str>,
}

impl SignIn {
    /// The dialog after the server has rejected a token.
    pub(crate) fn after_rejection() -> Self {
        let fault = Some("The server did not accept the token. Enter another one.");
        Self { fault, ..Self::default() }
    }

    /// Reads the token; if the text is not a token, sets the fault.
    pub(crate) fn token(&mut self) -> Option<Secret> {
        let typed = self.typed.0.trim();
        // Users paste the value of an Authorization header.
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
