//! Range expressions: an end or both ends of a range as a person writes them, fixed or relative to
//! a `now` that is yet to come. It decides nothing about which of them a region would accept.

use alloc::format;
use core::{fmt, ops::RangeInclusive};

use chrono::{SubsecRound, TimeDelta};

use crate::{
    Timestamp, Unreadable, Zone, read_duration, read_timestamp, timestamp::read_unix,
    write_duration, write_timestamp,
};

/// An end of a range as it was meant.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Bound {
    /// A fixed moment.
    At(Timestamp),
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
            return read_duration(duration).map(Self::Ago).map_err(Unreadable::Duration);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return read_unix(text).map(Self::At).ok_or(Unreadable::Bound);
        }
        read_clock(text, zone).map(Self::At)
    }

    /// The moment this is at `now`; a relative one is a whole second.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => *at,
            Self::Ago(duration) => {
                let at = now.checked_sub_signed(*duration).unwrap_or(Timestamp::MIN_UTC);
                at.min(now).trunc_subsecs(0)
            }
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
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => f.write_str(&write_timestamp(*at)),
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

/// A date and a time of day, which is one of `zone` where no offset follows.
fn read_clock(text: &str, zone: &Zone) -> Result<Timestamp, Unreadable> {
    let (date, rest) = text.split_once([' ', 'T', 't']).ok_or(Unreadable::Bound)?;
    let rest = rest.trim_start();
    let (time, offset) = rest.split_at(rest.find(['+', '-', ' ', 'Z', 'z']).unwrap_or(rest.len()));
    let has_seconds = time.len() != "10:00".len();
    if !has_seconds && offset.starts_with('-') {
        return Err(Unreadable::TwoTimes);
    }
    let seconds = if has_seconds { "" } else { ":00" };
    let read = |offset| {
        read_timestamp(&format!("{date}T{time}{seconds}{offset}")).map_err(|_| Unreadable::Bound)
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

#[cfg(test)]
mod tests;
