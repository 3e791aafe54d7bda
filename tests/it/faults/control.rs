//! Control of a running job over real processes: a cancel while a receiver hangs, a pause and a resumed
//! job over `kill -9`, and a receiver that is gone.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;

use replay_tests::{
    batches::{ListedBatch, listed},
    client::failure,
    lines::{Line, Window},
    polling::until,
    process::{Server, ServerDir, window},
    receiver::{Gate, ReceivedRequest, Receiver, Reply},
};
use serde_json::json;

#[tokio::test]
async fn a_cancelled_job_ends_while_its_receiver_still_holds_its_requests() {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let held = gate.clone();
    let receiver = Receiver::replying(move |request| match request.number {
        0..3 => Reply::Status(200),
        _ => held.hold(Reply::Status(200)),
    })
    .await;
    let server = serve(&data_dir).await;
    let lines = ingest(&server, window, 6_000).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(7).await;
    let cancelled = server.api.cancel().await;
    assert_eq!((cancelled.code, &cancelled.json()["status"]), (202, &json!("running")));
    // The gate is closed until the job has failed.
    let job = server.api.settled().await;
    let reason = "it was cancelled after 300 of 6000 lines were acknowledged";
    assert_eq!((failure(&job), &job["delivered_lines"]), (reason, &json!(300)));
    assert_eq!(server.api.health().await.code, Some(200), "what was given up is no attempt");
    assert_eq!(receiver.requests().len(), 7);
    gate.open();

    assert_eq!(server.api.resume().await.code, 202);
    assert_eq!(server.api.settled().await["status"], "completed");
    let progress = server.api.progress().await;
    assert_eq!((&progress["total_lines"], &progress["retries"]), (&json!(5_700), &json!(0)));
    assert_eq!(sorted(&receiver.acknowledged_text()), sorted(&window.replayed(&lines)));
}

#[tokio::test]
async fn a_paused_job_stays_paused_over_a_kill_and_goes_on_when_it_may() {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let mut server = serve(&data_dir).await;
    let lines = ingest(&server, window, 6_000).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(4).await;
    server.api.set_rate(Some(0)).await;
    gate.open();
    // The requests in flight end, and no other follows.
    until("no request is in flight", async || {
        let progress = server.api.progress().await;
        let is_idle = progress["status"] == "running" && progress["slices"]["in_flight"] == 0;
        is_idle.then_some(())
    })
    .await;
    assert_eq!(server.api.progress().await["delivered_lines"], 400);
    for _ in 0..2 {
        server.kill().await;
        server = serve(&data_dir).await;
        another_region_replays(&server, window).await;
        let progress = server.api.progress().await;
        assert_eq!(
            (&progress["status"], &progress["lines_per_second_limit"]),
            (&json!("running"), &json!(0))
        );
        assert_eq!(server.api.put(window).await.code, 409);
    }
    assert_eq!(receiver.requests().len(), 4, "a paused job sent a request");
    server.api.set_rate(None).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(sorted(&receiver.acknowledged_text()), sorted(&window.replayed(&lines)));
}

#[tokio::test]
async fn a_resumed_job_sends_what_the_failed_one_had_left_and_had_in_flight_over_kills() {
    let (data_dir, window) = (ServerDir::new(), window());
    let answered = AtomicUsize::new(0);
    let (first_gate, second_gate) = (Gate::closed(), Gate::closed());
    let held = (first_gate.clone(), second_gate.clone());
    // Each job gets some answers, and then hangs until it is killed.
    let receiver =
        Receiver::replying(move |request| match answered.fetch_add(1, Ordering::SeqCst) {
            0..20 => Reply::Status(if request.lines() > 60 { 413 } else { 200 }),
            20..40 => held.0.hold(Reply::Status(200)),
            _ => held.1.hold(Reply::Status(if request.lines() > 60 { 413 } else { 200 })),
        })
        .await;
    let mut server = serve(&data_dir).await;
    let lines = ingest(&server, window, 6_000).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(24).await;
    server.kill().await;
    server = serve(&data_dir).await;
    receiver.wait_for_requests(28).await;
    assert_eq!(server.api.cancel().await.code, 202);
    assert!(failure(&server.api.settled().await).starts_with("it was cancelled after "));
    let first = server.api.job_id().await;
    let planned = listed(&data_dir, &first).await;
    let delivered = acknowledged(&receiver.requests(), |number| number < 20);
    let before = receiver.requests().len();

    assert_eq!(server.api.resume().await.code, 202);
    receiver.wait_for_requests(before + 1).await;
    server.kill().await;
    server = serve(&data_dir).await;
    second_gate.open();
    first_gate.open();
    let job = server.api.settled().await;
    assert_eq!((&job["status"], &job["resumed_from"]), (&json!("completed"), &json!(first)));
    let second = server.api.job_id().await;
    assert_ne!(first, second);
    assert_left(&planned, &delivered, &listed(&data_dir, &second).await, (&first, &second));
    let requests = receiver.requests();
    assert!(requests[before..].iter().all(|request| request.header("x-replay-job-id") == second));
    let again = acknowledged(&requests[before..], |_| true);
    assert!(again.keys().all(|id| !delivered.contains_key(id)), "a batch was delivered twice");
    let text: String = delivered.into_values().chain(again.into_values()).collect();
    assert_eq!(sorted(&text), sorted(&window.replayed(&lines)));
}

#[tokio::test]
async fn a_receiver_that_is_gone_fails_the_job_and_disables_its_webhook_unless_that_was_changed() {
    for is_changed in [false, true] {
        let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
        let held = gate.clone();
        let receiver = Receiver::replying(move |_| held.hold(Reply::Status(410))).await;
        let server = serve(&data_dir).await;
        ingest(&server, window, 10).await;
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window).await;
        receiver.wait_for_requests(1).await;
        if is_changed {
            let other = Receiver::accepting().await;
            server.api.point_at(&other.url()).await;
        }
        gate.open();
        assert_eq!(failure(&server.api.settled().await), "the webhook answered 410");
        let webhook = server.api.get("v2/audit-log-webhook").await.json();
        assert_eq!(webhook["enabled"], json!(is_changed), "{webhook}");
        assert_eq!(receiver.requests().len(), 1);
    }
}

/// Asserts that the second job's batches are those of the first one without the delivered ones.
fn assert_left(
    planned: &[ListedBatch],
    delivered: &HashMap<String, String>,
    left: &[ListedBatch],
    (first, second): (&str, &str),
) {
    let under_first_id = |batch: &ListedBatch| ListedBatch {
        id: batch.id.replacen(second, first, 1),
        ..batch.clone()
    };
    let mut left: Vec<_> = left.iter().map(under_first_id).collect();
    let mut expected: Vec<_> =
        planned.iter().filter(|batch| !delivered.contains_key(&batch.id)).cloned().collect();
    left.sort();
    expected.sort();
    // Batches that the second job has halved are listed as they were sent.
    let whole = |batches: &[ListedBatch]| batches.iter().map(|batch| batch.lines).sum::<usize>();
    assert_eq!(whole(&left), whole(&expected));
    let is_left = |batch: &&ListedBatch| batch.lines > 60 || left.contains(batch);
    let missing: Vec<_> = expected.iter().filter(|batch| !is_left(batch)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The body of each webhook-id that got a 2xx among the requests with such a number.
fn acknowledged(
    requests: &[ReceivedRequest],
    counts: impl Fn(usize) -> bool,
) -> HashMap<String, String> {
    let is_acknowledged = |request: &&ReceivedRequest| {
        counts(request.number) && request.status.is_some_and(|code| code < 300)
    };
    let pair =
        |request: &ReceivedRequest| (request.header("webhook-id").to_owned(), request.body.clone());
    requests.iter().filter(is_acknowledged).map(pair).collect()
}

/// Runs a job in another region from its submission to its end.
async fn another_region_replays(server: &Server, window: Window) {
    let (eu, other) = (server.api.in_region("eu"), Receiver::accepting().await);
    assert_eq!(eu.replay_to(&other, window).await["status"], "completed");
}

/// Starts a server with four requests in flight and 100 lines in each.
async fn serve(data_dir: &ServerDir) -> Server {
    data_dir.serve(&["--in-flight", "4", "--batch-lines", "100"]).await
}

/// Ingests lines of the window in order, in many requests, so that a job has several slices.
async fn ingest(server: &Server, window: Window, count: usize) -> Vec<Line> {
    let lines = window.filled(count);
    for some in lines.chunks(500) {
        server.api.ingest(some).await;
    }
    lines
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}
