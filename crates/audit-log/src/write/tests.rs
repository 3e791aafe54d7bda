//! Written lines, byte by byte, and read back.

use proptest::prelude::*;

use super::*;
use crate::{Entry, Kind};

#[test]
fn a_line_in_cef_follows_the_order_of_access_lines() {
    let expected = "2025-06-18T21:01:06Z audit-log-replay CEF:0|audit-log-replay|audit-log-replay|1.0|\
                    audit-log-replay|Ingress|6|rt=1750280466889 src=::1 request=/v2/x act=PUT status=403 \
                    principal_id=ann user_agent=curl/8 (a\\=b) trace_id=01 query=dry\\=1";
    assert_eq!(access(403).write(Format::Cef), expected);
}

#[test]
fn a_line_in_json_has_its_keys_in_alphabetical_order() {
    assert_eq!(access(200).write(Format::Json), JSON);
}

#[test]
fn a_line_in_cps_is_the_json_line_inside_event() {
    assert_eq!(access(200).write(Format::Cps), format!(r#"{{"event":{JSON}}}"#));
}

#[test]
fn only_a_summary_line_has_a_count() {
    for format in FORMATS {
        let single = access(401).write(format);
        assert!(!single.contains("count"), "{single}");
        let summary = Access { count: Some(9_999), ..access(401) };
        let line = summary.write(format);
        let entry = Entry::read(line.as_bytes(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(entry.field("count").as_deref(), Some("9999"), "{line}");
    }
}

#[test]
fn severity_follows_the_status() {
    for (status, severity) in
        [(200, "1"), (404, "1"), (401, "6"), (403, "6"), (500, "10"), (503, "10")]
    {
        let line = access(status).write(Format::Cef);
        let entry = Entry::read(line.as_bytes(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(entry.field("severity").as_deref(), Some(severity), "{status}");
    }
}

#[test]
fn a_hostile_user_agent_cannot_forge_a_field_or_a_line() {
    let user_agent = "x\\ trace_id=0 query={\"a\":\"b\"} sig=abc\r\n2025-06-18T21:02:36Z x CEF:0|a|b|c|d|e|f|rt=0";
    for format in FORMATS {
        check(
            &Access { user_agent, query: user_agent, request: user_agent, ..access(200) },
            format,
        );
    }
}

proptest! {
    #[test]
    fn every_written_line_is_read_back(
        milliseconds in -9_223_372_036_854_i64..=9_223_372_036_854,
        status: u16,
        count: Option<u64>,
        [src, request, act, principal_id, user_agent, trace_id, query] in prop::array::uniform(text()),
    ) {
        let at = DateTime::from_timestamp_millis(milliseconds).unwrap();
        let access = Access {
            at,
            src: &src,
            request: &request,
            act: &act,
            status,
            count,
            principal_id: &principal_id,
            user_agent: &user_agent,
            trace_id: &trace_id,
            query: &query,
        };
        for format in FORMATS {
            check(&access, format);
        }
    }
}

const FORMATS: [Format; 3] = [Format::Cef, Format::Json, Format::Cps];

const JSON: &str = r#"{"act":"PUT","cef_version":"0","event_class_id":"audit-log-replay","event_product":"audit-log-replay","event_ts":"2025-06-18T21:01:06Z","event_vendor":"audit-log-replay","event_version":"1.0","name":"Ingress","principal_id":"ann","query":"dry=1","request":"/v2/x","rt":1750280466889,"severity":1,"src":"::1","status":200,"trace_id":"01","user_agent":"curl/8 (a=b)"}"#;

fn check(access: &Access<'_>, format: Format) {
    let line = access.write(format);
    assert!(!line.contains(['\n', '\r']), "{line}");
    let entry = Entry::read(line.as_bytes(), DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(
        (entry.format(), entry.kind(), entry.event_at()),
        (format, Kind::Access, access.at),
        "{line}"
    );
    for (name, value) in [
        ("event_vendor", PRODUCT),
        ("event_product", PRODUCT),
        ("event_version", "1.0"),
        ("event_class_id", PRODUCT),
        ("src", access.src),
        ("request", access.request),
        ("act", access.act),
        ("status", &access.status.to_string()),
        ("principal_id", access.principal_id),
        ("user_agent", access.user_agent),
        ("trace_id", access.trace_id),
        ("query", access.query),
    ] {
        assert_eq!(entry.field(name).as_deref(), Some(value), "{name} of {line}");
    }
    let count = access.count.map(|count| count.to_string());
    assert_eq!(entry.field("count").as_deref(), count.as_deref(), "{line}");
    assert_eq!(entry.field("sig"), None, "{line}");
}

/// Arbitrary text, often with the syntax of a line.
fn text() -> impl Strategy<Value = String> {
    let pieces = r#"[ \\=|"{}nr]| (rt|act|user_agent|trace_id|query|sig)=|query=\{"|\r|\n|CEF:0"#;
    prop_oneof![
        any::<String>(),
        prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat())
    ]
}

fn access(status: u16) -> Access<'static> {
    Access {
        at: DateTime::from_timestamp_millis(1_750_280_466_889).unwrap(),
        src: "::1",
        request: "/v2/x",
        act: "PUT",
        status,
        count: None,
        principal_id: "ann",
        user_agent: "curl/8 (a=b)",
        trace_id: "01",
        query: "dry=1",
    }
}
