//! Choosing whole days in the calendar: the first day, then the last one. The keys move a cursor over
//! the days that can be chosen.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use replay_core::Policy;
use time_range::{Bound, Calendar, Context, Day, Range};

use super::{Picker, RangeDraft};

/// The cursor of the calendar, and the day that was chosen first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct DayCursor {
    cursor: Option<NaiveDate>,
    /// The first day of a choice that has no last day yet.
    anchor: Option<NaiveDate>,
}

/// A movement of the cursor.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CursorMove {
    /// By this number of days.
    Days(i8),
    /// To the first day of the week.
    WeekStart,
    /// To the last day of the week.
    WeekEnd,
    /// By this number of months.
    Months(i8),
}

impl Picker {
    /// The days that can be chosen, oldest first; there is at least one.
    #[must_use]
    pub fn days(policy: &Policy, context: Context<'_>) -> Vec<Day> {
        let calendar = Calendar::new(policy.earliest(context.now), context.now, context);
        let mut days = Vec::new();
        for month in calendar.months {
            for week in month.weeks {
                for day in week {
                    if day.in_month && day.can_be_chosen {
                        days.push(day);
                    }
                }
            }
        }
        days
    }

    /// The day of the cursor; today until it was moved.
    #[must_use]
    pub fn cursor(&self, days: &[Day]) -> Option<NaiveDate> {
        let (first, last) = (days.first()?.date, days.last()?.date);
        Some(self.days.cursor.map_or(last, |date| date.clamp(first, last)))
    }

    /// Forgets the first day of a choice that has no last day yet.
    pub(super) const fn end_choice_of_days(&mut self) {
        self.days.anchor = None;
    }

    /// Moves the cursor; returns its day.
    pub(crate) fn move_cursor(
        &mut self,
        to: CursorMove,
        policy: &Policy,
        context: Context<'_>,
    ) -> Option<NaiveDate> {
        let days = Self::days(policy, context);
        let date = self.cursor(&days)?;
        let weekday = i64::from(date.weekday().num_days_from_monday());
        let moved = match to {
            CursorMove::Days(days) => date.checked_add_signed(TimeDelta::days(days.into())),
            CursorMove::WeekStart => date.checked_sub_signed(TimeDelta::days(weekday)),
            CursorMove::WeekEnd => date.checked_add_signed(TimeDelta::days(6 - weekday)),
            CursorMove::Months(months) => {
                let count = Months::new(months.unsigned_abs().into());
                if months < 0 {
                    date.checked_sub_months(count)
                } else {
                    date.checked_add_months(count)
                }
            }
        };
        self.days.cursor = moved.or(Some(date));
        self.days.cursor = self.cursor(&days);
        self.days.cursor
    }

    /// Chooses a day: the first one drafts that day, the second one the days between both.
    pub(crate) fn choose_day(&mut self, date: NaiveDate, policy: &Policy, context: Context<'_>) {
        let days = Self::days(policy, context);
        let find = |date: NaiveDate| days.iter().find(|day| day.date == date);
        let anchor = self.days.anchor.and_then(find);
        let Some(day) = find(date) else { return };
        let other = anchor.unwrap_or(day);
        let (first, last) = if day.date < other.date { (day, other) } else { (other, day) };
        let from = if first.start < policy.earliest(context.now) {
            Bound::ago(policy.retention)
        } else {
            Bound::At(first.start)
        };
        let to = if last.end > context.now { Bound::NOW } else { Bound::At(last.end) };
        self.draft = RangeDraft::of(Range { from, to }, context);
        self.tried = false;
        self.days = DayCursor {
            cursor: Some(date),
            anchor: if anchor.is_none() { Some(date) } else { None },
        };
    }
}

/// The id of a day's element.
pub(crate) fn day_id(date: NaiveDate) -> String {
    let mut id = "day-".to_string();
    id += &date.num_days_from_ce().to_string();
    id
}
