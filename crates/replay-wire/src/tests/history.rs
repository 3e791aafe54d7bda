//! Past jobs and the pages of them.

use super::*;
use alloc::vec;
use chrono::TimeDelta;
use replay_core::{Configured, Job, JobId, JobStatus, Timeframe, request::Requester};

#[test]
fn a_record_is_written_with_every_field() {
    let record = JobRecord {
        kinds: Some(vec!["access".to_owned(), "other".to_owned()]),
        started_at: Some(at("2026-11-23T11:00:01Z")),
        reason: Some("it was cancelled".to_owned()),
        requested_by: Some(RequestedBy {
            token_id: "0c".to_owned(),
            role: "org-admin".to_owned(),
            address: Some("192.0.2.1".to_owned()),
        }),
        total_lines: Some(20),
        total_bytes: Some(6_000),
        duration: Some(TimeDelta::seconds(90)),
        endpoint: Some("https://siem.example.com/audit".to_owned()),
        resumed_from: Some("0a".to_owned()),
        heals: Some("7".to_owned()),
        ..waiting()
    };
    let written = r#"{"id":"0b","status":"failed","start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","kinds":["access","other"],"created_at":"2026-11-23T11:00:00Z","started_at":"2026-11-23T11:00:01Z","updated_at":"2026-11-23T12:00:00Z","reason":"it was cancelled","requested_by":{"token_id":"0c","role":"org-admin","address":"192.0.2.1"},"delivery_id":"0a","delivered_lines":5,"delivered_bytes":1500,"total_lines":20,"total_bytes":6000,"retries":2,"duration_seconds":90,"endpoint":"https://siem.example.com/audit","resumed_from":"0a","heals":"7","lost_lines":3}"#;
    assert_eq!(print(&write_record(&record)), written);
    assert_eq!(read_record(&parse(written)), Ok(record));
}

#[test]
fn a_record_of_a_job_that_never_ran_and_that_the_server_requested_has_null_for_what_there_is_not() {
    let written = r#"{"id":"0b","status":"failed","start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","created_at":"2026-11-23T11:00:00Z","started_at":null,"updated_at":"2026-11-23T12:00:00Z","requested_by":null,"delivery_id":"0a","delivered_lines":5,"delivered_bytes":1500,"total_lines":null,"total_bytes":null,"retries":2,"duration_seconds":null,"lost_lines":3}"#;
    assert_eq!(print(&write_record(&waiting())), written);
    assert_eq!(read_record(&parse(written)), Ok(waiting()));
    let page = HistoryPage { jobs: vec![waiting(), waiting()], next_cursor: Some("9".to_owned()) };
    let written = alloc::format!(r#"{{"jobs":[{written},{written}],"next_cursor":"9"}}"#);
    assert_eq!(print(&write_history(&page)), written);
    let last = HistoryPage { jobs: vec![], next_cursor: None };
    assert_eq!(print(&write_history(&last)), r#"{"jobs":[],"next_cursor":null}"#);
    assert_eq!(read_history(&parse(r#"{"jobs":[],"more":1}"#)), Ok(last));
}

#[test]
fn missing_numbers_of_a_record_are_0_and_unknown_fields_and_values_are_accepted() {
    let record = read_record(&parse(
        r#"{"id":"0b","status":"paused","start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","kinds":["newer"],"created_at":"2026-11-23T11:00:00Z","updated_at":"2026-11-23T12:00:00Z","delivery_id":"0a","retries":null,"requested_by":{"token_id":"0c","role":"newer"},"more":1}"#,
    ))
    .unwrap();
    let requested_by =
        RequestedBy { token_id: "0c".to_owned(), role: "newer".to_owned(), address: None };
    let expected = JobRecord {
        status: Reported::Unknown("paused".to_owned()),
        kinds: Some(vec!["newer".to_owned()]),
        requested_by: Some(requested_by),
        delivered_lines: 0,
        delivered_bytes: 0,
        retries: 0,
        lost_lines: 0,
        ..waiting()
    };
    assert_eq!(record, expected);
}

#[test]
fn every_fault_of_a_history_is_reported_by_field() {
    for (body, field, rule) in [
        ("[]", "body", Rule::IsObject),
        ("{}", "jobs", Rule::Required),
        (r#"{"jobs":5}"#, "jobs", Rule::Invalid),
        (r#"{"jobs":[5]}"#, "jobs.0", Rule::IsObject),
        (r#"{"jobs":[],"next_cursor":9}"#, "next_cursor", Rule::IsString),
    ] {
        assert_eq!(named(&read_history(&parse(body)).unwrap_err()), [(field, rule)], "{body}");
    }
    let job = r#"{"id":7,"status":1,"start_at":"soon","created_at":null,"kinds":5,"started_at":0,"requested_by":{"role":[]},"delivered_lines":-1,"total_lines":"20","duration_seconds":1.5,"heals":7,"lost_lines":{}}"#;
    let expected = [
        ("id", Rule::IsString),
        ("status", Rule::IsString),
        ("start_at", Rule::IsDateTime),
        ("end_at", Rule::Required),
        ("kinds", Rule::Invalid),
        ("created_at", Rule::Required),
        ("started_at", Rule::IsString),
        ("updated_at", Rule::Required),
        ("requested_by.token_id", Rule::Required),
        ("requested_by.role", Rule::IsString),
        ("delivery_id", Rule::Required),
        ("delivered_lines", Rule::Invalid),
        ("total_lines", Rule::Invalid),
        ("duration_seconds", Rule::Invalid),
        ("heals", Rule::IsString),
        ("lost_lines", Rule::Invalid),
    ];
    assert_eq!(named(&read_record(&parse(job)).unwrap_err()), expected);
    let page = read_history(&parse(&alloc::format!(r#"{{"jobs":[{job}]}}"#))).unwrap_err();
    let in_page = expected.map(|(field, rule)| (alloc::format!("jobs.0.{field}"), rule));
    assert!(named(&page).into_iter().eq(in_page.iter().map(|(field, rule)| (&field[..], *rule))));
}

#[test]
fn the_duration_of_a_job_ends_when_it_settles_and_is_unknown_before_it_starts() {
    let minute = TimeDelta::minutes(1);
    let submitted = Configured { created_at: now(), ..configured() };
    let running = Configured { status: JobStatus::Running, ..submitted.clone() };
    let failed = Configured { status: JobStatus::Failed, updated_at: now() + minute, ..submitted };
    let duration = |job: &Configured, started_at, now| JobRecord::of(job, started_at, now).duration;
    assert_eq!(duration(&configured(), None, now() + minute), None);
    assert_eq!(duration(&running, Some(now()), now() + minute * 3), Some(minute * 3));
    assert_eq!(duration(&failed, Some(now()), now() + minute * 3), Some(minute));
    let set_back = Some(now() + minute);
    assert_eq!(duration(&running, set_back, now()), Some(TimeDelta::zero()));
}

#[test]
fn the_requester_of_a_record_has_no_address_if_it_is_unknown() {
    let by = |address: &str| {
        let requester = Requester {
            token_id: "0c".to_owned(),
            role: "org-admin".to_owned(),
            address: address.to_owned(),
        };
        RequestedBy::from(&requester).address
    };
    assert_eq!(by(""), None);
    assert_eq!(by("192.0.2.1"), Some("192.0.2.1".to_owned()));
}

/// A job that was submitted.
fn configured() -> Configured {
    let timeframe = Timeframe::new(now(), now()).unwrap();
    Job::Unconfigured.submit_with(JobId(1), JobId(1).into(), timeframe, now()).unwrap()
}

/// The record of a job that never started.
fn waiting() -> JobRecord {
    JobRecord {
        id: "0b".to_owned(),
        status: Reported::Known(JobStatus::Failed),
        start_at: at("2026-11-23T10:00:00Z"),
        end_at: at("2026-11-23T11:00:00Z"),
        kinds: None,
        created_at: at("2026-11-23T11:00:00Z"),
        started_at: None,
        updated_at: now(),
        reason: None,
        requested_by: None,
        delivery_id: "0a".to_owned(),
        delivered_lines: 5,
        delivered_bytes: 1_500,
        total_lines: None,
        total_bytes: None,
        retries: 2,
        duration: None,
        endpoint: None,
        resumed_from: None,
        heals: None,
        lost_lines: 3,
    }
}
