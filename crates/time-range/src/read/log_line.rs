//! The time at the start of a log line, or in the brackets of an access log.

use crate::{
    Reading,
    read::{
        cursor::Cursor,
        date::Day,
        end::{Clock, clock},
        log_level::is_level,
        place::instant,
        reader::Reader,
        token::{Kind, tokens},
        words::unit,
    },
};

/// Reads the time of a log line. `None` if the text is not clearly one.
pub(crate) fn log_line(reader: &mut Reader<'_>) -> Option<Reading> {
    let text = reader.text;
    if let Some(inner) = bracketed(text) {
        let end = inner.start + inner.text.len();
        let tokens = tokens(text.get(..end).unwrap_or_default());
        let mut at = Cursor { tokens: &tokens };
        while at.peek().is_some_and(|token| token.start < inner.start) {
            at.skip();
        }
        let found = clock(reader, &mut at);
        let is_both = |found: &Clock| at.is_done() && found.day.is_some() && found.time.is_some();
        let found = found.filter(is_both)?;
        return instant(reader, &found).map(Reading::Moment);
    }
    let tokens = tokens(text);
    let mut at = Cursor { tokens: &tokens };
    let has_priority = has_priority(text);
    if has_priority {
        // The version of the message may follow.
        at.skip();
        if at.peek_number().is_some_and(|number| number.digits == 1) {
            at.skip();
        }
    }
    let found = clock(reader, &mut at)?;
    let has_time = found.time.is_some_and(|time| time.has_seconds);
    let is_absolute = matches!(found.day, Some(Day::Days { .. } | Day::WithoutYear { .. }));
    if has_time && is_absolute && is_message(&at, has_priority) {
        return instant(reader, &found).map(Reading::Moment);
    }
    None
}

/// Whether the text begins with the priority of a syslog message, like `<134>`.
pub(crate) fn has_priority(text: &str) -> bool {
    let Some((number, _)) = text.strip_prefix('<').and_then(|text| text.split_once('>')) else {
        return false;
    };
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the text is a line of an access log.
pub(crate) fn is_access_log(text: &str) -> bool {
    bracketed(text).is_some()
}

/// Whether what follows the time is the message of a log: it has a level near its start, or a
/// program and its colon, and no other time.
fn is_message(rest: &Cursor<'_>, has_priority: bool) -> bool {
    let has_level = rest.tokens.iter().take(4).any(|token| is_level(token.text));
    let (mut has_process, mut has_time) = (false, false);
    let mut at = *rest;
    while let (Some(first), Some(second)) = (at.peek(), at.second()) {
        let is_colon = second.kind == Kind::Sign(':');
        let position = rest.tokens.len() - at.tokens.len();
        at.skip();
        let after = at.second();
        // As in `host program: text`.
        let is_program = is_colon && !second.spaced && position > 0 && first.word.is_none();
        let is_spaced = after.is_some_and(|after| after.spaced);
        // As in `with a duration: 3 hours`.
        let has_unit = at.tokens.get(2).is_some_and(|token| unit(token.text).is_some());
        has_process |= is_program && is_spaced && !has_unit && position < 12;
        if first.kind == Kind::Number && is_colon {
            has_process |= position < 12;
            has_time |= after.is_some_and(|after| after.kind == Kind::Number && !after.spaced);
        }
    }
    rest.peek().is_some_and(|token| token.spaced || token.kind == Kind::Sign(':'))
        && (has_priority || has_level || has_process)
        && !has_time
}

struct Bracketed<'a> {
    text: &'a str,
    start: usize,
}

/// The only brackets with a time of the common log format.
fn bracketed(text: &str) -> Option<Bracketed<'_>> {
    let position = |wanted: u8| text.bytes().position(|byte| byte == wanted);
    let start = position(b'[')? + 1;
    let inner = text.get(start..position(b']')?)?;
    let count = |wanted: u8| inner.bytes().filter(|byte| *byte == wanted).count();
    let is_time = count(b'/') == 2 && count(b':') == 3;
    (is_time && start > 1).then_some(Bracketed { text: inner, start })
}
