//! Secret header values. `Debug` prints none of them.

use alloc::string::String;
use core::fmt;

/// A secret header value. `Debug` does not print it.
///
/// Invariant: printable ASCII, not empty, without leading or trailing spaces.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

/// The unchecked text of a secret input field. `Debug` does not print it.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Typed(pub String);

impl Secret {
    /// The maximum length of a new authorization in bytes. A longer stored one stays valid.
    pub const NEW_LIMIT_BYTES: usize = 4 * 1024;

    /// Checks that `text` can be sent verbatim as a header value.
    ///
    /// # Errors
    /// The rule, if `text` is empty, is not printable ASCII, or has leading or trailing spaces.
    pub fn new(text: String) -> Result<Self, &'static str> {
        let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if text.is_empty() || text.trim() != text || !printable {
            return Err("must be printable ASCII without space around it");
        }
        Ok(Self(text))
    }

    /// The secret value, to be sent to the receiver only.
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
