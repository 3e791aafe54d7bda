//! The tokens of a clean text: numbers, words and signs. Quotes and brackets separate tokens and are
//! none.

use alloc::vec::Vec;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// The position in the text, in bytes.
    pub(crate) start: usize,
    /// Whether something separates the token from the one before.
    pub(crate) spaced: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// ASCII digits.
    Number,
    /// Letters.
    Word,
    /// One character. `→` is also written `->`, `…` also `..`, `–` also `--`.
    Sign(char),
}

/// A number and how many digits it has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: u64,
    pub(crate) digits: usize,
}

impl Number {
    /// The value of at most nine digits.
    pub(crate) fn small(self) -> u32 {
        u32::try_from(self.value).unwrap_or(u32::MAX)
    }
}

impl Token<'_> {
    /// `None` if it is no number, or too great.
    pub(crate) fn number(&self) -> Option<Number> {
        if self.kind != Kind::Number {
            return None;
        }
        let mut value: u64 = 0;
        for digit in self.text.bytes() {
            value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        }
        Some(Number { value, digits: self.text.len() })
    }

    /// The position after the token.
    pub(crate) const fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of `text`.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut spaced = true;
    let mut start = 0;
    while let Some(first) = text.get(start..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(start..).unwrap_or_default();
        let (kind, length) = kind(first, rest);
        if let Some(kind) = kind {
            let text = rest.get(..length).unwrap_or_default();
            tokens.push(Token { kind, text, start, spaced });
        }
        spaced = kind.is_none();
        start += length;
    }
    tokens
}

/// The kind of the first token, or `None` if `first` separates tokens, and its length in bytes.
fn kind(first: char, rest: &str) -> (Option<Kind>, usize) {
    let while_all = |is_part: fn(char) -> bool| {
        rest.find(|character| !is_part(character)).unwrap_or(rest.len())
    };
    if first.is_ascii_digit() {
        return (Some(Kind::Number), while_all(|character| character.is_ascii_digit()));
    }
    if is_letter(first) {
        return (Some(Kind::Word), while_all(is_letter));
    }
    match first {
        ' ' | '"' | '\'' | '[' | ']' | '{' | '}' | '<' => (None, first.len_utf8()),
        _ if rest.starts_with("->") || rest.starts_with("=>") => (Some(Kind::Sign('→')), 2),
        '>' => (None, 1),
        _ if rest.starts_with("..") => {
            (Some(Kind::Sign('…')), while_all(|character| character == '.'))
        }
        _ if rest.starts_with("--") => (Some(Kind::Sign('–')), 2),
        _ => (Some(Kind::Sign(first)), first.len_utf8()),
    }
}

fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic()
        || (!character.is_ascii() && !matches!(character, '–' | '→' | '…' | '·'))
}
