//! Times, spans and lengths of time as people write them. Each text is read back to the same instants.

use alloc::string::{String, ToString};

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike};

use crate::{
    ClockTimeError, Context, Timestamp,
    digits::{push_fraction, push_offset, push_two},
    names,
};

/// Whether seconds are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seconds {
    /// Unless they are 0.
    IfAny,
    /// Always.
    Always,
}

/// A moment, like `Today 10:12:03`, `24 Nov 10:12`, or `24 Nov 2025 10:12` if that is not clear
/// without a year. The zone is printed if the clock time happens twice.
#[must_use]
pub fn write_moment(at: Timestamp, context: Context<'_>, seconds: Seconds) -> String {
    let style =
        Style { seconds, has_year: needs_year(at, context), has_zone: happens_twice(at, context) };
    style.moment(at, context)
}

/// A span, like `Today 10:12 – 13:47` or `Yesterday 10:12 – Today 09:00`.
#[must_use]
pub fn write_span(
    start: Timestamp,
    end: Timestamp,
    context: Context<'_>,
    seconds: Seconds,
) -> String {
    let style = Style {
        seconds,
        has_year: needs_year(start, context) || needs_year(end, context),
        has_zone: happens_twice(start, context) || happens_twice(end, context),
    };
    let (first, last) = (context.zone.clock(start), context.zone.clock(end));
    let mut text = style.moment(start, context);
    text.push_str(" – ");
    if first.date() == last.date() && first < last {
        style.push_time(end, context, &mut text);
    } else {
        text.push_str(&style.moment(end, context));
    }
    text
}

/// A length of time in whole seconds, like `3 h 35 min`.
#[must_use]
pub fn write_length(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    let units = [
        (seconds / 86_400, " d"),
        (seconds / 3_600 % 24, " h"),
        (seconds / 60 % 60, " min"),
        (seconds % 60, " s"),
    ];
    let mut text = String::new();
    for (count, unit) in units {
        if count > 0 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    if text.is_empty() { "0 s".to_string() } else { text }
}

/// What a text says.
#[derive(Clone, Copy)]
struct Style {
    seconds: Seconds,
    has_year: bool,
    has_zone: bool,
}

impl Style {
    fn moment(self, at: Timestamp, context: Context<'_>) -> String {
        let mut text = self.day(context.zone.clock(at).date(), at, context);
        text.push(' ');
        self.push_time(at, context, &mut text);
        text
    }

    fn day(self, date: NaiveDate, at: Timestamp, context: Context<'_>) -> String {
        // Beside a numeric offset, today may be another date.
        let is_clear = !self.has_zone || abbreviation(at, context).is_some();
        if is_clear && let Some(word) = day_word(date, context) {
            return word.to_string();
        }
        write_date(date, self.has_year || !is_clear)
    }

    fn push_time(self, at: Timestamp, context: Context<'_>, text: &mut String) {
        let clock = context.zone.clock(at);
        push_two(clock.hour(), text);
        text.push(':');
        push_two(clock.minute(), text);
        if self.seconds == Seconds::Always || clock.second() > 0 || clock.nanosecond() > 0 {
            text.push(':');
            push_two(clock.second(), text);
        }
        push_fraction(clock.nanosecond(), text);
        if self.has_zone {
            text.push(' ');
            match abbreviation(at, context) {
                Some(name) => text.push_str(name),
                None => push_offset(context.zone.offset(at), text),
            }
        }
    }
}

fn day_word(date: NaiveDate, context: Context<'_>) -> Option<&'static str> {
    let today = context.today();
    if date == today {
        return Some("Today");
    }
    (date.succ_opt() == Some(today)).then_some("Yesterday")
}

/// A date in place of `old`, with a word for it as `old` was.
pub(crate) fn day(date: NaiveDate, old: &str, context: Context<'_>) -> String {
    match day_word(date, context) {
        Some(word) => names::in_case_of(word, old),
        None => write_date(date, date > context.today() || date.year() != context.today().year()),
    }
}

/// `24 Nov 2026`
fn write_date(date: NaiveDate, has_year: bool) -> String {
    let mut text = date.day().to_string();
    text.push(' ');
    text.push_str(names::month(date.month()).get(..3).unwrap_or_default());
    if has_year {
        text.push(' ');
        text.push_str(&date.year().to_string());
    }
    text
}

/// The abbreviation of the zone, if it is that of one offset only.
pub(crate) fn abbreviation(at: Timestamp, context: Context<'_>) -> Option<&str> {
    let name = context.zone.abbreviation(at)?;
    let known = context.zone.abbreviations().iter().filter(|known| known.name == name);
    (known.count() == 1).then_some(name)
}

fn happens_twice(at: Timestamp, context: Context<'_>) -> bool {
    let meaning = context.zone.timestamp(context.zone.clock(at));
    matches!(meaning, Err(ClockTimeError::Overlap { .. }))
}

/// Without a year, the latest date up to today is meant.
fn needs_year(at: Timestamp, context: Context<'_>) -> bool {
    let (date, today) = (context.zone.clock(at).date(), context.today());
    date.year() != today.year() || date > today
}
