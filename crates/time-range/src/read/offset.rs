//! UTC offsets and the zones that a text may name: UTC, and the name and the abbreviations of the zone
//! shown.

use alloc::string::String;

use chrono::FixedOffset;

use crate::{
    RangeError, Zone,
    range_error::Reason,
    read::{
        cursor::Cursor,
        log_level::is_level,
        reader::Reader,
        time_of_day::Time,
        token::Kind,
        words::{Word, unit},
    },
};

/// What a text says of the zone of a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Frame {
    /// Clocks with this UTC offset.
    Offset(FixedOffset),
    /// The zone shown, by its name.
    Shown,
}

impl Frame {
    /// The UTC offset, unless it is the one of the zone shown.
    pub(crate) const fn offset(self) -> Option<FixedOffset> {
        match self {
            Self::Offset(offset) => Some(offset),
            Self::Shown => None,
        }
    }
}

/// An offset, and whether it may also be the time of day of a range's end.
pub(crate) struct Found {
    pub(crate) frame: Frame,
    pub(crate) is_unsure: bool,
}

/// Reads what follows `time`.
pub(crate) fn frame(
    reader: &mut Reader<'_>,
    cursor: &mut Cursor<'_>,
    time: &Time,
) -> Option<Found> {
    let mut at = *cursor;
    let is_in_parentheses = at.sign('(');
    let found = if at.peek_word() == Some(Word::Utc) {
        let is_letter = at.text().is_some_and(|text| text.len() == 1);
        at.skip();
        let has_offset = at.is_tight() && !is_letter;
        let offset = if has_offset { signed(reader, &mut at, true) } else { None };
        let utc = FixedOffset::east_opt(0).map(Frame::Offset);
        offset.or(utc).map(|frame| Found { frame, is_unsure: false })
    } else if at.word(Word::Local) {
        if at.is_tight() {
            return None;
        }
        let mut after = at;
        if after.text() == Some("time") {
            after.skip();
            at = after;
        }
        Some(Found { frame: Frame::Shown, is_unsure: false })
    } else if at.text().is_some() {
        named(reader, &mut at).map(|frame| Found { frame, is_unsure: false })
    } else {
        let is_unsure = at.is_tight()
            && !time.has_seconds
            && at.peek().is_some_and(|it| it.kind == Kind::Sign('-'));
        let frame = signed(reader, &mut at, time.has_seconds);
        frame.map(|frame| Found { frame, is_unsure })
    };
    let found = found?;
    if is_in_parentheses && !at.sign(')') {
        return None;
    }
    *cursor = at;
    if matches!(found.frame, Frame::Offset(_)) {
        skip_comment(reader, cursor, found.frame);
    }
    Some(found)
}

/// `+01:00`, `-0500`, `+01`. Without `is_sure`, a negative one that no zone has may be a time of day.
fn signed(reader: &mut Reader<'_>, cursor: &mut Cursor<'_>, is_sure: bool) -> Option<Frame> {
    let mut at = *cursor;
    let is_negative = at.sign('-');
    if !(is_negative || at.sign('+')) || !at.is_tight() {
        return None;
    }
    let number = at.number(4)?;
    let value = number.value;
    let (hours, minutes) = match number.digits {
        4 => (value / 100, value % 100),
        1 | 2 => {
            let mut with_minutes = at;
            if with_minutes.tight_sign(':') {
                let minutes = with_minutes.tight_digits(2)?;
                at = with_minutes;
                (value, minutes)
            } else if is_sure || !is_negative {
                (value, 0)
            } else {
                return None;
            }
        }
        _ => return None,
    };
    let follows = at.peek().filter(|next| !next.spaced);
    if follows.is_some_and(|next| {
        matches!(next.kind, Kind::Sign(':' | '-' | '/' | '.'))
            || next.is_half()
            || unit(next.text).is_some()
    }) {
        return None;
    }
    let sum = i32::try_from(hours * 60 + minutes).unwrap_or(i32::MAX / 60);
    let sum = if is_negative { -sum } else { sum };
    let is_possible = (-12 * 60..=14 * 60).contains(&sum) && sum % 15 == 0 && minutes < 60;
    // West of UTC, no other offsets have clocks.
    let is_west = minutes == 0 && hours < 12 || minutes == 30 && matches!(hours, 2 | 3 | 4 | 9);
    if !is_possible || is_negative && !is_sure && !is_west {
        if is_negative && !is_sure {
            return None;
        }
        return reader.refuse(Reason::Offset, cursor, &at);
    }
    *cursor = at;
    FixedOffset::east_opt(sum * 60).map(Frame::Offset)
}

/// The name of the zone shown, or one of its abbreviations.
fn named(reader: &mut Reader<'_>, cursor: &mut Cursor<'_>) -> Option<Frame> {
    let zone = reader.context.zone;
    if matches(reader, cursor, "Etc/UTC") {
        return FixedOffset::east_opt(0).map(Frame::Offset);
    }
    if matches(reader, cursor, zone.name()) {
        return Some(Frame::Shown);
    }
    for known in zone.abbreviations() {
        if matches(reader, cursor, &known.name) {
            return Some(Frame::Offset(known.offset));
        }
    }
    let mut at = *cursor;
    let text = at.text()?;
    if at.peek_word().is_some() || is_level(text) || at.month().is_some() || at.weekday().is_some()
    {
        return None;
    }
    at.skip();
    let has_city = at.tight_sign('/') && at.text().is_some();
    while has_city && at.is_tight() && (at.text().is_some() || at.sign('/') || at.sign('_')) {
        at.skip();
    }
    let is_abbreviation =
        (2..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if !has_city && !is_abbreviation {
        return None;
    }
    let name = reader.part(cursor, &at);
    reader.refuse_for(RangeError::Zone { name, known: known_zones(zone) })
}

/// The names that a text may have.
fn known_zones(zone: &Zone) -> String {
    let mut known = String::from("UTC");
    let mut add = |name: &str| {
        if known.split(", ").all(|other| other != name) {
            known.push_str(", ");
            known.push_str(name);
        }
    };
    for abbreviation in zone.abbreviations() {
        add(&abbreviation.name);
    }
    add(zone.name());
    known
}

/// Skips the tokens of `name`, if the text continues with it.
fn matches(reader: &Reader<'_>, cursor: &mut Cursor<'_>, name: &str) -> bool {
    let Some(start) = cursor.peek().map(|token| token.start) else { return false };
    let end = start + name.len();
    let mut at = *cursor;
    while at.peek().is_some_and(|token| token.start < end) {
        at.skip();
    }
    let ends_here = at.peek().is_none_or(|token| token.start >= end)
        && reader.text.as_bytes().get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let text = reader.text.get(start..end);
    let is_next = ends_here && text.is_some_and(|text| text.eq_ignore_ascii_case(name));
    if is_next {
        *cursor = at;
    }
    is_next
}

/// Skips what some formats write after an offset: the zone's name, or a comment in parentheses.
fn skip_comment(reader: &Reader<'_>, cursor: &mut Cursor<'_>, frame: Frame) {
    // Go writes `+0100 CET`.
    let mut name = *cursor;
    let same = match name.peek_word() {
        Some(Word::Utc) => {
            name.skip();
            frame.offset().is_some_and(|offset| offset.local_minus_utc() == 0)
        }
        _ => reader.context.zone.abbreviations().iter().any(|known| {
            Some(known.offset) == frame.offset() && matches(reader, &mut name, &known.name)
        }),
    };
    if same {
        *cursor = name;
        return;
    }
    if matches(reader, cursor, reader.context.zone.name()) {
        return;
    }
    let mut at = *cursor;
    if at.sign('(') {
        while at.text().is_some() {
            at.skip();
        }
        if at.sign(')') {
            *cursor = at;
        }
    }
}
