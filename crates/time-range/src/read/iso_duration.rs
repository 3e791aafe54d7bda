//! Durations of ISO 8601, like `P1DT6H30M`.

use crate::{
    ago::Unit,
    read::{cursor::Cursor, length::Length, time_of_day::fraction},
};

/// Reads a duration. The cursor is unchanged if there is none.
pub(crate) fn iso_duration(cursor: &mut Cursor<'_>) -> Option<Length> {
    let mut at = *cursor;
    let first = at.text()?;
    let mut is_time = first.eq_ignore_ascii_case("pt");
    if !is_time && !first.eq_ignore_ascii_case("p") {
        return None;
    }
    at.skip();
    let mut sum = Length { is_iso: true, ..Length::default() };
    loop {
        let count = at.tight_number(9)?.value;
        let nanos = fraction(&mut at);
        let letters = at.text().filter(|_| at.is_tight())?.as_bytes();
        at.skip();
        let (letter, has_time) = match letters {
            [letter] => (letter, false),
            [letter, b'T' | b't'] if !is_time => (letter, true),
            _ => return None,
        };
        sum = sum.plus(Length::of(count, nanos, unit(letter.to_ascii_uppercase(), is_time)?)?)?;
        is_time |= has_time;
        let goes_on = at.is_tight() && at.peek_number().is_some();
        if !has_time && !goes_on {
            *cursor = at;
            return Some(sum);
        }
    }
}

fn unit(letter: u8, is_time: bool) -> Option<Unit> {
    Some(match (is_time, letter) {
        (false, b'Y') => Unit::Year,
        (false, b'M') => Unit::Month,
        (false, b'W') => Unit::Week,
        (false, b'D') => Unit::Day,
        (true, b'H') => Unit::Hour,
        (true, b'M') => Unit::Minute,
        (true, b'S') => Unit::Second,
        _ => return None,
    })
}
