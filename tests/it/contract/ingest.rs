//! Ingest: readable lines are archived byte for byte; the others are reported by number.

use serde_json::{Value, json};

use super::{
    request::{INGEST, line, post},
    response::ApiResponse,
    server::{Api, NOW, at},
};

#[tokio::test]
async fn lines_of_every_format_are_archived_byte_for_byte_by_event_time() {
    let api = Api::new();
    let lines = [
        line(3),
        r#" {"event_ts":"2026-11-23T11:00:01Z" , "name":"Ingress","ünï":"\u0000"}  "#.to_owned(),
        r#"{"event":{"rt":"1795431602000","trace_id":3895213347334635099}}"#.to_owned(),
        "Nov 23 11:00:00 konghq.com CEF:0|KongInc|Konnect|1.0|x|y|1|query={\"a\":\"b c=d\"}"
            .to_owned(),
    ];
    let answer = api.send(post(INGEST).body(lines.join("\n") + "\n")).await;
    assert_eq!(counts(&answer), [4, 0, 0]);
    assert_eq!(answer.expect(202).json()["rejected"], json!([]));
    let in_order = [&lines[3], &lines[1], &lines[2], &lines[0]];
    assert_eq!(api.archived("us").await, in_order.map(|line| line.as_bytes().to_vec()));
    assert_eq!(api.archived("eu").await, Vec::<Vec<u8>>::new());
}

#[tokio::test]
async fn the_last_line_needs_no_line_feed_and_blank_lines_are_ignored_but_counted() {
    let api = Api::new();
    let body = format!("\n \t\n{}\r\n\r\nbad\n\n{}", line(1), line(2));
    let answer = api.send(post(INGEST).body(body)).await.expect(202);
    assert_eq!(counts(&answer), [2, 0, 1]);
    assert_eq!(rejected_lines(&answer), [5]);
    let kept = [format!("{}\r", line(1)), line(2)];
    assert_eq!(api.archived("us").await, kept.map(String::into_bytes));
}

#[tokio::test]
async fn an_unreadable_line_is_rejected_and_the_others_are_archived() {
    let api = Api::new();
    let unreadable: [&[u8]; 8] = [
        b"hello",
        b"{\"rt\":1795431600000",
        b"{\"name\":\"no time\"}",
        b"[1]",
        b"CEF:0|a|b|c",
        b"{\"rt\":99999999999999999999}",
        b"{\"rt\":1795431600000,\"name\":\"\xff\"}",
        b"\xef\xbb\xbf{\"rt\":1795431600000}",
    ];
    let mut body = Vec::new();
    for (second, bad) in (0_u32..).zip(unreadable) {
        body.extend([line(second).as_bytes(), b"\n", bad, b"\n"].concat());
    }
    let answer = api.send(post(INGEST).body(body)).await.expect(202);
    assert_eq!(counts(&answer), [8, 0, 8]);
    assert_eq!(rejected_lines(&answer), [2, 4, 6, 8, 10, 12, 14, 16]);
    for rejected in answer.json()["rejected"].as_array().unwrap() {
        assert!(!rejected["reason"].as_str().unwrap().is_empty());
    }
    let reason = &answer.json()["rejected"][6]["reason"];
    assert!(reason.as_str().unwrap().contains("UTF-8"), "{reason}");
    assert_eq!(api.archived("us").await, (0..8).map(|n| line(n).into_bytes()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_line_outside_the_retention_is_rejected_with_the_bound() {
    let api = Api::new();
    let rt = |rt: i64| format!("{{\"rt\":{rt},\"name\":\"Ingress\"}}");
    let (noon, hour) = (at(NOW).timestamp_millis(), 3_600_000);
    let (earliest, latest) = (noon - 7 * 24 * hour, noon + hour);
    let body = [
        rt(earliest),
        rt(earliest - 1),
        rt(latest),
        rt(latest + 1),
        rt(noon / 1_000),
        rt(5),
        r#"{"event_ts":"2036-11-23T12:00:00Z"}"#.to_owned(),
    ];
    let answer = api.send(post(INGEST).body(body.join("\n"))).await.expect(202);
    assert_eq!(counts(&answer), [2, 0, 5]);
    let too_old = "is before the earliest that is kept, 2026-11-16T12:00:00Z";
    let too_far = "is after the latest that is accepted, 2026-11-23T13:00:00Z";
    let named = [
        (2, format!("the event time, 2026-11-16T11:59:59.999Z, {too_old}")),
        (4, format!("the event time, 2026-11-23T13:00:00.001Z, {too_far}")),
        (5, format!("the event time, 1970-01-21T18:43:55.2Z, {too_old}; rt counts milliseconds")),
        (6, format!("the event time, 1970-01-01T00:00:00.005Z, {too_old}")),
        (7, format!("the event time, 2036-11-23T12:00:00Z, {too_far}")),
    ];
    let named = named.map(|(line, reason)| json!({"line": line, "reason": reason}));
    assert_eq!(answer.json()["rejected"], json!(named));
    assert_eq!(api.archived("us").await, [&body[0], &body[2]].map(|line| line.as_bytes().to_vec()));
}

#[tokio::test]
async fn a_body_of_only_lines_outside_the_retention_is_400() {
    let api = Api::new();
    let answer = api.send(post(INGEST).body(r#"{"rt":1795431600}"#)).await;
    let reason = answer.reason("line 1");
    assert!(reason.ends_with("; rt counts milliseconds"), "{reason}");
    assert!(api.archived("us").await.is_empty());
}

#[tokio::test]
async fn a_body_of_only_unreadable_lines_is_400_and_names_each() {
    let api = Api::new();
    let answer = api.send(post(INGEST).body("one\n\nthree\r\n")).await;
    answer.assert_faults(&[("line 1", "invalid"), ("line 3", "invalid")]);
}

#[tokio::test]
async fn an_empty_body_is_400() {
    let api = Api::new();
    for body in ["", "\n", " \r\n\t\n"] {
        api.send(post(INGEST).body(body)).await.assert_faults(&[("body", "required")]);
    }
}

#[tokio::test]
async fn a_line_over_256_kib_is_rejected_and_the_others_are_archived() {
    let api = Api::new();
    let padded = |length: usize| {
        let front = r#"{"rt":1795431605000,"x":""#;
        format!("{front}{}\"}}", "x".repeat(length - front.len() - 2))
    };
    let (longest, too_long) = (padded(256 * 1024), padded(256 * 1024 + 1));
    let body = [line(1), too_long, longest.clone(), line(9)].join("\n");
    let answer = api.send(post(INGEST).body(body)).await.expect(202);
    assert_eq!(counts(&answer), [3, 0, 1]);
    let rejected = &answer.json()["rejected"][0];
    assert_eq!(rejected["line"], 2);
    assert!(rejected["reason"].as_str().unwrap().contains("262144"), "{rejected}");
    let kept = [line(1), longest, line(9)].map(String::into_bytes);
    assert!(api.archived("us").await == kept);
}

#[tokio::test]
async fn a_duplicate_line_is_archived_once() {
    let api = Api::new();
    let twice = api.send(post(INGEST).body([line(1), line(2), line(1)].join("\n"))).await;
    assert_eq!(counts(&twice), [2, 1, 0]);
    let again = api.send(post(INGEST).body([line(1), line(2), line(3)].join("\n"))).await;
    assert_eq!(counts(&again), [1, 2, 0]);
    let nothing_new = api.send(post(INGEST).body(line(3))).await;
    assert_eq!(counts(&nothing_new), [0, 1, 0]);
    let elsewhere = api.send(post("/api/eu/x/ingest").body(line(1))).await;
    assert_eq!(counts(&elsewhere), [1, 0, 0]);
    assert_eq!(api.archived("us").await.len(), 3);
    assert_eq!(api.archived("eu").await.len(), 1);
}

#[tokio::test]
async fn the_first_thousand_rejected_lines_are_named() {
    let api = Api::new();
    let bad = "bad\n".repeat(1_500);
    let faults = api.send(post(INGEST).body(bad.clone())).await.faults();
    assert_eq!((faults.len(), faults[999].0.as_str()), (1_000, "line 1000"));
    let answer = api.send(post(INGEST).body(bad + &line(1))).await.expect(202);
    assert_eq!(counts(&answer), [1, 0, 1_500]);
    assert_eq!(rejected_lines(&answer).len(), 1_000);
}

#[tokio::test]
async fn any_text_content_type_is_accepted() {
    let api = Api::new();
    for (second, content_type) in
        (0..).zip(["text/plain", "text/plain; charset=utf-8", "application/json"])
    {
        let request = post(INGEST).with("content-type", content_type).body(line(second));
        assert_eq!(counts(&api.send(request).await), [1, 0, 0], "{content_type}");
    }
}

fn counts(answer: &ApiResponse) -> [u64; 3] {
    assert_eq!(answer.status, 202, "{answer:#?}");
    let body = answer.json();
    ["accepted", "duplicates", "rejected_count"].map(|field| body[field].as_u64().unwrap())
}

fn rejected_lines(answer: &ApiResponse) -> Vec<u64> {
    let body = answer.json();
    let rejected = body["rejected"].as_array().unwrap();
    rejected.iter().filter_map(|entry| entry.get("line").and_then(Value::as_u64)).collect()
}
