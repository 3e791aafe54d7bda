//! What holds for every text: no panic, printed values are read back, and changes of the UTC offset
//! resolve as documented.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a wrong step fails the test")]

mod answering;
mod sampling;

use std::sync::LazyLock;

use answering::answer;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;
use sampling::sampled;
use time_range::{
    Bound, ClockTimeError, Context, Range, RangeError, Reading, Seconds, Step, Timestamp, Zone,
    read, step, write_length, write_moment, write_span, write_timestamp,
};

const ZONES: [Tz; 7] = [
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::America__St_Johns,
    Tz::Africa__Casablanca,
    Tz::America__Havana,
    Tz::Asia__Kolkata,
];

static SAMPLED: LazyLock<Vec<Zone>> = LazyLock::new(|| ZONES.into_iter().map(sampled).collect());

/// The lines of the table without their answers.
static EXPRESSIONS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("expressions.txt").lines();
    lines.filter_map(|line| Some(line.rsplit_once('\t')?.0)).collect()
});

#[test]
fn every_change_of_the_offset_in_ten_years_is_a_gap_or_an_overlap() {
    let mut changes = 0;
    for zone in SAMPLED.iter() {
        let (mut at, end) = (instant("2020-01-01T00:00:00Z"), instant("2030-01-01T00:00:00Z"));
        let context = Context { zone, now: end };
        while at < end {
            let next = at + TimeDelta::minutes(30);
            let (before, after) = (zone.offset(at), zone.offset(next));
            if before != after {
                changes += 1;
                let middle = i32::midpoint(before.local_minus_utc(), after.local_minus_utc());
                let change = (0..=1_800).map(|second| at + TimeDelta::seconds(second));
                let change = change.into_iter().find(|at| zone.offset(*at) == after).unwrap();
                let clock = change.naive_utc() + TimeDelta::seconds(middle.into());
                check_change(clock, after.local_minus_utc() > before.local_minus_utc(), context);
            }
            at = next;
        }
    }
    assert!(changes > 100, "{changes}");
}

/// The clock time is in the middle of a gap, or happens twice.
fn check_change(clock: NaiveDateTime, is_gap: bool, context: Context<'_>) {
    let text = clock.format("%Y-%m-%d %H:%M:%S").to_string();
    match read(&text, context) {
        Err(RangeError::Clock { error, .. }) if is_gap => {
            let choices = error.choices();
            let message = error.to_string();
            for side in [choices.earlier, choices.later] {
                assert!(message.contains(&side), "{message}");
                assert!(matches!(read(&side, context), Ok(Reading::Moment(_))), "{side}");
            }
        }
        Err(RangeError::Ambiguous { readings }) if !is_gap => {
            let Err(ClockTimeError::Overlap { first, second }) = context.zone.timestamp(clock)
            else {
                panic!("{text} does not happen twice");
            };
            assert_eq!(readings, [Reading::Moment(first.at), Reading::Moment(second.at)]);
            for at in [first.at, second.at] {
                let printed = write_moment(at, context, Seconds::IfAny);
                assert_eq!(read(&printed, context), Ok(Reading::Moment(at)), "{printed}");
            }
        }
        other => panic!("{text} in {}: {other:?}", context.zone.name()),
    }
}

proptest! {
    #[test]
    fn a_printed_range_is_read_back(from in bound(), to in bound(), zone in 0..ZONES.len()) {
        let context = Context { zone: &SAMPLED[zone], now: now() };
        let range = Range { from, to };
        prop_assume!(range != (Range { from: Bound::NOW, to: Bound::NOW }));
        let text = range.to_string();
        let ends = Range::read_ends(&from.to_string(), &to.to_string(), context);
        prop_assert_eq!(ends, Ok(range));
        if range.start(context) <= range.end(context) {
            prop_assert_eq!(Range::read(&text, context), Ok(range), "{}", text);
        } else {
            let is_reversed = matches!(Range::read(&text, context), Err(RangeError::Reversed { .. }));
            prop_assert!(is_reversed, "{}", text);
        }
    }

    #[test]
    fn a_moment_written_for_people_is_read_back(at in moment(), zone in 0..ZONES.len(), now in moment()) {
        let context = Context { zone: &SAMPLED[zone], now };
        for seconds in [Seconds::IfAny, Seconds::Always] {
            let text = write_moment(at, context, seconds);
            prop_assert_eq!(read(&text, context), Ok(Reading::Moment(at)), "{}", text);
        }
    }

    #[test]
    fn a_span_written_for_people_is_read_back(
        start in moment(), length in 0..200_000_i64, zone in 0..ZONES.len(), ago in -100_000..400_000_i64,
    ) {
        let end = start + TimeDelta::seconds(length);
        let context = Context { zone: &SAMPLED[zone], now: end + TimeDelta::seconds(ago) };
        let text = write_span(start, end, context, Seconds::IfAny);
        let range = Range { from: Bound::At(start), to: Bound::At(end) };
        prop_assert_eq!(read(&text, context), Ok(Reading::Range(range)), "{}", text);
        let summary = [&*text, &write_length(end - start), context.zone.name()].join(" · ");
        prop_assert_eq!(read(&summary, context), Ok(Reading::Range(range)), "{}", summary);
    }

    #[test]
    fn a_moment_near_a_change_of_the_offset_is_read_back(
        change in 0..1_000_usize, minutes in -200..200_i64, ago in 0..3_000_i64,
    ) {
        let (zone, at) = CHANGES[change % CHANGES.len()];
        let at = at + TimeDelta::minutes(minutes);
        let context = Context { zone: &SAMPLED[zone], now: at + TimeDelta::minutes(ago) };
        let text = write_moment(at, context, Seconds::IfAny);
        prop_assert_eq!(read(&text, context), Ok(Reading::Moment(at)), "{}", text);
        let end = at + TimeDelta::minutes(ago / 10);
        let text = write_span(at, end, context, Seconds::Always);
        let range = Range { from: Bound::At(at), to: Bound::At(end) };
        prop_assert_eq!(read(&text, context), Ok(Reading::Range(range)), "{}", text);
    }

    #[test]
    fn arbitrary_text_is_read_without_a_panic(text in "\\PC{0,60}", caret in 0..60_usize) {
        try_all(&text, caret);
    }

    #[test]
    fn a_changed_expression_is_read_without_a_panic(
        line in 0..10_000_usize, position in 0..200_usize, other in 0..10_000_usize,
        inserted in "[0-9:./ TZPWa-z–+@-]{0,3}", removed in 0..3_usize, cut in 0..200_usize,
    ) {
        let expression = EXPRESSIONS[line % EXPRESSIONS.len()];
        let mut characters: Vec<char> = expression.chars().collect();
        let position = position % (characters.len() + 1);
        let end = (position + removed).min(characters.len());
        characters.splice(position..end, inserted.chars());
        try_all(&characters.iter().collect::<String>(), position);
        let other = EXPRESSIONS[other % EXPRESSIONS.len()];
        characters.truncate(cut);
        characters.extend(other.chars());
        try_all(&characters.iter().collect::<String>(), position);
    }

    #[test]
    fn a_step_up_and_down_of_a_printed_moment_is_that_moment(
        at in moment(), zone in 0..ZONES.len(), caret in 0..30_usize,
    ) {
        let zone = &SAMPLED[zone];
        let context = Context { zone, now: now() };
        let at = DateTime::from_timestamp(at.timestamp() / 60 * 60, 0).unwrap();
        let text = zone.print(at);
        if let Some(up) = step(&text, caret, Step::Up, context) {
            prop_assert!(up.selection.end <= up.text.len() && up.selection.start < up.selection.end);
            let Ok(Reading::Moment(later)) = read(&up.text, context) else {
                panic!("{text} became {up:?}")
            };
            let is_offset = caret >= "2026-11-24 10:12:00 ".len();
            prop_assert!(later > at || is_offset, "{} became {}", text, up.text);
            let down = step(&up.text, up.selection.start, Step::Down, context).unwrap();
            let is_of_equal_length = caret > "2026-11".len();
            if is_of_equal_length && zone.offset(at) == zone.offset(later) {
                prop_assert_eq!(down.text, text);
            }
        }
    }
}

/// Every function that takes a text.
fn try_all(text: &str, caret: usize) {
    for zone in [&SAMPLED[0], &SAMPLED[2]] {
        let context = Context { zone, now: now() };
        let _ = answer(text, context);
        let _ = (Bound::read_start(text, context), Bound::read_end(text, context));
        let _ = Range::read_ends(text, "10:12", context);
        for by in [Step::Up, Step::LargeDown] {
            let _ = step(text, caret, by, context);
        }
        if let Ok(reading) = read(text, context) {
            let printed = reading.to_string();
            assert_eq!(read(&printed, context), Ok(reading), "{text} is printed as {printed}");
        }
    }
}

/// The changes of the UTC offset, each with its zone.
static CHANGES: LazyLock<Vec<(usize, Timestamp)>> = LazyLock::new(|| {
    let mut changes = Vec::new();
    for (index, zone) in SAMPLED.iter().enumerate() {
        let mut at = instant("2020-01-01T00:00:00Z");
        while at < instant("2030-01-01T00:00:00Z") {
            let next = at + TimeDelta::minutes(30);
            if zone.offset(at) != zone.offset(next) {
                changes.push((index, next));
            }
            at = next;
        }
    }
    changes
});

fn bound() -> impl Strategy<Value = Bound> {
    let relative = prop_oneof![
        (0..3_000_000_i64).prop_map(|seconds| format!("now-{seconds}s")),
        (1..60_i64, "[smhdw]").prop_map(|(count, unit)| format!("now-{count}{unit}")),
        (1..60_i64, "[smhdwMy]").prop_map(|(count, unit)| format!("now-{count}d/{unit}")),
        (0..24_i64, "[smhdwMy]").prop_map(|(count, unit)| format!("now-{count}M-3h/{unit}")),
    ];
    let relative = relative.prop_map(|text| {
        let zone = Zone::utc();
        Bound::read_start(&text, Context { zone: &zone, now: now() }).unwrap()
    });
    prop_oneof![moment().prop_map(Bound::At), relative, Just(Bound::NOW)]
}

/// From 2020 to 2030; some with fractions of a second.
fn moment() -> impl Strategy<Value = Timestamp> {
    let nanos = prop_oneof![3 => Just(0), 1 => (0..1_000_u32).prop_map(|it| it * 1_000_000), 1 => 0..1_000_000_000_u32];
    let seconds = prop_oneof![
        (1_577_836_800..1_893_456_000_i64),
        (26_297_280..31_557_600_i64).prop_map(|minutes| minutes * 60),
        (now().timestamp() - 300_000..now().timestamp() + 100_000),
    ];
    (seconds, nanos).prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

fn now() -> Timestamp {
    instant("2026-11-25T02:30:00Z")
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_offset_of_a_printed_instant_does_not_matter_for_reading_it() {
    let offset = FixedOffset::east_opt(5 * 3_600 + 45 * 60).unwrap();
    let zone = Zone::sampled("Asia/Kathmandu", now(), now(), |_| offset);
    let utc = Zone::utc();
    let context = Context { zone: &utc, now: now() };
    let text = zone.print(now());
    assert_eq!(read(&text, context), Ok(Reading::Moment(now())));
    assert_eq!(write_timestamp(now()), "2026-11-25T02:30:00Z");
}
