//! Timestamps as text: RFC 3339. This module knows no time zones.

use alloc::string::String;
use core::fmt;

use chrono::{DateTime, FixedOffset, TimeDelta, Timelike, Utc};

use crate::digits::{push_clock, push_fraction};

/// An instant in UTC with nanosecond precision.
pub type Timestamp = DateTime<Utc>;

/// A text is not an RFC 3339 date and time; `Display` says the accepted form.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct InvalidTimestamp;

/// Parses an RFC 3339 date and time with any UTC offset and up to nanosecond precision. A leap
/// second, like `23:59:60Z`, is read as the second after it.
///
/// # Errors
/// [`InvalidTimestamp`] for any other text, also for a time without an offset.
pub fn read_timestamp(text: &str) -> Result<Timestamp, InvalidTimestamp> {
    let at = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidTimestamp)?;
    without_leap_second(at).ok_or(InvalidTimestamp)
}

/// Prints `at` as RFC 3339 in UTC, like `2026-11-23T10:00:00.25Z`, without trailing zeros in the
/// fraction.
#[must_use]
pub fn write_timestamp(at: Timestamp) -> String {
    let clock = at.naive_utc();
    let mut text = String::with_capacity(30);
    push_clock(clock, 'T', &mut text);
    push_fraction(clock.nanosecond(), &mut text);
    text.push('Z');
    text
}

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be an RFC 3339 date and time with an offset, like 2026-11-23T10:00:00Z")
    }
}

impl core::error::Error for InvalidTimestamp {}

/// Converts to UTC. A leap second becomes the following second: chrono would print it as second 60,
/// which many parsers reject.
fn without_leap_second(at: DateTime<FixedOffset>) -> Option<Timestamp> {
    let fraction = TimeDelta::nanoseconds(at.timestamp_subsec_nanos().into());
    DateTime::from_timestamp(at.timestamp(), 0)?.checked_add_signed(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_timestamp_with_any_offset_is_read_exactly_and_printed_in_utc() {
        for (text, utc) in [
            ("2026-11-23T12:00:00+02:00", "2026-11-23T10:00:00Z"),
            ("2026-11-23T10:00:00.520-00:30", "2026-11-23T10:30:00.52Z"),
            ("2026-11-23T10:00:00.000000001Z", "2026-11-23T10:00:00.000000001Z"),
            ("2026-11-23T10:00:10.000Z", "2026-11-23T10:00:10Z"),
            ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.5Z"),
        ] {
            assert_eq!(read_timestamp(text).map(write_timestamp).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_not_a_timestamp() {
        for text in ["", "2026-11-23", "2026-11-23T10:00:00", "10:00Z", "1679947200", "now"] {
            assert_eq!(read_timestamp(text), Err(InvalidTimestamp), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_printed_timestamp_is_read_back(seconds in -62_135_596_800_i64..253_402_300_800, nanos in 0..1_000_000_000_u32) {
            let at = DateTime::from_timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(read_timestamp(&write_timestamp(at)), Ok(at));
        }

        #[test]
        fn arbitrary_text_is_read_without_a_panic(text in ".{0,40}") {
            let _ = read_timestamp(&text);
        }
    }
}
