//! Durations as text: a whole number and a unit, like `15m`.

use alloc::string::{String, ToString};
use core::fmt;

use chrono::TimeDelta;

/// A text is not a duration; `Display` says the accepted form.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct InvalidDuration;

/// Parses a duration: a whole number of seconds `s`, minutes `m`, hours `h` or days `d`, or `0`.
///
/// # Errors
/// [`InvalidDuration`] for any other text, also for signs, fractions and numbers that overflow.
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

/// Prints `duration` as a whole number of its largest unit, like `7d`. Fractions of a second are
/// dropped.
#[must_use]
pub fn write_duration(duration: TimeDelta) -> String {
    let mut text = String::new();
    push_duration(duration.num_seconds(), &mut text);
    text
}

pub(crate) fn push_duration(seconds: i64, text: &mut String) {
    let (name, length) =
        UNITS.into_iter().find(|(_, length)| seconds % length == 0).unwrap_or(("s", 1));
    text.push_str(&(seconds / length).to_string());
    text.push_str(name);
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
    fn a_text_without_a_whole_number_and_a_unit_is_no_duration() {
        for text in ["", "7", "d", "-7d", "+7d", "1.5h", "7 d", "7D", "7é", "99999999999999999d"] {
            assert_eq!(read_duration(text), Err(InvalidDuration), "{text}");
        }
    }
}
