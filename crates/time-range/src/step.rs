//! Key editing: the part of a time under the caret is changed by one, and the rest of the time with it.
//! Keys are not known here.

mod fields;
mod relative;

use alloc::string::String;
use core::ops::Range;

use crate::{
    Bound, Context, RangeError,
    read::{Kind, Token, tokens},
};

/// How a part is changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// By one, to a later time or a greater number.
    Up,
    /// By one, to an earlier time or a smaller number.
    Down,
    /// As [`Up`](Self::Up), by several.
    LargeUp,
    /// As [`Down`](Self::Down), by several.
    LargeDown,
}

/// The changed text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stepped {
    /// The text.
    pub text: String,
    /// The changed part, in UTF-16 code units.
    pub selection: Range<usize>,
}

impl Step {
    pub(crate) const fn is_up(self) -> bool {
        matches!(self, Self::Up | Self::LargeUp)
    }

    /// The change, where a large one is `large`.
    pub(crate) const fn by(self, large: i64) -> i64 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
            Self::LargeUp => large,
            Self::LargeDown => -large,
        }
    }
}

/// Changes the part of `text` under the caret, which counts UTF-16 code units, as browsers do. `None` if
/// that is no part of a time that can be changed.
#[must_use]
pub fn step(text: &str, caret: usize, step: Step, context: Context<'_>) -> Option<Stepped> {
    let caret = bytes(text, caret);
    let all = tokens(text);
    let tokens = end_at(text, &all, caret, context)?;
    let under = tokens.iter().position(|token| {
        token.start <= caret && caret <= token.end() && !matches!(token.kind, Kind::Sign(_))
    })?;
    let edits = match read(text, tokens, context)? {
        Ok(Bound::At(at)) => fields::edits(tokens, under, at, step, context)?,
        Err(RangeError::Ambiguous { readings }) => {
            let at = readings.first()?.range().from.start(context);
            fields::edits(tokens, under, at, step, context)?
        }
        Ok(Bound::Ago(_)) => relative::edits(tokens, under, step)?,
        Err(_) => return None,
    };
    rewritten(text, tokens, under, &edits)
}

/// A token's new text.
pub(crate) struct Edit {
    pub(crate) token: usize,
    pub(crate) text: String,
}

fn read(
    text: &str,
    tokens: &[Token<'_>],
    context: Context<'_>,
) -> Option<Result<Bound, RangeError>> {
    let part = text.get(tokens.first()?.start..tokens.last()?.end())?;
    Some(Bound::read_start(part, context))
}

fn bytes(text: &str, caret: usize) -> usize {
    let mut before = 0;
    for (position, byte) in text.bytes().enumerate() {
        if before >= caret && text.is_char_boundary(position) {
            return position;
        }
        before += units(byte);
    }
    text.len()
}

/// The UTF-16 code units of the character that begins with `byte`.
fn units(byte: u8) -> usize {
    match byte {
        0x80..=0xbf => 0,
        0xf0.. => 2,
        _ => 1,
    }
}

/// The tokens of the end of the range that the caret is in.
fn end_at<'t>(
    text: &str,
    tokens: &'t [Token<'t>],
    caret: usize,
    context: Context<'_>,
) -> Option<&'t [Token<'t>]> {
    let reads = |part: &[Token<'_>]| {
        matches!(read(text, part, context), Some(Ok(_) | Err(RangeError::Ambiguous { .. })))
    };
    if reads(tokens) {
        return Some(tokens);
    }
    let separator = (1..tokens.len()).find(|index| {
        let is_separator = tokens.get(*index).is_some_and(|token| {
            matches!(token.kind, Kind::Sign('-' | '–' | '/' | '→' | '…'))
                || token.text.eq_ignore_ascii_case("to")
        });
        is_separator
            && tokens.get(..*index).is_some_and(reads)
            && tokens.get(index + 1..).is_some_and(reads)
    })?;
    let is_in_first = tokens.get(separator).is_some_and(|token| caret <= token.start);
    if is_in_first { tokens.get(..separator) } else { tokens.get(separator + 1..) }
}

fn rewritten(text: &str, tokens: &[Token<'_>], under: usize, edits: &[Edit]) -> Option<Stepped> {
    let mut new = String::with_capacity(text.len() + 4);
    let mut selection = 0..0;
    let mut copied = 0;
    let length = |text: &str| text.bytes().map(units).sum::<usize>();
    for (index, token) in tokens.iter().enumerate() {
        let edit = edits.iter().find(|edit| edit.token == index);
        let replacement = edit.map_or(token.text, |edit| edit.text.as_str());
        new.push_str(text.get(copied..token.start)?);
        let start = length(&new);
        new.push_str(replacement);
        if index == under {
            selection = start..length(&new);
        }
        copied = token.end();
    }
    new.push_str(text.get(copied..)?);
    Some(Stepped { text: new, selection })
}
