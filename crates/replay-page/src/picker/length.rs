//! Lengths of time in words that are read back.

use alloc::string::{String, ToString};

use chrono::TimeDelta;

/// A duration in its largest whole unit, like `7 days`.
pub(crate) fn length_of(time: TimeDelta) -> String {
    let (count, unit) = largest_unit(time);
    count.to_string() + unit
}

/// The largest unit of which a duration is a whole number, and that number.
pub(crate) fn largest_unit(time: TimeDelta) -> (i64, &'static str) {
    let seconds = time.num_seconds();
    let units = [
        (86_400, " day", " days"),
        (3_600, " hour", " hours"),
        (60, " minute", " minutes"),
        (1, " second", " seconds"),
    ];
    let largest = units.into_iter().find(|(length, ..)| seconds % length == 0);
    let (length, one, many) = largest.unwrap_or((1, " second", " seconds"));
    let count = seconds / length;
    (count, if count == 1 { one } else { many })
}
