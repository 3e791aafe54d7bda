//! The preview of a replay.

use super::*;
use alloc::vec;
use chrono::TimeDelta;

#[test]
fn a_preview_is_written_with_its_buckets() {
    let preview = Preview {
        first_at: Some(at("2026-11-23T10:00:30.25Z")),
        last_at: Some(at("2026-11-23T10:59:00Z")),
        archive_first_at: Some(at("2026-11-20T08:00:00Z")),
        lines: 3,
        bytes: 1_200,
        buckets: vec![
            Bucket {
                at: at("2026-11-23T10:00:00Z"),
                lines: 2,
                bytes: 900,
                undelivered_lines: Some(1),
            },
            Bucket {
                at: at("2026-11-23T10:55:00Z"),
                lines: 1,
                bytes: 300,
                undelivered_lines: None,
            },
        ],
        webhook_ready: true,
        estimated: Some(TimeDelta::seconds(90)),
        ..without_lines()
    };
    let written = r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","lines":3,"bytes":1200,"first_at":"2026-11-23T10:00:30.25Z","last_at":"2026-11-23T10:59:00Z","archive_first_at":"2026-11-20T08:00:00Z","bucket_seconds":300,"buckets":[{"at":"2026-11-23T10:00:00Z","lines":2,"bytes":900,"undelivered_lines":1},{"at":"2026-11-23T10:55:00Z","lines":1,"bytes":300}],"webhook_ready":true,"estimated_seconds":90}"#;
    assert_eq!(print(&write_preview(&preview)), written);
    assert_eq!(read_preview(&parse(written)), Ok(preview));
}

#[test]
fn a_preview_without_lines_has_null_for_what_there_is_not() {
    let written = r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","lines":0,"bytes":0,"first_at":null,"last_at":null,"archive_first_at":null,"bucket_seconds":300,"buckets":[],"webhook_ready":false,"estimated_seconds":null}"#;
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

fn without_lines() -> Preview {
    Preview {
        start_at: at("2026-11-23T10:00:00Z"),
        end_at: at("2026-11-23T11:00:00Z"),
        lines: 0,
        bytes: 0,
        first_at: None,
        last_at: None,
        archive_first_at: None,
        bucket: TimeDelta::minutes(5),
        buckets: vec![],
        webhook_ready: false,
        estimated: None,
    }
}
