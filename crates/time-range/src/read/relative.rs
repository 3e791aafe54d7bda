//! Times relative to now and lengths of time as text: `now-6h`, `last 3 days`, `6h ago`, `PT6H`.

use crate::{
    ago::{Ago, Unit},
    range_error::Reason,
    read::{
        cursor::Cursor,
        iso_duration::iso_duration,
        length::Length,
        reader::{Reader, first_at},
        token::Kind,
        words::{Word, count, unit},
    },
};

/// A time relative to now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Relative {
    Ago {
        ago: Ago,
        /// Whether the rounding unit is meant as a whole, even if it is the whole text.
        is_whole: bool,
        /// Whether an end is rounded down too.
        is_snapped: bool,
    },
    /// A fixed instant: the result of adding to a rounded time.
    At(crate::Timestamp),
    Length(Length),
}

const fn ago(ago: Ago) -> Relative {
    Relative::Ago { ago, is_whole: false, is_snapped: false }
}

/// Reads a relative time or a length.
pub(crate) fn relative(reader: &mut Reader<'_>, cursor: &mut Cursor<'_>) -> Option<Relative> {
    let mut at = *cursor;
    let is_rounded = at.peek().is_some_and(|token| token.kind == Kind::Sign('@'));
    let found = if at.word(Word::Now) || is_rounded {
        after_now(reader, cursor, &mut at)
    } else if let Some(sign) = at.peek().map(|token| token.kind)
        && matches!(sign, Kind::Sign('-' | '–' | '+'))
    {
        after_now(reader, cursor, &mut at)
    } else {
        at.word(Word::The);
        match at.peek_word() {
            Some(Word::Last | Word::Past | Word::Previous | Word::This) => period(reader, &mut at),
            _ => counted(reader, &mut at),
        }
    };
    if found.is_some() {
        *cursor = at;
    }
    found
}

/// `-6h/h` after `now`, or `-6h@h` alone.
fn after_now(reader: &mut Reader<'_>, start: &Cursor<'_>, at: &mut Cursor<'_>) -> Option<Relative> {
    let mut sum = Length::default();
    let mut is_first = true;
    loop {
        let mut next = *at;
        let is_tight = next.is_tight();
        let is_plus = next.sign('+');
        let is_dash = next.peek().is_some_and(|token| token.text == "–");
        let has_sign = is_plus || next.sign('-') || (is_first && is_dash && next.sign('–'));
        if !has_sign || !(is_first || is_tight) {
            break;
        }
        let Some(mut length) = amount(&mut next, Unit::Month) else { break };
        while next.is_tight()
            && let Some(more) = amount(&mut next, Unit::Month)
        {
            length = length.plus(more)?;
        }
        *at = next;
        if is_plus {
            match sum.minus(length) {
                Some(less) => sum = less,
                None => return reader.refuse(Reason::Future, start, at),
            }
        } else {
            sum = sum.plus(length)?;
        }
        is_first = false;
    }
    let mut result = sum.ago();
    let mut rounded = *at;
    let is_snapped = rounded.sign('@');
    if (is_snapped || rounded.tight_sign('/'))
        && rounded.is_tight()
        && let Some(unit) = rounded.text().and_then(unit)
    {
        rounded.skip();
        *at = rounded;
        result.round = Some(unit);
        if is_snapped && at.is_tight() {
            return after_snap(reader, at, result);
        }
    }
    let is_something = at.tokens.len() < start.tokens.len();
    is_something.then_some(Relative::Ago { ago: result, is_whole: false, is_snapped })
}

/// `+8h` after `-1d@d`.
fn after_snap(reader: &Reader<'_>, at: &mut Cursor<'_>, ago: Ago) -> Option<Relative> {
    let is_plus = at.sign('+');
    if !(is_plus || at.sign('-')) {
        return None;
    }
    let length = amount(at, Unit::Month).filter(|length| length.months == 0)?;
    let seconds = chrono::TimeDelta::seconds(length.seconds.into());
    let floor = ago.at(crate::ago::Rounding::Down, reader.context);
    let clock = reader.context.zone.clock(floor);
    let clock = clock.checked_add_signed(if is_plus { seconds } else { -seconds })?;
    Some(Relative::At(first_at(clock, None, reader.context)))
}

/// `last 3 days`, `past day`, `previous week`, `this hour`
fn period(reader: &mut Reader<'_>, at: &mut Cursor<'_>) -> Option<Relative> {
    let kind = at.peek_word()?;
    at.skip();
    if matches!(kind, Word::Last | Word::Past)
        && let Some(length) = lengths(reader, at)
    {
        return Some(ago(length.ago()));
    }
    let unit = at.text().and_then(unit)?;
    at.skip();
    let one = Length::of(1, 0, unit)?;
    let whole = |length: Length| Relative::Ago {
        ago: Ago { round: Some(unit), ..length.ago() },
        is_whole: true,
        is_snapped: false,
    };
    let is_short = matches!(unit, Unit::Second | Unit::Minute | Unit::Hour);
    // "Last week" is the week before this one, or the last seven days.
    let is_either = kind == Word::Last && !is_short;
    let is_whole = kind == Word::Previous || is_either && reader.choices.second();
    Some(if kind == Word::This {
        whole(Length::default())
    } else if is_whole {
        whole(one)
    } else {
        ago(one.ago())
    })
}

/// `6h`, `6 hours ago`, `an hour ago`, `PT6H`
fn counted(reader: &mut Reader<'_>, at: &mut Cursor<'_>) -> Option<Relative> {
    if let Some(length) = iso_duration(at) {
        return Some(Relative::Length(length));
    }
    let length = lengths(reader, at)?;
    if at.word(Word::Ago) {
        return Some(ago(length.ago()));
    }
    Some(Relative::Length(length))
}

/// One or more amounts, like `1h30m` or `1 hour and 30 minutes`.
fn lengths(reader: &mut Reader<'_>, at: &mut Cursor<'_>) -> Option<Length> {
    // A capital M is months in Grafana's form, and may be minutes elsewhere.
    let is_capital = at.second().is_some_and(|token| token.text == "M");
    let capital = if is_capital && !reader.choices.second() { Unit::Minute } else { Unit::Month };
    let mut sum = amount(at, capital)?;
    loop {
        let mut next = *at;
        next.word(Word::And);
        next.sign(',');
        let Some(more) = amount(&mut next, capital) else { return Some(sum) };
        sum = sum.plus(more)?;
        *at = next;
    }
}

/// A number and a unit, like `1.5h`, `six hours`, `an hour` or `half an hour`.
fn amount(cursor: &mut Cursor<'_>, capital: Unit) -> Option<Length> {
    let mut at = *cursor;
    let (mut whole, mut fraction) = (1, 0);
    if let Some(number) = at.number(9) {
        whole = number.value;
        fraction = super::time_of_day::fraction(&mut at);
    } else if at.word(Word::Half) {
        (whole, fraction) = (0, 500_000_000);
        at.word(Word::Article);
    } else if let Some(counted) = at.text().and_then(count) {
        whole = counted;
        at.skip();
        // As in "twenty-four".
        at.tight_sign('-');
        if let Some(ones) = at.text().and_then(count)
            && counted >= 20
            && ones < 10
        {
            whole += ones;
            at.skip();
        }
    } else if !at.word(Word::Article) {
        return None;
    }
    let text = at.text()?;
    let unit = if text == "M" { capital } else { unit(text)? };
    at.skip();
    let length = Length::of(whole, fraction, unit)?;
    *cursor = at;
    Some(length)
}

/// The days of a unit that is counted in days.
pub(super) fn days_of(unit: Unit) -> Option<i64> {
    match unit {
        Unit::Day => Some(1),
        Unit::Week => Some(7),
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Month | Unit::Year => None,
    }
}
