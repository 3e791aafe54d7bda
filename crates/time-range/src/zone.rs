//! A time zone as a value: a name, and when its offset from UTC changes around the retention
//! window. It reads and prints clock times; one that no clock or two clocks showed is never shifted
//! to another.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::fmt;

use chrono::{Datelike, FixedOffset, NaiveDateTime, Offset, SubsecRound, TimeDelta, Timelike, Utc};

use crate::Timestamp;

/// A time zone within the days it was read for; the last offset of either side holds beyond them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Zone {
    name: String,
    first: FixedOffset,
    /// In order, each differing from the one before.
    changes: Vec<Change>,
}

/// From `at` on, clocks are `offset` ahead of UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Change {
    at: Timestamp,
    offset: FixedOffset,
}

/// A clock time that is not one moment; its `Display` says what would do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NotOneMoment {
    /// Clocks skipped it, when they were put forward at that moment.
    Gap {
        /// When.
        at: Timestamp,
        /// Their offset before and after.
        offsets: [FixedOffset; 2],
    },
    /// Clocks were put back, and showed it twice.
    Overlap {
        /// The moments at which they did.
        at: [Timestamp; 2],
        /// Their offset at each.
        offsets: [FixedOffset; 2],
    },
}

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), first: Utc.fix(), changes: Vec::new() }
    }

    /// The zone of that `name` from `since` to `until`, found by asking for the offset at moments
    /// of one's choice. Changes less than six hours apart may be missed; there are none on Earth.
    /// A change is found to the second, whatever the fraction of `since`.
    #[must_use]
    pub fn sampled(
        name: &str,
        since: Timestamp,
        until: Timestamp,
        mut offset_at: impl FnMut(Timestamp) -> FixedOffset,
    ) -> Self {
        const STEP: TimeDelta = TimeDelta::hours(6);
        // The search moves by whole seconds, and clocks change at whole seconds.
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
        Self { name: name.to_owned(), first, changes }
    }

    /// Its name, like `Europe/Berlin`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far its clocks are ahead of UTC at that moment.
    #[must_use]
    pub fn offset(&self, at: Timestamp) -> FixedOffset {
        let past = self.changes.iter().rev().find(|change| change.at <= at);
        past.map_or(self.first, |change| change.offset)
    }

    /// The moment on this zone's clocks, to the second: `2026-11-23 13:00:00 +01:00`.
    #[must_use]
    pub fn print(&self, at: Timestamp) -> String {
        print(at, self.offset(at))
    }

    /// The moment at which clocks show that time.
    ///
    /// # Errors
    /// [`NotOneMoment`] when they never do, or twice.
    pub fn instant(&self, clock: NaiveDateTime) -> Result<Timestamp, NotOneMoment> {
        let with = |offset: FixedOffset| {
            let at = clock.checked_sub_offset(offset)?.and_utc();
            (self.offset(at) == offset).then_some((at, offset))
        };
        let offsets = || {
            let later = self.changes.iter().map(|change| change.offset);
            core::iter::once(self.first).chain(later).filter_map(with)
        };
        match offsets().min_by_key(|(at, _)| *at).zip(offsets().max_by_key(|(at, _)| *at)) {
            None => Err(self.gap(clock)),
            Some((first, last)) if first.0 == last.0 => Ok(first.0),
            Some((first, last)) => {
                Err(NotOneMoment::Overlap { at: [first.0, last.0], offsets: [first.1, last.1] })
            }
        }
    }

    /// The gap that holds a clock time which no clock shows: the last one it lies beyond with the
    /// offset before it.
    fn gap(&self, clock: NaiveDateTime) -> NotOneMoment {
        let (mut before, mut gap) = (self.first, None);
        for change in &self.changes {
            let reached = clock.checked_sub_offset(before).map(|utc| utc.and_utc());
            if reached.is_none_or(|at| at >= change.at) {
                gap = Some(NotOneMoment::Gap { at: change.at, offsets: [before, change.offset] });
            }
            before = change.offset;
        }
        // No gap: a clock time before the beginning of time.
        gap.unwrap_or(NotOneMoment::Gap { at: Timestamp::MIN_UTC, offsets: [self.first; 2] })
    }
}

/// The first second after `before`, at the latest `with`, from which on that offset holds.
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

fn print(at: Timestamp, offset: FixedOffset) -> String {
    // Nothing but the ends of time has no clock time.
    let clock = at.naive_utc().checked_add_offset(offset).unwrap_or(at.naive_utc());
    let sign = if offset.local_minus_utc() < 0 { '-' } else { '+' };
    let minutes = offset.local_minus_utc().abs() / 60;
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} {sign}{:02}:{:02}",
        clock.year(),
        clock.month(),
        clock.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
        minutes / 60,
        minutes % 60,
    )
}

impl NotOneMoment {
    /// The times that would do, as they are written: either side of a gap, either of two.
    #[must_use]
    pub fn choices(&self) -> [String; 2] {
        match *self {
            Self::Gap { at, offsets: [before, after] } => {
                let last = at.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(at);
                [print(last, before), print(at, after)]
            }
            Self::Overlap { at: [first, second], offsets: [before, after] } => {
                [print(first, before), print(second, after)]
            }
        }
    }
}

impl fmt::Display for NotOneMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.choices();
        match self {
            Self::Gap { .. } => {
                write!(f, "does not exist: clocks were put forward from {first} to {second}")
            }
            Self::Overlap { .. } => {
                write!(f, "happened twice, as clocks were put back: {first} or {second}")
            }
        }
    }
}

impl core::error::Error for NotOneMoment {}

#[cfg(test)]
mod tests;
