//! Ranges: two ends, each fixed or relative to `now`. Which ranges a region accepts is decided
//! elsewhere, and how a text is read, in `reading`.

use alloc::string::String;
use core::fmt;

use chrono::TimeDelta;

use crate::{
    Context, Timestamp,
    ago::{Ago, Rounding},
    write_timestamp,
};

/// An end of a range.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Bound {
    /// A fixed instant.
    At(Timestamp),
    /// Relative to `now`. As a start it is rounded down, as an end it is rounded up, so that `now-1d/d`
    /// to `now-1d/d` is yesterday.
    Ago(Ago),
}

/// A range. Relative ends are resolved when it is used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Range {
    /// The start.
    pub from: Bound,
    /// The end.
    pub to: Bound,
}

/// What a text means.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Reading {
    /// A range.
    Range(Range),
    /// A single moment.
    Moment(Timestamp),
}

impl Bound {
    /// `now`.
    pub const NOW: Self = Self::Ago(Ago::NOW);

    /// `now` minus a duration in whole seconds.
    #[must_use]
    pub const fn ago(duration: TimeDelta) -> Self {
        Self::Ago(Ago::of(duration))
    }

    /// Whether the instant depends on `now`.
    #[must_use]
    pub const fn is_relative(&self) -> bool {
        matches!(self, Self::Ago(_))
    }

    /// The instant as a start.
    #[must_use]
    pub fn start(&self, context: Context<'_>) -> Timestamp {
        self.at(Rounding::Down, context)
    }

    /// The instant as an end.
    #[must_use]
    pub fn end(&self, context: Context<'_>) -> Timestamp {
        self.at(Rounding::Up, context)
    }

    fn at(&self, rounding: Rounding, context: Context<'_>) -> Timestamp {
        match self {
            Self::At(at) => *at,
            Self::Ago(ago) => ago.at(rounding, context),
        }
    }
}

impl Range {
    /// The range of this duration that ends at `now`.
    #[must_use]
    pub const fn last(duration: TimeDelta) -> Self {
        Self { from: Bound::ago(duration), to: Bound::NOW }
    }

    /// The first instant.
    #[must_use]
    pub fn start(&self, context: Context<'_>) -> Timestamp {
        self.from.start(context)
    }

    /// The last instant.
    #[must_use]
    pub fn end(&self, context: Context<'_>) -> Timestamp {
        self.to.end(context)
    }
}

impl Reading {
    /// The range; of a single moment the range from it to `now`.
    #[must_use]
    pub const fn range(self) -> Range {
        match self {
            Self::Range(range) => range,
            Self::Moment(at) => Range { from: Bound::At(at), to: Bound::NOW },
        }
    }
}

impl Bound {
    fn push_to(&self, text: &mut String) {
        match self {
            Self::At(at) => text.push_str(&write_timestamp(*at)),
            Self::Ago(ago) => ago.push_to(text),
        }
    }
}

impl Range {
    pub(crate) fn push_to(&self, text: &mut String) {
        self.from.push_to(text);
        text.push('/');
        self.to.push_to(text);
    }
}

impl Reading {
    pub(crate) fn push_to(&self, text: &mut String) {
        match self {
            Self::Range(range) => range.push_to(text),
            Self::Moment(at) => Bound::At(*at).push_to(text),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_to(&mut text);
        f.write_str(&text)
    }
}
