//! The progress of a job.

use super::*;
use replay_core::{JobStatus, webhook::Attempt};

#[test]
fn the_progress_of_a_running_job_is_written_with_its_slices_and_its_last_attempt() {
    let progress = ReplayProgress {
        job_id: Some("000000000000000000000000000000ff".to_owned()),
        status: Reported::Known(JobStatus::Running),
        delivered_lines: Some(500),
        total_lines: Some(2_000),
        delivered_bytes: Some(150_000),
        total_bytes: Some(600_000),
        lines_per_second: 250,
        lines_per_second_limit: Some(0),
        in_flight_limit: 4,
        estimated_end_at: Some(at("2026-11-23T12:00:06Z")),
        slices: Slices { total: 8, completed: 2, in_flight: 1 },
        last_attempt: Some(Attempt {
            at: now(),
            code: Some(503),
            message: Some("Service Unavailable".to_owned()),
        }),
        retries: 3,
    };
    let written = r#"{"job_id":"000000000000000000000000000000ff","status":"running","delivered_lines":500,"total_lines":2000,"delivered_bytes":150000,"total_bytes":600000,"lines_per_second":250,"lines_per_second_limit":0,"in_flight_limit":4,"estimated_end_at":"2026-11-23T12:00:06Z","slices":{"total":8,"completed":2,"in_flight":1},"last_attempt":{"at":"2026-11-23T12:00:00Z","code":503,"message":"Service Unavailable"},"retries":3}"#;
    assert_eq!(print(&write_progress(&progress)), written);
    assert_eq!(read_progress(&parse(written)), Ok(progress));
}

#[test]
fn the_progress_without_a_job_has_null_for_what_there_is_not() {
    let progress = without_a_job(Reported::Known(JobStatus::Unconfigured));
    let written = r#"{"job_id":null,"status":"unconfigured","delivered_lines":null,"total_lines":null,"delivered_bytes":null,"total_bytes":null,"lines_per_second":0,"lines_per_second_limit":null,"in_flight_limit":0,"estimated_end_at":null,"slices":{"total":0,"completed":0,"in_flight":0},"last_attempt":null,"retries":0}"#;
    assert_eq!(print(&write_progress(&progress)), written);
    assert_eq!(read_progress(&parse(written)), Ok(progress));
    let unanswered = Attempt { at: now(), code: None, message: None };
    let attempted = ReplayProgress {
        last_attempt: Some(unanswered),
        ..without_a_job(Reported::Known(JobStatus::Running))
    };
    let written = print(&write_progress(&attempted));
    let attempt = r#""last_attempt":{"at":"2026-11-23T12:00:00Z","code":null,"message":null}"#;
    assert!(written.contains(attempt), "{written}");
}

#[test]
fn missing_null_and_unknown_fields_and_an_unknown_status_are_accepted() {
    for (body, status) in [
        ("{}", ""),
        (r#"{"status":"paused","slices":{},"lanes":4}"#, "paused"),
        (
            r#"{"status":"paused","slices":null,"retries":null,"lines_per_second":null,"lines_per_second_limit":null,"in_flight_limit":null}"#,
            "paused",
        ),
        (r#"{"slices":{"total":null,"waiting":0}}"#, ""),
    ] {
        let expected = without_a_job(Reported::Unknown(status.to_owned()));
        assert_eq!(read_progress(&parse(body)), Ok(expected), "{body}");
    }
}

#[test]
fn every_fault_of_a_progress_is_reported_by_field() {
    assert_eq!(named(&read_progress(&parse("[]")).unwrap_err()), [("body", Rule::IsObject)]);
    let faults = read_progress(&parse(
        r#"{"job_id":255,"status":1,"delivered_lines":-1,"estimated_end_at":"soon","slices":{"total":"8","in_flight":0.5},"last_attempt":{"code":"503","message":5},"retries":[]}"#,
    ))
    .unwrap_err();
    assert_eq!(
        named(&faults),
        [
            ("slices.total", Rule::Invalid),
            ("slices.in_flight", Rule::Invalid),
            ("job_id", Rule::IsString),
            ("status", Rule::IsString),
            ("delivered_lines", Rule::Invalid),
            ("estimated_end_at", Rule::IsDateTime),
            ("last_attempt.at", Rule::Required),
            ("last_attempt.code", Rule::Invalid),
            ("last_attempt.message", Rule::IsString),
            ("retries", Rule::Invalid),
        ]
    );
    let faults = read_progress(&parse(r#"{"slices":[],"last_attempt":"late"}"#)).unwrap_err();
    assert_eq!(named(&faults), [("slices", Rule::IsObject), ("last_attempt", Rule::IsObject)]);
}

fn without_a_job(status: Reported<JobStatus>) -> ReplayProgress {
    ReplayProgress {
        job_id: None,
        status,
        delivered_lines: None,
        total_lines: None,
        delivered_bytes: None,
        total_bytes: None,
        lines_per_second: 0,
        lines_per_second_limit: None,
        in_flight_limit: 0,
        estimated_end_at: None,
        slices: Slices::default(),
        last_attempt: None,
        retries: 0,
    }
}
