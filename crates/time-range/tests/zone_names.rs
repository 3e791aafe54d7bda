//! The zone names that a refusal lists.

use chrono::FixedOffset;
use time_range::{Abbreviation, Context, Timestamp, Zone, read};

#[test]
fn a_name_that_is_known_twice_is_listed_once() {
    let now: Timestamp = "2026-11-25T02:30:00Z".parse().unwrap();
    let name = |hours: i32| Abbreviation {
        offset: FixedOffset::east_opt(hours * 3_600).unwrap(),
        name: "CET".to_owned(),
    };
    let zone = Zone::sampled("CET", now, now, |_| FixedOffset::east_opt(3_600).unwrap());
    let zone = zone.with_abbreviations([name(1), name(2)]);
    let error = read("yesterday 10:12 PST", Context { zone: &zone, now }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "“PST” is not a zone that is known here: write UTC, CET or an offset like +01:00"
    );
}
