//! The calendar of the range picker, and changing a part of a text by keys.

use chrono::NaiveDate;
use time_range::Step;

use super::*;
use crate::{
    picker::CursorMove,
    view::{CalendarDay, CalendarGrid},
};

const OUTAGE: &str = r#"{"outages": [{"id": "7", "began_at": "2026-11-21T09:12:00Z",
    "ended_at": "2026-11-21T10:47:00Z", "reason": "refused", "undelivered_lines": 3}]}"#;

#[test]
fn the_calendar_has_just_the_days_that_can_be_chosen() {
    let harness = opened(Harness::ready());
    let grid = grid(&harness);
    assert_eq!(grid.title, "November 2026");
    let labels: Vec<_> = days(&harness).map(|day| day.label).collect();
    assert_eq!(labels, ["16", "17", "18", "19", "20", "21", "22", "23"]);
    assert!(grid.days[0].is_some(), "the 16th is a Monday");
    let today = day(&harness, 23);
    assert_eq!(today.name, "Monday 23 November, today");
    assert!(today.today && today.selected);
    assert_eq!(today.id, grid.cursor);
}

#[test]
fn a_day_with_an_outage_is_marked_and_says_so() {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.outages = OUTAGE;
    harness.describe_server_with("embedded", r#""outages""#);
    harness.answer_reads();
    let harness = opened(harness);
    let marked = day(&harness, 21);
    assert_eq!(
        (marked.outage, marked.name.as_str()),
        (true, "Saturday 21 November, with an outage")
    );
    assert!(!day(&harness, 20).outage && !day(&harness, 22).outage);
}

#[test]
fn two_days_are_chosen_in_either_order_and_include_both() {
    for [first, second] in [[19, 21], [21, 19]] {
        let mut harness = opened(Harness::ready());
        harness.send(day(&harness, first).msg);
        assert_eq!(selected(&harness), [first]);
        harness.send(day(&harness, second).msg);
        assert_eq!(selected(&harness), [19, 20, 21]);
        harness.apply();
        let range = harness.page.address().range.clone().unwrap();
        // Midnight in Berlin.
        assert_eq!(
            (range.from.as_str(), range.to.as_str()),
            ("2026-11-18T23:00:00Z", "2026-11-21T23:00:00Z")
        );
    }
}

#[test]
fn the_oldest_day_starts_at_the_retention_edge_and_today_ends_now() {
    let mut harness = opened(Harness::ready());
    harness.send(day(&harness, 16).msg);
    harness.send(day(&harness, 23).msg);
    harness.apply();
    assert_eq!(harness.replay().picker.choice, "Last 7 days");
}

#[test]
fn a_third_day_starts_another_choice() {
    let mut harness = opened(Harness::ready());
    for (number, expected) in [(18, &[18][..]), (20, &[18, 19, 20]), (22, &[22]), (22, &[22])] {
        harness.send(day(&harness, number).msg);
        assert_eq!(selected(&harness), expected);
    }
}

#[test]
fn a_day_that_is_chosen_twice_is_the_whole_choice() {
    // A double click chooses the day twice and applies it.
    for before in [None, Some(18)] {
        let mut harness = opened(Harness::ready());
        if let Some(before) = before {
            harness.send(day(&harness, before).msg);
        }
        for _ in 0..2 {
            harness.send(day(&harness, 20).msg);
        }
        assert_eq!(selected(&harness), [20]);
        harness.apply();
        assert_eq!(harness.replay().picker.choice, "20 Nov 00:00 – 21 Nov 00:00");
    }
}

#[test]
fn a_first_day_is_forgotten_when_the_picker_closes_or_the_draft_is_replaced() {
    let replaced: [fn(&mut Harness); 5] = [
        |harness| harness.apply(),
        |harness| harness.choose(Choice::Escape),
        |harness| harness.choose(Choice::Leave),
        |harness| harness.draft_preset("Last hour"),
        |harness| harness.type_in(RangeField::Whole, "yesterday"),
    ];
    for replace in replaced {
        let mut harness = opened(Harness::ready());
        harness.send(day(&harness, 18).msg);
        replace(&mut harness);
        if harness.replay().picker.popover.is_none() {
            harness = opened(harness);
        }
        harness.choose(Choice::Turn(RangeTab::Custom));
        harness.send(day(&harness, 20).msg);
        assert_eq!(selected(&harness), [20]);
    }
}

#[test]
fn the_keys_move_the_cursor_and_stop_at_the_days_that_can_be_chosen() {
    let mut harness = opened(Harness::ready());
    for (to, expected) in [
        (CursorMove::Days(-1), 22),
        (CursorMove::WeekStart, 16),
        (CursorMove::Days(-1), 16),
        (CursorMove::Days(7), 23),
        (CursorMove::Days(1), 23),
        (CursorMove::Months(-1), 16),
        (CursorMove::WeekEnd, 22),
        (CursorMove::Months(1), 23),
    ] {
        harness.choose(Choice::Move(to));
        let cursor = day(&harness, expected);
        assert_eq!(cursor.id, grid(&harness).cursor, "{to:?}");
        assert_eq!(harness.other_effects.last(), Some(&Effect::Focus(cursor.id.into())));
    }
}

#[test]
fn a_long_retention_shows_the_month_of_the_cursor() {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    let server = r#"{"mode": "embedded", "regions": [{"region": "us"}], "default_region": "us",
        "retention_seconds": 31536000, "extensions": []}"#;
    harness.respond_with("x/server", 200, server);
    harness.answer_reads();
    let mut harness = opened(harness);
    assert_eq!((grid(&harness).title.as_str(), days(&harness).count()), ("November 2026", 23));
    harness.choose(Choice::Move(CursorMove::Months(-2)));
    assert_eq!(grid(&harness).title, "September 2026");
    assert_eq!(day(&harness, 23).id, grid(&harness).cursor);
}

#[test]
fn an_arrow_key_changes_the_part_at_the_caret_and_selects_it() {
    let mut harness = opened(Harness::ready());
    harness.type_in(RangeField::From, "now-6h");
    harness.choose(Choice::Step(RangeField::From, 5, Step::Up));
    assert_eq!(harness.text(RangeField::From), "now-7h");
    let retype = Effect::Retype("from", "now-7h".to_string(), 4..5);
    assert_eq!(harness.other_effects.last(), Some(&retype));
    harness.type_in(RangeField::From, "whenever");
    harness.other_effects.clear();
    harness.choose(Choice::Step(RangeField::From, 2, Step::Up));
    assert_eq!(harness.text(RangeField::From), "whenever");
    assert_eq!(harness.other_effects, []);
}

#[test]
fn a_day_that_cannot_be_chosen_changes_nothing() {
    let mut harness = opened(Harness::ready());
    let before = harness.understood();
    harness.choose(Choice::Day(NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()));
    assert_eq!(harness.understood(), before);
}

fn opened(mut harness: Harness) -> Harness {
    harness.choose(Choice::Toggle);
    harness.choose(Choice::Turn(RangeTab::Custom));
    harness
}

fn grid(harness: &Harness) -> CalendarGrid {
    harness.popover().custom.unwrap().calendar
}

fn days(harness: &Harness) -> impl Iterator<Item = CalendarDay> {
    grid(harness).days.into_iter().flatten()
}

fn day(harness: &Harness, number: u32) -> CalendarDay {
    days(harness).find(|day| day.label == number.to_string()).unwrap()
}

fn selected(harness: &Harness) -> Vec<u32> {
    days(harness).filter(|day| day.selected).map(|day| day.label.parse().unwrap()).collect()
}
