//! Times relative to `now`: an amount of time before it, which may be rounded to a unit of the
//! calendar.

use alloc::string::{String, ToString};

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta};

use crate::{Context, Timestamp, duration::push_duration};

/// An amount of time before `now`, like `now-6h`, or the unit of the calendar that contains that time,
/// like `now-1d/d`, which is yesterday.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Ago {
    pub(crate) months: u32,
    pub(crate) seconds: u32,
    pub(crate) round: Option<Unit>,
}

/// A unit that a relative time is rounded to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    /// From Monday.
    Week,
    Month,
    Year,
}

/// The direction of rounding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rounding {
    /// To the start of the unit.
    Down,
    /// To the end of the unit, which is the start of the next.
    Up,
}

impl Ago {
    pub(crate) const NOW: Self = Self { months: 0, seconds: 0, round: None };

    /// The whole seconds of `duration` before `now`; `now` itself if it is negative.
    pub(crate) const fn of(duration: TimeDelta) -> Self {
        let seconds = duration.num_seconds();
        #[expect(
            clippy::cast_sign_loss,
            clippy::cast_possible_truncation,
            reason = "the value is limited to the type's range"
        )]
        let seconds = if seconds < 0 {
            0
        } else if seconds > u32::MAX as i64 {
            u32::MAX
        } else {
            seconds as u32
        };
        Self { seconds, ..Self::NOW }
    }

    /// The amount before `now`, unless it is rounded or counts in months.
    #[must_use]
    pub const fn duration(&self) -> Option<TimeDelta> {
        if self.months == 0 && self.round.is_none() {
            Some(TimeDelta::seconds(self.seconds as i64))
        } else {
            None
        }
    }

    /// The instant, in whole seconds and never after `now`.
    pub(crate) fn at(&self, rounding: Rounding, context: Context<'_>) -> Timestamp {
        let now = context.now.trunc_subsecs(0);
        self.resolve(rounding, context, now).unwrap_or(Timestamp::MIN_UTC).min(now)
    }

    fn resolve(
        &self,
        rounding: Rounding,
        context: Context<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let zone = context.zone;
        // Whole days are counted on the calendar if the result is rounded: a day may have 23 hours.
        let is_calendar = self.round.is_some() && self.seconds.is_multiple_of(DAY);
        let (days, rest) = if is_calendar { (self.seconds / DAY, 0) } else { (0, self.seconds) };
        let mut at = now.checked_sub_signed(TimeDelta::seconds(rest.into()))?;
        let mut clock = zone.clock(at);
        if self.months > 0 || days > 0 {
            clock = clock.checked_sub_months(Months::new(self.months))?;
            clock = clock.checked_sub_days(Days::new(days.into()))?;
            at = zone.first_at(clock);
        }
        let Some(unit) = self.round else { return Some(at) };
        if let Some(length) = unit.seconds().filter(|length| *length < DAY) {
            let past = clock.and_utc().timestamp().rem_euclid(length.into());
            let up = if rounding == Rounding::Up { length.into() } else { 0 };
            return at.checked_add_signed(TimeDelta::seconds(up - past));
        }
        let mut date = unit.start(clock.date())?;
        if rounding == Rounding::Up {
            date = unit.next(date)?;
        }
        Some(zone.first_at(midnight(date)))
    }
}

/// The seconds of a day of 24 hours.
pub(crate) const DAY: u32 = 86_400;

pub(crate) const fn midnight(date: NaiveDate) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

impl Unit {
    /// The length in seconds, unless it varies.
    pub(crate) const fn seconds(self) -> Option<u32> {
        match self {
            Self::Second => Some(1),
            Self::Minute => Some(60),
            Self::Hour => Some(3_600),
            Self::Day => Some(DAY),
            Self::Week => Some(7 * DAY),
            Self::Month | Self::Year => None,
        }
    }

    /// The number of months, of the units that are counted so.
    pub(crate) const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
            Self::Second | Self::Minute | Self::Hour | Self::Day | Self::Week => 0,
        }
    }

    /// The letter in the canonical form.
    pub(crate) const fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Year => 'y',
        }
    }

    /// The first date of the week, month or year with this date.
    fn start(self, date: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => {
                date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))
            }
            Self::Month => date.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
            Self::Second | Self::Minute | Self::Hour | Self::Day => Some(date),
        }
    }

    fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month | Self::Year => start.checked_add_months(Months::new(self.months())),
            Self::Second | Self::Minute | Self::Hour | Self::Day => start.succ_opt(),
        }
    }
}

impl Ago {
    /// The canonical form, like `now-6h` or `now-1d/d`.
    pub(crate) fn push_to(&self, text: &mut String) {
        text.push_str("now");
        if self.months > 0 {
            text.push('-');
            text.push_str(&self.months.to_string());
            text.push('M');
        }
        if self.seconds > 0 {
            text.push('-');
            push_duration(self.seconds.into(), text);
        }
        if let Some(unit) = self.round {
            text.push('/');
            text.push(unit.letter());
        }
    }
}
