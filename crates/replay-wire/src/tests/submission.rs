//! The request that submits a job, as a body and as a query.

use super::*;
use replay_core::{Policy, Timeframe};

const KNOWN: [&str; 3] = ["access", "authentication", "other"];

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
    let request = put(
        r#"{"start_at":"soon","end_at":"2026-11-23T11:00:00.25Z","start_at":"2026-11-23T12:00:00+02:00"}"#,
    )
    .unwrap();
    assert_eq!(
        print(&write_submission(&request)),
        r#"{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00.25Z"}"#
    );
}

#[test]
fn the_kinds_of_a_put_are_sorted_and_have_no_duplicates() {
    let request = put(&with_kinds(r#"["other","access","other"]"#)).unwrap();
    let kinds = ["access", "other"].map(ToOwned::to_owned).to_vec();
    assert_eq!(request.kinds.as_ref(), Some(&kinds));
    assert_eq!(print(&write_submission(&request)), with_kinds(r#"["access","other"]"#));
    let all = put(&with_kinds("null")).unwrap();
    assert_eq!(all.kinds, None);
    assert!(!has_kinds(&write_submission(&all)));
}

#[test]
fn kinds_that_are_empty_or_unknown_or_no_array_of_strings_are_a_fault_that_names_the_known_ones() {
    let names = "access, authentication, other";
    for (kinds, rule, reason) in [
        ("[]", Rule::Invalid, "must have one or more of"),
        (r#""access""#, Rule::Invalid, "must be an array of one or more of"),
        ("{}", Rule::Invalid, "must be an array of one or more of"),
        (r#"["access","ingress"]"#, Rule::Enum(&KNOWN), "may have only"),
        (r#"["ACCESS"]"#, Rule::Enum(&KNOWN), "may have only"),
        (r#"["access",null]"#, Rule::Enum(&KNOWN), "may have only"),
        ("[5]", Rule::Enum(&KNOWN), "may have only"),
        (r#"[["access"]]"#, Rule::Enum(&KNOWN), "may have only"),
    ] {
        let fault = Fault::new("kinds", rule, alloc::format!("{reason} {names}"));
        assert_eq!(put(&with_kinds(kinds)), Err(Vec::from([fault])), "{kinds}");
    }
    let faults = put(r#"{"kinds":[],"more":1}"#).unwrap_err();
    assert_eq!(
        named(&faults),
        [
            ("start_at", Rule::Required),
            ("end_at", Rule::Required),
            ("kinds", Rule::Invalid),
            ("more", Rule::UnknownProperty)
        ]
    );
}

#[test]
fn a_body_has_kinds_whatever_their_value() {
    for (body, has_them) in [
        (r#"{"kinds":["access"]}"#, true),
        (r#"{"kinds":null}"#, true),
        (r#"{"kinds":5}"#, true),
        (r#"{"kind":["access"],"more":{"kinds":[]}}"#, false),
        (r#"["kinds"]"#, false),
        ("null", false),
    ] {
        assert_eq!(has_kinds(&parse(body)), has_them, "{body}");
    }
}

#[test]
fn a_query_has_its_kinds_separated_by_commas() {
    let timeframe = "start_at=2026-11-23T10:00:00Z&end_at=2026-11-23T11:00:00Z";
    let kinds = ["access", "other"].map(ToOwned::to_owned).to_vec();
    for given in ["other,access,access", "%6fther%2Caccess"] {
        let request = read_query(&alloc::format!("kinds={given}&{timeframe}")).unwrap();
        assert_eq!(request.kinds.as_ref(), Some(&kinds), "{given}");
        let written = alloc::format!("{timeframe}&kinds=access,other");
        assert_eq!(write_submission_query(&request), written);
    }
    for (given, rule) in [
        ("kinds=access&kinds=access", Rule::Invalid),
        ("kinds", Rule::Enum(&KNOWN)),
        ("kinds=access,", Rule::Enum(&KNOWN)),
        ("kinds=access,+other", Rule::Enum(&KNOWN)),
    ] {
        let faults = read_query(&alloc::format!("{timeframe}&{given}")).unwrap_err();
        assert_eq!(named(&faults), [("kinds", rule)], "{given}");
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
        assert_eq!(read_query(query), Ok(expected.unwrap().into()), "{query}");
    }
    assert_eq!(
        write_submission_query(&expected.unwrap().into()),
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
        ("kinds=", r#"{"kinds":[""]}"#),
        ("kinds=access,Other", r#"{"kinds":["access","Other"]}"#),
        ("region=us&START_AT=%FF&%00", r#"{"region":"us","START_AT":"","\u0000":""}"#),
    ] {
        let faults = put(body).unwrap_err();
        assert_eq!(read_query(query), Err(faults), "{query}");
    }
    let none = read_submission_query(None, &Policy::DEFAULT, now(), &KNOWN).unwrap_err();
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

fn with_kinds(kinds: &str) -> String {
    alloc::format!(
        r#"{{"start_at":"2026-11-23T10:00:00Z","end_at":"2026-11-23T11:00:00Z","kinds":{kinds}}}"#
    )
}

fn put(body: &str) -> Result<SubmissionRequest, Vec<Fault>> {
    read_submission(&parse(body), &Policy::DEFAULT, now(), &KNOWN)
}

fn read_query(query: &str) -> Result<SubmissionRequest, Vec<Fault>> {
    read_submission_query(Some(query), &Policy::DEFAULT, now(), &KNOWN)
}
