//! The progress of a job, from its submission to its end, with an engine that the test steps and a
//! receiver that answers what the test sets.

use core::{ops::Range, time::Duration};

use replay_server::engine::Next;
use serde_json::{Value, json};

use super::{
    request::{CANCEL, INGEST, PROGRESS, RATE, get, line, post, put},
    server::{Api, NOW, region},
    stepped_job::SteppedJob,
};

#[tokio::test]
async fn a_region_without_a_job_has_no_progress() {
    let expected = json!({
        "job_id": null,
        "status": "unconfigured",
        "delivered_lines": null,
        "total_lines": null,
        "delivered_bytes": null,
        "total_bytes": null,
        "lines_per_second": 0,
        "lines_per_second_limit": null,
        "in_flight_limit": 4,
        "estimated_end_at": null,
        "slices": {"total": 0, "completed": 0, "in_flight": 0},
        "last_attempt": null,
        "retries": 0,
    });
    assert_eq!(progress(&Api::new()).await, expected);
}

#[tokio::test]
async fn a_job_that_has_not_started_has_an_id_and_no_lines() {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    let job = api.store.job(&region("us")).await.unwrap();
    let accepted = progress(&api).await;
    assert_eq!(accepted["job_id"], job.configured().unwrap().id.to_string());
    assert_fields(
        &accepted,
        &json!({"status": "accepted", "slices": {"total": 0, "completed": 0, "in_flight": 0}}),
    );
    for field in ["delivered_lines", "total_lines", "delivered_bytes", "total_bytes"] {
        assert_eq!(accepted[field], json!(null), "{field}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_job_shows_its_acknowledged_lines_and_when_it_may_end() {
    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    let nothing = json!({
        "status": "running",
        "delivered_lines": 0,
        "total_lines": 12,
        "delivered_bytes": 0,
        "total_bytes": bytes(0..12),
        "lines_per_second": 0,
        "estimated_end_at": null,
        "slices": {"total": 3, "completed": 0, "in_flight": 0},
        "last_attempt": null,
        "retries": 0,
    });
    assert_fields(&progress(&job.api).await, &nothing);
    job.make_requests(3).await;
    let halfway = json!({
        "status": "running",
        "delivered_lines": 6,
        "total_lines": 12,
        "delivered_bytes": bytes(0..6),
        "total_bytes": bytes(0..12),
        "lines_per_second": 6,
        "estimated_end_at": "2026-11-23T12:00:01Z",
        "slices": {"total": 3, "completed": 1, "in_flight": 0},
        "last_attempt": {"at": NOW, "code": 202, "message": null},
        "retries": 0,
    });
    assert_fields(&progress(&job.api).await, &halfway);

    for (limit, end) in [(json!(2), "2026-11-23T12:00:03Z"), (json!(null), "2026-11-23T12:00:01Z")]
    {
        job.api.send(put(RATE).json(&json!({ "lines_per_second": limit }))).await.expect(202);
        let limited = json!({"lines_per_second_limit": limit, "estimated_end_at": end});
        assert_fields(&progress(&job.api).await, &limited);
    }

    tokio::time::advance(Duration::from_secs(4)).await;
    let slower = json!({"lines_per_second": 1, "estimated_end_at": "2026-11-23T12:00:06Z"});
    assert_fields(&progress(&job.api).await, &slower);
    tokio::time::advance(Duration::from_secs(7)).await;
    let stalled = json!({"lines_per_second": 0, "estimated_end_at": null, "delivered_lines": 6});
    assert_fields(&progress(&job.api).await, &stalled);
}

#[tokio::test(start_paused = true)]
async fn a_completed_job_has_delivered_all_of_its_lines_and_has_no_rate() {
    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    job.make_requests(6).await;
    assert_fields(&progress(&job.api).await, &completed());
    job.api.send(post(INGEST).body(line(40))).await.expect(202);
    assert_fields(&progress(&job.api).await, &completed());
}

#[tokio::test]
async fn a_job_without_lines_completes_with_a_total_of_none() {
    let mut job = SteppedJob::over(Api::new(), &[]);
    job.api.enable("us").await;
    job.api.submit("us").await;
    job.until_settled().await;
    let empty = json!({
        "status": "completed",
        "delivered_lines": 0,
        "total_lines": 0,
        "delivered_bytes": 0,
        "total_bytes": 0,
        "slices": {"total": 0, "completed": 0, "in_flight": 0},
        "last_attempt": null,
    });
    assert_fields(&progress(&job.api).await, &empty);
}

#[tokio::test(start_paused = true)]
async fn a_failed_job_keeps_its_progress_and_has_no_estimated_end() {
    let mut job = SteppedJob::of_twelve_lines(&[202, 202, 202, 401]).await;
    job.make_requests(4).await;
    job.until_settled().await;
    let failed = json!({
        "status": "failed",
        "delivered_lines": 6,
        "total_lines": 12,
        "delivered_bytes": bytes(0..6),
        "total_bytes": bytes(0..12),
        "lines_per_second": 0,
        "estimated_end_at": null,
        "slices": {"total": 3, "completed": 1, "in_flight": 0},
        "last_attempt": {"at": NOW, "code": 401, "message": "Unauthorized"},
        "retries": 0,
    });
    assert_fields(&progress(&job.api).await, &failed);

    let mut cancelled = SteppedJob::of_twelve_lines(&[]).await;
    cancelled.make_requests(1).await;
    cancelled.api.send(post(CANCEL)).await.expect(202);
    cancelled.until_settled().await;
    let left = json!({"status": "failed", "delivered_lines": 2, "estimated_end_at": null});
    assert_fields(&progress(&cancelled.api).await, &left);
}

#[tokio::test]
async fn each_repeated_attempt_is_counted_and_a_halved_batch_is_none() {
    let mut job = SteppedJob::of_twelve_lines(&[503, 429, 408, 202, 413, 202, 202, 500]).await;
    for (requests, retries, delivered, code, message) in [
        (1, 1, 0, 503, json!("Service Unavailable")),
        (1, 2, 0, 429, json!("Too Many Requests")),
        (1, 3, 0, 408, json!("Request Timeout")),
        (1, 3, 2, 202, json!(null)),
        (1, 3, 2, 413, json!("Payload Too Large")),
        (2, 3, 4, 202, json!(null)),
        (1, 4, 4, 500, json!("Internal Server Error")),
    ] {
        job.make_requests(requests).await;
        let attempt = json!({"at": NOW, "code": code, "message": message});
        let expected = json!({
            "retries": retries,
            "delivered_lines": delivered,
            "delivered_bytes": bytes(0..delivered),
            "last_attempt": attempt,
        });
        assert_fields(&progress(&job.api).await, &expected);
    }
    job.until_settled().await;
    let end = json!({"status": "completed", "retries": 4, "delivered_bytes": bytes(0..12)});
    assert_fields(&progress(&job.api).await, &end);
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_receiver_is_overloaded_shows_that_it_sends_fewer_requests_at_a_time() {
    for (answers, limit) in [(&[503][..], 2), (&[503, 503], 1), (&[429], 2), (&[413], 4)] {
        let mut job = SteppedJob::of_twelve_lines(answers).await;
        assert_eq!(progress(&job.api).await["in_flight_limit"], 4);
        job.make_requests(answers.len()).await;
        job.step().await;
        assert_eq!(progress(&job.api).await["in_flight_limit"], limit, "{answers:?}");
    }
    let mut job = SteppedJob::of_twelve_lines(&[503]).await;
    job.make_requests(6).await;
    assert_eq!(progress(&job.api).await["in_flight_limit"], 3, "it grows again");
}

#[tokio::test(start_paused = true)]
async fn a_job_waits_and_then_sends_fewer_requests_at_a_time_if_the_live_lane_was_throttled() {
    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    job.make_requests(1).await;
    let pause = Duration::from_secs(7);
    job.slow_down(pause);
    assert_eq!(job.step().await, Next::In(pause));
    assert_eq!(progress(&job.api).await["in_flight_limit"], 2);
    tokio::time::advance(pause).await;
    job.until_settled().await;
    assert_eq!(job.api.status("us").await, "completed");
}

#[tokio::test(start_paused = true)]
async fn the_progress_is_exact_after_a_restart_in_the_middle() {
    for requests in 0..6 {
        let mut job = SteppedJob::of_twelve_lines(&[503]).await;
        job.make_requests(requests).await;
        let mut before = progress(&job.api).await;
        let mut again = SteppedJob::over(reopened(&job.api).await, &[]);
        // Only the rate and the number of requests that the receiver can take are not stored.
        before["lines_per_second"] = json!(0);
        before["in_flight_limit"] = json!(4);
        before["estimated_end_at"] = json!(null);
        assert_eq!(progress(&again.api).await, before, "after {requests} requests");
        again.until_settled().await;
        let mut end = completed();
        end["retries"] = json!(usize::from(requests > 0));
        assert_fields(&progress(&again.api).await, &end);
        assert_eq!(progress(&reopened(&again.api).await).await, progress(&again.api).await);
    }
}

#[tokio::test]
async fn a_job_does_not_show_the_last_attempt_of_the_job_before() {
    let mut job = SteppedJob::of_twelve_lines(&[401]).await;
    job.until_settled().await;
    job.api.turn_clock_to("2026-11-23T12:00:01Z");
    let attempts =
        async |job: &SteppedJob| progress(&job.api).await["last_attempt"]["code"].clone();
    assert_eq!(attempts(&job).await, 401);
    job.api.submit("us").await;
    assert_eq!(attempts(&job).await, json!(null), "accepted");
    job.until_running().await;
    assert_eq!(attempts(&job).await, json!(null), "running");
    job.make_requests(1).await;
    assert_eq!(attempts(&job).await, 202);
}

#[tokio::test]
async fn a_progress_is_that_of_its_region() {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    assert_eq!(progress(&api).await["status"], "accepted");
    let elsewhere = api.send(get("/api/eu/x/replay/progress")).await.expect(200);
    assert_eq!(elsewhere.text("status"), "unconfigured");
}

fn completed() -> Value {
    json!({
        "status": "completed",
        "delivered_lines": 12,
        "total_lines": 12,
        "delivered_bytes": bytes(0..12),
        "total_bytes": bytes(0..12),
        "lines_per_second": 0,
        "estimated_end_at": null,
        "slices": {"total": 3, "completed": 3, "in_flight": 0},
        "last_attempt": {"at": NOW, "code": 202, "message": null},
        "retries": 0,
    })
}

async fn reopened(api: &Api) -> Api {
    api.restarted().await
}

async fn progress(api: &Api) -> Value {
    api.send(get(PROGRESS)).await.expect(200).json()
}

/// The bytes of these lines without line feeds.
fn bytes(lines: Range<u32>) -> usize {
    lines.map(|second| line(second).len()).sum()
}

/// Asserts the values of some fields.
#[track_caller]
fn assert_fields(body: &Value, expected: &Value) {
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&body[field], value, "{field} in {body:#}");
    }
}
