//! The request of a preview: its faults, whether the webhook is ready, and the estimated
//! duration.

use core::{ops::Range, time::Duration};

use chrono::TimeDelta;
use replay_core::{delivery::DeliveryOutcome, job::Step};
use replay_server::store::DeliveryRecord;
use replay_tests::stepping::batches;
use serde_json::{Value, json};

use super::{
    request::{INGEST, PREVIEW, RATE, WEBHOOK, get, get_preview, line, patch, post, put},
    server::{Api, NOW, at, region},
    stepped_job::SteppedJob,
};

#[tokio::test]
async fn each_fault_of_the_parameters_is_named() {
    let api = Api::new();
    let (start, end) = ("start_at=2026-11-23T11:00:00Z", "end_at=2026-11-23T12:00:00Z");
    let (required, invalid, date_time) = ("required", "invalid", "is_date_time");
    let cases: [(&str, &[(&str, &str)]); 15] = [
        ("", &[("start_at", required), ("end_at", required)]),
        (start, &[("end_at", required)]),
        (end, &[("start_at", required)]),
        (&format!("start_at=&{end}"), &[("start_at", date_time)]),
        (&format!("start_at=yesterday&{end}"), &[("start_at", date_time)]),
        (&format!("{start}&end_at=2026-11-23"), &[("end_at", date_time)]),
        (&format!("{start}&end_at=2026-11-23T12:00:00"), &[("end_at", date_time)]),
        ("start_at=1&end_at=%ff", &[("start_at", date_time), ("end_at", date_time)]),
        (&format!("{start}&end_at=2026-11-23T10:59:59.999999999Z"), &[("end_at", invalid)]),
        (&format!("start_at=2026-11-16T11:54:59.999Z&{end}"), &[("start_at", invalid)]),
        (&format!("{start}&end_at=2026-11-23T12:05:00.001Z"), &[("end_at", invalid)]),
        (&format!("{start}&{end}&kinds=access&kinds=access"), &[("kinds", invalid)]),
        (&format!("{start}&{end}&Start_at=1"), &[("Start_at", "unknown_property")]),
        (&format!("{start}&{end}&{start}"), &[("start_at", invalid)]),
        (&format!("{end}&{start}&{end}&{start}"), &[("start_at", invalid), ("end_at", invalid)]),
    ];
    for (query, faults) in cases {
        println!("{query}");
        api.send(get(&format!("{PREVIEW}?{query}"))).await.assert_faults(faults);
    }
    api.send(get(PREVIEW)).await.assert_faults(&[("start_at", required), ("end_at", required)]);
    let too_old = get(&format!("{PREVIEW}?start_at=2026-11-01T00:00:00Z&{end}"));
    let reason = api.send(too_old).await.reason("start_at");
    assert!(reason.contains("too old") && reason.contains("2026-11-16T12:00:00Z"), "{reason}");
}

#[tokio::test]
async fn a_query_is_read_as_exactly_as_a_body() {
    let api = Api::new();
    for (start_at, end_at) in [
        ("2026-11-23T12:00:00%2B02:00", "2026-11-23T12:00:00+01:00"),
        ("2026-11-23T10%3A00%3A00Z", "2026-11-23t11:00:00z"),
        ("2026-11-23T10:00:00.000Z", "2026-11-23T10:59:60Z"),
    ] {
        let path = format!("{PREVIEW}?end_at={end_at}&start_at={start_at}");
        let preview = api.send(get(&path)).await.expect(200);
        let ends = ["start_at", "end_at"].map(|field| preview.text(field));
        assert_eq!(ends, ["2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"], "{path}");
    }
    let instant = "2026-11-23T11:00:00.123456789Z";
    let path = format!("{PREVIEW}?start_at={instant}&end_at={instant}");
    assert_eq!(api.send(get(&path)).await.expect(200).text("end_at"), instant);
}

#[tokio::test]
async fn a_webhook_is_ready_while_it_is_enabled() {
    let api = Api::new();
    let is_ready =
        async || api.send(get_preview(PREVIEW)).await.expect(200).json()["webhook_ready"].clone();
    assert_eq!(is_ready().await, false);
    let disabled = json!({"endpoint": "https://siem.example.com", "enabled": false});
    api.send(patch(WEBHOOK).json(&disabled)).await.expect(200);
    assert_eq!(is_ready().await, false);
    api.enable("us").await;
    assert_eq!(is_ready().await, true);
    api.send(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
    assert_eq!(is_ready().await, false);
}

#[tokio::test]
async fn a_duration_is_estimated_from_the_rate_of_the_last_job() {
    let api = Api::new();
    assert_eq!(estimated_seconds(&api).await, json!(null));
    deliver(&api, 0..20, FIVE_LINES_A_SECOND).await;
    assert_eq!(estimated_seconds(&api).await, 4);
    api.send(post(INGEST).body(line(20))).await.expect(202);
    assert_eq!(estimated_seconds(&api).await, 5, "21 lines at 5 lines a second");
    api.submit("us").await;
    assert_eq!(estimated_seconds(&api).await, 5, "a job that has not started has no rate");
    let nothing = "?start_at=2026-11-20T00:00:00Z&end_at=2026-11-20T00:00:01Z";
    let empty = api.send(get(&format!("{PREVIEW}{nothing}"))).await.expect(200).json();
    assert_eq!(empty["estimated_seconds"], 0);
    let elsewhere = api.send(get_preview("/api/eu/x/replay/preview")).await.expect(200).json();
    assert_eq!(elsewhere["estimated_seconds"], json!(null));
}

#[tokio::test]
async fn a_duration_is_estimated_after_a_job_that_took_longer_than_a_second_for_each_line() {
    let api = Api::new();
    deliver(&api, 0..3, TimeDelta::seconds(3_000)).await;
    let estimated = estimated_seconds(&api).await;
    assert!(estimated.is_u64(), "{estimated}");
}

#[tokio::test]
async fn a_failed_job_that_delivered_nothing_does_not_change_the_estimate() {
    let api = Api::new();
    deliver(&api, 0..20, FIVE_LINES_A_SECOND).await;
    api.turn_clock(at(NOW) + TimeDelta::minutes(5));
    api.run("us").await;
    api.advance("us", Step::Fail("the receiver refused it".to_owned())).await;
    assert_eq!(estimated_seconds(&api).await, 4);
}

#[tokio::test]
async fn a_limited_job_does_not_change_the_estimate() {
    let api = Api::new();
    deliver(&api, 0..20, FIVE_LINES_A_SECOND).await;
    api.run("us").await;
    api.send(put(RATE).json(&json!({"lines_per_second": 1}))).await.expect(202);
    complete(&api, TimeDelta::seconds(1_000)).await;
    assert_eq!(estimated_seconds(&api).await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_duration_is_estimated_without_the_time_during_which_a_job_is_limited() {
    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    assert_eq!(estimated_seconds(&job.api).await, json!(null));
    job.make_requests(1).await;
    tokio::time::advance(Duration::from_secs(500)).await;
    job.make_requests(1).await;
    assert_eq!(estimated_seconds(&job.api).await, 6, "12 lines at 2 lines a second");
    let limit = json!({"lines_per_second": 1});
    job.api.send(put(RATE).json(&limit)).await.expect(202);
    job.make_requests(1).await;
    tokio::time::advance(Duration::from_mins(1)).await;
    job.make_requests(1).await;
    assert_eq!(estimated_seconds(&job.api).await, 6);
}

/// How long a job takes at this rate: one of few lines takes as long as one of a thousand.
const FIVE_LINES_A_SECOND: TimeDelta = TimeDelta::seconds(200);

async fn estimated_seconds(api: &Api) -> Value {
    api.send(get_preview(PREVIEW)).await.expect(200).json()["estimated_seconds"].clone()
}

/// Archives these lines and runs a job that delivers all of them after `duration`.
async fn deliver(api: &Api, seconds: Range<u32>, duration: TimeDelta) {
    let body: Vec<_> = seconds.map(line).collect();
    api.send(post(INGEST).body(body.join("\n"))).await.expect(202);
    api.enable("us").await;
    api.run("us").await;
    complete(api, duration).await;
}

/// Delivers all lines of the running job after `duration`.
async fn complete(api: &Api, duration: TimeDelta) {
    api.turn_clock(at(NOW) + duration);
    let us = region("us");
    for batch in batches(&api.store, &us).await {
        let outcome =
            DeliveryOutcome::Acknowledged { cursor: batch.cursor, delivered: batch.amount };
        let (job, claim) = (batch.job, batch.claim);
        let record = DeliveryRecord { job, claim, outcome, attempt: None };
        api.store.record_deliveries(&us, vec![record], api.now()).await.unwrap();
    }
    assert_eq!(api.status("us").await, "completed");
    api.turn_clock_to(NOW);
}
