//! Two ends side by side: what one says of the other.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

use crate::{
    Bound, Range,
    ago::Ago,
    range_error::Reason,
    read::{
        cursor::Cursor,
        date::Day,
        end::{Clock, End},
        length::Length,
        place::{Edge, bound, days, latest},
        reader::Reader,
        relative::Relative,
        time_of_day::{HALF_DAY, Half, Time},
    },
};

/// What stands between the ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Between {
    /// A word or a sign that only separates.
    To,
    /// `for`, before a length.
    For,
    /// `+`, before a length, after a moment.
    Plus,
    /// `before`, after a length.
    Before,
}

/// The range from `from` to `to`. It may be reversed.
pub(crate) fn pair(reader: &mut Reader<'_>, from: End, between: Between, to: End) -> Option<Range> {
    match (from, to) {
        (from, End::Relative(Relative::Length(length)))
            if match between {
                Between::For => true,
                Between::Plus => is_moment(&from),
                Between::To | Between::Before => length.is_iso,
            } =>
        {
            let from = bound(reader, &from, Edge::Start)?;
            Some(Range { from, to: moved(reader, from, length, Edge::End)? })
        }
        (End::Relative(Relative::Length(length)), to)
            if length.is_iso || between == Between::Before =>
        {
            let to = bound(reader, &to, Edge::End)?;
            Some(Range { from: moved(reader, to, length, Edge::Start)?, to })
        }
        _ if between != Between::To => reader.not_understood_at_all(),
        (End::Relative(Relative::Length(_)), End::Instant(_) | End::Clock(_)) => {
            reader.not_understood_at_all()
        }
        (End::Clock(from), End::Clock(to)) => clocks(reader, from, to),
        (from, to) => Some(Range {
            from: bound(reader, &from, Edge::Start)?,
            to: bound(reader, &to, Edge::End)?,
        }),
    }
}

/// Whether an end is one moment, so that what is added to it is a length of the range.
pub(crate) fn is_moment(end: &End) -> bool {
    match end {
        End::Instant(_) => true,
        End::Clock(clock) => clock.time.is_some(),
        End::Relative(_) => false,
    }
}

/// The end at this distance from the other.
fn moved(reader: &mut Reader<'_>, from: Bound, length: Length, edge: Edge) -> Option<Bound> {
    if let Bound::Ago(Ago { months: 0, seconds, round: None }) = from
        && length.months == 0
    {
        let seconds = match edge {
            Edge::Start => seconds.checked_add(length.seconds),
            Edge::End => seconds.checked_sub(length.seconds),
        };
        return match seconds {
            Some(seconds) => Some(Bound::Ago(Ago { seconds, ..Ago::NOW })),
            None => reader.refuse_all(Reason::Future),
        };
    }
    let context = reader.context;
    let (mut at, sign) = match edge {
        Edge::Start => (from.end(context), -1),
        Edge::End => (from.start(context), 1),
    };
    if length.months > 0 {
        let (clock, months) = (context.zone.clock(at), Months::new(length.months));
        let moved = match edge {
            Edge::Start => clock.checked_sub_months(months),
            Edge::End => clock.checked_add_months(months),
        };
        at = context.zone.first_at(moved?);
    }
    let seconds = TimeDelta::seconds(sign * i64::from(length.seconds));
    at.checked_add_signed(seconds).map(Bound::At)
}

fn clocks(reader: &mut Reader<'_>, mut from: Clock, mut to: Clock) -> Option<Range> {
    share_half(reader, &mut from, &mut to);
    share_frame(reader, &mut from, &mut to);
    share_date(reader, &mut from, &mut to)?;
    Some(Range {
        from: bound(reader, &End::Clock(from), Edge::Start)?,
        to: bound(reader, &End::Clock(to), Edge::End)?,
    })
}

/// In `10-11 am`, am belongs to both; in `10am to 1:30`, the end may be of twelve hours too.
fn share_half(reader: &mut Reader<'_>, from: &mut Clock, to: &mut Clock) {
    let (Some(start), Some(end)) = (&mut from.time, &mut to.time) else { return };
    match (start.half, end.half) {
        (Half::Open, Half::Given) => {
            let in_half = |time: &Time| time.seconds % HALF_DAY;
            let end_half = end.seconds / HALF_DAY;
            let half = if in_half(start) < in_half(end) { end_half } else { 1 - end_half.min(1) };
            start.seconds = in_half(start) + half * HALF_DAY;
        }
        (Half::Given, Half::Open) => {
            let later = [0, HALF_DAY].map(|half| end.seconds % HALF_DAY + half);
            let later = later.into_iter().find(|later| *later > start.seconds);
            let later = later.unwrap_or(end.seconds);
            if reader.choices.second() {
                end.seconds = later;
            }
        }
        _ => {}
    }
}

/// A zone that stands at one end belongs to the other too if that has no date of its own; otherwise it
/// may.
fn share_frame(reader: &mut Reader<'_>, from: &mut Clock, to: &mut Clock) {
    let both_have_dates = from.day.is_some() && to.day.is_some();
    let (one, other) = match (from.frame, to.frame) {
        (Some(frame), None) => (frame, to),
        (None, Some(frame)) => (frame, from),
        _ => return,
    };
    if other.time.is_some() && !(both_have_dates && reader.choices.second()) {
        other.frame = Some(one);
    }
}

fn share_date(reader: &mut Reader<'_>, from: &mut Clock, to: &mut Clock) -> Option<()> {
    if from.day.is_none() && to.day.is_none() {
        let Some(time) = from.time else { return reader.not_understood_at_all() };
        from.day = Some(Day::of(latest(reader, &time, from.offset())));
    }
    match (from.day, to.day) {
        (Some(Day::OfMonth { day, year: None }), Some(_)) if to.time.is_none() => {
            from.day = in_month_of(first_day(reader, to)?, day, reader);
        }
        (Some(start), Some(Day::OfMonth { day, year })) => {
            if let Day::WithoutYear { month, day } = start {
                from.day = match year {
                    Some(year) => on_date(reader, year, month, day),
                    None => Some(Day::of(first_day(reader, from)?)),
                };
            } else if year.is_some() {
                return reader.not_understood_at_all();
            }
            to.day = in_month_of(first_day(reader, from)?, day, reader);
        }
        (Some(Day::WithoutYear { month, day }), Some(Day::Days { .. })) => {
            let last = first_day(reader, to)?;
            let date = on(last.year(), month, day).filter(|date| *date <= last);
            let date = date.or_else(|| on(last.year() - 1, month, day));
            from.day = date.map(Day::of).or(from.day);
        }
        (Some(start), Some(Day::WithoutYear { month, day })) => {
            let first = first_day(reader, from)?;
            let last = first_day(reader, to)?;
            let is_fixed = matches!(start, Day::Days { .. });
            // The next year is meant if that is soon, as in `28 Dec - 3 Jan`.
            let is_meant = |date: &NaiveDate| {
                *date >= first && (is_fixed || *date - first < TimeDelta::days(183))
            };
            let date = on(first.year(), month, day).filter(is_meant);
            let date = date.or_else(|| on(first.year() + 1, month, day).filter(is_meant));
            if last < first || is_fixed {
                to.day = Some(Day::of(date.unwrap_or(last)));
            }
        }
        (Some(_), Some(Day::Weekday { number, .. })) => {
            let first = first_day(reader, from)?;
            let ahead = (7 + number - first.weekday().num_days_from_monday()) % 7;
            let is_before = ahead == 0 && is_not_after(to, from);
            let ahead = if is_before { 7 } else { ahead };
            to.day = first.checked_add_days(Days::new(ahead.into())).map(Day::of);
        }
        (Some(_), None) if from.time.is_none() => return date_missing(reader),
        (Some(_), None) => {
            let first = first_day(reader, from)?;
            to.day = Some(Day::of(end_date(reader, from, to, first)));
        }
        (None, Some(_)) => {
            let last = first_day(reader, to)?;
            if to.time.is_none() {
                return date_missing(reader);
            }
            from.day = Some(Day::of(last));
            if is_not_after(to, from) {
                // The date belongs to the start or to the end.
                if reader.choices.second() {
                    to.day = last.succ_opt().map(Day::of);
                    to.weekday = None;
                } else {
                    from.day = last.pred_opt().map(Day::of);
                }
            }
        }
        _ => {}
    }
    // Both are on a date now, so midnight is the start of it.
    for clock in [from, to] {
        if let Some(time) = clock.time.as_mut().filter(|time| time.half == Half::Midnight) {
            time.half = Half::None;
        }
    }
    Some(())
}

fn date_missing(reader: &mut Reader<'_>) -> Option<()> {
    reader.refuse_all(Reason::DateMissing)
}

fn on(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn first_day(reader: &mut Reader<'_>, clock: &Clock) -> Option<NaiveDate> {
    days(reader, clock).map(|days| days.first)
}

fn in_month_of(date: NaiveDate, day: u32, reader: &mut Reader<'_>) -> Option<Day> {
    on_date(reader, date.year(), date.month(), day)
}

fn on_date(reader: &mut Reader<'_>, year: i32, month: u32, day: u32) -> Option<Day> {
    let part = Cursor { tokens: &[] };
    super::date::of_parts(reader, &part, &part, year, month, day)
}

/// The date of the first time after the start. The same time may be meant as the same instant.
fn end_date(reader: &mut Reader<'_>, from: &Clock, to: &Clock, first: NaiveDate) -> NaiveDate {
    let is_same = from.time == to.time && from.frame == to.frame;
    let is_next = if is_same { reader.choices.second() } else { is_not_after(to, from) };
    if is_next { first.succ_opt().unwrap_or(first) } else { first }
}

/// Whether on the same date, the end would not be after the start.
fn is_not_after(to: &Clock, from: &Clock) -> bool {
    let (Some(end), Some(start)) = (&to.time, &from.time) else { return false };
    let instant =
        |time: &Time, offset: i32| (i64::from(time.seconds) - i64::from(offset), time.nanos);
    match (to.offset(), from.offset()) {
        (Some(of_end), Some(of_start)) => {
            instant(end, of_end.local_minus_utc()) <= instant(start, of_start.local_minus_utc())
        }
        _ => instant(end, 0) <= instant(start, 0),
    }
}
