//! Dates as text: numeric, with names, of ISO 8601, and relative to today. Times of day are read
//! elsewhere.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::{
    RangeError,
    range_error::Reason,
    read::{
        cursor::{Cursor, Number},
        reader::Reader,
        token::Kind,
        words::{Word, unit, word},
    },
};

/// A date, or a period of whole days, as far as the text says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Day {
    /// The days from `first` up to, but without `next`.
    Days { first: NaiveDate, next: NaiveDate },
    /// A date without a year.
    MonthDay { month: u32, day: u32 },
    /// A day without a month, like the end of `24-25 Nov`.
    OfMonth { day: u32, year: Option<i32> },
    /// The latest such weekday: before today, or up to and including today.
    Weekday { number: u32, before_today: bool },
    /// This many days before today.
    Ago(i64),
}

impl Day {
    pub(crate) fn of(date: NaiveDate) -> Self {
        Self::Days { first: date, next: date.succ_opt().unwrap_or(date) }
    }
}

/// Reads a date. A year of two digits is accepted if it makes `weekday` right.
pub(crate) fn date(
    reader: &mut Reader<'_>,
    cursor: &mut Cursor<'_>,
    weekday: Option<u32>,
) -> Result<Option<Day>, RangeError> {
    let mut at = *cursor;
    let day = match at.peek_number() {
        Some(number) => {
            at.skip();
            match number.digits {
                8 => basic(reader, cursor, &at, number)?,
                4 => of_year(reader, cursor, &mut at, number)?,
                1 | 2 => of_day(reader, cursor, &mut at, number, weekday)?,
                _ => None,
            }
        }
        None => with_words(reader, cursor, &mut at, weekday)?,
    };
    if day.is_some() {
        *cursor = at;
    }
    Ok(day)
}

/// `20261124`
fn basic(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    number: Number,
) -> Result<Option<Day>, RangeError> {
    let number = number.small();
    let Some(year) = year_of(number / 10_000) else { return Ok(None) };
    of_parts(reader, start, at, year, number / 100 % 100, number % 100).map(Some)
}

/// `2026-11-24`, `2026/11/24`, `2026-W48-2`, `2026-328`, `2026-11`, `2026 Nov 24`
fn of_year(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    number: Number,
) -> Result<Option<Day>, RangeError> {
    let Some(year) = year_of(number.small()) else { return Ok(None) };
    let dash = at.tight_sign('-');
    if at.is_tight() && at.word(Word::W) {
        return week(reader, start, at, year);
    }
    if let Some(month) = at.month() {
        at.sign('-');
        let Some(day) = at.number(2) else { return Ok(None) };
        return of_parts(reader, start, at, year, month, day.small()).map(Some);
    }
    let sign = if dash {
        '-'
    } else {
        match ['/', '.', ':', '–'].into_iter().find(|sign| at.tight_sign(*sign)) {
            Some(sign) => sign,
            None => return Ok(None),
        }
    };
    if dash && let Some(day) = at.tight_digits(3) {
        let date = NaiveDate::from_yo_opt(year, day).map(Day::of);
        return date.map(Some).ok_or_else(|| reader.refuse(Reason::Date, start, at));
    }
    let Some(month) = at.tight_number(2) else { return Ok(None) };
    let mut third = *at;
    if third.tight_sign(sign)
        && let Some(day) = third.tight_number(2)
    {
        *at = third;
        return of_parts(reader, start, at, year, month.small(), day.small()).map(Some);
    }
    if !dash || month.digits != 2 {
        return Ok(None);
    }
    whole_month(reader, start, at, year, month.small()).map(Some)
}

/// `W48`, `W48-2`, `W482`
fn week(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    year: i32,
) -> Result<Option<Day>, RangeError> {
    let (week, day) = if let Some(both) = at.tight_digits(3) {
        (both / 10, Some(both % 10))
    } else {
        let Some(week) = at.tight_digits(2) else { return Ok(None) };
        let mut with_day = *at;
        let day = if with_day.tight_sign('-') { with_day.tight_digits(1) } else { None };
        if day.is_some() {
            *at = with_day;
        }
        (week, day)
    };
    let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon);
    let day = monday.and_then(|monday| match day {
        None => Some(Day::Days { first: monday, next: monday.checked_add_days(Days::new(7))? }),
        Some(day @ 1..=7) => Some(Day::of(monday.checked_add_days(Days::new((day - 1).into()))?)),
        Some(_) => None,
    });
    day.map(Some).ok_or_else(|| reader.refuse(Reason::Date, start, at))
}

/// `24 Nov 2026`, `24th of November`, `24/Nov/2026`, `24/11/2026`, `24.11.`, and `2 days ago` before a
/// time of day
fn of_day(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    number: Number,
    weekday: Option<u32>,
) -> Result<Option<Day>, RangeError> {
    if let Some(days) = at.text().and_then(unit).and_then(super::relative::days_of) {
        at.skip();
        let is_date = at.word(Word::Ago) && !at.is_done();
        return Ok(is_date.then_some(Day::Ago(i64::from(number.small()) * days)));
    }
    let mut named = *at;
    if named.is_tight() {
        named.word(Word::Th);
    }
    named.tight_sign('.');
    named.word(Word::Of);
    let sign = ['-', '/', '–'].into_iter().find(|sign| named.tight_sign(*sign));
    if let Some(month) = named.month() {
        *at = named;
        at.tight_sign('.');
        if let Some(sign) = sign {
            at.tight_sign(sign);
        }
        return year_after(reader, start, at, Parts { month, day: number.small(), weekday })
            .map(Some);
    }
    numeric(reader, start, at, number)
}

/// The rest of `24/11/2026` or `11/24/2026`.
fn numeric(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    first: Number,
) -> Result<Option<Day>, RangeError> {
    let Some(sign) = ['/', '.', '-', '–'].into_iter().find(|sign| at.tight_sign(*sign)) else {
        return Ok(None);
    };
    let Some(second) = at.tight_number(2) else { return Ok(None) };
    let mut third = *at;
    let year = if third.tight_sign(sign) { third.tight_number(4) } else { None };
    let Some(year) = year else {
        let has_dot = sign == '.' && at.tight_sign('.');
        let before_time = at.second().is_some_and(|token| token.kind == Kind::Sign(':'));
        if !(has_dot || sign == '/' || sign == '.' && before_time) {
            return Ok(None);
        }
        let (first, second) = (first.small(), second.small());
        let numeric = Numeric { start, end: at, sign, first, second };
        let (day, month) = day_and_month(reader, &numeric)?;
        return without_year(reader, start, at, month, day).map(Some);
    };
    *at = third;
    let is_compound =
        third.is_tight() && third.peek().is_some_and(|token| token.kind == Kind::Sign(':'));
    match year.digits {
        4 => {
            let (first, second) = (first.small(), second.small());
            let numeric = Numeric { start, end: at, sign, first, second };
            let (day, month) = day_and_month(reader, &numeric)?;
            match year_of(year.small()) {
                Some(year) => of_parts(reader, start, at, year, month, day).map(Some),
                None => Ok(None),
            }
        }
        2 if !is_compound => Err(reader.refuse(Reason::ShortYear, start, at)),
        _ => Ok(None),
    }
}

/// The day and the month of two numbers. With dots the day is first; otherwise both orders are meant
/// unless one is impossible. The order is the same within a text.
fn day_and_month(reader: &mut Reader<'_>, numeric: &Numeric<'_>) -> Result<(u32, u32), RangeError> {
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
                    return Err(reader.refuse(Reason::Order, start, end));
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
    Ok(if day_first { (first, second) } else { (second, first) })
}

/// The first two numbers of a numeric date, and the text of it.
struct Numeric<'a> {
    start: &'a Cursor<'a>,
    end: &'a Cursor<'a>,
    sign: char,
    first: u32,
    second: u32,
}

/// `Nov 24`, `November 24th, 2026`, `November 2026`, `today`, `day before yesterday`, `last Friday`
fn with_words(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    weekday: Option<u32>,
) -> Result<Option<Day>, RangeError> {
    if let Some(month) = at.month() {
        at.tight_sign('.');
        let sign = ['-', '/', '–'].into_iter().find(|sign| at.tight_sign(*sign));
        let mut year = *at;
        year.sign(',');
        if let Some(year_number) = year.number(4).filter(|number| number.digits == 4) {
            *at = year;
            return match year_of(year_number.small()) {
                Some(year) => whole_month(reader, start, at, year, month).map(Some),
                None => Ok(None),
            };
        }
        at.word(Word::The);
        let is_time = at.second().is_some_and(|next| {
            matches!(word(next.text), Some(Word::Am | Word::Pm)) || next.kind == Kind::Sign(':')
        });
        let Some(day) = at.number(2).filter(|_| !is_time) else { return Ok(None) };
        if at.is_tight() {
            at.word(Word::Th);
        }
        if let Some(sign) = sign {
            at.tight_sign(sign);
        }
        return year_after(reader, start, at, Parts { month, day: day.small(), weekday }).map(Some);
    }
    let word = at.peek_word();
    at.skip();
    Ok(match word {
        Some(Word::Today) => Some(Day::Ago(0)),
        Some(Word::Yesterday) => Some(Day::Ago(1)),
        Some(Word::Tomorrow) => Some(Day::Ago(-1)),
        Some(Word::The) if at.peek_word() == Some(Word::Day) => {
            at.skip();
            (at.word(Word::Before) && at.word(Word::Yesterday)).then_some(Day::Ago(2))
        }
        Some(Word::Day) => {
            (at.word(Word::Before) && at.word(Word::Yesterday)).then_some(Day::Ago(2))
        }
        Some(Word::Last) => at.weekday().map(|number| Day::Weekday { number, before_today: true }),
        _ => None,
    })
}

/// A month, a day, and the weekday that the text names.
#[derive(Clone, Copy)]
struct Parts {
    month: u32,
    day: u32,
    weekday: Option<u32>,
}

/// The date with the year that follows, if one does.
fn year_after(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    parts: Parts,
) -> Result<Day, RangeError> {
    let Parts { month, day, weekday } = parts;
    let mut after = *at;
    after.sign(',');
    let is_time = after.second().is_some_and(|next| {
        matches!(word(next.text), Some(Word::Am | Word::Pm)) || next.kind == Kind::Sign(':')
    });
    let number = after.number(4).filter(|number| number.digits == 4 || !is_time);
    let Some(number) = number else { return without_year(reader, start, at, month, day) };
    if let Some(year) = year_of(number.small()).filter(|_| number.digits == 4) {
        *at = after;
        return of_parts(reader, start, at, year, month, day);
    }
    if number.digits != 2 || reader.has_bare_hour {
        return without_year(reader, start, at, month, day);
    }
    *at = after;
    let short = i32::try_from(number.small()).ok().and_then(|year| {
        NaiveDate::from_ymd_opt(2000 + year, month, day)
            .filter(|date| Some(date.weekday().num_days_from_monday()) == weekday)
    });
    short.map(Day::of).ok_or_else(|| reader.refuse(Reason::ShortYear, start, at))
}

/// The years that a text may name.
pub(super) fn year_of(number: u32) -> Option<i32> {
    if (1970..2200).contains(&number) { i32::try_from(number).ok() } else { None }
}

pub(super) fn of_parts(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    year: i32,
    month: u32,
    day: u32,
) -> Result<Day, RangeError> {
    if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
        return Ok(Day::of(date));
    }
    match last_day(year, month) {
        Some(last) => Err(RangeError::NoSuchDay { year: Some(year), month, day, last }),
        None => Err(reader.refuse(Reason::Date, start, at)),
    }
}

fn without_year(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    month: u32,
    day: u32,
) -> Result<Day, RangeError> {
    const LEAP_YEAR: i32 = 2024;
    match last_day(LEAP_YEAR, month) {
        Some(last) if !(1..=last).contains(&day) => {
            Err(RangeError::NoSuchDay { year: None, month, day, last })
        }
        Some(_) => Ok(Day::MonthDay { month, day }),
        None => Err(reader.refuse(Reason::Date, start, at)),
    }
}

fn whole_month(
    reader: &Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    year: i32,
    month: u32,
) -> Result<Day, RangeError> {
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    let last = last_day(year, month).and_then(|last| NaiveDate::from_ymd_opt(year, month, last));
    match (first, last.and_then(|last| last.succ_opt())) {
        (Some(first), Some(next)) => Ok(Day::Days { first, next }),
        _ => Err(reader.refuse(Reason::Date, start, at)),
    }
}

fn last_day(year: i32, month: u32) -> Option<u32> {
    let (year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, month, 1)?;
    Some(NaiveDate::from_ymd_opt(year, next, 1)?.pred_opt()?.day())
}
