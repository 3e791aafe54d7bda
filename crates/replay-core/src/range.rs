//! How moments, durations and ranges are written, by a person and on the wire, and how they are
//! printed back. It decides nothing about which of them a region would accept.

use alloc::{format, string::String};
use core::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta};

use crate::{Instant, Timeframe};

/// A range as it was meant: relative to a `now` that is yet to come, or fixed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Range {
    /// `now-6h`: from that long ago until now.
    Last(TimeDelta),
    /// `2026-11-23T10:00:00Z/2026-11-23T11:00:00Z`: an ISO 8601 interval.
    Between(Timeframe),
}

/// Text that is not what it should be; its `Display` says what would do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unreadable {
    /// Not a date and time with a UTC offset.
    Instant,
    /// Not a whole number with a unit.
    Duration,
    /// Neither of the forms of a [`Range`].
    Range,
    /// An interval whose end lies before its start.
    Reversed,
}

impl Range {
    /// Reads `now-6h` or `START/END`.
    ///
    /// # Errors
    /// [`Unreadable`], naming the part that is not understood.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        if let Some(duration) = text.strip_prefix("now-") {
            return read_duration(duration).map(Self::Last);
        }
        let (start, end) = text.split_once('/').ok_or(Unreadable::Range)?;
        Timeframe::new(read_instant(start)?, read_instant(end)?)
            .map(Self::Between)
            .map_err(|_| Unreadable::Reversed)
    }

    /// The timeframe this means at `now`.
    #[must_use]
    pub fn resolve(&self, now: Instant) -> Timeframe {
        match self {
            Self::Last(duration) => Timeframe::last(*duration, now),
            Self::Between(timeframe) => *timeframe,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(duration) => write!(f, "now-{}", write_duration(*duration)),
            Self::Between(timeframe) => {
                write!(f, "{}/{}", write_instant(timeframe.start()), write_instant(timeframe.end()))
            }
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instant => {
                "must be an RFC 3339 date and time with an offset, like 2026-11-23T10:00:00Z"
            }
            Self::Duration => "must be a whole number with a unit (s, m, h or d), like 15m or 7d",
            Self::Range => "must be like now-6h, or START/END in RFC 3339",
            Self::Reversed => "must not end before it starts",
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

/// The units of a duration with their length in seconds, longest first.
const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeframe::PRESETS;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn every_preset_reads_back_from_what_it_prints() {
        let printed = PRESETS.map(|(_, duration)| Range::Last(duration).to_string());
        assert_eq!(printed, ["now-15m", "now-1h", "now-6h", "now-12h", "now-1d"]);
        for ((name, duration), text) in PRESETS.into_iter().zip(printed) {
            assert_eq!(Range::read(&text), Ok(Range::Last(duration)), "{name}");
        }
    }

    #[test]
    fn any_offset_is_read_exactly_and_printed_in_utc() {
        for (text, utc) in [
            ("2026-11-23T12:00:00+02:00", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00.520-00:30", "2026-11-23T10:30:00.52Z"),
            ("2026-11-23T10:00:00.000000001Z", "2026-11-23T10:00:00.000000001Z"),
            ("2026-11-23T10:00:10.000Z", "2026-11-23T10:00:10Z"),
            ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.5Z"),
        ] {
            assert_eq!(read_instant(text).map(write_instant).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_not_a_moment() {
        for text in ["", "2026-11-23", "2026-11-23T10:00:00", "10:00Z", "1679947200", "now"] {
            assert_eq!(read_instant(text), Err(Unreadable::Instant), "{text}");
        }
    }

    #[test]
    fn a_duration_needs_a_whole_number_and_a_unit() {
        for text in ["", "7", "d", "-7d", "+7d", "1.5h", "7 d", "7D", "7é", "99999999999999999d"] {
            assert_eq!(read_duration(text), Err(Unreadable::Duration), "{text}");
        }
    }

    #[test]
    fn a_reversed_interval_is_not_a_range() {
        let text = "2026-11-23T11:00:00Z/2026-11-23T10:00:00Z";
        assert_eq!(Range::read(text), Err(Unreadable::Reversed));
    }

    proptest! {
        #[test]
        fn a_moment_reads_back(seconds in -62_135_596_800_i64..253_402_300_800, nanos in 0..1_000_000_000_u32) {
            let at = DateTime::from_timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(read_instant(&write_instant(at)), Ok(at));
        }

        #[test]
        fn a_range_reads_back(start in 0..2_000_000_000_i64, length in 0..1_000_000_i64) {
            let start = DateTime::from_timestamp(start, 0).unwrap();
            let between = Timeframe::new(start, start + TimeDelta::seconds(length)).unwrap();
            for range in [Range::Between(between), Range::Last(TimeDelta::seconds(length))] {
                prop_assert_eq!(Range::read(&range.to_string()), Ok(range));
            }
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in ".{0,40}") {
            let _ = (Range::read(&text), read_instant(&text), read_duration(&text));
        }
    }
}
