//! Periods in whole seconds. The timeline calculates with them, since arithmetic with whole numbers is
//! much smaller in the page than with timestamps.

use chrono::DateTime;
use time_range::Timestamp;

/// A period; `start <= end`, both in seconds since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Period {
    /// Its start.
    pub start: i64,
    /// Its end.
    pub end: i64,
}

impl Period {
    /// The period between two seconds in any order.
    #[must_use]
    pub fn between(one: i64, other: i64) -> Self {
        Self { start: one.min(other), end: one.max(other) }
    }

    /// The period between two instants, rounded down to seconds.
    #[must_use]
    pub fn of(start: Timestamp, end: Timestamp) -> Self {
        Self::between(start.timestamp(), end.timestamp())
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn length(self) -> i64 {
        self.end - self.start
    }

    /// Whether its ends are those of `other`, but for a second.
    #[must_use]
    pub const fn is_nearly(self, other: Self) -> bool {
        self.start.abs_diff(other.start) <= 1 && self.end.abs_diff(other.end) <= 1
    }

    /// Its middle.
    #[must_use]
    pub const fn middle(self) -> i64 {
        self.start + self.length() / 2
    }
}

/// A minute in seconds.
pub(crate) const MINUTE: i64 = 60;

/// The instant of a second.
pub(crate) fn instant(second: i64) -> Timestamp {
    DateTime::from_timestamp(second, 0).unwrap_or_default()
}

/// The last multiple of `unit` that is not after `second`.
pub(crate) const fn floor(second: i64, unit: i64) -> i64 {
    second.div_euclid(unit) * unit
}

/// The first multiple of `unit` that is not before `second`.
pub(crate) const fn ceil(second: i64, unit: i64) -> i64 {
    floor(second + unit - 1, unit)
}
