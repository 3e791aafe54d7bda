//! Dates from a year, a month and a day, and why there is no such date.

use chrono::{Datelike, NaiveDate};

use super::Day;
use crate::{
    RangeError,
    range_error::Reason,
    read::{cursor::Cursor, reader::Reader},
};

/// A month, a day, and the weekday that the text names.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) weekday: Option<u32>,
}

/// The date with the year that follows, if one does.
pub(super) fn year_after(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &mut Cursor<'_>,
    parts: Parts,
) -> Option<Day> {
    let Parts { month, day, weekday } = parts;
    let mut after = *at;
    after.sign(',');
    let is_time = after.is_hour();
    let number = after.number(4).filter(|number| number.digits == 4 || !is_time);
    let Some(number) = number else { return without_year(reader, start, at, month, day) };
    if let Some(year) = year_of(number.value).filter(|_| number.digits == 4) {
        *at = after;
        return of_parts(reader, start, at, year, month, day);
    }
    if number.digits != 2 || reader.has_bare_hour {
        return without_year(reader, start, at, month, day);
    }
    *at = after;
    let short = i32::try_from(number.value).ok().and_then(|year| {
        NaiveDate::from_ymd_opt(2000 + year, month, day)
            .filter(|date| Some(date.weekday().num_days_from_monday()) == weekday)
    });
    short.map(Day::of).or_else(|| reader.refuse(Reason::ShortYear, start, at))
}

/// The years that a text may name.
pub(in crate::read) fn year_of(number: u32) -> Option<i32> {
    if (1970..2200).contains(&number) { i32::try_from(number).ok() } else { None }
}

pub(in crate::read) fn of_parts(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    year: i32,
    month: u32,
    day: u32,
) -> Option<Day> {
    if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
        return Some(Day::of(date));
    }
    match last_day(year, month) {
        Some(last) => {
            reader.refuse_for(RangeError::NoSuchDay { year: Some(year), month, day, last })
        }
        None => reader.refuse(Reason::Date, start, at),
    }
}

pub(super) fn without_year(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    month: u32,
    day: u32,
) -> Option<Day> {
    const LEAP_YEAR: i32 = 2024;
    match last_day(LEAP_YEAR, month) {
        Some(last) if !(1..=last).contains(&day) => {
            reader.refuse_for(RangeError::NoSuchDay { year: None, month, day, last })
        }
        Some(_) => Some(Day::WithoutYear { month, day }),
        None => reader.refuse(Reason::Date, start, at),
    }
}

pub(super) fn whole_month(
    reader: &mut Reader<'_>,
    start: &Cursor<'_>,
    at: &Cursor<'_>,
    year: i32,
    month: u32,
) -> Option<Day> {
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    let last = last_day(year, month).and_then(|last| NaiveDate::from_ymd_opt(year, month, last));
    match (first, last.and_then(|last| last.succ_opt())) {
        (Some(first), Some(next)) => Some(Day::Days { first, next }),
        _ => reader.refuse(Reason::Date, start, at),
    }
}

fn last_day(year: i32, month: u32) -> Option<u32> {
    let (year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, month, 1)?;
    Some(NaiveDate::from_ymd_opt(year, next, 1)?.pred_opt()?.day())
}
