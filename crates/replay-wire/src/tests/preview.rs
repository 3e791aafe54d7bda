//! The preview of a replay and the query of its request.

use super::*;
use alloc::vec;
use chrono::TimeDelta;
use replay_core::{Policy, Timeframe};

#[test]
fn a_preview_is_written_with_its_buckets() {
    let preview = Preview {
        first_at: Some(at("2026-11-23T10:00:30.25Z")),
        last_at: Some(at("2026-11-23T10:59:00Z")),
        lines: 3,
        bytes: 1_200,
        buckets: vec![
            Bucket { at: at("2026-11-23T10:00:00Z"), lines: 2, bytes: 900 },
            Bucket { at: at("2026-11-23T10:55:00Z"), lines: 1, bytes: 300 },
        ],
        webhook_ready: true,
        estimated: Some(TimeDelta::seconds(90)),
        ..without_lines()
    };
    let written = r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","lines":3,"bytes":1200,"first_at":"2026-11-23T10:00:30.25Z","last_at":"2026-11-23T10:59:00Z","bucket_seconds":300,"buckets":[{"at":"2026-11-23T10:00:00Z","lines":2,"bytes":900},{"at":"2026-11-23T10:55:00Z","lines":1,"bytes":300}],"webhook_ready":true,"estimated_seconds":90}"#;
    assert_eq!(print(&write_preview(&preview)), written);
    assert_eq!(read_preview(&parse(written)), Ok(preview));
}

#[test]
fn a_preview_without_lines_has_null_for_what_there_is_not() {
    let written = r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","lines":0,"bytes":0,"first_at":null,"last_at":null,"bucket_seconds":300,"buckets":[],"webhook_ready":false,"estimated_seconds":null}"#;
    assert_eq!(print(&write_preview(&without_lines())), written);
    assert_eq!(read_preview(&parse(written)), Ok(without_lines()));
    let without_nulls = r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","lines":0,"bytes":0,"bucket_seconds":300,"buckets":[],"webhook_ready":false,"more":1}"#;
    assert_eq!(read_preview(&parse(without_nulls)), Ok(without_lines()));
}

#[test]
fn every_fault_of_a_preview_is_reported_by_field() {
    assert_eq!(named(&read_preview(&parse("[]")).unwrap_err()), [("body", Rule::IsObject)]);
    let faults = read_preview(&parse(
        r#"{"start_at":"soon","lines":-1,"bytes":"9","first_at":5,"bucket_seconds":90,"buckets":[5,{"at":"2026-11-23T10:00:00Z","lines":1,"bytes":1},{"at":"now","lines":1.5}],"webhook_ready":"yes","estimated_seconds":"soon"}"#,
    ))
    .unwrap_err();
    assert_eq!(
        named(&faults),
        [
            ("start_at", Rule::IsDateTime),
            ("end_at", Rule::Required),
            ("lines", Rule::Invalid),
            ("bytes", Rule::Invalid),
            ("first_at", Rule::IsString),
            ("bucket_seconds", Rule::Invalid),
            ("buckets.0", Rule::IsObject),
            ("buckets.2.at", Rule::IsDateTime),
            ("buckets.2.lines", Rule::Invalid),
            ("buckets.2.bytes", Rule::Required),
            ("webhook_ready", Rule::IsBoolean),
            ("estimated_seconds", Rule::Invalid),
        ]
    );
    for (buckets, rule) in [("5", Rule::Invalid), ("null", Rule::Required)] {
        let body = alloc::format!(r#"{{"buckets":{buckets}}}"#);
        let faults = read_preview(&parse(&body)).unwrap_err();
        assert!(named(&faults).contains(&("buckets", rule)), "{faults:?}");
    }
}

#[test]
fn a_bucket_is_one_whole_minute_or_more() {
    for (seconds, is_read) in
        [("60", true), ("86400", true), ("0", false), ("-60", false), ("30", false)]
    {
        let written = print(&write_preview(&without_lines()));
        let body =
            parse(&written.replace(r#"_seconds":300"#, &alloc::format!(r#"_seconds":{seconds}"#)));
        assert_eq!(read_preview(&body).is_ok(), is_read, "{seconds}");
    }
}

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
    let names: Vec<_> = (0..20_000).map(|number| alloc::format!("a{number}")).collect();
    assert_eq!(read_query(&names.join("&")).unwrap_err().len(), 102);
}

#[test]
fn an_unknown_parameter_that_is_given_twice_is_one_fault() {
    let faults = read_query("a=1&b&a=2&a&end_at=2026-11-23T11:00:00Z").unwrap_err();
    let unknown = Rule::UnknownProperty;
    assert_eq!(named(&faults), [("start_at", Rule::Required), ("a", unknown), ("b", unknown)]);
}

fn without_lines() -> Preview {
    Preview {
        start_at: at("2026-11-23T10:00:00Z"),
        end_at: at("2026-11-23T11:00:00Z"),
        lines: 0,
        bytes: 0,
        first_at: None,
        last_at: None,
        bucket: TimeDelta::minutes(5),
        buckets: vec![],
        webhook_ready: false,
        estimated: None,
    }
}

fn read_query(query: &str) -> Result<Timeframe, Vec<Fault>> {
    read_timeframe_query(Some(query), &Policy::DEFAULT, now())
}
