//! Durations of ISO 8601, like `P1DT6H30M`.

use crate::{
    ago::Unit,
    read::{cursor::Cursor, relative::Length},
};

/// Reads a duration. The cursor is unchanged if there is none.
pub(crate) fn read(text: &str, cursor: &mut Cursor<'_>) -> Option<Length> {
    let start = cursor.peek()?.start;
    let rest = text.get(start..)?;
    let is_part =
        |character: char| character.is_ascii_alphanumeric() || character == '.' || character == ',';
    let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
    let rest = rest.get(..end)?;
    let length = parts(rest.strip_prefix(['P', 'p'])?)?;
    while cursor.peek().is_some_and(|token| token.start < start + end) {
        cursor.skip();
    }
    Some(length)
}

fn parts(mut rest: &str) -> Option<Length> {
    let mut sum = Length { is_iso: true, ..Length::default() };
    let mut is_time = false;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']) {
            if is_time {
                return None;
            }
            (rest, is_time) = (time, true);
        }
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let number: u32 = number.parse().ok()?;
        let mut tenths = 0;
        let mut after = after;
        if let Some(fraction) = after.strip_prefix(['.', ',']) {
            // One digit covers what people write, like PT1.5H.
            tenths = fraction.chars().next()?.to_digit(10)?;
            after = fraction.get(1..)?;
        }
        let letter = after.chars().next()?;
        rest = after.get(letter.len_utf8()..)?;
        let unit = match (is_time, letter.to_ascii_uppercase()) {
            (false, 'Y') => Unit::Year,
            (false, 'M') => Unit::Month,
            (false, 'W') => Unit::Week,
            (false, 'D') => Unit::Day,
            (true, 'H') => Unit::Hour,
            (true, 'M') => Unit::Minute,
            (true, 'S') => Unit::Second,
            _ => return None,
        };
        let length = Length::of(number, unit)?;
        if tenths > 0 {
            let part = tenths.checked_mul(unit.seconds()?)?;
            if part % 10 != 0 {
                return None;
            }
            sum.seconds = sum.seconds.checked_add(part / 10)?;
        }
        sum.months = sum.months.checked_add(length.months)?;
        sum.seconds = sum.seconds.checked_add(length.seconds)?;
    }
    Some(sum)
}
