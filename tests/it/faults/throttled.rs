//! Throttling receivers: 429 is flow control and no failure, until a job has had no acknowledgement
//! for too long.

use core::time::Duration;
use replay_tests::{
    client::{WebhookHealth, failure},
    in_process::{InProcessServer, Settings, window},
    receiver::{Receiver, Reply},
};

#[tokio::test]
async fn throttling_uses_up_no_retry() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(25).await;
    // Twelve 429s, then as many errors as there are retries, then a success.
    let receiver = Receiver::replying(|request| {
        Reply::Status(match request.number % 17 {
            0..12 => 429,
            12..16 => 500,
            _ => 200,
        })
    })
    .await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
    assert_eq!(receiver.requests().len(), 51);
}

#[tokio::test]
async fn retry_after_is_honoured_in_seconds_and_as_a_date() {
    for headers in [
        "retry-after: 1\r\n",
        "retry-after: Mon, 23 Nov 2026 12:00:01 GMT\r\ndate: Mon, 23 Nov 2026 12:00:00 GMT\r\n",
    ] {
        for code in [429, 503] {
            let server = InProcessServer::start(Settings::default()).await;
            server.archive(3).await;
            let receiver = Receiver::replying(move |request| match request.number {
                0 => Reply::Full(code, headers, ""),
                _ => Reply::Status(200),
            })
            .await;
            let job = server.api.replay_to(&receiver, window()).await;
            assert_eq!(job["status"], "completed");
            let requests = receiver.requests();
            assert_eq!(requests.len(), 2);
            assert!(requests[1].at - requests[0].at >= Duration::from_secs(1), "{code} {headers}");
        }
    }
}

#[tokio::test]
async fn an_invalid_retry_after_is_ignored() {
    let server = InProcessServer::start(Settings::default()).await;
    server.archive(3).await;
    for headers in [
        "retry-after: soon\r\n",
        "retry-after: -1\r\n",
        "retry-after: 1.5\r\n",
        "retry-after: \r\n",
        "retry-after: Mon, 23 Nov 2026 12:00:00 GMT\r\n",
        "retry-after: Mon, 23 Nov 2026 12:00:00 GMT\r\ndate: never\r\n",
    ] {
        let receiver = Receiver::replying(move |request| match request.number {
            0..6 => Reply::Full(429, headers, ""),
            _ => Reply::Status(200),
        })
        .await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!((&job["status"], receiver.requests().len()), (&"completed".into(), 7));
    }
}

#[tokio::test]
async fn a_job_that_is_only_throttled_fails_eventually() {
    let settings = Settings { silence: Duration::from_millis(500), ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    server.archive(25).await;
    for headers in ["", "retry-after: 300\r\n"] {
        let receiver = Receiver::replying(move |request| match request.number {
            0 => Reply::Status(200),
            _ => Reply::Full(429, headers, ""),
        })
        .await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert!(failure(&job).starts_with("nothing was acknowledged for "), "{job}");
        let message = Some("Too Many Requests".to_owned());
        assert_eq!(server.api.health().await, WebhookHealth::new("inactive", Some(429), message));
    }
}
