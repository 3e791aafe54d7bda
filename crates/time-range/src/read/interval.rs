//! A whole range as text: where its two ends are separated, and what a single end means alone.

use crate::{
    Bound, Range, RangeError, Reading,
    ago::Ago,
    names,
    range_error::Reason,
    read::{
        cursor::Cursor,
        end::{End, end},
        length::Length,
        pair::{Between, is_moment, pair},
        place::{Edge, bound, instant},
        reader::Reader,
        refused::Refused,
        relative::Relative,
        token::{Kind, Token},
        words::Word,
    },
};

/// Reads a range or a moment.
pub(crate) fn interval(reader: &mut Reader<'_>, all: Cursor<'_>) -> Option<Reading> {
    let mut cursor = all;
    reader.all = start_of(&cursor);
    let lead = lead(&mut cursor);
    if cursor.is_done() {
        return reader.not_understood(&all);
    }
    if cursor.peek_word() == Some(Word::In) {
        return reader.refuse_all(Reason::Future);
    }
    if matches!(lead, Some(Word::Until | Word::Before | Word::To)) {
        return reader.refuse_all(Reason::NoStart);
    }
    reader.all = start_of(&cursor);
    if let Some((at, between)) = separator(&cursor, lead) {
        return split(reader, &cursor, at, at + 1, between);
    }
    let whole = end(reader, cursor);
    let whole = match whole {
        Some(End::Clock(clock)) if clock.is_unsure => {
            if reader.choices.second() {
                reader.not_understood::<()>(&cursor);
                return weak(reader, &cursor);
            }
            Some(End::Clock(clock))
        }
        None if reader.is_not_understood() => return weak(reader, &cursor),
        whole => whole,
    };
    alone(reader, &whole?, lead)
}

fn start_of(cursor: &Cursor<'_>) -> usize {
    cursor.peek().map_or(0, |token| token.start)
}

/// What a single end means.
fn alone(reader: &mut Reader<'_>, only: &End, lead: Option<Word>) -> Option<Reading> {
    if !matches!(lead, Some(Word::Since | Word::From)) {
        match only {
            End::Instant(at) => return Some(Reading::Moment(*at)),
            End::Clock(clock) if clock.time.is_some() => {
                return instant(reader, clock).map(Reading::Moment);
            }
            End::Clock(_) | End::Relative(_) => {}
        }
    }
    let is_period = match only {
        End::Relative(Relative::Ago { is_whole, .. }) => *is_whole && lead.is_none(),
        End::Clock(clock) => clock.time.is_none() && lead != Some(Word::Since),
        End::Relative(_) | End::Instant(_) => false,
    };
    let to = if is_period { bound(reader, only, Edge::End)? } else { Bound::NOW };
    let from = bound(reader, only, Edge::Start)?;
    checked(reader, Range { from, to }).map(Reading::Range)
}

/// The range, unless it is reversed, or starts and ends now.
pub(crate) fn checked(reader: &mut Reader<'_>, range: Range) -> Option<Range> {
    // This unit is the present one, which ends now.
    let is_present = |ago: Ago| ago.months == 0 && ago.seconds == 0 && ago.round.is_some();
    let range = match range.to {
        Bound::Ago(ago) if is_present(ago) => Range { to: Bound::NOW, ..range },
        Bound::At(_) | Bound::Ago(_) => range,
    };
    if range == (Range { from: Bound::NOW, to: Bound::NOW }) {
        return reader.refuse_all(Reason::Empty);
    }
    let context = reader.context;
    if range.start(context) <= range.end(context) {
        return Some(range);
    }
    reader.refuse_for(RangeError::Reversed { swapped: Range { from: range.to, to: range.from } })
}

/// Skips the words before a range. Answers the one that matters.
fn lead(cursor: &mut Cursor<'_>) -> Option<Word> {
    let mut lead = None;
    // Kibana shows rounded ranges so.
    cursor.sign('~');
    while let Some(word) = cursor.peek_word() {
        let is_before_last = cursor
            .second()
            .is_some_and(|next| matches!(next.word, Some(Word::The | Word::Last | Word::Past)));
        let is_lead = matches!(word, Word::From | Word::Between | Word::Since | Word::For)
            || matches!(word, Word::To | Word::Until | Word::Before) && lead.is_none()
            // "In 2 hours" is in the future.
            || word == Word::In && is_before_last;
        if !is_lead {
            break;
        }
        lead = lead.or(Some(word));
        cursor.skip();
    }
    lead
}

/// The position of the word or sign that can only stand between two ends.
fn separator(cursor: &Cursor<'_>, lead: Option<Word>) -> Option<(usize, Between)> {
    let is_between = matches!(lead, Some(Word::Between | Word::From))
        || cursor.tokens.iter().any(|token| token.word == Some(Word::Between));
    cursor.tokens.iter().enumerate().skip(1).find_map(|(index, token)| {
        let between = match (token.kind, token.word) {
            (Kind::Sign('→' | '…'), _) | (_, Some(Word::To | Word::Until)) => Between::To,
            (_, Some(Word::And)) if is_between => Between::To,
            (_, Some(Word::For)) => Between::For,
            (_, Some(Word::Before)) if !is_before_yesterday(cursor, index) => Between::Before,
            _ => return None,
        };
        Some((index, between))
    })
}

fn is_before_yesterday(cursor: &Cursor<'_>, index: usize) -> bool {
    let is = |at: Option<usize>, expected: Word| {
        let token = at.and_then(|at| cursor.tokens.get(at));
        token.is_some_and(|token| token.word == Some(expected))
    };
    is(index.checked_sub(1), Word::Day) && is(index.checked_add(1), Word::Yesterday)
}

/// Reads the tokens before `at` and from `after` on as two ends.
fn split(
    reader: &mut Reader<'_>,
    cursor: &Cursor<'_>,
    at: usize,
    after: usize,
    between: Between,
) -> Option<Reading> {
    let (before, rest) = cursor.tokens.split_at(at);
    let rest = rest.get(after - at..).unwrap_or_default();
    let (from, to) = (Cursor { tokens: before }, Cursor { tokens: rest });
    if to.is_done() {
        return reader.not_understood(cursor);
    }
    ordered(reader, from, to, between).map(Reading::Range)
}

/// Reads two ends, of which the second must not be before the first.
pub(crate) fn ordered(
    reader: &mut Reader<'_>,
    from: Cursor<'_>,
    to: Cursor<'_>,
    between: Between,
) -> Option<Range> {
    let range = ends(reader, from, to, between)?;
    if let Some(range) = checked(reader, range) {
        return Some(range);
    }
    let refusal = reader.refusal.take();
    // A date is another instant as a start than as an end, so the texts are swapped.
    let swapped = ends(reader, to, from, between).and_then(|it| checked(reader, it));
    reader.refusal = match swapped {
        Some(swapped) => Some(Refused::new(RangeError::Reversed { swapped })),
        None => refusal,
    };
    None
}

/// Reads two ends. The second is read first, since it may say which half of the day the first is in.
pub(crate) fn ends(
    reader: &mut Reader<'_>,
    from: Cursor<'_>,
    to: Cursor<'_>,
    between: Between,
) -> Option<Range> {
    let end_at = end(reader, to);
    let refusal = reader.refusal.take();
    let has_half = matches!(&end_at, Some(End::Clock(clock))
        if clock.time.is_some_and(|time| time.half == super::time_of_day::Half::Given));
    reader.has_bare_hour = has_half && to.is_hour();
    let start_at = end(reader, from);
    reader.has_bare_hour = false;
    reader.refusal = reader.refusal.take().or(refusal);
    let (start_at, end_at) = (start_at?, end_at?);
    let is_last =
        from.tokens.iter().take(2).any(|it| matches!(it.word, Some(Word::Last | Word::Past)));
    let start_at = if is_last { last_before(reader, start_at, &end_at) } else { start_at };
    pair(reader, start_at, between, end_at)
}

/// The last 2 hours until 14:00 yesterday may be those before now, or those before 14:00.
fn last_before(reader: &mut Reader<'_>, start_at: End, end_at: &End) -> End {
    if is_moment(end_at)
        && let End::Relative(Relative::Ago { ago: Ago { months, seconds, round: None }, .. }) =
            start_at
        && reader.choices.second()
    {
        return End::Relative(Relative::Length(Length { months, seconds, is_iso: true }));
    }
    start_at
}

/// Reads two ends that are separated by a sign which may also be part of an end: every such sign is
/// tried. If none separates two ends, the refusal of the whole text remains.
fn weak(reader: &mut Reader<'_>, cursor: &Cursor<'_>) -> Option<Reading> {
    let otherwise = reader.refusal.take();
    let mut found: Option<Reading> = None;
    let mut refusal = None;
    for (index, token) in cursor.tokens.iter().enumerate().skip(1) {
        let Some(after) = after_separator(cursor, index, token) else { continue };
        let is_plus = token.kind == Kind::Sign('+');
        let between = if is_plus { Between::Plus } else { Between::To };
        match split(reader, cursor, index, after, between) {
            Some(reading) => {
                let is_other = found.is_some_and(|found| found != reading);
                if found.is_none() || is_other && reader.choices.second() {
                    found = Some(reading);
                }
            }
            None if reader.is_not_understood() => {}
            None => refusal = refusal.or(reader.refusal.take()),
        }
        reader.refusal = None;
    }
    if found.is_none() {
        reader.refusal = refusal.or(otherwise);
    }
    found
}

/// The position after the separator at `index`, if there may be one.
fn after_separator(cursor: &Cursor<'_>, index: usize, token: &Token<'_>) -> Option<usize> {
    let between = |is_needed: bool| {
        let before = cursor.tokens.get(..index).unwrap_or_default();
        let after = cursor.tokens.get(index + usize::from(is_needed)..).unwrap_or_default();
        is_complete(before) && is_complete(after)
    };
    match token.kind {
        Kind::Sign('-' | '–' | '/' | '~' | '+') => Some(index + 1),
        Kind::Sign(',' | ';' | '|') if between(true) => Some(index + 1),
        Kind::Number | Kind::Word if token.spaced && between(false) => Some(index),
        Kind::Number | Kind::Word | Kind::Sign(_) => None,
    }
}

/// Whether the tokens may be a date with a time, or Unix time.
fn is_complete(tokens: &[Token<'_>]) -> bool {
    let (mut digits, mut has_time, mut has_date) = (0, false, false);
    for token in tokens {
        if let Some(number) = token.number() {
            digits += number.digits;
        }
        has_time |= token.kind == Kind::Sign(':') || token.is_half();
        has_date |= token.is_day_word() || names::index_of(&names::MONTHS, token.text).is_some();
    }
    let is_relative = tokens.first().is_some_and(|token| token.word == Some(Word::Now));
    is_relative || digits >= 10 && (has_time || tokens.len() <= 3) || has_time && has_date
}
