//! The limit of a job's rate.

use super::*;

#[test]
fn a_limit_is_a_number_and_null_removes_it() {
    for (limit, body) in [
        (Some(0), r#"{"lines_per_second":0}"#),
        (Some(1_000), r#"{"lines_per_second":1000}"#),
        (None, r#"{"lines_per_second":null}"#),
    ] {
        let request = RateRequest { lines_per_second: limit };
        assert_eq!(read_rate(&parse(body)), Ok(request));
        assert_eq!(print(&write_rate(&request)), body);
        let report = RateReport { job_id: "0b".to_owned(), lines_per_second: limit };
        let answer = body.replace('{', r#"{"job_id":"0b","#);
        assert_eq!(print(&write_rate_report(&report)), answer);
        assert_eq!(read_rate_report(&parse(&answer)), Ok(report));
    }
}

#[test]
fn a_limit_that_is_missing_or_no_whole_number_is_a_fault() {
    assert_eq!(
        named(&read_rate(&parse("{}")).unwrap_err()),
        [("lines_per_second", Rule::Required)]
    );
    for limit in ["-1", "0.5", r#""5""#, "true", "[]", "1e30"] {
        let body = alloc::format!(r#"{{"lines_per_second":{limit}}}"#);
        let faults = read_rate(&parse(&body)).unwrap_err();
        assert_eq!(named(&faults), [("lines_per_second", Rule::Invalid)], "{limit}");
    }
    assert_eq!(named(&read_rate(&parse("null")).unwrap_err()), [("body", Rule::IsObject)]);
    assert_eq!(
        named(&read_rate(&parse(r#"{"lines_per_second":5,"job_id":"0b"}"#)).unwrap_err()),
        [("job_id", Rule::UnknownProperty)]
    );
}

#[test]
fn an_answer_without_an_id_is_a_fault_and_one_without_a_limit_has_none() {
    let report = RateReport { job_id: "0b".to_owned(), lines_per_second: None };
    assert_eq!(read_rate_report(&parse(r#"{"job_id":"0b","more":1}"#)), Ok(report));
    let faults = read_rate_report(&parse(r#"{"lines_per_second":"5"}"#)).unwrap_err();
    assert_eq!(named(&faults), [("job_id", Rule::Required), ("lines_per_second", Rule::Invalid)]);
}
