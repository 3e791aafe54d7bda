//! CEF's escapes, in both directions from one table. Never lets a written value hold a key or a line break.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Write as _};

/// What follows the backslash, and what the two stand for.
type Escapes = [(char, char)];
pub(crate) const IN_HEADER: &Escapes = &[('\\', '\\'), ('|', '|')];
pub(crate) const IN_EXTENSIONS: &Escapes = &[('\\', '\\'), ('=', '='), ('n', '\n'), ('r', '\r')];

/// An extension's value on its way into a line.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match IN_EXTENSIONS.iter().find(|(_, stands_for)| c == *stands_for) {
                Some((mark, _)) => write!(f, "\\{mark}")?,
                None => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The value that was meant; an escape CEF does not know, or a lone backslash, is itself.
pub(crate) fn unescape<'a>(value: &'a str, escapes: &Escapes) -> Cow<'a, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        match escapes.iter().find(|(mark, _)| c == '\\' && next == Some(*mark)) {
            Some((_, stands_for)) => {
                plain.push(*stands_for);
                rest.next();
            }
            None => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_known_escapes_are_undone() {
        assert_eq!(unescape(r#"\\ \= \n \r \| \" \"#, IN_EXTENSIONS), "\\ = \n \r \\| \\\" \\");
        assert_eq!(unescape(r"\\ \| \= \n \", IN_HEADER), r"\ | \= \n \");
    }

    proptest! {
        #[test]
        fn an_escaped_value_holds_no_bare_equals_sign_and_no_line_break_and_comes_back(value in r"(.|[\\=nr\n\r])*") {
            let escaped = Escaped(&value).to_string();
            prop_assert!(!escaped.contains(['\n', '\r']));
            prop_assert_eq!(escaped.matches('=').count(), escaped.matches(r"\=").count());
            prop_assert_eq!(unescape(&escaped, IN_EXTENSIONS), value);
        }
    }
}
