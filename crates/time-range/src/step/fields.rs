//! The parts of a date and a time of day. A change carries over to all of them.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use chrono::{Datelike, FixedOffset, Months, NaiveDateTime, TimeDelta, Timelike};

use super::{Edit, Step};
use crate::{
    Context, MONTHS, Timestamp, WEEKDAYS, digits, names, people,
    read::{Kind, Token, Word},
};

/// What a token is in a time. A month may be a number or a name; a day also a weekday, today or yesterday.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Field {
    Other,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Half,
    OffsetHour,
    OffsetMinute,
    ZoneName,
}

/// A text and what each token of it is.
struct Fields<'a> {
    tokens: &'a [Token<'a>],
    fields: Vec<Field>,
}

/// The edits of all parts, after the one under the caret was changed.
pub(super) fn edits(
    tokens: &[Token<'_>],
    under: usize,
    at: Timestamp,
    step: Step,
    context: Context<'_>,
) -> Option<Vec<Edit>> {
    let fields = Fields { tokens, fields: placed(tokens)? };
    let field = *fields.fields.get(under)?;
    let offset = fields.offset();
    if let Field::OffsetHour | Field::OffsetMinute = field {
        let by = if field == Field::OffsetHour { 3_600 } else { 900 };
        let seconds = offset?.local_minus_utc() + if step.is_up() { by } else { -by };
        let is_in_use = (-12 * 3_600..=14 * 3_600).contains(&seconds);
        let clock = at.naive_utc().checked_add_offset(offset?)?;
        let new = FixedOffset::east_opt(seconds).filter(|_| is_in_use)?;
        return fields.written(clock, new, None, context);
    }
    // An offset that the zone has then is the zone's, and changes with it.
    let zone_offset = context.zone.offset(at);
    let foreign = offset.filter(|offset| *offset != zone_offset);
    let offset_at = |at: Timestamp| foreign.unwrap_or_else(|| context.zone.offset(at));
    let clock_of = |at: Timestamp| at.naive_utc().checked_add_offset(offset_at(at));
    let clock = clock_of(at)?;
    let seconds = by_time(field, step);
    let at = if seconds != 0 {
        let next = at.checked_add_signed(TimeDelta::seconds(seconds))?;
        // Within an hour that happens twice, the text would not change.
        let is_same = offset.is_none() && clock_of(next)? == clock;
        if is_same { next.checked_add_signed(TimeDelta::seconds(seconds))? } else { next }
    } else {
        let clock = by_date(clock, field, step)?;
        match foreign {
            Some(offset) => clock.checked_sub_offset(offset)?.and_utc(),
            None => context.zone.first_at(clock),
        }
    };
    fields.written(clock_of(at)?, offset_at(at), people::abbreviation(at, context), context)
}

/// The seconds of a step of a time of day; 0 for other parts.
fn by_time(field: Field, step: Step) -> i64 {
    if field == Field::Hour {
        return 3_600 * step.by(6);
    }
    if field == Field::Minute {
        return 60 * step.by(10);
    }
    if field == Field::Second { step.by(10) } else { 0 }
}

/// The clock time after a step of a date, or of am and pm.
fn by_date(clock: NaiveDateTime, field: Field, step: Step) -> Option<NaiveDateTime> {
    if field == Field::Day {
        return clock.checked_add_signed(TimeDelta::days(step.by(7)));
    }
    if field == Field::Half {
        return clock.checked_add_signed(TimeDelta::hours(step.by(1) * 12));
    }
    let count = if field == Field::Year {
        12 * step.by(10)
    } else if field == Field::Month {
        step.by(3)
    } else {
        return None;
    };
    let months = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
    if count > 0 { clock.checked_add_months(months) } else { clock.checked_sub_months(months) }
}

/// What each token is. `None` if the order of a date is not clear.
fn placed(tokens: &[Token<'_>]) -> Option<Vec<Field>> {
    let mut fields = vec![Field::Other; tokens.len()];
    let mut last = Field::Other;
    // The numbers of the date.
    let mut dates = Vec::new();
    let sign = |index: usize| match tokens.get(index).map(|token| token.kind) {
        Some(Kind::Sign(sign)) => sign,
        _ => ' ',
    };
    let (mut has_month_name, mut is_dotted, mut time_ended) = (false, false, false);
    for (index, token) in tokens.iter().enumerate() {
        let next_is_half = tokens.get(index + 1).is_some_and(Token::is_half);
        let length = token.text.len();
        let field = match token.kind {
            Kind::Sign(sign) => {
                is_dotted |= sign == '.';
                continue;
            }
            Kind::Number => match (index.checked_sub(1).map_or(' ', sign), last) {
                (':', Field::Hour) => Field::Minute,
                (':', Field::Minute) => Field::Second,
                (':', Field::OffsetHour) => Field::OffsetMinute,
                ('+' | '-', Field::Minute | Field::Second) if length == 2 => Field::OffsetHour,
                ('+' | '-', Field::Minute | Field::Second) => return None,
                ('.' | ',', Field::Second) => continue,
                _ if !time_ended && sign(index + 1) == ':' && length <= 2 => {
                    time_ended = true;
                    Field::Hour
                }
                _ if next_is_half => Field::Hour,
                _ if length == 4 => {
                    dates.push(index);
                    Field::Year
                }
                _ if length <= 2 => {
                    dates.push(index);
                    continue;
                }
                _ => return None,
            },
            Kind::Word if names::index_of(&MONTHS, token.text).is_some() => {
                has_month_name = true;
                Field::Month
            }
            Kind::Word if token.is_half() => Field::Half,
            Kind::Word if token.is_day_word() || weekday(token.text) => Field::Day,
            Kind::Word if time_ended && length > 2 && is_zone_name(token) => Field::ZoneName,
            Kind::Word => continue,
        };
        last = field;
        *fields.get_mut(index)? = field;
    }
    let year = dates.iter().position(|index| fields.get(*index) == Some(&Field::Year));
    let order: &[Field] = match (dates.len(), year) {
        (0, _) | (1, Some(_)) => &[],
        (1, None) | (2, Some(_)) if has_month_name => &[Field::Day, Field::Day],
        (3, Some(0)) if !has_month_name => &[Field::Month, Field::Day],
        (3, Some(2)) if is_dotted && !has_month_name => &[Field::Day, Field::Month],
        _ => return None,
    };
    let is_number = |index: &usize| fields.get(*index) != Some(&Field::Year);
    dates.retain(is_number);
    for (index, field) in dates.into_iter().zip(order) {
        *fields.get_mut(index)? = *field;
    }
    Some(fields)
}

fn weekday(text: &str) -> bool {
    names::index_of(&WEEKDAYS, text).is_some()
}

fn is_zone_name(token: &Token<'_>) -> bool {
    token.text.bytes().all(|byte| byte.is_ascii_uppercase()) && token.word != Some(Word::Utc)
}

impl Fields<'_> {
    /// The token of a field.
    fn find(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|other| *other == field)
    }

    fn value(&self, field: Field) -> Option<i32> {
        let number = self.tokens.get(self.find(field)?)?.number()?;
        i32::try_from(number.value).ok()
    }

    /// The UTC offset of the text.
    fn offset(&self) -> Option<FixedOffset> {
        if let Some(hours) = self.value(Field::OffsetHour) {
            let seconds = hours * 3_600 + self.value(Field::OffsetMinute).unwrap_or(0) * 60;
            let sign = self.find(Field::OffsetHour)?.checked_sub(1)?;
            let is_negative = self.tokens.get(sign)?.kind == Kind::Sign('-');
            return FixedOffset::east_opt(if is_negative { -seconds } else { seconds });
        }
        let is_in_utc = self.tokens.iter().any(|token| token.word == Some(Word::Utc));
        if is_in_utc { FixedOffset::east_opt(0) } else { None }
    }

    /// The text of each part of `clock`.
    fn written(
        &self,
        clock: NaiveDateTime,
        offset: FixedOffset,
        zone: Option<&str>,
        context: Context<'_>,
    ) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        let has_half = self.find(Field::Half).is_some();
        let month = self.find(Field::Month).and_then(|month| self.tokens.get(month));
        let has_month_name = month.is_some_and(|month| month.kind == Kind::Word);
        let minutes = offset.local_minus_utc().unsigned_abs() / 60;
        for (index, (token, field)) in self.tokens.iter().zip(&self.fields).enumerate() {
            let old = token.text;
            let number = match field {
                Field::Year => clock.year().unsigned_abs(),
                Field::Month => clock.month(),
                Field::Day => clock.day(),
                Field::Hour if has_half => (clock.hour() + 11) % 12 + 1,
                Field::Hour => clock.hour(),
                Field::Minute => clock.minute(),
                Field::Second => clock.second(),
                Field::OffsetHour => {
                    let sign = if offset.local_minus_utc() < 0 { "-" } else { "+" };
                    edits.push(Edit { token: index.checked_sub(1)?, text: sign.to_string() });
                    minutes / 60
                }
                Field::OffsetMinute => minutes % 60,
                Field::Half | Field::ZoneName => 0,
                Field::Other => continue,
            };
            let text = match field {
                Field::Month if has_month_name => name(&MONTHS, clock.month0(), old)?,
                Field::Day if weekday(old) => {
                    name(&WEEKDAYS, clock.weekday().num_days_from_monday(), old)?
                }
                Field::Day if token.kind == Kind::Word => people::day(clock.date(), old, context),
                Field::Half => names::in_case_of(if clock.hour() < 12 { "am" } else { "pm" }, old),
                Field::ZoneName => zone?.to_string(),
                Field::Other
                | Field::Year
                | Field::Month
                | Field::Day
                | Field::Hour
                | Field::Minute
                | Field::Second
                | Field::OffsetHour
                | Field::OffsetMinute => {
                    let is_short = old.len() == 1
                        || *field == Field::Day && has_month_name
                        || *field == Field::Hour && has_half;
                    padded(number, is_short && !old.starts_with('0'))
                }
            };
            edits.push(Edit { token: index, text });
        }
        Some(edits)
    }
}

fn padded(number: u32, is_short: bool) -> String {
    let mut text = String::new();
    if is_short {
        return number.to_string();
    }
    digits::push_two(number, &mut text);
    text
}

/// A name as long as the old one, if that is an abbreviation.
fn name(names: &[&str], index: u32, old: &str) -> Option<String> {
    let new = *names.get(index as usize)?;
    let new = if old.len() == 3 { new.get(..3)? } else { new };
    Some(names::in_case_of(new, old))
}
