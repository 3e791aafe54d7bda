//! Outages and the pages of them.

use super::*;
use alloc::vec;

#[test]
fn a_page_of_outages_is_written_with_every_field() {
    let healed = OutageReport {
        ended_at: Some(at("2026-11-23T11:30:00Z")),
        detail: Some("the webhook answered 401".to_owned()),
        first_at: Some(at("2026-11-23T10:59:59Z")),
        last_at: Some(at("2026-11-23T11:29:00.5Z")),
        healing_job: Some("0b".to_owned()),
        healed_at: Some(now()),
        healed_by: Some("0b".to_owned()),
        hold: Some("cancelled".to_owned()),
        ..open()
    };
    let page = OutagesPage { outages: vec![open(), healed], next_cursor: Some("7".to_owned()) };
    let written = r#"{"outages":[{"id":"7","began_at":"2026-11-23T11:00:00Z","ended_at":null,"reason":"refused","undelivered_lines":5,"undelivered_bytes":1500,"lost_lines":2,"first_at":null,"last_at":null,"healing_job":null,"healed_at":null,"healed_by":null},{"id":"7","began_at":"2026-11-23T11:00:00Z","ended_at":"2026-11-23T11:30:00Z","reason":"refused","detail":"the webhook answered 401","undelivered_lines":5,"undelivered_bytes":1500,"lost_lines":2,"first_at":"2026-11-23T10:59:59Z","last_at":"2026-11-23T11:29:00.5Z","healing_job":"0b","healed_at":"2026-11-23T12:00:00Z","healed_by":"0b","hold":"cancelled"}],"next_cursor":"7"}"#;
    assert_eq!(print(&write_outages(&page)), written);
    assert_eq!(read_outages(&parse(written)), Ok(page));
    let last = OutagesPage { outages: vec![], next_cursor: None };
    assert_eq!(print(&write_outages(&last)), r#"{"outages":[],"next_cursor":null}"#);
    assert_eq!(read_outages(&parse(r#"{"outages":[],"more":1}"#)), Ok(last));
}

#[test]
fn every_reason_has_its_documented_name() {
    let names = [
        "unreachable",
        "refused",
        "lag",
        "disabled",
        "not-forwarding",
        "batch-refused",
        "dated-before-enabling",
    ];
    assert_eq!(OutageReason::ALL.map(OutageReason::as_str), names);
    assert_eq!(names.map(OutageReason::named), OutageReason::ALL.map(Some));
    assert_eq!(OutageReason::named("Lag"), None);
}

#[test]
fn missing_numbers_of_an_outage_are_0_and_an_unknown_reason_is_kept() {
    let page = read_outages(&parse(
        r#"{"outages":[{"id":"7","began_at":"2026-11-23T11:00:00Z","reason":"weather","lost_lines":null,"more":1}]}"#,
    ));
    let outage = OutageReport {
        reason: Reported::Unknown("weather".to_owned()),
        undelivered_lines: 0,
        undelivered_bytes: 0,
        lost_lines: 0,
        ..open()
    };
    assert_eq!(page, Ok(OutagesPage { outages: vec![outage], next_cursor: None }));
}

#[test]
fn every_fault_of_a_page_of_outages_is_reported_by_field() {
    for (body, field, rule) in [
        ("5", "body", Rule::IsObject),
        ("{}", "outages", Rule::Required),
        (r#"{"outages":{}}"#, "outages", Rule::Invalid),
        (r#"{"outages":["7"]}"#, "outages.0", Rule::IsObject),
        (r#"{"outages":[],"next_cursor":[]}"#, "next_cursor", Rule::IsString),
    ] {
        assert_eq!(named(&read_outages(&parse(body)).unwrap_err()), [(field, rule)], "{body}");
    }
    let faults = read_outages(&parse(
        r#"{"outages":[{"id":7,"ended_at":"soon","reason":5,"undelivered_lines":-1,"lost_lines":"2","healing_job":1}]}"#,
    ))
    .unwrap_err();
    assert_eq!(
        named(&faults),
        [
            ("outages.0.id", Rule::IsString),
            ("outages.0.began_at", Rule::Required),
            ("outages.0.ended_at", Rule::IsDateTime),
            ("outages.0.reason", Rule::IsString),
            ("outages.0.undelivered_lines", Rule::Invalid),
            ("outages.0.lost_lines", Rule::Invalid),
            ("outages.0.healing_job", Rule::IsString),
        ]
    );
}

/// An outage that has not ended.
fn open() -> OutageReport {
    OutageReport {
        id: "7".to_owned(),
        began_at: at("2026-11-23T11:00:00Z"),
        ended_at: None,
        reason: Reported::Known(OutageReason::Refused),
        detail: None,
        undelivered_lines: 5,
        undelivered_bytes: 1_500,
        lost_lines: 2,
        first_at: None,
        last_at: None,
        healing_job: None,
        healed_at: None,
        healed_by: None,
        hold: None,
    }
}
