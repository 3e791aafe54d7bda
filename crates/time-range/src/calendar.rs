//! A calendar of the days that can be chosen, as a value.

use alloc::vec::Vec;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{Context, Timestamp, ago::midnight, names};

/// The months from the first to the last day that can be chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Calendar {
    /// At least one.
    pub months: Vec<Month>,
}

/// A month.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u32,
    /// The weeks with a day of the month, each from Monday.
    pub weeks: Vec<[Day; 7]>,
}

/// A day of a week.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Day {
    /// The date.
    pub date: NaiveDate,
    /// The first instant; the end of the gap, if there is no midnight.
    pub start: Timestamp,
    /// The first instant of the next day.
    pub end: Timestamp,
    /// Whether the day is of the month, not of the one before or after.
    pub in_month: bool,
    /// Whether an instant of the day can be chosen.
    pub can_be_chosen: bool,
    /// Whether `now` is in the day.
    pub is_today: bool,
}

impl Calendar {
    /// The months of the days from `first` to `last`, in the zone.
    #[must_use]
    pub fn new(first: Timestamp, last: Timestamp, context: Context<'_>) -> Self {
        let days = Choosable {
            first: context.zone.clock(first).date(),
            last: context.zone.clock(last.max(first)).date(),
            context,
        };
        let mut months = Vec::new();
        let mut next = days.first.with_day(1);
        while let Some(start) = next.filter(|start| *start <= days.last) {
            months.push(days.month(start));
            next = start.checked_add_months(Months::new(1));
        }
        Self { months }
    }
}

impl Month {
    /// The English name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        names::month(self.month)
    }
}

/// The days that can be chosen.
struct Choosable<'a> {
    first: NaiveDate,
    last: NaiveDate,
    context: Context<'a>,
}

impl Choosable<'_> {
    fn month(&self, start: NaiveDate) -> Month {
        let before = Days::new(start.weekday().num_days_from_monday().into());
        let mut monday = start.checked_sub_days(before).unwrap_or(start);
        let mut weeks = Vec::new();
        while monday <= start || monday.month() == start.month() {
            let date = |index: u64| monday.checked_add_days(Days::new(index)).unwrap_or(monday);
            weeks.push([0, 1, 2, 3, 4, 5, 6].map(|index| self.day(date(index), start)));
            let Some(next) = monday.checked_add_days(Days::new(7)) else { break };
            monday = next;
        }
        Month { year: start.year(), month: start.month(), weeks }
    }

    fn day(&self, date: NaiveDate, month: NaiveDate) -> Day {
        let zone = self.context.zone;
        let next = date.succ_opt().unwrap_or(date);
        Day {
            date,
            start: zone.first_at(midnight(date)),
            end: zone.first_at(midnight(next)),
            in_month: date.month() == month.month(),
            can_be_chosen: (self.first..=self.last).contains(&date),
            is_today: date == self.context.today(),
        }
    }
}
