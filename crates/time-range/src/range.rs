//! Range expressions: two ends, each fixed or relative to `now`. Which ranges a region accepts is
//! decided elsewhere.

use alloc::format;
use core::{fmt, ops::RangeInclusive};

use chrono::{SubsecRound, TimeDelta};

use crate::{
    RangeError, Timestamp, Zone, read_duration, read_timestamp, timestamp::read_unix,
    write_duration, write_timestamp,
};

/// An end of a range.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Bound {
    /// A fixed instant.
    At(Timestamp),
    /// `now` minus this duration, where `now` is passed to [`Bound::at`].
    Ago(TimeDelta),
}

/// A range expression. Relative ends are resolved when it is used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Range {
    /// The start.
    pub from: Bound,
    /// The end.
    pub to: Bound,
}

impl Bound {
    /// `now`.
    pub const NOW: Self = Self::Ago(TimeDelta::zero());

    /// Parses one of these forms:
    /// - `now`, or relative to it, like `now-6h`
    /// - a clock time of `zone`, like `2026-11-23 10:00`, with or without seconds
    /// - a clock time with a UTC offset, like `2026-11-23 10:00 +01:00`, or RFC 3339
    /// - Unix time in seconds (ten digits) or milliseconds (thirteen digits)
    ///
    /// # Errors
    /// [`RangeError`] for any other text; for a clock time that does not exist or is ambiguous in
    /// `zone`; for an offset outside -12:00 to +14:00 or not in quarter hours; and for a time without
    /// seconds that is directly followed by `-`, since it may be meant as two times.
    pub fn read(text: &str, zone: &Zone) -> Result<Self, RangeError> {
        let text = text.trim();
        if text == "now" {
            return Ok(Self::NOW);
        }
        if let Some(duration) = text.strip_prefix("now-") {
            return read_duration(duration).map(Self::Ago).map_err(RangeError::Duration);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return read_unix(text).map(Self::At).ok_or(RangeError::Bound);
        }
        read_clock(text, zone).map(Self::At)
    }

    /// The instant of this end at `now`. A relative end is never after `now`, and is rounded down to a
    /// whole second.
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
    /// The range of this duration that ends at `now`.
    #[must_use]
    pub const fn last(duration: TimeDelta) -> Self {
        Self { from: Bound::Ago(duration), to: Bound::NOW }
    }

    /// Parses `START/END`, each as in [`Bound::read`], or a relative start alone, like `now-6h`, which
    /// ends at `now`.
    ///
    /// # Errors
    /// The [`RangeError`] of the first end that is not accepted, or [`RangeError::Range`] for a fixed
    /// start without an end.
    pub fn read(text: &str, zone: &Zone) -> Result<Self, RangeError> {
        if let Some((from, to)) = text.split_once('/') {
            return Ok(Self { from: Bound::read(from, zone)?, to: Bound::read(to, zone)? });
        }
        match Bound::read(text, zone)? {
            from @ Bound::Ago(_) => Ok(Self { from, to: Bound::NOW }),
            Bound::At(_) => Err(RangeError::Range),
        }
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

/// Parses a date and a time of day, in `zone` if no offset follows.
fn read_clock(text: &str, zone: &Zone) -> Result<Timestamp, RangeError> {
    let (date, rest) = text.split_once([' ', 'T', 't']).ok_or(RangeError::Bound)?;
    let rest = rest.trim_start();
    let (time, offset) = rest.split_at(rest.find(['+', '-', ' ', 'Z', 'z']).unwrap_or(rest.len()));
    let has_seconds = time.len() != "10:00".len();
    if !has_seconds && offset.starts_with('-') {
        return Err(RangeError::TwoTimes);
    }
    let seconds = if has_seconds { "" } else { ":00" };
    let read = |offset| {
        read_timestamp(&format!("{date}T{time}{seconds}{offset}")).map_err(|_| RangeError::Bound)
    };
    let in_utc = read("Z")?;
    match offset.trim_start() {
        "" => zone.timestamp(in_utc.naive_utc()).map_err(RangeError::Clock),
        "UTC" => Ok(in_utc),
        offset => {
            let at = read(offset)?;
            if is_in_use(in_utc - at) { Ok(at) } else { Err(RangeError::Offset) }
        }
    }
}

/// Whether a time zone may have this UTC offset.
fn is_in_use(offset: TimeDelta) -> bool {
    const MINUTES: RangeInclusive<i64> = -12 * 60..=14 * 60;
    let minutes = offset.num_minutes();
    MINUTES.contains(&minutes) && minutes % 15 == 0
}

#[cfg(test)]
mod tests;
