//! Where one end lies in time: its instant, or its bound as the start or the end of a range.

use chrono::{Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta};

use crate::{
    Bound, RangeError, Timestamp,
    ago::{Ago, DAY, Unit, midnight},
    read::{
        date::Day,
        end::{Clock, End},
        length::Length,
        offset::Frame,
        reader::{Reader, first_at},
        relative::Relative,
        time_of_day::{Half, Time},
    },
};

/// Which end of a range.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Edge {
    Start,
    End,
}

/// The days from `first` up to, but without `next`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeDays {
    pub(crate) first: NaiveDate,
    pub(crate) next: NaiveDate,
}

impl Clock {
    pub(crate) fn offset(&self) -> Option<FixedOffset> {
        self.frame.and_then(Frame::offset)
    }
}

/// The bound of an end.
pub(crate) fn bound(reader: &mut Reader<'_>, end: &End, edge: Edge) -> Option<Bound> {
    match end {
        End::Instant(at) | End::Relative(Relative::At(at)) => Some(Bound::At(*at)),
        End::Relative(Relative::Ago { ago, is_snapped, .. }) => {
            let is_down = *is_snapped || reader.is_before && ago.round.is_some();
            Some(Bound::Ago(if is_down && edge == Edge::End { one_more(*ago) } else { *ago }))
        }
        End::Relative(Relative::Length(length)) if edge == Edge::Start => {
            Some(Bound::Ago(length.ago()))
        }
        End::Relative(Relative::Length(_)) => reader.not_understood_at_all(),
        End::Clock(clock) => clock_bound(reader, clock, edge),
    }
}

/// An end that is rounded up to the instant that `ago` is rounded down to.
fn one_more(ago: Ago) -> Ago {
    let one = ago.round.and_then(|unit| Length::of(1, 0, unit)).unwrap_or_default();
    let months = ago.months.saturating_add(one.months);
    Ago { months, seconds: ago.seconds.saturating_add(one.seconds), ..ago }
}

fn clock_bound(reader: &mut Reader<'_>, clock: &Clock, edge: Edge) -> Option<Bound> {
    if clock.time.is_some() {
        return instant(reader, clock).map(Bound::At);
    }
    let is_start = edge == Edge::End && reader.is_before && reader.choices.second();
    if let Some(Day::Ago(days @ 0..)) = clock.day
        && clock.weekday.is_none()
        && clock.frame.is_none()
    {
        let seconds = u32::try_from(days).unwrap_or(u32::MAX).saturating_mul(DAY);
        // The end of the day before is the start of this one.
        let seconds = if is_start { seconds.saturating_add(DAY) } else { seconds };
        let is_now = seconds == 0 && edge == Edge::End;
        let round = if is_now { None } else { Some(Unit::Day) };
        return Some(Bound::Ago(Ago { months: 0, seconds, round }));
    }
    let days = days(reader, clock)?;
    let today = reader.context.today();
    Some(match edge {
        Edge::End if is_start => Bound::At(first_at(midnight(days.first), None, reader.context)),
        // Nothing is after now, so a day that has not ended ends now.
        Edge::End if days.first <= today && today < days.next => Bound::NOW,
        Edge::End => Bound::At(first_at(midnight(days.next), None, reader.context)),
        Edge::Start => Bound::At(first_at(midnight(days.first), None, reader.context)),
    })
}

/// The instant of a clock with a time; the latest that is not after now, if it has no date.
pub(crate) fn instant(reader: &mut Reader<'_>, clock: &Clock) -> Option<Timestamp> {
    let Some(time) = &clock.time else { return reader.not_understood_at_all() };
    let offset = clock.offset();
    let mut date = match clock.day {
        Some(_) => days(reader, clock)?.first,
        None => latest(reader, time, offset),
    };
    let is_either = clock.day.is_some() && time.half == Half::Midnight;
    if is_either && reader.choices.second() {
        date = date.succ_opt().unwrap_or(date);
    }
    reader.instant(local(date, time), offset)
}

/// The date of the latest such time of day that is not after now.
pub(crate) fn latest(
    reader: &mut Reader<'_>,
    time: &Time,
    offset: Option<FixedOffset>,
) -> NaiveDate {
    let context = reader.context;
    let today = match offset {
        Some(offset) => context.now.with_timezone(&offset).date_naive(),
        None => context.today(),
    };
    let is_past = first_at(local(today, time), offset, context) <= context.now;
    if is_past { today } else { today.pred_opt().unwrap_or(today) }
}

pub(crate) fn local(date: NaiveDate, time: &Time) -> NaiveDateTime {
    let past = TimeDelta::seconds(time.seconds.into()) + TimeDelta::nanoseconds(time.nanos.into());
    midnight(date).checked_add_signed(past).unwrap_or(midnight(date))
}

/// The days that a clock names.
pub(crate) fn days(reader: &mut Reader<'_>, clock: &Clock) -> Option<WholeDays> {
    let offset = clock.offset();
    let date = match clock.day {
        Some(Day::Days { first, next }) if first.succ_opt() != Some(next) => {
            return Some(WholeDays { first, next });
        }
        Some(Day::Days { first, .. }) => Some(first),
        Some(Day::WithoutYear { month, day }) => {
            let today = reader.today(offset);
            // A 29 February may be eight years ago.
            (0..=8).find_map(|ago| {
                let date = NaiveDate::from_ymd_opt(today.year() - ago, month, day);
                date.filter(|date| *date <= today)
            })
        }
        Some(Day::Weekday { number, before_today }) => {
            let today = reader.today(offset);
            let past = (today.weekday().num_days_from_monday() + 7 - number) % 7;
            let past = if past == 0 && before_today { 7 } else { past };
            today.checked_sub_days(Days::new(past.into()))
        }
        Some(Day::Ago(days)) => reader.today(offset).checked_sub_signed(TimeDelta::days(days)),
        Some(Day::OfMonth { .. }) | None => None,
    };
    let Some(date) = date else { return reader.not_understood_at_all() };
    match clock.weekday {
        Some(named) if date.weekday().num_days_from_monday() != named => {
            reader.refuse_for(RangeError::Weekday { date, named })
        }
        _ => Some(WholeDays { first: date, next: date.succ_opt().unwrap_or(date) }),
    }
}
