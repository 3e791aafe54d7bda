//! Reading ranges: from the text that was typed or pasted to its one clear meaning.

mod choices;
mod clean;
mod cursor;
mod date;
mod end;
mod interval;
mod iso_duration;
mod length;
mod log_level;
mod log_line;
mod named_zone;
mod offset;
mod pair;
mod paste;
mod percent;
mod place;
mod reader;
mod refused;
mod relative;
mod summary;
mod time_of_day;
mod token;
mod words;

use alloc::{borrow::ToOwned, string::String};

use self::{
    choices::{Choices, every_meaning},
    cursor::Cursor,
    end::end,
    interval::{ends, interval, ordered},
    log_line::{has_priority, is_access_log, log_line},
    named_zone::{NamedZone, fixed},
    pair::Between,
    paste::{Pasted, Role, pasted},
    place::bound,
    reader::Reader,
    refused::Refused,
    summary::summary,
};
pub(crate) use self::{
    place::Edge,
    token::{Kind, Token, tokens},
    words::{Word, unit},
};
use crate::{Bound, Context, EndErrors, Range, RangeError, Reading, Zone, range_error::Reason};

/// The longest text that is read, in bytes: a log line or an address.
const LONGEST: usize = 8_192;
/// The longest text of a range itself, in bytes.
const LONGEST_RANGE: usize = 200;

/// Reads a range or a moment, as people type it or paste it from logs and other tools. Text without a UTC
/// offset is read in the zone shown; relative times stay relative.
///
/// # Errors
/// [`RangeError`] for a text that has no meaning or more than one.
pub fn read(text: &str, context: Context<'_>) -> Result<Reading, RangeError> {
    read_cleaned(cleaned(text), context).map_err(Refused::error)
}

fn read_cleaned(text: Result<String, Refused>, context: Context<'_>) -> Result<Reading, Refused> {
    let text = text?;
    match read_clean(&text, context) {
        Err(refused) => summary(&text, context, read_clean).unwrap_or(Err(refused)),
        reading => reading,
    }
}

fn read_clean(text: &str, context: Context<'_>) -> Result<Reading, Refused> {
    // The request in an access log may have keys as well.
    let found = if is_access_log(text) { None } else { pasted(text) };
    every_meaning(context, &mut |choices| match &found {
        Some(found) => read_pasted(found, context, choices),
        None => read_plain(text, context, choices),
    })
}

/// Reads one end of a range.
pub(crate) fn read_end(text: &str, edge: Edge, context: Context<'_>) -> Result<Bound, RangeError> {
    end_of(text, edge, context).map_err(Refused::error)
}

fn end_of(text: &str, edge: Edge, context: Context<'_>) -> Result<Bound, Refused> {
    let text = cleaned(text)?;
    let meaning = every_meaning(context, &mut |choices| {
        let tokens = tokens(&text);
        let cursor = Cursor { tokens: &tokens };
        let mut reader = reader(&text, context, choices);
        let only = end(&mut reader, cursor);
        let bound = only.and_then(|only| bound(&mut reader, &only, edge));
        // The other end does not matter.
        reader.answer(bound.map(|bound| Reading::Range(Range { from: bound, to: Bound::NOW })))
    });
    match meaning {
        Ok(meaning) => Ok(meaning.range().from),
        Err(error) if error.is_not_understood() => match read_cleaned(Ok(text), context) {
            Ok(Reading::Range(range)) => Err(Refused::new(RangeError::WholeRange { range })),
            _ => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// Reads two ends.
pub(crate) fn read_ends(from: &str, to: &str, context: Context<'_>) -> Result<Range, EndErrors> {
    let together = |is_ordered: bool| {
        let (from, to) = (cleaned(from)?, cleaned(to)?);
        every_meaning(context, &mut |choices| {
            let order = Order { is_ordered, is_before: false };
            read_two(&from, &to, order, context, choices)
        })
    };
    let result = match together(true) {
        Err(error) if error.is_reversed() => together(false),
        result => result,
    };
    result.map(Reading::range).map_err(|error| {
        let from = read_end(from, Edge::Start, context).err();
        let to = read_end(to, Edge::End, context).err();
        match (from, to) {
            (None, None) => EndErrors { from: None, to: Some(error.error()) },
            (from, to) => EndErrors { from, to },
        }
    })
}

fn cleaned(text: &str) -> Result<String, Refused> {
    if text.len() > LONGEST {
        let part = reader::shortened(text);
        return Err(Refused::new(RangeError::Part { part, reason: Reason::Long }));
    }
    let mut text = percent::decoded(clean::clean(text));
    // A date may end in a dot, like `24.11.`
    while let Some(b' ' | b',' | b';' | b'"' | b'\'') = text.as_bytes().last() {
        text.pop();
    }
    let parentheses = text.bytes().filter(|byte| matches!(byte, b'(' | b')')).count();
    if parentheses == 2 && text.starts_with('(') && text.ends_with(')') {
        text.pop();
        text.remove(0);
    }
    Ok(text)
}

fn reader<'r>(text: &'r str, context: Context<'r>, choices: &'r mut Choices) -> Reader<'r> {
    Reader { context, choices, text, all: 0, refusal: None, is_before: false, has_bare_hour: false }
}

fn read_plain(text: &str, context: Context<'_>, choices: &mut Choices) -> Result<Reading, Refused> {
    let tokens = tokens(text);
    let mut reader = reader(text, context, choices);
    let cursor = Cursor { tokens: &tokens };
    let mut found = if text.len() > LONGEST_RANGE || has_priority(text) {
        reader.not_understood(&cursor)
    } else {
        interval(&mut reader, cursor)
    };
    if reader.is_not_understood() {
        let refusal = reader.refusal.take();
        found = log_line(&mut reader);
        if found.is_none() && (reader.refusal.is_none() || reader.is_not_understood()) {
            reader.refusal = refusal;
        }
    }
    reader.answer(found)
}

fn read_pasted(
    pasted: &Pasted<'_>,
    context: Context<'_>,
    choices: &mut Choices,
) -> Result<Reading, Refused> {
    if let Some(second) = pasted.twice {
        return Err(refused(second, Reason::Twice));
    }
    match NamedZone::of(pasted, context.zone) {
        NamedZone::Shown => read_values(pasted, context, choices),
        NamedZone::Utc => {
            let utc = Context { zone: &Zone::utc(), ..context };
            read_values(pasted, utc, choices).map(|reading| fixed(reading, utc))
        }
        NamedZone::Other(name) => Err(refused(name, Reason::OtherZone)),
    }
}

fn read_values(
    pasted: &Pasted<'_>,
    context: Context<'_>,
    choices: &mut Choices,
) -> Result<Reading, Refused> {
    if let Some(received) = pasted.value(Role::Received) {
        return read_plain(received, context, choices);
    }
    if let Some(start) = pasted.value(Role::Start) {
        let end = pasted.value(Role::End).unwrap_or("now");
        let order = Order { is_ordered: true, is_before: pasted.is_before };
        return read_two(start, end, order, context, choices);
    }
    match pasted.value(Role::Moment) {
        Some(moment) => read_plain(moment, context, choices),
        None => Err(refused(pasted.value(Role::End).unwrap_or_default(), Reason::NoStart)),
    }
}

fn refused(part: &str, reason: Reason) -> Refused {
    Refused::new(RangeError::Part { part: part.to_owned(), reason })
}

/// What is known of two ends.
#[derive(Clone, Copy)]
struct Order {
    /// The end must not be before the start.
    is_ordered: bool,
    /// The end may be exclusive.
    is_before: bool,
}

fn read_two(
    from: &str,
    to: &str,
    order: Order,
    context: Context<'_>,
    choices: &mut Choices,
) -> Result<Reading, Refused> {
    // One text, so that a part of it can be quoted.
    let mut text = String::from(from);
    text.push(' ');
    text.push_str(to);
    let all = tokens(&text);
    let middle = all.partition_point(|token| token.start < from.len());
    let (before, after) = all.split_at(middle);
    let (from, to) = (Cursor { tokens: before }, Cursor { tokens: after });
    let mut reader = reader(&text, context, choices);
    let whole = Cursor { tokens: &all };
    reader.is_before = order.is_before;
    let range = if from.is_done() || to.is_done() {
        reader.not_understood(&whole)
    } else if order.is_ordered {
        ordered(&mut reader, from, to, Between::To)
    } else {
        ends(&mut reader, from, to, Between::To)
    };
    reader.answer(range.map(Reading::Range))
}
