//! Numeric dates with the day or the month first.

use super::{
    Day,
    parts::{of_parts, without_year, year_of},
};
use crate::{
    range_error::Reason,
    read::{
        cursor::Cursor,
        reader::Reader,
        token::{Kind, Number},
    },
};

/// The rest of `24/11/2026` or `11/24/2026`.
pub(super) fn numeric(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    first: Number,
) -> Option<Day> {
    let sign = at.tight_sign_of(&['/', '.', '-', '–'])?;
    let second = at.tight_number(2)?;
    let mut third = *at;
    let year = if third.tight_sign(sign) { third.tight_number(4) } else { None };
    if let Some(year) = year {
        *at = third;
        let is_compound =
            third.is_tight() && third.peek().is_some_and(|token| token.kind == Kind::Sign(':'));
        if year.digits == 2 && !is_compound {
            return reader.refuse(Reason::ShortYear, start, at);
        }
        if year.digits != 4 {
            return None;
        }
    } else {
        let has_dot = sign == '.' && at.tight_sign('.');
        let before_time = at.second().is_some_and(|token| token.kind == Kind::Sign(':'));
        if !(has_dot || sign == '/' || sign == '.' && before_time) {
            return None;
        }
    }
    let numeric = Numeric { start, end: at, sign, first: first.value, second: second.value };
    let (day, month) = day_and_month(reader, &numeric)?;
    match year {
        Some(year) => of_parts(reader, start, at, year_of(year.value)?, month, day),
        None => without_year(reader, start, at, month, day),
    }
}

/// The day and the month of two numbers. With dots the day is first; otherwise both orders are meant
/// unless one is impossible. The order is the same within a text.
fn day_and_month(reader: &mut Reader<'_>, numeric: &Numeric<'_>) -> Option<(u32, u32)> {
    let Numeric { start, end, sign, first, second } = *numeric;
    let only = if sign == '.' || first == second || first > 12 {
        Some(true)
    } else if second > 12 {
        Some(false)
    } else {
        None
    };
    let day_first = match (reader.choices.day_first, only) {
        (known, Some(only)) => {
            if sign != '.' && first != second {
                if known.is_some_and(|known| known != only) {
                    return reader.refuse(Reason::Order, start, end);
                }
                reader.choices.day_first = Some(only);
            }
            only
        }
        (Some(known), None) => known,
        (None, None) => {
            let day_first = !reader.choices.second();
            reader.choices.day_first = Some(day_first);
            day_first
        }
    };
    Some(if day_first { (first, second) } else { (second, first) })
}

/// The first two numbers of a numeric date, and the text of it.
struct Numeric<'a> {
    start: &'a Cursor<'a>,
    end: &'a Cursor<'a>,
    sign: char,
    first: u32,
    second: u32,
}
