//! Times of day as text, on clocks of 24 and of 12 hours. Dates and UTC offsets are read elsewhere.

use crate::{
    ago::DAY,
    range_error::Reason,
    read::{
        cursor::Cursor,
        reader::Reader,
        token::{Kind, Number},
        words::Word,
    },
};

/// A time of day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Time {
    /// From midnight; a whole day for 24:00.
    pub(crate) seconds: u32,
    pub(crate) nanos: u32,
    pub(crate) has_seconds: bool,
    pub(crate) half: Half,
}

/// Which half of the day is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Half {
    /// The hour is of 24 hours.
    None,
    /// The hour is from 1 to 12, without am or pm: of 24 hours, unless the other end has am or pm.
    Open,
    /// The hour is of 12 hours, with am or pm.
    Given,
    /// `midnight`, at the start or the end of a day.
    Midnight,
}

pub(crate) const HALF_DAY: u32 = DAY / 2;

/// Reads a time of day. After `T`, `is_basic`, it may have no colons.
pub(crate) fn time(
    reader: &mut Reader<'_>,
    cursor: &mut Cursor<'_>,
    is_basic: bool,
) -> Option<Time> {
    let mut at = *cursor;
    let time = match at.peek_number() {
        Some(_) if is_basic && at.second().is_none_or(|next| next.kind != Kind::Sign(':')) => {
            basic(reader, &mut at)
        }
        Some(_) => with_colons(reader, &mut at),
        None => named(&mut at),
    };
    if time.is_some() {
        *cursor = at;
    }
    time
}

/// `noon` or `midnight`
fn named(at: &mut Cursor<'_>) -> Option<Time> {
    let word = at.peek_word()?;
    let (seconds, half) = if word == Word::Noon {
        (HALF_DAY, Half::None)
    } else if word == Word::Midnight {
        (0, Half::Midnight)
    } else {
        return None;
    };
    at.skip();
    Some(Time { seconds, nanos: 0, has_seconds: false, half })
}

/// `10:12`, `10:12:03.250`, `10:12 pm`, `10 pm`, `12 noon`
fn with_colons(reader: &mut Reader<'_>, at: &mut Cursor<'_>) -> Option<Time> {
    let start = *at;
    let hour = at.number(2)?;
    let mut parts = Parts { hour, ..Parts::default() };
    let has_colon = at.tight_sign(':');
    if has_colon {
        let minute = at.tight_digits(2)?;
        parts.minute = minute;
        let mut with_seconds = *at;
        if with_seconds.tight_sign(':')
            && let Some(second) = with_seconds.tight_digits(2)
        {
            *at = with_seconds;
            (parts.second, parts.has_seconds) = (second, true);
            parts.nanos = fraction(at);
        }
    }
    parts.half = at.half();
    if has_colon || parts.half.is_some() {
        return parts.check(reader, &start, at);
    }
    if hour.value == 12
        && let Some(named) = named(at)
    {
        return Some(named);
    }
    let is_last = reader.has_bare_hour && at.is_done() && (1..=12).contains(&hour.value);
    if is_last { parts.check(reader, &start, at) } else { None }
}

/// `101203`, `1012`, `10`
fn basic(reader: &mut Reader<'_>, at: &mut Cursor<'_>) -> Option<Time> {
    let start = *at;
    let number = at.number(6).filter(|number| number.digits % 2 == 0)?;
    let value = number.value;
    let part = |divisor: u32| value / divisor % 100;
    let (hour, minute, second) = match number.digits {
        2 => (value, 0, 0),
        4 => (part(100), part(1), 0),
        _ => (part(10_000), part(100), part(1)),
    };
    let has_seconds = number.digits == 6;
    let nanos = if has_seconds { fraction(at) } else { 0 };
    let hour = Number { value: hour, digits: 2 };
    let parts = Parts { hour, minute, second, nanos, has_seconds, half: None };
    parts.check(reader, &start, at)
}

/// The nanoseconds of `.250` or `,250`.
pub(super) fn fraction(at: &mut Cursor<'_>) -> u32 {
    let mut after = *at;
    if !(after.tight_sign('.') || after.tight_sign(',')) || !after.is_tight() {
        return 0;
    }
    let Some(token) = after.peek().filter(|token| token.kind == Kind::Number) else { return 0 };
    after.skip();
    *at = after;
    let (mut nanos, mut unit) = (0, 100_000_000);
    for digit in token.text.bytes() {
        nanos += u32::from(digit - b'0') * unit;
        unit /= 10;
    }
    nanos
}

struct Parts {
    hour: Number,
    minute: u32,
    second: u32,
    nanos: u32,
    has_seconds: bool,
    half: Option<Word>,
}

impl Default for Parts {
    fn default() -> Self {
        let hour = Number { value: 0, digits: 0 };
        Self { hour, minute: 0, second: 0, nanos: 0, has_seconds: false, half: None }
    }
}

impl Parts {
    fn check(&self, reader: &mut Reader<'_>, start: &Cursor<'_>, at: &Cursor<'_>) -> Option<Time> {
        let hour = self.hour.value;
        // A leap second is the second after it.
        let rest = self.minute * 60 + self.second;
        let is_time = hour <= 24 && self.minute <= 59 && self.second <= 60;
        if !is_time || hour == 24 && (rest > 0 || self.nanos > 0) {
            return reader.refuse(Reason::Time, start, at);
        }
        let is_of_twelve = (1..=12).contains(&hour);
        let (hour, half) = match self.half {
            None if is_of_twelve && self.hour.digits == 1 => (hour, Half::Open),
            None if (10..=12).contains(&hour) => (hour, Half::Open),
            None => (hour, Half::None),
            Some(_) if !is_of_twelve => {
                return reader.refuse(Reason::TwelveHours, start, at);
            }
            Some(Word::Pm) => (hour % 12 + 12, Half::Given),
            Some(_) => (hour % 12, Half::Given),
        };
        let seconds = hour * 3_600 + rest;
        Some(Time { seconds, nanos: self.nanos, has_seconds: self.has_seconds, half })
    }
}
