//! Problem documents.

use super::*;
use alloc::vec;
use replay_core::{Refusal, Region};

#[test]
fn a_refusal_while_a_job_is_running_is_written_as_documented() {
    let refusal = Refusal::Running(vec![]);
    assert_eq!(
        print(&write_problem(&refusal, 6_644_808_935_508_571_943)),
        include_str!("../../golden/problem-running.json").trim_end()
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
fn a_documented_problem_and_one_without_any_field_are_read() {
    let problem = read_problem(&parse(include_str!("../../golden/problem-unreadable.json")));
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
        assert_eq!(problem.status, Some(refusal_status(&refusal)));
        assert!(problem.title.is_some() && problem.instance.is_some());
        assert!(problem.detail.is_some_and(|detail| !detail.is_empty()));
        let faults = if let Refusal::BadRequest(faults) = refusal { faults } else { vec![] };
        let expected = faults
            .into_iter()
            .map(|Fault { field, reason, .. }| InvalidParameter { field, reason });
        assert_eq!(problem.invalid_parameters, expected.collect::<Vec<_>>());
    }
}
