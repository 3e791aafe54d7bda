//! The calendar of the days that can be chosen, with the days that hold an outage.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::{Datelike, NaiveDate};
use replay_client::Remote;
use time_range::{Context, Day, MONTHS, Timestamp, WEEKDAYS};

use super::chosen;
use crate::{
    message::Msg,
    picker::{Choice, Picker, day_id},
    workspace::Workspace,
};

/// The calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarGrid {
    /// The month, or the months.
    pub title: String,
    /// The days of whole weeks, from a Monday on; `None` before the first day that can be chosen.
    pub days: Vec<Option<CalendarDay>>,
    /// The id of the day that the Tab key reaches.
    pub cursor: String,
}

/// A day that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarDay {
    /// The id of its element.
    pub id: String,
    /// The number in the month, and the month on its first day.
    pub label: String,
    /// The accessible name.
    pub name: String,
    /// Whether the draft covers a part of it.
    pub selected: bool,
    /// Whether it is today.
    pub today: bool,
    /// Whether it holds an outage.
    pub outage: bool,
    /// The message when it is pressed.
    pub msg: Msg,
}

/// The most days that are shown at once; of more, the month of the cursor is.
const DAYS: usize = 35;

pub(super) fn calendar(workspace: &Workspace, context: Context<'_>) -> CalendarGrid {
    let (picker, policy) = (&workspace.picker, &workspace.policy);
    let mut days = Picker::days(policy, context);
    let cursor = picker.cursor(&days).unwrap_or_default();
    if days.len() > DAYS {
        days.retain(|day| (day.date.year(), day.date.month()) == (cursor.year(), cursor.month()));
    }
    let draft = picker.draft().range();
    let draft = draft.map(|range| (range.start(context), range.end(context)));
    let outages = outages(workspace, context);
    let overlaps = |day: &Day, (start, end): &(Timestamp, Timestamp)| {
        *start < day.end && (day.start < *end || day.start == *start)
    };
    let mut grid = CalendarGrid { title: title(&days), days: Vec::new(), cursor: day_id(cursor) };
    for day in &days {
        if grid.days.is_empty() {
            grid.days.resize(day.date.weekday().num_days_from_monday() as usize, None);
        }
        let outage = outages.iter().any(|outage| overlaps(day, outage));
        grid.days.push(Some(CalendarDay {
            id: day_id(day.date),
            label: label(day.date),
            name: name(day, outage),
            selected: draft.as_ref().is_some_and(|draft| overlaps(day, draft)),
            today: day.is_today,
            outage,
            msg: chosen(Choice::Day(day.date)),
        }));
    }
    grid
}

/// The periods of the outages of the region in view.
fn outages(workspace: &Workspace, context: Context<'_>) -> Vec<(Timestamp, Timestamp)> {
    let outages = workspace.region_state().and_then(|one| one.outages.as_ref());
    let Some(page) = outages.and_then(Remote::known) else { return Vec::new() };
    let outages = page.outages.iter();
    outages.map(|outage| (outage.began_at, outage.ended_at.unwrap_or(context.now))).collect()
}

fn month(date: NaiveDate) -> &'static str {
    MONTHS[date.month0() as usize]
}

/// The month of the days, or the first and the last one, with the year.
fn title(days: &[Day]) -> String {
    let mut title = String::new();
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        if month(first.date) != month(last.date) {
            title += month(first.date);
            title += " – ";
        }
        title += month(last.date);
        title += " ";
        title += &last.date.year().to_string();
    }
    title
}

fn label(date: NaiveDate) -> String {
    let mut label = date.day().to_string();
    if date.day() == 1 {
        label += " ";
        label += &month(date)[..3];
    }
    label
}

/// The weekday, the date and what is special about the day.
fn name(day: &Day, outage: bool) -> String {
    let mut name = WEEKDAYS[day.date.weekday().num_days_from_monday() as usize].to_string();
    name += " ";
    name += &day.date.day().to_string();
    name += " ";
    name += month(day.date);
    if day.is_today {
        name += ", today";
    }
    if outage {
        name += ", with an outage";
    }
    name
}
