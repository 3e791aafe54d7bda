//! What may be wrong with a JSON body: each fault is named by field and rule, all of them at once.

use std::io::{self, Write};

use axum::body::Body;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, Full};
use serde_json::json;

use super::{
    api::Api,
    ask::{JOB, WEBHOOK, last_hour, patch, put},
};

#[tokio::test]
async fn what_is_no_json_is_a_fault_of_the_body() {
    let api = Api::new();
    let deep = "[".repeat(10_000);
    let cut_off = last_hour().to_string().replace('}', "");
    for body in
        ["", " ", "{", "nul", "{\"start_at\":}", "{}{}", "'x'", "\u{feff}{}", &deep, &cut_off]
    {
        for ask in [put(JOB), patch(WEBHOOK)] {
            let answer = api.answer(ask.body(body.to_owned())).await;
            answer.assert_faults(&[("body", "invalid")]);
        }
    }
    api.answer(put(JOB).body(&b"{\"start_at\":\"\xff\"}"[..])).await.expect(400);
    api.answer(put(JOB).body("[1e999]")).await.expect(400);
}

#[tokio::test]
async fn json_that_is_no_object_is_a_fault_of_the_body() {
    let api = Api::new();
    for body in [json!([last_hour()]), json!("x"), json!(5), json!(null), json!(true)] {
        for ask in [put(JOB), patch(WEBHOOK)] {
            api.answer(ask.json(&body)).await.assert_faults(&[("body", "is_object")]);
        }
    }
}

#[tokio::test]
async fn every_missing_null_unknown_and_mistyped_field_of_a_put_is_named() {
    let api = Api::new();
    let now = "2026-11-23T12:00:00Z";
    for (body, faults) in [
        (json!({}), &[("start_at", "required"), ("end_at", "required")][..]),
        (json!({"start_at": null, "end_at": now}), &[("start_at", "required")]),
        (json!({"start_at": now}), &[("end_at", "required")]),
        (
            json!({"start_at": 1_795_431_600, "end_at": ["x"]}),
            &[("start_at", "is_string"), ("end_at", "is_string")],
        ),
        (
            json!({"start_at": "", "end_at": "2026-11-23T12:00:00"}),
            &[("start_at", "is_date_time"), ("end_at", "is_date_time")],
        ),
        (
            json!({"start_at": "2026-02-30T12:00:00Z", "end_at": "now"}),
            &[("start_at", "is_date_time"), ("end_at", "is_date_time")],
        ),
        (
            json!({"start_at": now, "end_at": now, "Start_at": now, "region": "us"}),
            &[("Start_at", "unknown_property"), ("region", "unknown_property")],
        ),
        (
            json!({"start_at": true, "end_at": "2026-01-01T00:00:00Z", "": {}}),
            &[("start_at", "is_string"), ("end_at", "invalid"), ("", "unknown_property")],
        ),
    ] {
        api.answer(put(JOB).json(&body)).await.assert_faults(faults);
    }
}

#[tokio::test]
async fn a_body_over_64_kib_is_413_announced_or_not() {
    let api = Api::new();
    api.enable("us").await;
    let mut body = last_hour().to_string().into_bytes();
    body.resize(64 * 1024, b' ');
    api.answer(put(JOB).body(body.clone())).await.expect(202);
    body.push(b' ');
    for ask in [put(JOB), patch(WEBHOOK)] {
        let announced = ask.with("content-length", "65537");
        let answer = api.answer(announced).await.expect(413);
        assert!(answer.text("detail").contains("[65536]"));
    }
    for ask in [put(JOB), patch(WEBHOOK)] {
        api.answer(ask.body(body.clone())).await.expect(413);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400_and_changes_nothing() {
    let api = Api::new();
    api.enable("us").await;
    let broken = Full::from(last_hour().to_string())
        .map_err(|never| match never {})
        .with_trailers(async { Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))) });
    let answer = api.answer(put(JOB).body(Body::new(broken))).await;
    answer.assert_faults(&[("body", "invalid")]);
    assert_eq!(api.status("us").await, "unconfigured");
}

#[tokio::test]
async fn a_body_that_is_said_to_be_anything_but_json_is_415() {
    let api = Api::new();
    api.enable("us").await;
    let body = last_hour().to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "text/json",
        "application/xjson",
        "json",
        "",
        "\u{fc}",
    ] {
        let answer = api.answer(put(JOB).with("content-type", kind).body(body.clone())).await;
        assert!(answer.expect(415).text("detail").contains("[application/json]"));
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(body.as_bytes()).unwrap();
    let gzipped = put(JOB).with("content-encoding", "gzip").body(gzip.finish().unwrap());
    api.answer(gzipped).await.expect(415);
    assert_eq!(api.status("us").await, "unconfigured");
}

#[tokio::test]
async fn json_may_be_called_so_with_a_charset_in_any_case_or_not_at_all() {
    let api = Api::new();
    api.enable("us").await;
    let body = last_hour().to_string();
    api.answer(put(JOB).body(body.clone())).await.expect(202);
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/merge-patch+json",
    ] {
        let ask = put(JOB).with("content-type", kind).body(body.clone());
        api.answer(ask).await.expect(202);
    }
}
