mod patch;

use super::*;
use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use replay_core::{
    Aggregate, Fault, Job, JobId, JobStatus, Policy, PutId, Refusal, Region, Rule, Webhook,
    webhook::{Attempt, AuthorizationChange, Endpoint, LogFormat, Typed, WebhookStatus},
};
use time_range::Timestamp;

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
    let report = read_job(&parse(include_str!("../golden/job-of-2023.json"))).unwrap();
    assert_eq!(report.status, Reported::Known(JobStatus::Accepted));
    assert_eq!(report.start_at, Some(at("2023-03-27T20:00:00Z")));
    assert_eq!(report.end_at, report.start_at);
    assert_eq!(report.updated_at, Some(at("2023-03-31T11:34:18Z")));
    assert_eq!(report.created_at, None);
}

#[test]
fn a_response_with_created_at_and_the_misspelt_zero_time_is_read() {
    let report = read_job(&parse(include_str!("../golden/job-never-used.json"))).unwrap();
    assert_eq!((report.start_at, report.end_at), (None, None));
    assert_eq!(report.created_at, Some(at("2023-03-31T11:34:18Z")));
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
fn every_fault_of_a_put_is_reported_by_field() {
    let faults = put(r#"{"start_at":5,"end_at":"now","region":"us"}"#).unwrap_err();
    assert_eq!(
        named(&faults),
        [
            ("start_at", Rule::IsString),
            ("end_at", Rule::IsDateTime),
            ("region", Rule::UnknownProperty)
        ]
    );
    let faults = put(r#"{"start_at":null}"#).unwrap_err();
    assert_eq!(named(&faults), [("start_at", Rule::Required), ("end_at", Rule::Required)]);
    let faults = put(r#"{"end_at":"2026-01-01T00:00:00Z"}"#).unwrap_err();
    assert_eq!(named(&faults), [("start_at", Rule::Required), ("end_at", Rule::Invalid)]);
    let faults =
        put(r#"{"start_at":"2026-11-23T11:00:00Z","end_at":"2026-11-23T10:00:00Z"}"#).unwrap_err();
    assert_eq!(named(&faults), [("end_at", Rule::Invalid)]);
    assert_eq!(named(&put("5").unwrap_err()), [("body", Rule::IsObject)]);
}

#[test]
fn a_put_may_have_any_offset_and_the_last_of_two_equal_names_counts() {
    let timeframe = put(
        r#"{"start_at":"soon","end_at":"2026-11-23T11:00:00.25Z","start_at":"2026-11-23T12:00:00+02:00"}"#,
    )
    .unwrap();
    assert_eq!(
        print(&write_timeframe(&timeframe)),
        r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00.25Z"}"#
    );
}

#[test]
fn a_webhook_that_was_never_configured_is_written_as_konnect_does() {
    let written = print(&write_webhook(&WebhookReport::from(&Webhook::default())));
    assert_eq!(written, include_str!("../golden/webhook-never-configured.json").trim_end());
}

#[test]
fn both_documented_webhook_statuses_are_read() {
    let health = read_health(&parse(include_str!("../golden/health-inactive.json"))).unwrap();
    assert_eq!(health.status, Reported::Known(WebhookStatus::Inactive));
    let last = health.last.clone().unwrap();
    assert_eq!((last.code, last.message.as_deref()), (Some(401), Some("Unauthorized")));
    assert_eq!(read_health(&write_health(&health)), Ok(health));

    let health = read_health(&parse(include_str!("../golden/health-active.json"))).unwrap();
    assert_eq!(health.last.unwrap().message, None);
}

#[test]
fn the_result_of_a_webhook_test_is_written_with_the_code_and_the_message() {
    let attempt = |code, message: Option<&str>| {
        print(&write_test(&Attempt { at: now(), code, message: message.map(ToOwned::to_owned) }))
    };
    assert_eq!(
        attempt(Some(204), None),
        r#"{"delivered":true,"at":"2026-11-23T12:00:00Z","response_code":204}"#
    );
    assert_eq!(
        attempt(Some(302), Some("Found")),
        r#"{"delivered":false,"at":"2026-11-23T12:00:00Z","response_code":302,"message":"Found"}"#
    );
    assert_eq!(
        attempt(None, Some("no connection")),
        r#"{"delivered":false,"at":"2026-11-23T12:00:00Z","message":"no connection"}"#
    );
}

#[test]
fn a_test_result_without_a_time_or_with_a_wrong_type_is_a_fault() {
    let faults = read_test(&parse(r#"{"response_code":"204","message":5}"#)).unwrap_err();
    assert_eq!(
        named(&faults),
        [("at", Rule::Required), ("response_code", Rule::Invalid), ("message", Rule::IsString)]
    );
}

#[test]
fn a_refusal_while_a_job_is_running_is_written_as_documented() {
    let refusal = Refusal::Running(vec![]);
    assert_eq!(
        print(&write_problem(&refusal, 6_644_808_935_508_571_943)),
        include_str!("../golden/problem-running.json").trim_end()
    );
}

#[test]
fn a_fault_of_an_enum_is_written_with_its_rule_and_its_choices() {
    let fault = Fault::new("log_format", Rule::Enum(&["cef", "json"]), "must be one of cef, json");
    let written = print(&write_problem(&Refusal::BadRequest(vec![fault]), 7));
    let parameters = r#""invalid_parameters":[{"field":"log_format","rule":"enum","reason":"must be one of cef, json","choices":["cef","json"]}]}"#;
    assert!(written.ends_with(parameters), "{written}");
}

#[test]
fn an_object_with_more_than_1000_fields_is_rejected() {
    let object = |names| {
        let fields: Vec<_> = (0..names).map(|name| alloc::format!(r#""{name}":0"#)).collect();
        alloc::format!("{{{}}}", fields.join(","))
    };
    assert!(serde_json::from_str::<Json>(&object(1_000)).is_ok());
    assert!(serde_json::from_str::<Json>(&object(1_001)).is_err());
}

#[test]
fn a_documented_problem_and_one_without_any_field_are_read() {
    let problem = read_problem(&parse(include_str!("../golden/problem-unreadable.json")));
    assert_eq!(problem.status, Some(400));
    assert_eq!(
        problem.invalid_parameters,
        [InvalidParameter {
            field: "body".to_owned(),
            reason: "request format is invalid".to_owned()
        }]
    );
    for body in ["{}", "[]", "null", r#"{"status":"400","invalid_parameters":5}"#] {
        assert_eq!(read_problem(&parse(body)), Problem::default(), "{body}");
    }
}

#[test]
fn every_refusal_is_read_back_with_its_status_and_its_faults() {
    let choices = &["cef", "json"];
    for refusal in [
        Refusal::Unauthorized,
        Refusal::NotFound,
        Refusal::MethodNotAllowed,
        Refusal::Forbidden,
        Refusal::TooLarge(65_536),
        Refusal::UnsupportedMediaType("application/json"),
        Refusal::BadRequest(vec![
            Fault::new("start_at", Rule::Required, "must be given"),
            Fault::new("log_format", Rule::Enum(choices), "must be one of cef, json"),
        ]),
        Refusal::no_enabled_webhook(),
        Refusal::no_webhook(),
        Refusal::Running(["us", "eu"].map(|r| Region::named(r).unwrap()).to_vec()),
        Refusal::NothingToStop,
        Refusal::BeingTested,
        Refusal::Internal,
        Refusal::BadGateway("us.api.konghq.com".to_owned(), "did not answer in time"),
    ] {
        let problem = read_problem(&parse(&print(&write_problem(&refusal, 7))));
        assert_eq!(problem.status, Some(refusal.status().0));
        assert!(problem.title.is_some() && problem.instance.is_some());
        assert_eq!(problem.detail, Some(refusal.detail()));
        let faults = if let Refusal::BadRequest(faults) = refusal { faults } else { vec![] };
        let expected = faults
            .into_iter()
            .map(|Fault { field, reason, .. }| InvalidParameter { field, reason });
        assert_eq!(problem.invalid_parameters, expected.collect::<Vec<_>>());
    }
}

#[test]
fn the_bodies_of_the_extensions_have_their_documented_fields() {
    let us = Region::named("us").unwrap();
    let server = ServerInfo {
        mode: Mode::Embedded,
        regions: vec![us.clone()],
        default_region: us.clone(),
        retention: TimeDelta::days(7),
        extensions: vec![Extension::Cancel],
    };
    assert_eq!(
        print(&write_server(&server)),
        r#"{"mode":"embedded","regions":[{"region":"us","name":"United States"}],"default_region":"us","retention_seconds":604800,"extensions":["cancel"]}"#
    );
    assert_eq!(read_server(&write_server(&server)), Ok(server));
    let me = Me { role: "read-only".to_owned(), regions: vec![us] };
    assert_eq!(print(&write_me(&me)), r#"{"role":"read-only","regions":["us"]}"#);
    assert_eq!(read_me(&write_me(&me)), Ok(me));
    let ingested = Ingested {
        accepted: 2,
        duplicates: 1,
        rejected: vec![RejectedLine { line_number: 3, reason: "not a line".to_owned() }],
        rejected_count: 1,
    };
    assert_eq!(
        print(&write_ingested(&ingested)),
        r#"{"accepted":2,"duplicates":1,"rejected":[{"line":3,"reason":"not a line"}],"rejected_count":1}"#
    );
}

proptest! {
    #[test]
    fn a_written_job_is_read_back(report in job_reports()) {
        prop_assert_eq!(read_job(&parse(&print(&write_job(&report)))), Ok(report));
    }

    #[test]
    fn a_written_webhook_is_read_back(
        endpoint in proptest::option::of("https://[a-z]{1,8}\\.example/[a-z]{0,8}"),
        enabled: bool, skip_ssl_verification: bool, updated_at in timestamps_or_unset(), format in 0..3_usize,
    ) {
        let log_format = Reported::Known(LogFormat::ALL[format]);
        let report = WebhookReport { endpoint, enabled, log_format, skip_ssl_verification, updated_at };
        prop_assert_eq!(read_webhook(&parse(&print(&write_webhook(&report)))), Ok(report));
    }

    #[test]
    fn a_written_patch_is_read_back(
        url in proptest::option::of("https://[a-z]{1,8}\\.example/[a-z]{0,8}"),
        authorization in authorization_changes(),
        enabled: Option<bool>, skip_ssl_verification: Option<bool>, format in 0..4_usize,
    ) {
        let log_format = LogFormat::ALL.get(format).copied();
        let change = WebhookChange { endpoint: url.clone(), authorization: authorization.clone(), enabled, log_format, skip_ssl_verification };
        let patch = read_patch(&parse(&print(&write_patch(&change))), endpoint).unwrap();
        prop_assert_eq!(patch.endpoint.map(|endpoint| endpoint.url), url);
        let typed = patch.authorization.map(|change| match change {
            AuthorizationChange::Set(secret) => AuthorizationChange::Set(Typed(secret.expose().to_owned())),
            AuthorizationChange::Remove => AuthorizationChange::Remove,
        });
        prop_assert_eq!(typed, authorization);
        prop_assert_eq!((patch.enabled, patch.skip_ssl_verification), (enabled, skip_ssl_verification));
        prop_assert_eq!(patch.log_format, log_format);
    }

    #[test]
    fn a_written_health_is_read_back(
        status in 0..3_usize, enabled: bool, at in timestamps_or_unset(),
        code in proptest::option::of(100..600_u16), message in proptest::option::of(".{0,20}"),
    ) {
        let last = at.map(|at| Attempt { at, code, message });
        let report = HealthReport { status: Reported::Known(WebhookStatus::ALL[status]), enabled, last };
        prop_assert_eq!(read_health(&parse(&print(&write_health(&report)))), Ok(report));
    }

    #[test]
    fn a_written_test_result_is_read_back(
        at in timestamps_or_unset(), code in proptest::option::of(100..600_u16),
        message in proptest::option::of(".{0,20}"),
    ) {
        let attempt = Attempt { at: at.unwrap_or(now()), code, message };
        prop_assert_eq!(read_test(&parse(&print(&write_test(&attempt)))), Ok(attempt));
    }

    #[test]
    fn a_written_timeframe_is_read_back(start in 0..500_000_i64, length in 0..100_000_i64) {
        let start = now() - TimeDelta::seconds(start);
        let timeframe = replay_core::Timeframe::new(start, now().min(start + TimeDelta::seconds(length))).unwrap();
        let body = parse(&print(&write_timeframe(&timeframe)));
        prop_assert_eq!(read_timeframe(&body, &Policy::DEFAULT, now()), Ok(timeframe));
    }

    #[test]
    fn arbitrary_json_is_read_without_a_panic(text in r#"[\[\]{}":,0-9a-z.\-]{0,60}"#) {
        if let Ok(body) = serde_json::from_str::<Json>(&text) {
            let _ = (read_job(&body), read_webhook(&body), read_health(&body), read_problem(&body));
            let _ = read_test(&body);
            let _ = (read_timeframe(&body, &Policy::DEFAULT, now()), read_patch(&body, endpoint));
        }
    }
}

#[test]
fn a_failed_job_is_reported_with_its_reason_and_an_aggregate_with_its_regions() {
    let timeframe = replay_core::Timeframe::last(TimeDelta::hours(1), now());
    let job = Job::Unconfigured.submit(JobId(1), timeframe, now()).unwrap();
    let failed = job.stop("cancelled", now()).unwrap();
    assert_eq!(JobReport::from(&failed).reason.as_deref(), Some("cancelled"));
    let [us, eu] = ["us", "eu"].map(|region| Region::named(region).unwrap());
    let all = Aggregate::of(&[(us, job), (eu, Job::Unconfigured)], Some(PutId(1)));
    let written = print(&write_aggregate(&all));
    assert!(written.contains(r#""status":"accepted""#), "{written}");
    assert!(written.ends_with(r#""regions":{"us":"accepted","eu":"skipped"}}"#), "{written}");
}

fn job_reports() -> impl Strategy<Value = JobReport> {
    let known = (0..6_usize).prop_map(|index| Reported::Known(JobStatus::ALL[index]));
    let unknown = "[A-Z]{0,8}".prop_map(Reported::Unknown);
    (
        prop_oneof![known, unknown],
        [
            timestamps_or_unset(),
            timestamps_or_unset(),
            timestamps_or_unset(),
            timestamps_or_unset(),
        ],
        proptest::option::of(".{0,20}"),
        proptest::option::of(".{0,20}"),
        proptest::option::of(0..u64::MAX / 2),
    )
        .prop_map(
            |(
                status,
                [start_at, end_at, created_at, updated_at],
                reason,
                endpoint,
                delivered_lines,
            )| JobReport {
                status,
                start_at,
                end_at,
                created_at,
                updated_at,
                reason,
                endpoint,
                delivered_lines,
            },
        )
}

fn authorization_changes() -> impl Strategy<Value = Option<AuthorizationChange<Typed>>> {
    let set = "[!-~]{1,20}".prop_map(|text| AuthorizationChange::Set(Typed(text)));
    proptest::option::of(prop_oneof![set, Just(AuthorizationChange::Remove)])
}

fn timestamps_or_unset() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of(
        (0..4_000_000_000_i64, 0..1_000_000_000_u32)
            .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap()),
    )
}

fn put(body: &str) -> Result<replay_core::Timeframe, Vec<Fault>> {
    read_timeframe(&parse(body), &Policy::DEFAULT, now())
}

fn endpoint(url: &str) -> Result<Endpoint, String> {
    match url.strip_prefix("https://") {
        Some(host) => Ok(Endpoint { url: url.to_owned(), origin: host.to_owned() }),
        None => Err("must be a valid URL".to_owned()),
    }
}

fn named(faults: &[Fault]) -> Vec<(&str, Rule)> {
    faults.iter().map(|fault| (fault.field.as_str(), fault.rule)).collect()
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn print(json: &Json) -> String {
    serde_json::to_string(json).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-23T12:00:00Z")
}
