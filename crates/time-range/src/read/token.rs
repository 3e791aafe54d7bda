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
    let mut spaced = true;
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let (kind, mut length) = first(rest);
        let is_fraction = !spaced
            && text
                .get(..start)
                .is_some_and(|it| matches!(it.as_bytes().last(), Some(b'.' | b',')));
        if matches!(length, 12 | 14)
            && matches!(rest.get(..2), Some("19" | "20" | "21"))
            && !is_fraction
        {
            // A date and a time of day without separators.
            length = 8;
        }
        if let Some(kind) = kind {
            let text = rest.get(..length).unwrap_or_default();
            let word = if kind == Kind::Word { word(text) } else { None };
            tokens.push(Token { kind, text, word, start, spaced });
        }
        spaced = kind.is_none();
        start += length;
    }
    tokens
}

/// The kind of the first token, or `None` if that only separates tokens, and its length in bytes.
fn first(text: &str) -> (Option<Kind>, usize) {
    let bytes = text.as_bytes();
    let (mut length, mut class) = (0, Class::Digit);
    while length < bytes.len() {
        let next = self::class(text, length);
        if length > 0 && next != class {
            break;
        }
        class = next;
        length += 1;
        while !text.is_char_boundary(length) {
            length += 1;
        }
        if class == Class::Sign {
            break;
        }
    }
    let kind = match class {
        Class::Digit => Kind::Number,
        Class::Letter => Kind::Word,
        Class::Sign => return sign(text, length),
    };
    (Some(kind), length)
}

/// The sign at the start of `text`, whose first character has this length.
fn sign(text: &str, length: usize) -> (Option<Kind>, usize) {
    let bytes = text.as_bytes();
    let next = bytes.get(1).copied();
    let sign = match (bytes.first(), next) {
        (Some(b'-' | b'='), Some(b'>')) => return (Some(Kind::Sign('→')), 2),
        (Some(b'.'), Some(b'.')) => {
            let dots = bytes.iter().take_while(|byte| **byte == b'.').count();
            return (Some(Kind::Sign('…')), dots);
        }
        (Some(b'-'), Some(b'-')) => return (Some(Kind::Sign('–')), 2),
        (Some(byte), _) if b" \"'[]{}<>".contains(byte) => None,
        _ => text.chars().next().map(Kind::Sign),
    };
    (sign, length)
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Class {
    Digit,
    Letter,
    Sign,
}

/// The class of the character at `at`. Every other character than the known signs is a letter.
fn class(text: &str, at: usize) -> Class {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'0'..=b'9') => Class::Digit,
        Some(b'a'..=b'z' | b'A'..=b'Z') => Class::Letter,
        Some(0x80..) => {
            let rest = bytes.get(at..).unwrap_or_default();
            let is_sign = ["–", "→", "…", "·"].iter().any(|sign| rest.starts_with(sign.as_bytes()));
            if is_sign { Class::Sign } else { Class::Letter }
        }
        _ => Class::Sign,
    }
}
