//! The preview of a replay and the query of its request.

use super::*;
use replay_core::{Policy, Timeframe};

#[test]
fn a_query_is_read_with_any_offset_whether_or_not_its_plus_is_encoded() {
    let expected = Timeframe::new(at("2026-11-23T10:00:00Z"), at("2026-11-23T11:00:00.25Z"));
    for query in [
        "start_at=2026-11-23T10:00:00Z&end_at=2026-11-23T11:00:00.25Z",
        "end_at=2026-11-23T11%3A00%3a00.25Z&start_at=2026-11-23T10%3A00%3A00Z",
        "start_at=2026-11-23T12:00:00+02:00&end_at=2026-11-23T10:30:00.25-00:30",
        "start_at=2026-11-23T12%3A00%3A00%2B02%3A00&end_at=2026-11-23T12:00:00.25%2B01:00",
        "start_at=2026-11-23T12:00:00%2002:00&end_at=2026-11-23+12:00:00.25+01:00",
        "&st%61rt_at=2026-11-23%2010:00:00Z&&end_at=2026-11-23+11:00:00.25Z&",
    ] {
        assert_eq!(read_query(query), Ok(expected.unwrap()), "{query}");
    }
    assert_eq!(
        write_timeframe_query(&expected.unwrap()),
        "start_at=2026-11-23T10:00:00Z&end_at=2026-11-23T11:00:00.25Z"
    );
}

#[test]
fn a_query_has_the_faults_of_a_body_with_the_same_fields() {
    for (query, body) in [
        ("", "{}"),
        ("start_at", r#"{"start_at":""}"#),
        ("start_at=soon&end_at=1763892000", r#"{"start_at":"soon","end_at":"1763892000"}"#),
        (
            "start_at=2026-11-23T10:00:00&end_at=2026-11-23T11:00:00+1",
            r#"{"start_at":"2026-11-23T10:00:00","end_at":"2026-11-23T11:00:00+1"}"#,
        ),
        (
            "start_at=2026-11-23T11:00:00Z&end_at=2026-11-23T10:00:00Z",
            r#"{"start_at":"2026-11-23T11:00:00Z","end_at":"2026-11-23T10:00:00Z"}"#,
        ),
        (
            "start_at=2026-01-01T00:00:00Z&end_at=2027-01-01T00:00:00Z",
            r#"{"start_at":"2026-01-01T00:00:00Z","end_at":"2027-01-01T00:00:00Z"}"#,
        ),
        ("region=us&START_AT=%FF&%00", r#"{"region":"us","START_AT":"","\u0000":""}"#),
    ] {
        let faults = read_timeframe(&parse(body), &Policy::DEFAULT, now()).unwrap_err();
        assert_eq!(read_query(query), Err(faults), "{query}");
    }
    let none = read_timeframe_query(None, &Policy::DEFAULT, now()).unwrap_err();
    assert_eq!(named(&none), [("start_at", Rule::Required), ("end_at", Rule::Required)]);
}

#[test]
fn a_parameter_that_is_given_twice_is_a_fault_even_with_equal_values() {
    let end = "end_at=2026-11-23T11:00:00Z";
    let query = alloc::format!("start_at=2026-11-23T10:00:00Z&{end}&{end}");
    let faults = read_query(&query).unwrap_err();
    assert_eq!(named(&faults), [("end_at", Rule::Invalid)]);
    assert_eq!(faults[0].reason, "must be given once");
    let faults = read_query(&"start_at=2026-11-23T10:00:00Z&".repeat(2)).unwrap_err();
    assert_eq!(named(&faults), [("start_at", Rule::Invalid), ("end_at", Rule::Required)]);
}

#[test]
fn a_query_of_very_many_parameters_has_a_limited_number_of_faults() {
    assert_eq!(read_query(&"a&".repeat(20_000)).unwrap_err().len(), 102);
}

fn read_query(query: &str) -> Result<Timeframe, Vec<Fault>> {
    read_timeframe_query(Some(query), &Policy::DEFAULT, now())
}
