//! One end of a range as text: relative, Unix time, or a date and a time of day in any order. What it
//! means beside another end is decided elsewhere.

use chrono::DateTime;

use crate::{
    Timestamp,
    range_error::Reason,
    read::{
        cursor::Cursor,
        date::{Day, date, of_parts, year_of},
        offset::{self, Frame},
        reader::Reader,
        relative::{Relative, relative},
        time_of_day::{Half, Time, fraction, time},
        token::{Kind, Token},
        words::Word,
    },
};

/// One end of a range.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Relative(Relative),
    Instant(Timestamp),
    Clock(Clock),
}

/// A date, a time of day, or both.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    pub(crate) day: Option<Day>,
    /// The weekday that stands beside a date, from Monday as 0.
    pub(crate) weekday: Option<u32>,
    pub(crate) time: Option<Time>,
    pub(crate) frame: Option<Frame>,
    /// Whether the UTC offset may also be the time of day of a range's end.
    pub(crate) is_unsure: bool,
}

/// Reads an end; all tokens must belong to it.
pub(crate) fn end(reader: &mut Reader<'_>, cursor: Cursor<'_>) -> Option<End> {
    let found = any_end(reader, cursor);
    // A part of it may be refused.
    if reader.refusal.is_none() { found } else { None }
}

fn any_end(reader: &mut Reader<'_>, cursor: Cursor<'_>) -> Option<End> {
    let mut at = cursor;
    let mut furthest = cursor;
    if let Some(relative) = relative(reader, &mut at) {
        skip_rest(reader, &mut at);
        if at.is_done() {
            return Some(End::Relative(relative));
        }
        furthest = at;
    }
    at = cursor;
    if let Some(instant) = unix(&mut at) {
        if at.is_done() {
            return Some(End::Instant(instant));
        }
        furthest = at;
    }
    at = cursor;
    if let Some(clock) = clock(reader, &mut at) {
        if is_dot(&at) {
            at.skip();
        }
        if at.is_done() {
            return Some(End::Clock(clock));
        }
        if at.tokens.len() < furthest.tokens.len() {
            furthest = at;
        }
    }
    at = cursor;
    if let Some(day) = day_of_month(&mut at) {
        return Some(End::Clock(Clock { day: Some(day), ..Clock::default() }));
    }
    at = cursor;
    if at.number(u32::MAX).is_some_and(|number| number.digits >= 5 && number.digits != 8)
        && at.is_done()
    {
        return reader.refuse(Reason::Unix, &cursor, &at);
    }
    reader.not_understood(&furthest)
}

/// Skips what may follow a relative time without a meaning for it: a zone in parentheses, and a dot.
fn skip_rest(reader: &mut Reader<'_>, at: &mut Cursor<'_>) {
    const NO_TIME: Time = Time { seconds: 0, nanos: 0, has_seconds: true, half: Half::None };
    if at.peek().is_some_and(|token| token.kind == Kind::Sign('(')) {
        offset::frame(reader, at, &NO_TIME);
    }
    if is_dot(at) {
        at.skip();
    }
}

/// Whether only the dot or comma at the end of a clause is left.
fn is_dot(at: &Cursor<'_>) -> bool {
    at.tokens.len() == 1
        && at.peek().is_some_and(|token| matches!(token.kind, Kind::Sign('.' | ',')))
}

/// Unix time: its unit follows from the number of digits.
fn unix(at: &mut Cursor<'_>) -> Option<Timestamp> {
    // `date -d` writes `@1795424400`.
    at.sign('@');
    let count = at.peek().and_then(Token::long)?;
    let per_second = match at.number(19)?.digits {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let mut nanos = count % per_second * (1_000_000_000 / per_second);
    // A comma separates two numbers here.
    if per_second <= 1_000 && at.peek().is_some_and(|token| token.kind == Kind::Sign('.')) {
        nanos += i64::from(fraction(at)) / per_second;
    }
    DateTime::from_timestamp(count / per_second, u32::try_from(nanos).ok()?)
}

/// `24`, `24th`, or `24, 2026`, beside another end with a month.
fn day_of_month(at: &mut Cursor<'_>) -> Option<Day> {
    let day = at.number(2)?.value;
    if at.is_tight() {
        at.word(Word::Th);
    }
    at.sign('.');
    let mut year = None;
    if !at.is_done() {
        at.sign(',');
        year = Some(year_of(at.number(4)?.value)?);
    }
    (at.is_done() && (1..=31).contains(&day)).then_some(Day::OfMonth { day, year })
}

/// Reads a date, a time of day, or both, each with what belongs to it.
pub(crate) fn clock(reader: &mut Reader<'_>, cursor: &mut Cursor<'_>) -> Option<Clock> {
    let mut clock = Clock::default();
    loop {
        let start = *cursor;
        let mut at = start;
        let mut after_t = skip_fillers(&mut at, &clock);
        after_t |= clock.time.is_none() && clock.day.is_some() && is_after_basic(reader, &at);
        if !item(reader, &mut at, &mut clock, after_t) {
            *cursor = start;
            break;
        }
        *cursor = at;
    }
    if clock.day.is_none()
        && let Some(number) = clock.weekday
    {
        clock.day = Some(Day::Weekday { number, before_today: false });
        clock.weekday = None;
    }
    let is_something = clock.day.is_some() || clock.time.is_some();
    is_something.then_some(clock)
}

/// Reads one part that `clock` does not have yet.
fn item(reader: &mut Reader<'_>, at: &mut Cursor<'_>, clock: &mut Clock, is_basic: bool) -> bool {
    if clock.time.is_none()
        && let Some(found) = time(reader, at, is_basic)
    {
        clock.time = Some(found);
        return true;
    }
    if clock.day.is_none()
        && let Some(found) = date(reader, at, clock.weekday)
    {
        clock.day = Some(found);
        return true;
    }
    if clock.weekday.is_none()
        && let Some(weekday) = at.weekday()
    {
        at.tight_sign('.');
        clock.weekday = Some(weekday);
        return true;
    }
    if let Some(time) = &clock.time {
        if clock.frame.is_none()
            && let Some(found) = offset::frame(reader, at, time)
        {
            (clock.frame, clock.is_unsure) = (Some(found.frame), found.is_unsure);
            return true;
        }
        // The year is last in the form of `ctime`.
        if let Some(Day::WithoutYear { month, day }) = clock.day {
            let start = *at;
            let number = at.number(4).filter(|number| number.digits == 4);
            if let Some(year) = number.and_then(|number| year_of(number.value)) {
                clock.day = of_parts(reader, &start, at, year, month, day);
                return true;
            }
            *at = start;
        }
    }
    false
}

/// Skips what may stand between the parts of a date and a time. Answers whether that was `T`.
fn skip_fillers(at: &mut Cursor<'_>, clock: &Clock) -> bool {
    let mut is_t = false;
    loop {
        let mut next = *at;
        let has_part = clock.day.is_some() || clock.time.is_some() || clock.weekday.is_some();
        let is_filler = match next.peek().map(|token| token.kind) {
            Some(Kind::Word) => match next.peek_word() {
                Some(Word::At | Word::Of) => true,
                // As in "yesterday from 10:12 to 13:47".
                Some(Word::From | Word::Between) => has_part && clock.time.is_none(),
                Some(Word::The) => next.second().is_some_and(|token| token.kind == Kind::Number),
                Some(Word::T) => {
                    is_t = true;
                    clock.day.is_some() || !has_part
                }
                _ => false,
            },
            Some(Kind::Sign(',' | '_' | '@' | '·')) => has_part,
            // As in `20261124-101200`, the name of a file.
            Some(Kind::Sign('-')) => {
                let number = next.second().and_then(Token::number);
                number.is_some_and(|number| number.digits == 6) && clock.time.is_none()
            }
            Some(Kind::Sign(':')) => clock.day.is_some() && clock.time.is_none() && next.is_tight(),
            _ => false,
        };
        if !is_filler {
            return is_t && clock.time.is_none();
        }
        next.skip();
        *at = next;
    }
}

/// Whether the date before `at` has no separators, so that the time may have none either.
fn is_after_basic(reader: &Reader<'_>, at: &Cursor<'_>) -> bool {
    let Some(start) = at.peek().map(|token| token.start) else { return false };
    let mut before = reader.text.as_bytes().get(..start).unwrap_or_default();
    while let Some((b'T' | b't' | b' ' | b'_' | b'-', rest)) = before.split_last() {
        before = rest;
    }
    let mut digits = 0;
    while let Some((b'0'..=b'9', rest)) = before.split_last() {
        before = rest;
        digits += 1;
    }
    digits == 8 && at.peek_number().is_some_and(|number| matches!(number.digits, 4 | 6))
}
