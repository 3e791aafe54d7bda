//! The response about a job.

use super::*;
use chrono::TimeDelta;
use replay_core::{Aggregate, Job, JobId, JobStatus, PutId, Region, Timeframe};
use time_range::{Context, Range, Zone};

#[test]
fn a_job_that_was_never_submitted_is_written_with_the_zero_time() {
    let written = print(&write_job(&JobReport::from(&Job::Unconfigured)));
    let zero_time = "0001-01-01T00:00:00Z";
    assert_eq!(
        written,
        alloc::format!(
            r#"{{"start_at":"{zero_time}","end_at":"{zero_time}","status":"unconfigured","created_at":"{zero_time}","updated_at":"{zero_time}"}}"#
        )
    );
}

#[test]
fn the_documented_response_of_2023_is_read() {
    let report = read_job(&parse(include_str!("../../golden/job-of-2023.json"))).unwrap();
    assert_eq!(report.status, Reported::Known(JobStatus::Accepted));
    assert_eq!(report.start_at, Some(at("2023-03-27T20:00:00Z")));
    assert_eq!(report.end_at, report.start_at);
    assert_eq!(report.updated_at, Some(at("2023-03-31T11:34:18Z")));
    assert_eq!(report.created_at, None);
}

#[test]
fn a_response_with_created_at_and_the_misspelt_zero_time_is_read() {
    let report = read_job(&parse(include_str!("../../golden/job-never-used.json"))).unwrap();
    assert_eq!((report.start_at, report.end_at), (None, None));
    assert_eq!(report.created_at, Some(at("2023-03-31T11:34:18Z")));
    // Its id is a number, which identifies no job of this API.
    assert_eq!(report.id, None);
}

#[test]
fn an_unknown_status_and_missing_or_null_fields_are_accepted() {
    let report = read_job(&parse(r#"{"status":"paused","start_at":null}"#)).unwrap();
    assert_eq!(report.status, Reported::Unknown("paused".to_owned()));
    assert_eq!(read_job(&parse("{}")).unwrap().status, Reported::Unknown(String::new()));
}

#[test]
fn a_response_that_is_no_object_or_has_a_field_of_a_wrong_type_is_a_fault() {
    assert_eq!(read_job(&parse("[]")).unwrap_err()[0].rule, Rule::IsObject);
    let faults = read_job(&parse(r#"{"start_at":"soon","status":5}"#)).unwrap_err();
    assert_eq!(named(&faults), [("status", Rule::IsString), ("start_at", Rule::IsDateTime)]);
}

#[test]
fn the_extension_fields_of_a_job_are_written_only_if_there_is_something_to_say() {
    let plain = JobReport::from(&Job::Unconfigured);
    let resumed = JobReport {
        id: Some("0f".to_owned()),
        kinds: Some(["access", "other"].map(ToOwned::to_owned).to_vec()),
        resumed_from: Some("0a".to_owned()),
        heals: Some("7".to_owned()),
        lost_lines: 3,
        ..plain.clone()
    };
    let written = print(&write_job(&resumed));
    let fields =
        r#","id":"0f","kinds":["access","other"],"resumed_from":"0a","heals":"7","lost_lines":3}"#;
    assert_eq!(written.strip_suffix(fields), print(&write_job(&plain)).strip_suffix('}'));
}

#[test]
fn unknown_kinds_of_a_job_are_kept_and_extension_fields_of_a_wrong_type_are_faults() {
    let report = read_job(&parse(r#"{"kinds":["newer"],"heals":null,"lost_lines":null}"#)).unwrap();
    assert_eq!(report.kinds.as_deref(), Some(&["newer".to_owned()][..]));
    assert_eq!((report.heals, report.lost_lines), (None, 0));
    let faults =
        read_job(&parse(r#"{"kinds":["access",5],"resumed_from":[],"heals":{},"lost_lines":-1}"#))
            .unwrap_err();
    assert_eq!(
        named(&faults),
        [
            ("kinds", Rule::IsString),
            ("resumed_from", Rule::IsString),
            ("heals", Rule::IsString),
            ("lost_lines", Rule::Invalid)
        ]
    );
    assert_eq!(
        named(&read_job(&parse(r#"{"kinds":"access"}"#)).unwrap_err()),
        [("kinds", Rule::Invalid)]
    );
}

#[test]
fn a_failed_job_is_reported_with_its_reason_and_an_aggregate_with_its_regions() {
    let context = Context { zone: &Zone::utc(), now: now() };
    let timeframe = Timeframe::resolve(&Range::last(TimeDelta::hours(1)), context).unwrap();
    let job = Job::Unconfigured.submit(JobId(1), timeframe, now()).unwrap();
    let failed = job.stop("cancelled", now()).unwrap();
    assert_eq!(JobReport::from(&failed).reason.as_deref(), Some("cancelled"));
    assert_eq!(JobReport::from(&failed).id, Some(JobId(1).to_string()));
    let [us, eu] = ["us", "eu"].map(|region| Region::named(region).unwrap());
    let all = Aggregate::of(&[(us, job), (eu, Job::Unconfigured)], Some(PutId(1)));
    let written = print(&write_aggregate(&all));
    assert!(written.contains(r#""status":"accepted""#), "{written}");
    assert!(written.ends_with(r#""regions":{"us":"accepted","eu":"skipped"}}"#), "{written}");
}
