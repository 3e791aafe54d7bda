use super::*;
use alloc::string::ToString;
use chrono::{NaiveDate, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;

#[test]
fn a_skipped_clock_time_names_both_sides_of_the_gap() {
    let berlin = around(Tz::Europe__Berlin, "2026-03-29T12:00:00Z");
    let error = berlin.timestamp(clock("2026-03-29T02:30:00")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "does not exist: clocks were put forward from 2026-03-29 01:59:59 +01:00 to 2026-03-29 03:00:00 +02:00"
    );
    for valid in ["2026-03-29T01:59:59", "2026-03-29T03:00:00"] {
        assert!(berlin.timestamp(clock(valid)).is_ok(), "{valid}");
    }
}

#[test]
fn an_ambiguous_clock_time_names_both_instants() {
    let berlin = around(Tz::Europe__Berlin, "2026-10-25T12:00:00Z");
    let error = berlin.timestamp(clock("2026-10-25T02:30:00")).unwrap_err();
    assert_choices(&error, "2026-10-25 02:30:00 +02:00", "2026-10-25 02:30:00 +01:00");
    for valid in ["2026-10-25T01:59:59", "2026-10-25T03:00:00"] {
        assert!(berlin.timestamp(clock(valid)).is_ok(), "{valid}");
    }
}

#[test]
fn offsets_of_half_and_quarter_hours_are_exact() {
    let lord_howe = around(Tz::Australia__Lord_Howe, "2026-04-04T12:00:00Z");
    let error = lord_howe.timestamp(clock("2026-04-05T01:45:00")).unwrap_err();
    assert_choices(&error, "2026-04-05 01:45:00 +11:00", "2026-04-05 01:45:00 +10:30");
    let kathmandu = around(Tz::Asia__Kathmandu, "2026-04-04T12:00:00Z");
    assert_eq!(kathmandu.print(at("2026-04-04T12:00:00Z")), "2026-04-04 17:45:00 +05:45");
    let st_johns = around(Tz::America__St_Johns, "2026-01-04T12:00:00Z");
    assert_eq!(st_johns.print(at("2026-01-04T12:00:00Z")), "2026-01-04 08:30:00 -03:30");
}

#[test]
fn a_skipped_day_is_a_gap() {
    let apia = around(Tz::Pacific__Apia, "2011-12-30T12:00:00Z");
    let error = apia.timestamp(clock("2011-12-30T12:00:00")).unwrap_err();
    assert_choices(&error, "2011-12-29 23:59:59 -10:00", "2011-12-31 00:00:00 +14:00");
}

#[test]
fn utc_has_neither_gaps_nor_overlaps() {
    let noon = at("2026-03-29T12:00:00Z");
    assert_eq!(Zone::utc().timestamp(clock("2026-03-29T12:00:00")), Ok(noon));
    assert_eq!(Zone::utc().print(noon), "2026-03-29 12:00:00 +00:00");
}

#[test]
fn the_earliest_and_the_latest_timestamp_do_not_overflow() {
    let zone = Zone { first: FixedOffset::east_opt(3_600).unwrap(), ..Zone::utc() };
    let _ = (zone.print(Timestamp::MIN_UTC), zone.print(Timestamp::MAX_UTC));
    let _ = (zone.timestamp(NaiveDateTime::MIN), zone.timestamp(NaiveDateTime::MAX));
}

#[test]
fn every_zone_changes_at_a_whole_second_when_sampled_from_a_fraction() {
    let second = TimeDelta::seconds(1);
    let mut changes = 0;
    for tz in chrono_tz::TZ_VARIANTS {
        let (since, until) = (at("2026-01-01T00:00:00.250Z"), at("2027-01-01T00:00:00.750Z"));
        let zone = Zone::sampled(tz.name(), since, until, |at| offset(tz, at));
        for change in &zone.changes {
            assert_eq!(offset(tz, change.at), change.offset, "{tz} {change:?}");
            assert_ne!(offset(tz, change.at - second), change.offset, "{tz} {change:?}");
            assert_eq!(change.at.timestamp_subsec_nanos(), 0, "{tz} {change:?}");
        }
        changes += zone.changes.len();
    }
    assert!(changes > 100, "{changes}");
}

#[test]
fn the_edges_of_a_gap_and_an_overlap_are_exact_when_sampled_from_a_fraction() {
    let spring = around(Tz::Europe__Berlin, "2026-03-29T12:00:00.250Z");
    assert_eq!(spring.timestamp(clock("2026-03-29T03:00:00")), Ok(at("2026-03-29T01:00:00Z")));
    assert!(spring.timestamp(clock("2026-03-29T02:00:00")).is_err());
    let autumn = around(Tz::Europe__Berlin, "2026-10-25T12:00:00.250Z");
    assert!(autumn.timestamp(clock("2026-10-25T02:00:00")).is_err());
    assert_eq!(autumn.timestamp(clock("2026-10-25T03:00:00")), Ok(at("2026-10-25T02:00:00Z")));
}

proptest! {
    #[test]
    fn a_sampled_zone_agrees_with_the_zone_it_was_sampled_from(
        index in 0..chrono_tz::TZ_VARIANTS.len(),
        milliseconds in 946_684_800_000..1_900_000_000_000_i64,
        minutes in -10_000..10_000_i64,
    ) {
        let tz = chrono_tz::TZ_VARIANTS[index];
        let centre = chrono::DateTime::from_timestamp_millis(milliseconds).unwrap();
        let zone = around(tz, &centre.to_rfc3339());
        let instant = centre + TimeDelta::minutes(minutes);
        prop_assert_eq!(zone.offset(instant), offset(tz, instant));

        let clock = instant.naive_utc() + offset(tz, instant);
        match (zone.timestamp(clock), tz.from_local_datetime(&clock)) {
            (Ok(at), chrono::LocalResult::Single(expected)) => prop_assert_eq!(at, expected),
            (Err(ClockTimeError::Overlap { first, second }), chrono::LocalResult::Ambiguous(one, two)) => {
                prop_assert_eq!(first.at, one.to_utc().min(two.to_utc()));
                prop_assert_eq!(second.at, one.to_utc().max(two.to_utc()));
            }
            (ours, theirs) => prop_assert!(false, "{:?} against {:?}", ours, theirs),
        }
    }

    #[test]
    fn a_clock_time_is_in_a_gap_if_and_only_if_the_tz_database_says_so(
        index in 0..chrono_tz::TZ_VARIANTS.len(),
        day in 0..10_000_i64,
        minute in 0..1_440_i64,
    ) {
        let tz = chrono_tz::TZ_VARIANTS[index];
        let midnight = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let clock = midnight + TimeDelta::days(day) + TimeDelta::minutes(minute);
        let zone = around(tz, &clock.and_utc().to_rfc3339());
        let none = matches!(tz.from_local_datetime(&clock), chrono::LocalResult::None);
        prop_assert_eq!(matches!(zone.timestamp(clock), Err(ClockTimeError::Gap { .. })), none);
    }
}

fn assert_choices(error: &ClockTimeError, earlier: &str, later: &str) {
    let expected = Choices { earlier: earlier.to_owned(), later: later.to_owned() };
    assert_eq!(error.choices(), expected);
}

/// The zone from nine days before to nine days after an instant.
fn around(tz: Tz, centre: &str) -> Zone {
    let centre = at(centre);
    let day = TimeDelta::days(1);
    Zone::sampled(tz.name(), centre - day * 9, centre + day * 9, |at| offset(tz, at))
}

fn offset(tz: Tz, at: Timestamp) -> FixedOffset {
    tz.offset_from_utc_datetime(&at.naive_utc()).fix()
}

fn clock(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
