use super::*;
use alloc::string::ToString;
use chrono::{DateTime, FixedOffset};
use proptest::prelude::*;

#[test]
fn every_form_of_a_bound_is_read() {
    for text in [
        "2026-11-23T09:00:00Z",
        "2026-11-23T10:00:00+01:00",
        " 2026-11-23 10:00:00 +01:00 ",
        "2026-11-23 10:00 +01:00",
        "2026-11-23 10:00:00",
        "2026-11-23T10:00",
        "2026-11-23 10:00",
        "2026-11-23 09:00 UTC",
        "2026-11-23 09:00Z",
        "1795424400",
        "1795424400000",
    ] {
        let at = Bound::At(read_timestamp("2026-11-23T09:00:00Z").unwrap());
        assert_eq!(Bound::read(text, &an_hour_ahead()), Ok(at), "{text}");
    }
    assert_eq!(Bound::read("now", &Zone::utc()), Ok(Bound::NOW));
    assert_eq!(Bound::read("now-90s", &Zone::utc()), Ok(Bound::Ago(TimeDelta::seconds(90))));
}

#[test]
fn a_text_that_is_not_a_bound_is_rejected() {
    for text in ["", "-", "yesterday", "2026-11-23", "10:00", "2026-11-31 10:00", "12345"] {
        assert_eq!(Bound::read(text, &Zone::utc()), Err(RangeError::Bound), "{text}");
    }
    assert_eq!(
        Bound::read("now-6", &Zone::utc()),
        Err(RangeError::Duration(crate::InvalidDuration))
    );
}

#[test]
fn two_times_of_a_day_are_not_read_as_a_time_with_an_offset() {
    for text in ["2026-11-24 10:12-13:47", "2026-11-24T10:12-13:47", "2026-11-24 10:12-05:00"] {
        assert_eq!(Bound::read(text, &Zone::utc()), Err(RangeError::TwoTimes), "{text}");
    }
    let reason = RangeError::TwoTimes.to_string();
    assert!(reason.contains("start in From and its end in To"), "{reason}");
    assert!(reason.contains("write seconds or a space before it"), "{reason}");
    for text in ["2026-11-24 10:12 -05:00", "2026-11-24 10:12:00-05:00"] {
        let at = Bound::At(read_timestamp("2026-11-24T15:12:00Z").unwrap());
        assert_eq!(Bound::read(text, &Zone::utc()), Ok(at), "{text}");
    }
}

#[test]
fn an_offset_that_no_zone_has_is_rejected_in_a_range_but_not_in_a_timestamp() {
    for offset in ["-13:47", "-12:15", "+14:15", "+23:59", "+01:10", "-00:01"] {
        for time in ["10:12 ", "10:12:00 ", "10:12:00"] {
            let text = format!("2026-11-24 {time}{offset}");
            assert_eq!(Bound::read(&text, &Zone::utc()), Err(RangeError::Offset), "{text}");
        }
        assert!(read_timestamp(&format!("2026-11-24T10:12:00{offset}")).is_ok(), "{offset}");
    }
    assert_eq!(Bound::read("2026-11-24 10:12+23:59", &Zone::utc()), Err(RangeError::Offset));
    let reason = RangeError::Offset.to_string();
    assert!(reason.contains("from -12:00 to +14:00 in quarter hours"), "{reason}");
    for offset in ["-12:00", "+14:00", "+05:45", "-03:30", "+00:00", "-00:00"] {
        let text = format!("2026-11-24 10:12 {offset}");
        assert!(Bound::read(&text, &Zone::utc()).is_ok(), "{text}");
    }
}

#[test]
fn a_relative_bound_is_a_whole_second_and_never_in_the_future() {
    let now = read_timestamp("2026-11-23T10:00:00.999Z").unwrap();
    let range = Range::last(TimeDelta::minutes(15));
    assert_eq!(write_timestamp(range.from.at(now)), "2026-11-23T09:45:00Z");
    assert_eq!(write_timestamp(range.to.at(now)), "2026-11-23T10:00:00Z");
    assert_eq!(Bound::Ago(TimeDelta::minutes(-1)).at(now), range.to.at(now));
}

#[test]
fn a_range_needs_an_end_unless_its_start_is_relative() {
    assert!(Range::read("now-1h/now-2h", &Zone::utc()).is_ok());
    assert_eq!(Range::read("now-1h/soon", &Zone::utc()), Err(RangeError::Bound));
    assert_eq!(Range::read("2026-11-23T10:00:00Z", &Zone::utc()), Err(RangeError::Range));
}

proptest! {
    #[test]
    fn a_printed_range_is_read_back(from in bounds(), to in bounds()) {
        let range = Range { from, to };
        prop_assert_eq!(Range::read(&range.to_string(), &an_hour_ahead()), Ok(range));
    }

    #[test]
    fn a_clock_time_printed_in_one_zone_is_read_in_any_zone(seconds in 0..2_000_000_000_i64) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        prop_assert_eq!(Bound::read(&an_hour_ahead().print(at), &Zone::utc()), Ok(Bound::At(at)));
    }

    #[test]
    fn arbitrary_text_is_read_without_a_panic(text in ".{0,40}") {
        let _ = Range::read(&text, &Zone::utc());
    }
}

fn bounds() -> impl Strategy<Value = Bound> {
    let at = (0..2_000_000_000_i64).prop_map(|seconds| DateTime::from_timestamp(seconds, 0));
    let ago = (0..1_000_000_i64).prop_map(TimeDelta::seconds);
    prop_oneof![at.prop_map(|at| Bound::At(at.unwrap())), ago.prop_map(Bound::Ago)]
}

fn an_hour_ahead() -> Zone {
    let hour = FixedOffset::east_opt(3_600).unwrap();
    let epoch = DateTime::UNIX_EPOCH;
    Zone::sampled("an hour ahead", epoch, epoch, |_| hour)
}
