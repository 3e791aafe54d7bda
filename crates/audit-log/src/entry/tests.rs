//! Lines as Konnect documents them, and invalid ones.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const AUTHORIZATION: &str = "2025-06-18T21:02:36Z konghq.com CEF:0|KongInc|Konnect|1.0|konnect|Authz.control-planes|1|rt=1750280466889 src=127.0.0.6 action=list granted=true org_id=777db3e4-5cb7-4dd5-b51c-9878096a6999 principal_id=eb999f01-5976-4f4b-9fbc-dd5d514bd675 trace_id=3959872677347089807 user_agent=grpc-node-js/1.12.4 sig=KbLaBhQFnggT_8CyC95b777R1_fGvvLVDn7awjZK8eZLdGPrSvnS-sxJw63j930eKr-VTsQv8-TQTD_GVmAPAQ";
const AUTHENTICATION: &str = "2025-06-23T14:28:47Z konghq.com CEF:0|KongInc|Dev-Portal|1.0|AUTHENTICATION_TYPE_BASIC|AUTHENTICATION_OUTCOME_SUCCESS|0|rt=1750688927556 src=172.71.232.22 request=/api/v2/developer/authenticate success=true org_id=998db3e4-5cb7-4dd5-b51c-9878096a6999 portal_id=3e551b39-227d-4297-b911-e68fd5d77c17 principal_id=a3d2699a-0ed3-4417-bb10-d8e74a1513a4 trace_id=3360194145499877252 user_agent= sig=XQC3OSFxLbi5dy2-o4xAXHT-x8oW5Df-zVsACWQLMU9Q-sPnEyk5CVs4JHwuRcwO0QNLsNaP1wsyrXYPeneXDQ";
const ACCESS: &str = r#"2025-05-16T20:09:54Z konghq.com CEF:0|KongInc|Konnect|1.0|KongGateway|Ingress|1|rt=1684267794226 src=127.0.0.6 request=/konnect-api/api/vitals/v1/explore act=POST status=200 org_id=b065b594-6afc-4658-9101-5d9cf3f36b7b principal_id=87655c36-8d63-48fe-9a1e-53b28dfbc19b user_agent=Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/113.0.0.0 Safari/537.36 trace_id=1146381705542353508 query={"end":"1684270800","start":"1684098000"} sig=Jm73seSwAiacSBysDmgQ3D_R_1c39_T0Iuus9GqUEnAjCc-UnyKhFgS8jDx5UIl4J6PTCH5ouuPizwnjnMDECg"#;
const JSON: &str = r#"{"action":"read","cef_version":"0","event_class_id":"identity","event_product":"Konnect","event_ts":"2023-04-28T20:52:09Z","event_vendor":"KongInc","event_version":"1.0","granted":true,"name":"Authz.identity-provider","org_id":"b065b594-6afc-4658-9101-5d9cf3f36b7b","principal_id":"87655c36-8d63-48fe-9a1e-53b28dfbc19b","rt":1682715129807,"severity":1,"src":"127.0.0.6","trace_id":3895213347334635099,"user_agent":"grpc-go/1.54.0","sig":"Jm73seSwAiacSBysDmgQ3D_R_1c39_T0Iuus9GqUEnAjCc-UnyKhFgS8jDx5UIl4J6PTCH5ouuPizwnjnMDECg"}"#;

#[test]
fn an_authorization_line_in_cef_is_read() {
    check(
        AUTHORIZATION,
        (Format::Cef, Kind::Authorization, 1_750_280_466_889),
        &[
            ("event_ts", "2025-06-18T21:02:36Z"),
            ("cef_version", "0"),
            ("event_vendor", "KongInc"),
            ("event_product", "Konnect"),
            ("event_version", "1.0"),
            ("event_class_id", "konnect"),
            ("name", "Authz.control-planes"),
            ("severity", "1"),
            ("rt", "1750280466889"),
            ("src", "127.0.0.6"),
            ("action", "list"),
            ("granted", "true"),
            ("org_id", "777db3e4-5cb7-4dd5-b51c-9878096a6999"),
            ("principal_id", "eb999f01-5976-4f4b-9fbc-dd5d514bd675"),
            ("trace_id", "3959872677347089807"),
            ("user_agent", "grpc-node-js/1.12.4"),
            (
                "sig",
                "KbLaBhQFnggT_8CyC95b777R1_fGvvLVDn7awjZK8eZLdGPrSvnS-sxJw63j930eKr-VTsQv8-TQTD_GVmAPAQ",
            ),
        ],
    );
}

#[test]
fn an_authentication_line_in_cef_is_read_with_its_empty_user_agent() {
    check(
        AUTHENTICATION,
        (Format::Cef, Kind::Authentication, 1_750_688_927_556),
        &[
            ("event_product", "Dev-Portal"),
            ("event_class_id", "AUTHENTICATION_TYPE_BASIC"),
            ("request", "/api/v2/developer/authenticate"),
            ("success", "true"),
            ("portal_id", "3e551b39-227d-4297-b911-e68fd5d77c17"),
            ("user_agent", ""),
            (
                "sig",
                "XQC3OSFxLbi5dy2-o4xAXHT-x8oW5Df-zVsACWQLMU9Q-sPnEyk5CVs4JHwuRcwO0QNLsNaP1wsyrXYPeneXDQ",
            ),
        ],
    );
}

#[test]
fn an_access_line_in_cef_is_read_with_its_spaces_and_equals_signs() {
    check(
        ACCESS,
        (Format::Cef, Kind::Access, 1_684_267_794_226),
        &[
            ("act", "POST"),
            ("status", "200"),
            (
                "user_agent",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/113.0.0.0 Safari/537.36",
            ),
            ("trace_id", "1146381705542353508"),
            ("query", r#"{"end":"1684270800","start":"1684098000"}"#),
            (
                "sig",
                "Jm73seSwAiacSBysDmgQ3D_R_1c39_T0Iuus9GqUEnAjCc-UnyKhFgS8jDx5UIl4J6PTCH5ouuPizwnjnMDECg",
            ),
        ],
    );
}

#[test]
fn a_json_line_is_read() {
    check(JSON, (Format::Json, Kind::Authorization, 1_682_715_129_807), JSON_FIELDS);
}

#[test]
fn a_cps_line_is_read_as_the_object_inside() {
    check(&cps(JSON), (Format::Cps, Kind::Authorization, 1_682_715_129_807), JSON_FIELDS);
}

#[test]
fn an_event_member_that_is_no_object_is_read_as_a_field() {
    check(r#"{"event":"x","rt":5}"#, (Format::Json, Kind::Other, 5), &[("event", "x")]);
}

#[test]
fn a_line_with_an_unknown_name_is_read() {
    check(r#"{"rt":5}"#, (Format::Json, Kind::Other, 5), &[]);
    check(r#"{"name":7,"rt":5}"#, (Format::Json, Kind::Other, 5), &[("name", "7")]);
    check(
        "x CEF:0|KongInc|Konnect|2.0|new|Later|1|rt=5 src=::1 colour=blue",
        (Format::Cef, Kind::Other, 5),
        &[("src", "::1"), ("colour", "blue")],
    );
}

#[test]
fn numbers_and_booleans_may_be_strings() {
    let fields = [("rt", "5"), ("success", "true"), ("status", "200")];
    check(r#"{"rt":"5","success":"true","status":"200"}"#, (Format::Json, Kind::Other, 5), &fields);
    check(r#"{"rt":5,"success":true,"status":200}"#, (Format::Json, Kind::Other, 5), &fields);
}

#[test]
fn no_digit_of_a_number_is_lost() {
    let fields = [("trace_id", "340282366920938463463374607431768211457"), ("load", "1.10e+0400")];
    let line = r#"{"rt":5,"trace_id":340282366920938463463374607431768211457,"load":1.10e+0400}"#;
    check(line, (Format::Json, Kind::Other, 5), &fields);
}

#[test]
fn json_strings_lose_their_escapes_and_containers_are_kept_as_written() {
    let line = r#"{"r\u0074":5,"user_agent":"a\n\"b\"\u00e9","query":{"end": "1"},"actor_id":"","x":null}"#;
    let fields = [("user_agent", "a\n\"b\"é"), ("query", r#"{"end": "1"}"#), ("actor_id", "")];
    check(line, (Format::Json, Kind::Other, 5), &fields);
    assert_eq!(read(line).unwrap().field("x"), None);
}

#[test]
fn the_first_of_two_equal_keys_is_used() {
    check(
        r#"{"rt":5,"src":"a","rt":6,"src":"b"}"#,
        (Format::Json, Kind::Other, 5),
        &[("src", "a")],
    );
    check(r#"{"event":{"rt":5},"event":{"rt":6}}"#, (Format::Cps, Kind::Other, 5), &[]);
    check(
        "x CEF:0|v|p|1|c|n|1|rt=5 rt=6 src=a src=b",
        (Format::Cef, Kind::Other, 5),
        &[("src", "a")],
    );
}

#[test]
fn a_line_ending_is_not_part_of_a_value() {
    for ending in ["\r", "\n", "\r\n"] {
        check(
            &format!("{ACCESS}{ending}"),
            (Format::Cef, Kind::Access, 1_684_267_794_226),
            &[("status", "200")],
        );
        check(
            &format!("{JSON}{ending}"),
            (Format::Json, Kind::Authorization, 1_682_715_129_807),
            JSON_FIELDS,
        );
        let line = format!("x CEF:0|v|p|1|c|Authz.x|1|rt=5 user_agent=curl{ending}");
        check(&line, (Format::Cef, Kind::Authorization, 5), &[("user_agent", "curl")]);
    }
}

#[test]
fn the_header_has_the_event_time_of_a_line_without_rt() {
    let at = 1_682_715_129_000;
    check(r#"{"event_ts":"2023-04-28T20:52:09Z","rt":""}"#, (Format::Json, Kind::Other, at), &[]);
    check(
        "2023-04-28T20:52:09Z konghq.com CEF:0|v|p|1|c|n|1|",
        (Format::Cef, Kind::Other, at),
        &[],
    );
    let line = "Apr 28 20:52:09 konghq.com CEF:0|v|p|1|c|n|1|rt= src=a";
    check(
        line,
        (Format::Cef, Kind::Other, at),
        &[("event_ts", "Apr 28 20:52:09"), ("rt", ""), ("src", "a")],
    );
}

#[test]
fn the_error_of_a_line_names_the_broken_rule() {
    let cases: [(&[u8], &str); 12] = [
        (b"", "neither a CEF line nor a JSON object"),
        (b"[1]", "neither a CEF line nor a JSON object"),
        ("\u{feff}{\"rt\":5}".as_bytes(), "neither a CEF line nor a JSON object"),
        (b"x\xff", "not UTF-8 after byte 1"),
        (b"x CEF:0|v|p|1|c|n", "a CEF header has seven fields, each ended by |"),
        (b"{\"rt\":5,}", "not a JSON object: broken at column 9"),
        (b"{\"rt\":5} x", "not a JSON object: broken at column 10"),
        (b"{\"rt\":05}", "not a JSON object: broken at column 8"),
        (b"{}", "no time: neither rt (milliseconds since 1970) nor the header has one"),
        (b"{\"event\":{}}", "no time: neither rt (milliseconds since 1970) nor the header has one"),
        (
            b"x y CEF:0|v|p|1|c|n|1|",
            "no time: neither rt (milliseconds since 1970) nor the header has one",
        ),
        (b"{\"rt\":9223372036855}", "the event time is not within the years 1678 to 2261"),
    ];
    for (line, reason) in cases {
        let read = Entry::read(line, received_at()).map(|entry| entry.event_at());
        assert_eq!(read.unwrap_err().to_string(), reason, "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn nested_values_use_no_stack() {
    let deep = |open: &str, close: &str| {
        format!(r#"{{"rt":5,"x":{}1{}}}"#, open.repeat(100_000), close.repeat(100_000))
    };
    check(&deep("[", "]"), (Format::Json, Kind::Other, 5), &[]);
    check(&deep(r#"{"event":"#, "}"), (Format::Json, Kind::Other, 5), &[]);
    assert!(read(&r#"{"event":"#.repeat(100_000)).is_err());
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_without_a_panic(line: Vec<u8>) {
        read_every_field(&line);
    }

    #[test]
    fn a_damaged_line_is_read_without_a_panic(
        sample in prop::sample::select(vec![AUTHORIZATION.into(), AUTHENTICATION.into(), ACCESS.into(), JSON.into(), cps(JSON)]),
        damages in prop::collection::vec((any::<Index>(), 0_usize..9, "[ -~é]{0,3}| (rt|sig|query|trace_id|user_agent)=|[|\\\\\"{}]"), 1..9),
    ) {
        let mut line = sample.into_bytes();
        for (index, removed, inserted) in damages {
            let from = index.index(line.len() + 1);
            let to = line.len().min(from + removed);
            line.splice(from..to, inserted.into_bytes());
        }
        read_every_field(&line);
    }
}

const JSON_FIELDS: &[(&str, &str)] = &[
    ("event_ts", "2023-04-28T20:52:09Z"),
    ("cef_version", "0"),
    ("event_vendor", "KongInc"),
    ("severity", "1"),
    ("granted", "true"),
    ("trace_id", "3895213347334635099"),
    ("user_agent", "grpc-go/1.54.0"),
    (
        "sig",
        "Jm73seSwAiacSBysDmgQ3D_R_1c39_T0Iuus9GqUEnAjCc-UnyKhFgS8jDx5UIl4J6PTCH5ouuPizwnjnMDECg",
    ),
];

fn check(line: &str, (format, kind, milliseconds): (Format, Kind, i64), fields: &[(&str, &str)]) {
    let entry = read(line).unwrap();
    assert_eq!(
        (entry.format(), entry.kind(), entry.event_at().timestamp_millis()),
        (format, kind, milliseconds)
    );
    for (name, value) in fields {
        assert_eq!(entry.field(name).as_deref(), Some(*value), "{name}");
    }
    assert_eq!(entry.field("absent"), None);
}

fn read_every_field(line: &[u8]) {
    let Ok(entry) = Entry::read(line, received_at()) else { return };
    for name in
        ["", "event_ts", "name", "rt", "src", "status", "user_agent", "trace_id", "query", "sig"]
    {
        let _ = entry.field(name);
    }
}

fn read(line: &str) -> Result<Entry<'_>, LineError> {
    Entry::read(line.as_bytes(), received_at())
}

fn received_at() -> DateTime<Utc> {
    "2023-05-01T00:00:00Z".parse().unwrap()
}

fn cps(json: &str) -> String {
    format!(r#"{{"event":{json}}}"#)
}
