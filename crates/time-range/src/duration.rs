//! Durations as text: a whole number and a unit.

use alloc::{format, string::String};
use core::fmt;

use chrono::TimeDelta;

/// Text that is not a whole number with a unit.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct InvalidDuration;

/// Reads a duration like `90s`, `15m`, `6h` or `7d`; zero may also be written `0`.
///
/// # Errors
/// [`InvalidDuration`] for anything else, signs and fractions included.
pub fn read_duration(text: &str) -> Result<TimeDelta, InvalidDuration> {
    if text == "0" {
        return Ok(TimeDelta::zero());
    }
    let duration = UNITS.iter().find_map(|(unit, length)| {
        let digits = text.strip_suffix(unit)?;
        let count: i64 = digits.parse().ok().filter(|_| !digits.starts_with(['+', '-']))?;
        TimeDelta::try_seconds(count.checked_mul(*length)?)
    });
    duration.ok_or(InvalidDuration)
}

/// Writes `duration` in its largest whole unit; anything below a second is dropped.
#[must_use]
pub fn write_duration(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds();
    let (name, length) =
        UNITS.into_iter().find(|(_, length)| seconds % length == 0).unwrap_or(("s", 1));
    format!("{}{name}", seconds / length)
}

impl fmt::Display for InvalidDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a whole number with a unit (s, m, h or d), like 15m or 7d")
    }
}

impl core::error::Error for InvalidDuration {}

/// The units of a duration with their length in seconds, longest first.
const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_a_whole_number_and_a_unit() {
        for text in ["", "7", "d", "-7d", "+7d", "1.5h", "7 d", "7D", "7é", "99999999999999999d"] {
            assert_eq!(read_duration(text), Err(InvalidDuration), "{text}");
        }
    }
}
