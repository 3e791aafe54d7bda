//! Key editing, the calendar, and texts for people, in zones of the tz database.

#![expect(clippy::unwrap_used, reason = "a wrong step fails the test")]

mod sampling;

use chrono::TimeDelta;
use chrono_tz::Tz;
use sampling::sampled;
use time_range::{
    Calendar, Context, Range, RangeError, Seconds, Step, Timestamp, Zone, read, step, write_length,
    write_moment, write_span,
};

/// The text with `|` at the caret, the step, and the text with the changed part in brackets.
const STEPS: [(&str, Step, &str); 40] = [
    ("2026-01-3|1", Step::Up, "2026-02-[01]"),
    ("2026-02-0|1", Step::Down, "2026-01-[31]"),
    ("2026-0|1-31", Step::Up, "2026-[02]-28"),
    ("202|6-02-28", Step::Down, "[2025]-02-28"),
    ("2026-11-24 23:|59", Step::Up, "2026-11-25 00:[00]"),
    ("2026-11-24 1|0:12:03", Step::Up, "2026-11-24 [11]:12:03"),
    ("2026-11-24 10:12:0|0", Step::Down, "2026-11-24 10:11:[59]"),
    ("2026-11-24 10:12|", Step::LargeUp, "2026-11-24 10:[22]"),
    ("2026-11-2|4 10:12", Step::LargeDown, "2026-11-[17] 10:12"),
    ("2026-03-29 0|1:30", Step::Up, "2026-03-29 [03]:30"),
    ("2026-03-29 0|3:30", Step::Down, "2026-03-29 [01]:30"),
    ("2026-10-25 0|1:30", Step::Up, "2026-10-25 [02]:30"),
    ("2026-10-25 0|2:30", Step::Up, "2026-10-25 [03]:30"),
    ("2026-10-25 0|2:30:00 +02:00", Step::Up, "2026-10-25 [02]:30:00 +01:00"),
    ("2026-10-2|4 12:00:00 +02:00", Step::Up, "2026-10-[25] 12:00:00 +01:00"),
    ("2026-11-24 10:12:00 +0|1:00", Step::Up, "2026-11-24 10:12:00 +[02]:00"),
    ("2026-11-24 10:12:00 +00:|00", Step::Down, "2026-11-24 10:12:00 -00:[15]"),
    ("2026-11-24T10:5|9:00Z", Step::Up, "2026-11-24T11:[00]:00Z"),
    ("31 Ja|n 2026", Step::Up, "28 [Feb] 2026"),
    ("|31 Jan 2026", Step::Up, "[1] Feb 2026"),
    ("1 December| 2025", Step::Up, "1 [January] 2026"),
    ("24 Nov 10:1|2", Step::Up, "24 Nov 10:[13]"),
    ("Tu|e 24 Nov 10:12", Step::Down, "[Mon] 23 Nov 10:12"),
    ("Tue, 2|4 Nov 2026", Step::Up, "Wed, [25] Nov 2026"),
    ("24.1|1.2026", Step::Up, "24.[12].2026"),
    ("2|4.11.2026", Step::Up, "[25].11.2026"),
    ("10:12 a|m", Step::Up, "10:12 [pm]"),
    ("1|1:12 am", Step::Up, "[12]:12 pm"),
    ("Yesterday 2|3:30", Step::Up, "Today [00]:30"),
    ("Yeste|rday 14:00", Step::Down, "[23 Nov] 14:00"),
    ("yesterday| ", Step::Up, "[today] "),
    ("now-|6h", Step::Up, "now-[7]h"),
    ("now-6h|", Step::Up, "now-6[d]"),
    ("now-6d|", Step::Down, "now-6[h]"),
    ("now-|1h", Step::Down, "now-[1]h"),
    ("last 3 day|s", Step::Up, "last 3 [weeks]"),
    ("last |15 minutes", Step::LargeUp, "last [25] minutes"),
    ("now-6h to now-|1h", Step::Up, "now-6h to now-[2]h"),
    ("24 Nov 10:12 – 13:4|7", Step::Up, "24 Nov 10:12 – 13:[48]"),
    ("2026-11-24 1|0:12 to 2026-11-24 13:47", Step::Down, "2026-11-24 [09]:12 to 2026-11-24 13:47"),
];

#[test]
fn a_step_changes_the_part_under_the_caret_and_carries_over() {
    let zone = sampled(Tz::Europe__Berlin);
    let context = Context { zone: &zone, now: at("2026-11-25T02:30:00Z") };
    for (text, by, expected) in STEPS {
        let caret = text.split('|').next().unwrap().encode_utf16().count();
        let stepped = step(&text.replace('|', ""), caret, by, context);
        let shown = stepped.map(|stepped| {
            let units: Vec<u16> = stepped.text.encode_utf16().collect();
            let [start, end] = [stepped.selection.start, stepped.selection.end];
            let part = |range: &[u16]| String::from_utf16(range).unwrap();
            format!(
                "{}[{}]{}",
                part(&units[..start]),
                part(&units[start..end]),
                part(&units[end..])
            )
        });
        assert_eq!(shown.as_deref(), Some(expected), "{text} {by:?}");
    }
}

#[test]
fn a_text_that_is_not_understood_is_not_stepped() {
    let zone = Zone::utc();
    let context = Context { zone: &zone, now: at("2026-11-25T02:30:00Z") };
    for text in ["", "soon", "03/04/2026", "2026-11-24 25:00", "today"] {
        assert_eq!(step(text, 1, Step::Up, context), None, "{text}");
    }
    assert_eq!(step("2026-11-24 10:12:00 +14:00", 21, Step::Up, context), None);
}

#[test]
fn the_calendar_has_the_weeks_of_all_months_and_marks_what_can_be_chosen() {
    let zone = sampled(Tz::Europe__Berlin);
    let now = at("2026-12-01T10:00:00Z");
    let calendar = Calendar::new(now - TimeDelta::days(7), now, Context { zone: &zone, now });
    let names: Vec<_> = calendar.months.iter().map(|month| (month.year, month.name())).collect();
    assert_eq!(names, [(2026, "November"), (2026, "December")]);
    let weeks: Vec<_> = calendar.months.iter().map(|month| month.weeks.len()).collect();
    assert_eq!(weeks, [6, 5]);
    let november = &calendar.months[0];
    assert_eq!(november.weeks[0][0].date.to_string(), "2026-10-26");
    assert!(!november.weeks[0][0].in_month);
    let days = || november.weeks.iter().flatten().filter(|day| day.in_month);
    assert_eq!(days().count(), 30);
    let chosen: Vec<_> =
        days().filter(|day| day.can_be_chosen).map(|day| day.date.to_string()).collect();
    assert_eq!((chosen.len(), chosen[0].as_str()), (7, "2026-11-24"));
    let today = calendar.months.iter().flat_map(|month| month.weeks.iter().flatten());
    let today: Vec<_> = today.filter(|day| day.is_today && day.in_month).collect();
    assert_eq!(today.len(), 1);
    assert_eq!(today[0].start, at("2026-11-30T23:00:00Z"));
}

#[test]
fn the_days_of_a_calendar_adjoin_across_changes_of_the_offset() {
    for tz in [Tz::Europe__Berlin, Tz::America__Havana, Tz::Africa__Cairo, Tz::Australia__Lord_Howe]
    {
        let zone = sampled(tz);
        let context = Context { zone: &zone, now: at("2026-12-01T10:00:00Z") };
        let calendar = Calendar::new(at("2026-01-01T12:00:00Z"), context.now, context);
        assert_eq!(calendar.months.len(), 12);
        let mut lengths = Vec::new();
        for month in &calendar.months {
            let days: Vec<_> = month.weeks.iter().flatten().collect();
            for pair in days.windows(2) {
                assert_eq!(pair[0].end, pair[1].start, "{tz} {}", pair[0].date);
            }
            lengths.extend(days.iter().map(|day| (day.end - day.start).num_minutes()));
        }
        lengths.sort_unstable();
        let (shortest, longest) = (lengths[0], lengths[lengths.len() - 1]);
        assert!(shortest < 24 * 60 && longest > 24 * 60, "{tz} {shortest} {longest}");
    }
}

#[test]
fn times_are_written_for_people() {
    let zone = sampled(Tz::Europe__Berlin);
    let context = Context { zone: &zone, now: at("2026-11-25T12:30:00Z") };
    for (instant, text) in [
        ("2026-11-25T09:12:03Z", "Today 10:12:03"),
        ("2026-11-24T12:47:00Z", "Yesterday 13:47"),
        ("2026-11-23T09:12:00Z", "23 Nov 10:12"),
        ("2025-11-24T09:12:00.25Z", "24 Nov 2025 10:12:00.25"),
        ("2026-11-26T09:12:00Z", "26 Nov 2026 10:12"),
        ("2026-10-25T00:30:00Z", "25 Oct 02:30 CEST"),
        ("2026-10-25T01:30:00Z", "25 Oct 02:30 CET"),
    ] {
        assert_eq!(write_moment(at(instant), context, Seconds::IfAny), text);
    }
    let span = |start, end| write_span(at(start), at(end), context, Seconds::IfAny);
    assert_eq!(span("2026-11-25T09:12:00Z", "2026-11-25T12:00:00Z"), "Today 10:12 – 13:00");
    assert_eq!(
        span("2026-11-24T09:12:00Z", "2026-11-25T08:00:00Z"),
        "Yesterday 10:12 – Today 09:00"
    );
    assert_eq!(
        span("2026-10-25T00:30:00Z", "2026-10-25T01:15:00Z"),
        "25 Oct 02:30 CEST – 25 Oct 02:15 CET"
    );
    let today = write_moment(at("2026-11-25T09:12:00Z"), context, Seconds::Always);
    assert_eq!(today, "Today 10:12:00");
    for (seconds, text) in [(0, "0 s"), (12_900, "3 h 35 min"), (90_061, "1 d 1 h 1 min 1 s")] {
        assert_eq!(write_length(TimeDelta::seconds(seconds)), text);
    }
}

#[test]
fn refusals_carry_what_would_be_accepted() {
    let zone = sampled(Tz::Europe__Berlin);
    let context = Context { zone: &zone, now: at("2026-11-25T02:30:00Z") };
    let reversed = read("24 Nov 13:47 to 24 Nov 10:12", context);
    let Err(RangeError::Reversed { swapped }) = reversed else { unreachable!("{reversed:?}") };
    assert_eq!(swapped.to_string(), "2026-11-24T09:12:00Z/2026-11-24T12:47:00Z");
    let errors = Range::read_ends("yesterday 10:12 to 13:47", "now", context).unwrap_err();
    let Some(RangeError::WholeRange { range }) = errors.from else { unreachable!("{errors:?}") };
    assert_eq!(range.to_string(), "2026-11-24T09:12:00Z/2026-11-24T12:47:00Z");
    let message = read("whenever", context).unwrap_err().to_string();
    assert!(message.contains("2026-11-24 10:12 to 13:47"), "{message}");
}

#[test]
fn the_end_of_two_fields_may_be_a_time_of_day_of_the_start() {
    let zone = sampled(Tz::Europe__Berlin);
    let context = Context { zone: &zone, now: at("2026-11-25T02:30:00Z") };
    let range = Range::read_ends("yesterday 22:00", "02:00", context).unwrap();
    assert_eq!(range.to_string(), "2026-11-24T21:00:00Z/2026-11-25T01:00:00Z");
    let reversed = Range::read_ends("24 Nov 13:47", "24 Nov 10:12", context).unwrap();
    assert!(reversed.start(context) > reversed.end(context));
    let errors = Range::read_ends("soon", "25:00", context).unwrap_err();
    assert!(errors.from.is_some() && errors.to.is_some());
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
