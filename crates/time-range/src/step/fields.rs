//! The parts of a date and a time of day. A change carries over to all of them.

use alloc::{string::String, string::ToString, vec::Vec};

use chrono::{Datelike, Days, FixedOffset, Months, NaiveDateTime, TimeDelta, Timelike};

use super::{Edit, Step};
use crate::{
    Context, MONTHS, Timestamp, WEEKDAYS, digits, names, people,
    read::{Token, is_day_word, is_half, is_utc},
};

/// What a token is in a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Field {
    Year,
    Month,
    MonthName,
    Day,
    Weekday,
    Hour,
    Minute,
    Second,
    Half,
    OffsetHour,
    OffsetMinute,
    ZoneName,
    /// Today or yesterday.
    DayWord,
}

struct Placed {
    token: usize,
    field: Field,
}

/// The edits of all parts, after the one under the caret was changed.
pub(super) fn edits(
    tokens: &[Token<'_>],
    under: usize,
    at: Timestamp,
    step: Step,
    context: Context<'_>,
) -> Option<Vec<Edit>> {
    let fields = placed(tokens)?;
    let field = fields.iter().find(|placed| placed.token == under)?.field;
    let offset = offset(tokens, &fields);
    // An offset that the zone has then is the zone's, and changes with it.
    let zone_offset = context.zone.offset(at);
    let foreign = offset.filter(|offset| *offset != zone_offset);
    if let Field::OffsetHour | Field::OffsetMinute = field {
        let by = if field == Field::OffsetHour { 3_600 } else { 900 };
        let by = i32::try_from(step.by(1)).ok()? * by;
        let seconds = offset?.local_minus_utc() + by;
        let is_in_use = (-12 * 3_600..=14 * 3_600).contains(&seconds);
        let clock = at.naive_utc().checked_add_offset(offset?)?;
        let new = FixedOffset::east_opt(seconds).filter(|_| is_in_use)?;
        return written(tokens, &fields, clock, new, context, None);
    }
    let clock_of = |at: Timestamp| match foreign {
        Some(offset) => at.naive_utc().checked_add_offset(offset),
        None => Some(context.zone.clock(at)),
    };
    let clock = clock_of(at)?;
    let at = if let Some(length) = length(field, step) {
        let next = at.checked_add_signed(length)?;
        // Within an hour that happens twice, the text would not change.
        let is_same = offset.is_none() && clock_of(next)? == clock;
        if is_same { next.checked_add_signed(length)? } else { next }
    } else {
        let clock = by_date(clock, field, step)?;
        match foreign {
            Some(offset) => clock.checked_sub_offset(offset)?.and_utc(),
            None => context.zone.first_at(clock),
        }
    };
    let offset = foreign.unwrap_or(context.zone.offset(at));
    written(tokens, &fields, clock_of(at)?, offset, context, people::abbreviation(at, context))
}

/// The length of a step of a time of day.
fn length(field: Field, step: Step) -> Option<TimeDelta> {
    match field {
        Field::Hour => Some(TimeDelta::hours(step.by(6))),
        Field::Minute => Some(TimeDelta::minutes(step.by(10))),
        Field::Second => Some(TimeDelta::seconds(step.by(10))),
        Field::Year
        | Field::Month
        | Field::MonthName
        | Field::Day
        | Field::Weekday
        | Field::Half
        | Field::OffsetHour
        | Field::OffsetMinute
        | Field::ZoneName
        | Field::DayWord => None,
    }
}

/// The clock time after a step of a date, or of am and pm.
fn by_date(clock: NaiveDateTime, field: Field, step: Step) -> Option<NaiveDateTime> {
    let months = |count: i64| {
        let months = Months::new(u32::try_from(count.abs()).ok()?);
        if count > 0 { clock.checked_add_months(months) } else { clock.checked_sub_months(months) }
    };
    match field {
        Field::Year => months(12 * step.by(10)),
        Field::Month | Field::MonthName => months(step.by(3)),
        Field::Half => clock.checked_add_signed(TimeDelta::hours(12 * step.by(1))),
        Field::Day | Field::Weekday | Field::DayWord => {
            let count = step.by(7);
            let days = Days::new(count.unsigned_abs());
            if count > 0 { clock.checked_add_days(days) } else { clock.checked_sub_days(days) }
        }
        Field::Hour
        | Field::Minute
        | Field::Second
        | Field::OffsetHour
        | Field::OffsetMinute
        | Field::ZoneName => None,
    }
}

/// What each token is. `None` if the order of a date is not clear.
fn placed(tokens: &[Token<'_>]) -> Option<Vec<Placed>> {
    let mut fields = Vec::new();
    let mut dates = Vec::new();
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text);
    let mut has_month_name = false;
    let mut time_ended = false;
    for (token, part) in tokens.iter().enumerate() {
        let is_number = part.text.starts_with(|first: char| first.is_ascii_digit());
        let before = token.checked_sub(1).map_or("", text);
        let last = fields.last().map(|placed: &Placed| placed.field);
        let field = if is_number {
            match (before, last) {
                (":", Some(Field::Hour)) => Field::Minute,
                (":", Some(Field::Minute)) => Field::Second,
                (":", Some(Field::OffsetHour)) => Field::OffsetMinute,
                ("+" | "-", Some(Field::Minute | Field::Second)) if part.text.len() == 2 => {
                    Field::OffsetHour
                }
                ("." | ",", Some(Field::Second)) => continue,
                ("+" | "-", Some(Field::Minute | Field::Second)) => return None,
                _ if !time_ended && text(token + 1) == ":" && part.text.len() <= 2 => {
                    time_ended = true;
                    Field::Hour
                }
                _ if is_half(text(token + 1)) => Field::Hour,
                _ if part.text.len() == 4 => {
                    dates.push(None);
                    Field::Year
                }
                _ if part.text.len() <= 2 => {
                    dates.push(Some(token));
                    continue;
                }
                _ => return None,
            }
        } else if names::index_of(&MONTHS, part.text).is_some() {
            has_month_name = true;
            Field::MonthName
        } else if names::index_of(&WEEKDAYS, part.text).is_some() {
            Field::Weekday
        } else if is_half(part.text) {
            Field::Half
        } else if time_ended
            && part.text.len() > 2
            && part.text.bytes().all(|byte| byte.is_ascii_uppercase())
            && !is_utc(part.text)
        {
            Field::ZoneName
        } else if is_day_word(part.text) {
            Field::DayWord
        } else {
            continue;
        };
        fields.push(Placed { token, field });
    }
    let is_dotted = tokens.iter().any(|token| token.text == ".");
    let of_numbers: &[Field] = match dates.as_slice() {
        [] | [None] => &[],
        [Some(_)] | [Some(_), None] | [None, Some(_)] if has_month_name => &[Field::Day],
        [None, Some(_), Some(_)] if !has_month_name => &[Field::Month, Field::Day],
        [Some(_), Some(_), None] if is_dotted && !has_month_name => &[Field::Day, Field::Month],
        _ => return None,
    };
    let numbers = dates.into_iter().flatten();
    fields.extend(numbers.zip(of_numbers).map(|(token, field)| Placed { token, field: *field }));
    Some(fields)
}

/// The UTC offset of the text.
fn offset(tokens: &[Token<'_>], fields: &[Placed]) -> Option<FixedOffset> {
    let value = |wanted: Field| {
        let placed = fields.iter().find(|placed| placed.field == wanted)?;
        let value: i32 = tokens.get(placed.token)?.text.parse().ok()?;
        Some((placed.token, value))
    };
    if let Some((token, hours)) = value(Field::OffsetHour) {
        let minutes = value(Field::OffsetMinute).map_or(0, |(_, minutes)| minutes);
        let is_negative = token.checked_sub(1).and_then(|sign| tokens.get(sign))?.text == "-";
        let seconds = hours * 3_600 + minutes * 60;
        return FixedOffset::east_opt(if is_negative { -seconds } else { seconds });
    }
    let is_in_utc = tokens.iter().any(|token| is_utc(token.text));
    if is_in_utc { FixedOffset::east_opt(0) } else { None }
}

/// The text of each part of `clock`.
fn written(
    tokens: &[Token<'_>],
    fields: &[Placed],
    clock: NaiveDateTime,
    offset: FixedOffset,
    context: Context<'_>,
    zone: Option<&str>,
) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let has_half = fields.iter().any(|placed| placed.field == Field::Half);
    let has_month_name = fields.iter().any(|placed| placed.field == Field::MonthName);
    let minutes = offset.local_minus_utc().unsigned_abs() / 60;
    for Placed { token, field } in fields {
        let old = tokens.get(*token)?.text;
        let text = match field {
            Field::Year => clock.year().to_string(),
            Field::Month => padded(clock.month(), old, !old.starts_with('0') && old.len() == 1),
            Field::Day => padded(clock.day(), old, has_month_name || old.len() == 1),
            Field::Hour if has_half => padded((clock.hour() + 11) % 12 + 1, old, true),
            Field::Hour => padded(clock.hour(), old, old.len() == 1),
            Field::Minute => padded(clock.minute(), old, false),
            Field::Second => padded(clock.second(), old, false),
            Field::OffsetHour => padded(minutes / 60, old, false),
            Field::OffsetMinute => padded(minutes % 60, old, false),
            Field::MonthName => name(MONTHS.get(clock.month0() as usize)?, old),
            Field::Weekday => {
                name(WEEKDAYS.get(clock.weekday().num_days_from_monday() as usize)?, old)
            }
            Field::Half => {
                let half = if clock.hour() < 12 { "am" } else { "pm" };
                let is_upper = old.starts_with(|first: char| first.is_ascii_uppercase());
                if is_upper { half.to_ascii_uppercase() } else { half.to_string() }
            }
            Field::ZoneName => zone?.to_string(),
            Field::DayWord => people::day(clock.date(), old, context),
        };
        if *field == Field::OffsetHour {
            let sign = if offset.local_minus_utc() < 0 { "-" } else { "+" };
            edits.push(Edit { token: token.checked_sub(1)?, text: sign.to_string() });
        }
        edits.push(Edit { token: *token, text });
    }
    Some(edits)
}

fn padded(number: u32, old: &str, is_short: bool) -> String {
    let mut text = String::new();
    if is_short && !old.starts_with('0') {
        return number.to_string();
    }
    digits::push_two(number, &mut text);
    text
}

/// A name as long as the old one, if that is an abbreviation.
fn name(new: &str, old: &str) -> String {
    let is_short = old.len() == 3;
    let new = if is_short { new.get(..3).unwrap_or(new) } else { new };
    let is_upper = old.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_upper { new.to_ascii_uppercase() } else { new.to_string() }
}
