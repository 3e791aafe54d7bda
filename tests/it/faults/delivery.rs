//! What a correct receiver gets: the lines of the window, byte for byte and in order, in requests
//! of the documented form.

use std::collections::HashSet;

use replay_tests::{
    in_process::{InProcessServer, Settings, now, window},
    lines::{Line, SeededRandom},
    receiver::Receiver,
};
use serde_json::json;

#[tokio::test]
async fn every_line_of_the_window_arrives_byte_for_byte_by_event_time_then_by_arrival() {
    let settings = Settings { in_flight: 1, ..Settings::default() };
    let (server, receiver) = (InProcessServer::start(settings).await, Receiver::accepting().await);
    let lines = Line::random_around(1_500, window(), &mut SeededRandom::from_environment());
    for some in lines.chunks(213) {
        server.api.ingest(some).await;
    }
    let elsewhere = window().filled(20);
    server.api.in_region("eu").ingest(&elsewhere).await;

    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
    let within = window().lines(&lines).len();
    assert!((500..1_400).contains(&within), "{within} of 1500 lines are a poor choice");
}

#[tokio::test]
async fn a_delivery_has_the_documented_form() {
    let (server, receiver) =
        (InProcessServer::start(Settings::default()).await, Receiver::accepting().await);
    server.archive(25).await;
    let secret = r#"Splunk  "1=2",\ ~!"#;
    let webhook = json!({ "endpoint": receiver.url(), "authorization": secret, "enabled": true });
    assert_eq!(server.api.patch(webhook).await.code, 200);
    for _ in 0..2 {
        server.api.replay(window()).await;
        assert_eq!(server.api.settled().await["status"], "completed");
    }

    let requests = receiver.requests();
    assert_eq!(requests.len(), 6);
    for request in &requests {
        assert_eq!(request.request_line, "POST /logs?from=konnect HTTP/1.1");
        assert_eq!(request.header("host"), receiver.address.to_string());
        assert_eq!(request.header("content-type"), "text/plain");
        assert_eq!(request.header("content-encoding"), "gzip");
        assert_eq!(request.header("authorization"), secret);
        assert_eq!(request.raw_body[..2], [0x1f, 0x8b]);
        assert!(request.body.ends_with('\n') && !request.body.contains("\n\n"));
    }
    let each = |name: &str| -> Vec<_> {
        requests.iter().map(|request| request.header(name).to_owned()).collect()
    };
    let jobs = each("x-replay-job-id");
    assert!(jobs[..3].iter().all(|job| *job == jobs[0]), "{jobs:?}");
    assert!(jobs[3..].iter().all(|job| *job == jobs[3]), "{jobs:?}");
    assert_ne!(jobs[0], jobs[3]);
    assert_eq!(each("webhook-id").into_iter().collect::<HashSet<_>>().len(), 6);
}

#[tokio::test]
async fn a_webhook_without_an_authorization_sends_none() {
    let (server, receiver) =
        (InProcessServer::start(Settings::default()).await, Receiver::accepting().await);
    server.archive(1).await;
    server.api.replay_to(&receiver, window()).await;
    let requests = receiver.requests();
    assert!(requests[0].headers.iter().all(|(name, _)| name != "authorization"), "{requests:?}");
}

#[tokio::test]
async fn batches_are_as_large_as_their_limits_allow() {
    let limits = Settings { batch_lines: 7, batch_bytes: 2_000, ..Settings::default() };
    let (server, receiver) = (InProcessServer::start(limits).await, Receiver::accepting().await);
    let mut lines = Line::random_around(400, window(), &mut SeededRandom::from_environment());
    let mut long = Line::plain(400, window().start);
    long.text += &"~".repeat(2_000);
    lines.push(long);
    server.api.ingest(&lines).await;
    server.api.replay_to(&receiver, window()).await;

    let mut batches = vec![String::new()];
    for line in window().lines(&lines) {
        let batch = batches.last().unwrap();
        let full = batch.matches('\n').count() == 7 || batch.len() + line.text.len() + 1 > 2_000;
        if full && !batch.is_empty() {
            batches.push(String::new());
        }
        batches.last_mut().unwrap().extend([line.text.as_str(), "\n"]);
    }
    let bodies: Vec<_> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, batches);
}

#[tokio::test]
async fn a_batch_of_exactly_the_byte_limit_is_not_split() {
    let lines = window().filled(6);
    let bytes = window().replayed(&lines).len();
    for (batch_bytes, batches) in [(bytes, vec![6]), (bytes - 1, vec![5, 1])] {
        let settings = Settings { batch_bytes: batch_bytes as u64, ..Settings::default() };
        let (server, receiver) =
            (InProcessServer::start(settings).await, Receiver::accepting().await);
        server.api.ingest(&lines).await;
        server.api.replay_to(&receiver, window()).await;
        assert_eq!(receiver.line_counts(), batches);
    }
}

#[tokio::test]
async fn lines_of_the_maximum_length_are_delivered() {
    let settings = Settings { batch_lines: 1_000, ..Settings::default() };
    let (server, receiver) = (InProcessServer::start(settings).await, Receiver::accepting().await);
    let mut lines = window().filled(9);
    for line in &mut lines {
        line.text += &"~".repeat(256 * 1024 - line.text.len());
    }
    server.api.ingest(&lines).await;
    server.api.replay_to(&receiver, window()).await;
    assert!(receiver.acknowledged_text() == window().replayed(&lines), "something was damaged");
    assert_eq!(receiver.line_counts(), [3, 3, 3]);
}

#[tokio::test]
async fn self_audit_lines_are_replayed_too() {
    let (server, receiver) =
        (InProcessServer::start(Settings::default()).await, Receiver::accepting().await);
    let mut today = window();
    today.end = now();
    let job = server.api.replay_to(&receiver, today).await;
    assert_eq!(job["status"], "completed");
    let taken = receiver.acknowledged_text();
    assert!(taken.contains("|audit-log-replay|") && taken.contains(" act=PATCH "), "{taken}");
}
