//! Numbers, clock times and UTC offsets as digits. What is printed of a time is decided elsewhere.

use alloc::string::{String, ToString};

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, Timelike};

/// A number of at least two digits.
pub(crate) fn push_two(number: u32, text: &mut String) {
    if number < 10 {
        text.push('0');
    }
    text.push_str(&number.to_string());
}

/// `2026-11-23`
pub(crate) fn push_date(date: NaiveDate, text: &mut String) {
    let year = date.year();
    if (0..=9_999).contains(&year) {
        push_two(year.unsigned_abs() / 100, text);
        push_two(year.unsigned_abs() % 100, text);
    } else {
        text.push_str(if year < 0 { "-" } else { "+" });
        text.push_str(&year.unsigned_abs().to_string());
    }
    text.push('-');
    push_two(date.month(), text);
    text.push('-');
    push_two(date.day(), text);
}

/// `2026-11-23 13:00:00`
pub(crate) fn push_clock(clock: NaiveDateTime, separator: char, text: &mut String) {
    push_date(clock.date(), text);
    text.push(separator);
    push_two(clock.hour(), text);
    text.push(':');
    push_two(clock.minute(), text);
    text.push(':');
    push_two(clock.second(), text);
}

/// `.25`, without trailing zeros; nothing for a whole second.
pub(crate) fn push_fraction(mut nanos: u32, text: &mut String) {
    if nanos == 0 {
        return;
    }
    text.push('.');
    let mut unit = 100_000_000;
    while nanos > 0 {
        text.push_str(&(nanos / unit).to_string());
        nanos %= unit;
        unit /= 10;
    }
}

/// `+01:00`
pub(crate) fn push_offset(offset: FixedOffset, text: &mut String) {
    let seconds = offset.local_minus_utc();
    let minutes = seconds.unsigned_abs() / 60;
    text.push_str(if seconds < 0 { "-" } else { "+" });
    push_two(minutes / 60, text);
    text.push(':');
    push_two(minutes % 60, text);
}
