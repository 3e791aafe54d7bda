//! Dates as text: numeric, with names, of ISO 8601, and relative to today. Times of day are read
//! elsewhere.

use chrono::{Days, NaiveDate, Weekday};

mod numeric;
mod parts;

pub(super) use self::parts::{of_parts, year_of};
use self::{
    numeric::numeric,
    parts::{Parts, whole_month, year_after},
};
use crate::{
    range_error::Reason,
    read::{
        cursor::Cursor,
        reader::Reader,
        token::Number,
        words::{Word, unit},
    },
};

/// A date, or a period of whole days, as far as the text says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Day {
    /// The days from `first` up to, but without `next`.
    Days { first: NaiveDate, next: NaiveDate },
    /// A date without a year.
    WithoutYear { month: u32, day: u32 },
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
) -> Option<Day> {
    let mut at = *cursor;
    let day = match at.peek_number() {
        Some(number) => {
            at.skip();
            match number.digits {
                8 => basic(reader, cursor, &at, number),
                4 => of_year(reader, cursor, &mut at, number),
                1 | 2 => of_day(reader, cursor, &mut at, number, weekday),
                _ => None,
            }
        }
        None => with_words(reader, cursor, &mut at, weekday),
    };
    if day.is_some() {
        *cursor = at;
    }
    day
}

/// `20261124`
fn basic(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    number: Number,
) -> Option<Day> {
    let number = number.value;
    let year = year_of(number / 10_000)?;
    of_parts(reader, start, at, year, number / 100 % 100, number % 100)
}

/// `2026-11-24`, `2026/11/24`, `2026-W48-2`, `2026-328`, `2026-11`, `2026 Nov 24`
fn of_year(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    number: Number,
) -> Option<Day> {
    let year = year_of(number.value)?;
    let dash = at.tight_sign('-');
    if at.is_tight() && at.word(Word::W) {
        return week(reader, start, at, year);
    }
    if let Some(month) = at.month() {
        at.sign('-');
        let day = at.number(2)?;
        return of_parts(reader, start, at, year, month, day.value);
    }
    let sign = if dash { '-' } else { at.tight_sign_of(&['/', '.', ':', '–'])? };
    if dash && let Some(day) = at.tight_digits(3) {
        let date = NaiveDate::from_yo_opt(year, day).map(Day::of);
        return date.or_else(|| reader.refuse(Reason::Date, start, at));
    }
    let month = at.tight_number(2)?;
    let mut third = *at;
    if third.tight_sign(sign)
        && let Some(day) = third.tight_number(2)
    {
        *at = third;
        return of_parts(reader, start, at, year, month.value, day.value);
    }
    if !dash || month.digits != 2 {
        return None;
    }
    whole_month(reader, start, at, year, month.value)
}

/// `W48`, `W48-2`, `W482`
fn week(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    year: i32,
) -> Option<Day> {
    let (week, day) = if let Some(both) = at.tight_digits(3) {
        (both / 10, Some(both % 10))
    } else {
        let week = at.tight_digits(2)?;
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
    day.or_else(|| reader.refuse(Reason::Date, start, at))
}

/// `24 Nov 2026`, `24th of November`, `24/Nov/2026`, `24/11/2026`, `24.11.`, and `2 days ago` before a
/// time of day
fn of_day(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    number: Number,
    weekday: Option<u32>,
) -> Option<Day> {
    if let Some(days) = at.text().and_then(unit).and_then(super::relative::days_of) {
        at.skip();
        let is_date = at.word(Word::Ago) && !at.is_done();
        return is_date.then_some(Day::Ago(i64::from(number.value) * days));
    }
    let mut named = *at;
    if named.is_tight() {
        named.word(Word::Th);
    }
    named.tight_sign('.');
    named.word(Word::Of);
    let sign = named.tight_sign_of(&['-', '/', '–']);
    if let Some(month) = named.month() {
        *at = named;
        at.tight_sign('.');
        if let Some(sign) = sign {
            at.tight_sign(sign);
        }
        return year_after(reader, start, at, Parts { month, day: number.value, weekday });
    }
    numeric(reader, start, at, number)
}

/// `Nov 24`, `November 24th, 2026`, `November 2026`, `today`, `day before yesterday`, `last Friday`
fn with_words(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    weekday: Option<u32>,
) -> Option<Day> {
    if let Some(month) = at.month() {
        at.tight_sign('.');
        let sign = at.tight_sign_of(&['-', '/', '–']);
        let mut year = *at;
        year.sign(',');
        if let Some(year_number) = year.number(4).filter(|number| number.digits == 4) {
            *at = year;
            return match year_of(year_number.value) {
                Some(year) => whole_month(reader, start, at, year, month),
                None => None,
            };
        }
        at.word(Word::The);
        let is_time = at.is_hour();
        let day = at.number(2).filter(|_| !is_time)?;
        if at.is_tight() {
            at.word(Word::Th);
        }
        if let Some(sign) = sign {
            at.tight_sign(sign);
        }
        return year_after(reader, start, at, Parts { month, day: day.value, weekday });
    }
    let word = at.peek_word();
    at.skip();
    match word {
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
    }
}
