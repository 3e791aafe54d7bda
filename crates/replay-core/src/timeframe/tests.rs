use super::*;
use alloc::{string::ToString, vec};
use time_range::{RangeError, Zone};

const MILLISECOND: TimeDelta = TimeDelta::milliseconds(1);

#[test]
fn every_preset_is_read_back_from_its_printed_range() {
    let printed = PRESETS.map(|preset| Range::last(preset.duration).to_string());
    assert_eq!(printed, ["now-15m/now", "now-1h/now", "now-6h/now", "now-12h/now", "now-1d/now"]);
    for (preset, text) in PRESETS.into_iter().zip(printed) {
        let range = Ok(Range::last(preset.duration));
        let context = Context { zone: &Zone::utc(), now: now() };
        assert_eq!(Range::read(&text, context), range, "{}", preset.name);
    }
}

#[test]
fn a_range_may_resolve_to_a_reversed_timeframe() {
    let context = Context { zone: &Zone::utc(), now: now() };
    let Err(RangeError::Reversed { swapped }) = Range::read("now-1h/now-2h", context) else {
        panic!("the reversed range is read");
    };
    assert!(Timeframe::resolve(&swapped, context).is_ok());
    let reversed = Range { from: swapped.to, to: swapped.from };
    assert!(Timeframe::resolve(&reversed, context).is_err());
}

#[test]
fn both_edges_are_inclusive_to_the_millisecond_without_grace() {
    assert_edges_are_inclusive(TimeDelta::zero());
}

#[test]
fn both_edges_are_inclusive_to_the_millisecond_with_five_minutes_of_grace() {
    assert_edges_are_inclusive(TimeDelta::minutes(5));
}

#[test]
fn a_reversed_timeframe_has_one_fault_at_its_end_that_names_the_start() {
    let (start, end) = (now() - TimeDelta::hours(1), now() - TimeDelta::hours(2));
    let errors = Policy::DEFAULT.faults(Some(start), Some(end), now());
    assert_eq!(errors, vec![TimeframeError::Reversed { start }]);
    assert_eq!(errors[0].edge(), Edge::End);
    assert_eq!(errors[0].to_string(), "must not be before start_at, 2026-11-23T11:00:00Z");
}

#[test]
fn every_fault_is_reported_at_once() {
    let (long_ago, later) = (now() - TimeDelta::days(30), now() + TimeDelta::days(1));
    let errors = Policy::DEFAULT.faults(Some(long_ago), Some(later), now());
    let earliest = now() - TimeDelta::days(7);
    assert_eq!(
        errors,
        vec![
            TimeframeError::TooOld { edge: Edge::Start, earliest },
            TimeframeError::InFuture { edge: Edge::End, latest: now() },
        ]
    );
    assert_eq!(errors[0].to_string(), "is too old: the earliest is 2026-11-16T12:00:00Z");
    assert_eq!(errors[1].to_string(), "is in the future: the latest is 2026-11-23T12:00:00Z");
}

#[test]
fn the_earliest_and_the_latest_timestamp_do_not_overflow() {
    let ends = (Some(Timestamp::MIN_UTC), Some(Timestamp::MAX_UTC));
    assert_eq!(Policy::DEFAULT.faults(ends.0, ends.1, now()).len(), 2);
    let forever = Policy { retention: TimeDelta::MAX, grace: TimeDelta::MAX, ..Policy::DEFAULT };
    assert_eq!(forever.faults(ends.0, ends.1, now()), vec![]);
}

#[test]
fn only_a_start_within_the_margin_is_moved_to_its_end() {
    let ago = |seconds| now() - TimeDelta::days(7) + TimeDelta::seconds(seconds);
    let kept = |start, end| {
        let timeframe = Timeframe::new(ago(start), ago(end)).unwrap();
        let kept = Policy::DEFAULT.with_margin(timeframe, now());
        assert_eq!(kept.end(), timeframe.end());
        (kept.start() - ago(0)).num_seconds()
    };
    assert_eq!(kept(0, 3_600), 60);
    assert_eq!(kept(59, 60), 60);
    assert_eq!(kept(60, 3_600), 60);
    assert_eq!(kept(-1, 3_600), -1, "too old is refused, not moved");
    assert_eq!(kept(10, 20), 10, "a timeframe within the margin is unchanged");
}

#[test]
fn the_lines_of_an_accepted_timeframe_are_kept_for_an_hour() {
    let oldest = now() - TimeDelta::days(7) - TimeDelta::minutes(5);
    assert_eq!(Policy::DEFAULT.faults(Some(oldest), Some(oldest), now()), vec![]);
    let in_an_hour = Policy::DEFAULT.deleted_before(now() + TimeDelta::hours(1));
    assert_eq!(in_an_hour, oldest, "the line at the retention edge is deleted");
    let forever = Policy { retention: TimeDelta::MAX, ..Policy::DEFAULT };
    assert_eq!(forever.deleted_before(now()), Timestamp::MIN_UTC);
}

fn assert_edges_are_inclusive(grace: TimeDelta) {
    let policy = Policy { grace, ..Policy::DEFAULT };
    let oldest = now() - TimeDelta::days(7) - grace;
    let newest = now() + grace;
    let accepted = |start, end| policy.faults(Some(start), Some(end), now()).is_empty();
    assert!(accepted(oldest, newest));
    assert!(!accepted(oldest - MILLISECOND, newest));
    assert!(!accepted(oldest, newest + MILLISECOND));
    assert!(accepted(oldest, oldest));
    assert!(accepted(newest, newest));
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
