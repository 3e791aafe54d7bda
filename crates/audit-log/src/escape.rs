//! The escapes of CEF, read and written from one table. An escaped value contains neither a key nor a line break.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{self, Write as _};

/// An escape sequence: a backslash and `mark`, which together stand for `value`.
#[derive(Clone, Copy)]
pub(crate) struct Escape {
    mark: char,
    value: char,
}

/// The escapes of header fields.
pub(crate) const IN_HEADER: &[Escape] =
    &[Escape { mark: '\\', value: '\\' }, Escape { mark: '|', value: '|' }];

/// The escapes of extensions.
pub(crate) const IN_EXTENSIONS: &[Escape] = &[
    Escape { mark: '\\', value: '\\' },
    Escape { mark: '=', value: '=' },
    Escape { mark: 'n', value: '\n' },
    Escape { mark: 'r', value: '\r' },
];

/// Displays the value of an extension with escapes.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match IN_EXTENSIONS.iter().find(|escape| escape.value == c) {
                Some(escape) => write!(f, "\\{}", escape.mark)?,
                None => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Replaces escape sequences by their values. A backslash that starts none is kept.
pub(crate) fn unescape<'a>(value: &'a str, escapes: &[Escape]) -> Cow<'a, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        match escapes.iter().find(|escape| c == '\\' && next == Some(escape.mark)) {
            Some(escape) => {
                plain.push(escape.value);
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
    fn only_known_escapes_are_replaced() {
        assert_eq!(unescape(r#"\\ \= \n \r \| \" \"#, IN_EXTENSIONS), "\\ = \n \r \\| \\\" \\");
        assert_eq!(unescape(r"\\ \| \= \n \", IN_HEADER), r"\ | \= \n \");
    }

    proptest! {
        #[test]
        fn an_escaped_value_has_no_bare_equals_sign_or_line_break_and_is_read_back(value in r"(.|[\\=nr\n\r])*") {
            let escaped = Escaped(&value).to_string();
            prop_assert!(!escaped.contains(['\n', '\r']));
            prop_assert_eq!(escaped.matches('=').count(), escaped.matches(r"\=").count());
            prop_assert_eq!(unescape(&escaped, IN_EXTENSIONS), value);
        }
    }
}
