//! Faults of a JSON body: all of them are reported at once, each with its field and rule.

use std::io::{self, Write};

use axum::body::Body;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, Full};
use serde_json::json;

use super::{
    request::{JOB, WEBHOOK, last_hour, patch, put},
    server::Api,
};

#[tokio::test]
async fn invalid_json_is_a_fault_of_the_body() {
    let api = Api::new();
    let deep = "[".repeat(10_000);
    let cut_off = last_hour().to_string().replace('}', "");
    for body in
        ["", " ", "{", "nul", "{\"start_at\":}", "{}{}", "'x'", "\u{feff}{}", &deep, &cut_off]
    {
        for request in [put(JOB), patch(WEBHOOK)] {
            let answer = api.send(request.body(body.to_owned())).await;
            answer.assert_faults(&[("body", "invalid")]);
        }
    }
    api.send(put(JOB).body(&b"{\"start_at\":\"\xff\"}"[..])).await.expect(400);
    api.send(put(JOB).body("[1e999]")).await.expect(400);
}

#[tokio::test]
async fn json_other_than_an_object_is_a_fault_of_the_body() {
    let api = Api::new();
    for body in [json!([last_hour()]), json!("x"), json!(5), json!(null), json!(true)] {
        for request in [put(JOB), patch(WEBHOOK)] {
            api.send(request.json(&body)).await.assert_faults(&[("body", "is_object")]);
        }
    }
}

#[tokio::test]
async fn every_missing_null_unknown_and_mistyped_field_of_a_put_is_reported() {
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
        api.send(put(JOB).json(&body)).await.assert_faults(faults);
    }
}

#[tokio::test]
async fn a_body_over_64_kib_is_413_with_and_without_content_length() {
    let api = Api::new();
    api.enable("us").await;
    let mut body = last_hour().to_string().into_bytes();
    body.resize(64 * 1024, b' ');
    api.send(put(JOB).body(body.clone())).await.expect(202);
    body.push(b' ');
    for request in [put(JOB), patch(WEBHOOK)] {
        let announced = request.with("content-length", "65537");
        let answer = api.send(announced).await.expect(413);
        assert!(answer.text("detail").contains("[65536]"));
    }
    for request in [put(JOB), patch(WEBHOOK)] {
        api.send(request.body(body.clone())).await.expect(413);
    }
}

#[tokio::test]
async fn an_incomplete_body_is_400_and_changes_nothing() {
    let api = Api::new();
    api.enable("us").await;
    let broken = Full::from(last_hour().to_string())
        .map_err(|never| match never {})
        .with_trailers(async { Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))) });
    let answer = api.send(put(JOB).body(Body::new(broken))).await;
    answer.assert_faults(&[("body", "invalid")]);
    assert_eq!(api.status("us").await, "unconfigured");
}

#[tokio::test]
async fn a_content_type_other_than_json_is_415() {
    let api = Api::new();
    api.enable("us").await;
    let body = last_hour().to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "text/json",
        "application/xjson",
        "json",
        "",
        "\u{fc}",
    ] {
        let answer = api.send(put(JOB).with("content-type", content_type).body(body.clone())).await;
        assert!(answer.expect(415).text("detail").contains("[application/json]"));
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(body.as_bytes()).unwrap();
    let gzipped = put(JOB).with("content-encoding", "gzip").body(gzip.finish().unwrap());
    api.send(gzipped).await.expect(415);
    assert_eq!(api.status("us").await, "unconfigured");
}

#[tokio::test]
async fn the_json_content_type_may_have_a_charset_or_be_absent() {
    let api = Api::new();
    api.enable("us").await;
    let body = last_hour().to_string();
    api.send(put(JOB).body(body.clone())).await.expect(202);
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/merge-patch+json",
    ] {
        let request = put(JOB).with("content-type", content_type).body(body.clone());
        api.send(request).await.expect(202);
    }
}
