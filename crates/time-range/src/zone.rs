//! A time zone as a value: a name and the UTC offsets within a limited period. It converts between
//! clock times and timestamps. A clock time that does not exist or is ambiguous is an error; it is
//! never shifted.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

use chrono::{FixedOffset, NaiveDateTime, Offset, SubsecRound, TimeDelta, Utc};

use crate::{
    Timestamp,
    digits::{push_clock, push_offset},
};

mod abbreviations;
pub use self::abbreviations::Abbreviation;

/// A time zone, exact within the period that it was sampled for. Before and after that period, the
/// first and the last offset apply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Zone {
    name: String,
    first: FixedOffset,
    /// In order of time; each offset differs from the one before.
    changes: Vec<Change>,
    abbreviations: Vec<Abbreviation>,
}

/// From `at` on, clocks differ from UTC by `offset`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Change {
    at: Timestamp,
    offset: FixedOffset,
}

/// The offsets with which a clock time exists.
struct Offsets {
    greatest: FixedOffset,
    least: FixedOffset,
}

/// A clock time does not exist or is ambiguous in a zone; `Display` says the accepted ones.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ClockTimeError {
    /// The clock time does not exist: clocks were put forward past it.
    Gap {
        /// When clocks were put forward.
        at: Timestamp,
        /// The UTC offset before `at`.
        before: FixedOffset,
        /// The UTC offset from `at` on.
        after: FixedOffset,
    },
    /// The clock time exists twice: clocks were put back.
    Overlap {
        /// The first instant with this clock time.
        first: LocalInstant,
        /// The second instant with this clock time.
        second: LocalInstant,
    },
}

/// An instant and the UTC offset of clocks at that instant.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LocalInstant {
    /// The instant.
    pub at: Timestamp,
    /// The UTC offset.
    pub offset: FixedOffset,
}

/// The two clock times that are accepted instead of a wrong one, like `2026-11-23 13:00:00 +01:00`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choices {
    /// The earlier one: the last second before a gap, or the first of two equal clock times.
    pub earlier: String,
    /// The later one: the first second after a gap, or the second of two equal clock times.
    pub later: String,
}

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            first: Utc.fix(),
            changes: Vec::new(),
            abbreviations: Vec::new(),
        }
    }

    /// Samples the zone `name` from `since` to `until` by calling `offset_at`, which returns the UTC
    /// offset at an instant.
    ///
    /// Changes are found to the second. Changes less than six hours apart may be missed; no time zone
    /// has such changes.
    #[must_use]
    pub fn sampled(
        name: &str,
        since: Timestamp,
        until: Timestamp,
        mut offset_at: impl FnMut(Timestamp) -> FixedOffset,
    ) -> Self {
        const STEP: TimeDelta = TimeDelta::hours(6);
        // The search below moves by whole seconds, and offsets change at whole seconds.
        let since = since.trunc_subsecs(0);
        let first = offset_at(since);
        let (mut changes, mut at, mut offset) = (Vec::new(), since, first);
        while at < until {
            let next = at.checked_add_signed(STEP).unwrap_or(until);
            let there = offset_at(next);
            if there != offset {
                let at = first_second_with(there, at, next, &mut offset_at);
                changes.push(Change { at, offset: there });
            }
            (at, offset) = (next, there);
        }
        Self { name: name.to_owned(), first, changes, abbreviations: Vec::new() }
    }

    /// The name, like `Europe/Berlin`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The UTC offset at an instant.
    #[must_use]
    pub fn offset(&self, at: Timestamp) -> FixedOffset {
        let past = self.changes.iter().rev().find(|change| change.at <= at);
        past.map_or(self.first, |change| change.offset)
    }

    /// The clock time at an instant.
    pub(crate) fn clock(&self, at: Timestamp) -> NaiveDateTime {
        clock(at, self.offset(at))
    }

    /// The first instant with this clock time; the end of the gap that contains it, if it does not
    /// exist.
    pub(crate) fn first_at(&self, clock: NaiveDateTime) -> Timestamp {
        match self.timestamp(clock) {
            Ok(at) | Err(ClockTimeError::Gap { at, .. }) => at,
            Err(ClockTimeError::Overlap { first, .. }) => first.at,
        }
    }

    /// Prints the clock time at an instant, to the second, like `2026-11-23 13:00:00 +01:00`.
    #[must_use]
    pub fn print(&self, at: Timestamp) -> String {
        print(at, self.offset(at))
    }

    /// The instant of a clock time.
    ///
    /// # Errors
    /// [`ClockTimeError`] if the clock time does not exist or is ambiguous.
    pub fn timestamp(&self, clock: NaiveDateTime) -> Result<Timestamp, ClockTimeError> {
        // The greater the offset, the earlier the instant.
        let mut found: Option<Offsets> = None;
        for index in 0..=self.changes.len() {
            let change = index.checked_sub(1).and_then(|index| self.changes.get(index));
            let offset = change.map_or(self.first, |change| change.offset);
            if !self.has(clock, offset) {
                continue;
            }
            let east = offset.local_minus_utc();
            let offsets = found.get_or_insert(Offsets { greatest: offset, least: offset });
            if east > offsets.greatest.local_minus_utc() {
                offsets.greatest = offset;
            }
            if east < offsets.least.local_minus_utc() {
                offsets.least = offset;
            }
        }
        let Some(Offsets { greatest, least }) = found else { return Err(self.gap(clock)) };
        let [first, second] = [greatest, least].map(|offset| LocalInstant {
            at: clock.checked_sub_offset(offset).unwrap_or(clock).and_utc(),
            offset,
        });
        if greatest == least {
            return Ok(first.at);
        }
        Err(ClockTimeError::Overlap { first, second })
    }

    /// Whether the zone has this offset when clocks with it show `clock`.
    fn has(&self, clock: NaiveDateTime, offset: FixedOffset) -> bool {
        let at = clock.checked_sub_offset(offset);
        at.is_some_and(|at| self.offset(at.and_utc()) == offset)
    }

    /// The gap that contains a clock time which does not exist: the last change that the clock time
    /// has reached with the offset before that change.
    fn gap(&self, clock: NaiveDateTime) -> ClockTimeError {
        let mut before = self.first;
        // Returned for a clock time before the earliest timestamp only.
        let mut gap = ClockTimeError::Gap { at: Timestamp::MIN_UTC, before, after: before };
        for &Change { at, offset } in &self.changes {
            let reached = clock.checked_sub_offset(before).map(|utc| utc.and_utc());
            if reached.is_none_or(|reached| reached >= at) {
                gap = ClockTimeError::Gap { at, before, after: offset };
            }
            before = offset;
        }
        gap
    }
}

/// The first whole second after `before` with this offset. At `with`, the offset must hold.
fn first_second_with(
    offset: FixedOffset,
    before: Timestamp,
    with: Timestamp,
    offset_at: &mut impl FnMut(Timestamp) -> FixedOffset,
) -> Timestamp {
    let (mut low, mut high) = (before, with);
    while high - low > TimeDelta::seconds(1) {
        let middle = low + TimeDelta::seconds((high - low).num_seconds() / 2);
        if offset_at(middle) == offset { high = middle } else { low = middle }
    }
    high
}

fn clock(at: Timestamp, offset: FixedOffset) -> NaiveDateTime {
    // Only the earliest and the latest timestamps overflow.
    at.naive_utc().checked_add_offset(offset).unwrap_or(at.naive_utc())
}

fn print(at: Timestamp, offset: FixedOffset) -> String {
    let mut text = String::new();
    push_clock(clock(at, offset), ' ', &mut text);
    text.push(' ');
    push_offset(offset, &mut text);
    text
}

impl ClockTimeError {
    /// The accepted clock times: both sides of a gap, or both instants of an overlap.
    #[must_use]
    pub fn choices(&self) -> Choices {
        match *self {
            Self::Gap { at, before, after } => {
                let last = at.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(at);
                Choices { earlier: print(last, before), later: print(at, after) }
            }
            Self::Overlap { first, second } => Choices {
                earlier: print(first.at, first.offset),
                later: print(second.at, second.offset),
            },
        }
    }
}

impl fmt::Display for ClockTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Choices { earlier, later } = self.choices();
        let (reason, between) = match self {
            Self::Gap { .. } => ("does not exist: clocks were put forward from ", " to "),
            Self::Overlap { .. } => ("happened twice, as clocks were put back: ", " or "),
        };
        f.write_str(reason)?;
        f.write_str(&earlier)?;
        f.write_str(between)?;
        f.write_str(&later)
    }
}

impl core::error::Error for ClockTimeError {}

#[cfg(test)]
mod tests;
