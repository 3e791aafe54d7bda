//! How moments, durations and ranges are written, by a person and on the wire, and how they are
//! printed back. It decides nothing about which of them a region would accept.

use alloc::{format, string::String};
use core::{fmt, ops::RangeInclusive};

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta};

use crate::{Instant, Timeframe, Zone, timeframe::TimeframeError, zone::NotOneMoment};

/// An end of a range as it was meant.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Bound {
    /// A fixed moment.
    At(Instant),
    /// So long before a `now` that is yet to come.
    Ago(TimeDelta),
}

/// A range as it was meant: what it is a timeframe of depends on when it is asked.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Range {
    /// Its beginning.
    pub from: Bound,
    /// Its end.
    pub to: Bound,
}

/// Text that is not what it should be; its `Display` says what would do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unreadable {
    /// Not a date and time with a UTC offset.
    Instant,
    /// Not a whole number with a unit.
    Duration,
    /// None of the forms of a [`Bound`].
    Bound,
    /// A clock time that is not one moment.
    Clock(NotOneMoment),
    /// A UTC offset that no zone on Earth has.
    Offset,
    /// Two times of a day, like `10:12-13:47`, which could be taken for a time with an offset.
    TwoTimes,
    /// Not one range.
    Range,
}

impl Bound {
    /// The moment of asking.
    pub const NOW: Self = Self::Ago(TimeDelta::zero());

    /// Reads `now`, `now-6h`, a clock time of `zone` like `2026-11-23 10:00` with or without
    /// seconds, the same with an offset, RFC 3339, or Unix time in seconds or milliseconds.
    ///
    /// # Errors
    /// [`Unreadable`] for anything else, for a clock time that is not one moment in `zone`, for an
    /// offset outside -12:00 to +14:00 or not in quarter hours, and for a time without seconds that
    /// `-` follows at once.
    pub fn read(text: &str, zone: &Zone) -> Result<Self, Unreadable> {
        let text = text.trim();
        if text == "now" {
            return Ok(Self::NOW);
        }
        if let Some(duration) = text.strip_prefix("now-") {
            return read_duration(duration).map(Self::Ago);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return read_unix(text).map(Self::At).ok_or(Unreadable::Bound);
        }
        read_clock(text, zone).map(Self::At)
    }

    /// The moment this is at `now`; a relative one is a whole second.
    #[must_use]
    pub fn at(&self, now: Instant) -> Instant {
        match self {
            Self::At(at) => *at,
            Self::Ago(duration) => Timeframe::last(*duration, now).start().trunc_subsecs(0),
        }
    }
}

impl Range {
    /// The range of this duration up to now.
    #[must_use]
    pub const fn last(duration: TimeDelta) -> Self {
        Self { from: Bound::Ago(duration), to: Bound::NOW }
    }

    /// Reads an interval like `START/END` of two [`Bound`]s, or `now-6h` alone, which ends now.
    ///
    /// # Errors
    /// [`Unreadable`], naming the part that is not understood.
    pub fn read(text: &str, zone: &Zone) -> Result<Self, Unreadable> {
        let Some((from, to)) = text.split_once('/') else {
            let from = Bound::read(text, zone)?;
            let ago = matches!(from, Bound::Ago(_));
            return ago.then_some(Self { from, to: Bound::NOW }).ok_or(Unreadable::Range);
        };
        Ok(Self { from: Bound::read(from, zone)?, to: Bound::read(to, zone)? })
    }

    /// The timeframe this means at `now`.
    ///
    /// # Errors
    /// [`TimeframeError::Reversed`] when it ends before it starts.
    pub fn resolve(&self, now: Instant) -> Result<Timeframe, TimeframeError> {
        Timeframe::new(self.from.at(now), self.to.at(now))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => f.write_str(&write_instant(*at)),
            Self::Ago(duration) if duration.is_zero() => f.write_str("now"),
            Self::Ago(duration) => write!(f, "now-{}", write_duration(*duration)),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.from, self.to)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instant => {
                "must be an RFC 3339 date and time with an offset, like 2026-11-23T10:00:00Z"
            }
            Self::Duration => "must be a whole number with a unit (s, m, h or d), like 15m or 7d",
            Self::Bound => {
                "must be a date and time, like 2026-11-23 10:00, or relative, like now-6h"
            }
            Self::Clock(error) => return error.fmt(f),
            Self::Offset => "must have a UTC offset from -12:00 to +14:00 in quarter hours",
            Self::TwoTimes => {
                "must be one time: enter a range's start in From and its end in To (or, for an \
                 offset, write seconds or a space before it)"
            }
            Self::Range => "must be like now-6h, or START/END",
        })
    }
}

impl core::error::Error for Unreadable {}

/// Reads an RFC 3339 date and time with any UTC offset, exact to the nanosecond.
///
/// # Errors
/// [`Unreadable::Instant`] for anything else.
pub fn read_instant(text: &str) -> Result<Instant, Unreadable> {
    let at = DateTime::parse_from_rfc3339(text).map_err(|_| Unreadable::Instant)?;
    // A leap second is the first second of what follows: chrono would keep it as a 61st one,
    // which no other reader of our answers could be sure to understand.
    let fraction = TimeDelta::nanoseconds(at.timestamp_subsec_nanos().into());
    DateTime::from_timestamp(at.timestamp(), 0)
        .and_then(|whole| whole.checked_add_signed(fraction))
        .ok_or(Unreadable::Instant)
}

/// Writes `at` in UTC as RFC 3339, with as many digits of a second as it needs.
#[must_use]
pub fn write_instant(at: Instant) -> String {
    let text = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    match text.strip_suffix('Z') {
        Some(digits) if digits.contains('.') => format!("{}Z", digits.trim_end_matches('0')),
        _ => text,
    }
}

/// Reads a duration like `90s`, `15m`, `6h` or `7d`; zero may also be written `0`.
///
/// # Errors
/// [`Unreadable::Duration`] for anything else, signs and fractions included.
pub fn read_duration(text: &str) -> Result<TimeDelta, Unreadable> {
    if text == "0" {
        return Ok(TimeDelta::zero());
    }
    let duration = UNITS.iter().find_map(|(unit, length)| {
        let digits = text.strip_suffix(unit)?;
        let count: i64 = digits.parse().ok().filter(|_| !digits.starts_with(['+', '-']))?;
        TimeDelta::try_seconds(count.checked_mul(*length)?)
    });
    duration.ok_or(Unreadable::Duration)
}

/// Writes `duration` in its largest whole unit; anything below a second is dropped.
#[must_use]
pub fn write_duration(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds();
    let (name, length) =
        UNITS.into_iter().find(|(_, length)| seconds % length == 0).unwrap_or(("s", 1));
    format!("{}{name}", seconds / length)
}

/// Unix time: ten digits are seconds, thirteen are milliseconds.
fn read_unix(digits: &str) -> Option<Instant> {
    let count = digits.parse().ok()?;
    match digits.len() {
        10 => DateTime::from_timestamp(count, 0),
        13 => DateTime::from_timestamp_millis(count),
        _ => None,
    }
}

/// A date and a time of day, which is one of `zone` where no offset follows.
fn read_clock(text: &str, zone: &Zone) -> Result<Instant, Unreadable> {
    let (date, rest) = text.split_once([' ', 'T', 't']).ok_or(Unreadable::Bound)?;
    let rest = rest.trim_start();
    let (time, offset) = rest.split_at(rest.find(['+', '-', ' ', 'Z', 'z']).unwrap_or(rest.len()));
    let has_seconds = time.len() != "10:00".len();
    if !has_seconds && offset.starts_with('-') {
        return Err(Unreadable::TwoTimes);
    }
    let seconds = if has_seconds { "" } else { ":00" };
    let read = |offset| {
        read_instant(&format!("{date}T{time}{seconds}{offset}")).map_err(|_| Unreadable::Bound)
    };
    let in_utc = read("Z")?;
    match offset.trim_start() {
        "" => zone.instant(in_utc.naive_utc()).map_err(Unreadable::Clock),
        "UTC" => Ok(in_utc),
        offset => {
            let at = read(offset)?;
            is_in_use(in_utc - at).then_some(at).ok_or(Unreadable::Offset)
        }
    }
}

/// Whether clocks somewhere on Earth are so far ahead of UTC.
fn is_in_use(ahead: TimeDelta) -> bool {
    const RANGE: RangeInclusive<i64> = -12 * 60..=14 * 60;
    let minutes = ahead.num_minutes();
    RANGE.contains(&minutes) && minutes % 15 == 0
}

/// The units of a duration with their length in seconds, longest first.
const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

#[cfg(test)]
mod tests;
