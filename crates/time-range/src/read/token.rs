//! The tokens of a clean text: numbers, words and signs. Quotes and brackets separate tokens and are
//! none.

use alloc::vec::Vec;

use crate::read::words::{Word, word};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) word: Option<Word>,
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
    /// The greatest value, if it is greater.
    pub(crate) value: u32,
    pub(crate) digits: u32,
}

impl Token<'_> {
    /// `None` if it is no number.
    pub(crate) fn number(&self) -> Option<Number> {
        if self.kind != Kind::Number {
            return None;
        }
        let (mut value, mut digits) = (0_u32, 0);
        for digit in self.text.bytes() {
            value = value.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
            digits += 1;
        }
        Some(Number { value, digits })
    }

    /// A number of any length.
    pub(crate) fn long(&self) -> Option<i64> {
        let mut value: i64 = 0;
        for byte in self.text.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
        }
        Some(value)
    }

    pub(crate) fn is_half(&self) -> bool {
        matches!(self.word, Some(Word::Am | Word::Pm))
    }

    pub(crate) fn is_day_word(&self) -> bool {
        matches!(self.word, Some(Word::Today | Word::Yesterday))
    }

    /// The position after the token.
    pub(crate) const fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of `text`.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut start, mut spaced, mut after_dot) = (0, true, false);
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = first(rest, after_dot);
        if kind != SEPARATOR {
            let text = rest.get(..length).unwrap_or_default();
            let word = if kind == Kind::Word { word(text) } else { None };
            tokens.push(Token { kind, text, word, start, spaced });
        }
        spaced = kind == SEPARATOR;
        after_dot = matches!(kind, Kind::Sign('.' | ','));
        start += length;
    }
    tokens
}

/// What separates tokens and is none.
const SEPARATOR: Kind = Kind::Sign(' ');

/// The kind of the first token and its length in bytes.
fn first(text: &str, after_dot: bool) -> (Kind, usize) {
    let (kind, mut length) = character(text);
    if let Kind::Number | Kind::Word = kind {
        while let Some(rest) = text.get(length..)
            && let (next, more) = character(rest)
            && next == kind
        {
            length += more;
        }
        let has_year = matches!(text.get(..2), Some("19" | "20" | "21"));
        if has_year && matches!(length, 12 | 14) && !after_dot {
            // A date and a time of day without separators.
            length = 8;
        }
        return (kind, length);
    }
    match text.get(..2) {
        Some("->" | "=>") => (Kind::Sign('→'), 2),
        Some("--") => (Kind::Sign('–'), 2),
        Some("..") => {
            while text.as_bytes().get(length) == Some(&b'.') {
                length += 1;
            }
            (Kind::Sign('…'), length)
        }
        _ => (kind, length),
    }
}

/// What the first character is, and its length in bytes. Every other character than the known signs is
/// a letter.
fn character(text: &str) -> (Kind, usize) {
    let character = text.chars().next().unwrap_or(' ');
    let kind = match character {
        '0'..='9' => Kind::Number,
        ' ' | '"' | '\'' | '[' | ']' | '{' | '}' | '<' | '>' => SEPARATOR,
        '–' | '→' | '…' | '·' => Kind::Sign(character),
        'a'..='z' | 'A'..='Z' | '\u{80}'.. => Kind::Word,
        _ => Kind::Sign(character),
    };
    (kind, character.len_utf8())
}
