//! Receivers that violate HTTP or use it in unusual ways: none of them stops the server, and each
//! job ends by its retry policy.

use core::time::Duration;

use replay_tests::{
    client::{WebhookHealth, failure},
    in_process::{InProcessServer, Settings, window},
    lines::{Line, SeededRandom},
    polling::until,
    receiver::{Gate, Receiver, Reply},
};
use serde_json::json;

/// The requests for one batch without a response: one and four retries.
const ATTEMPTS: usize = 5;

#[tokio::test]
async fn a_success_counts_whatever_its_body_is() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(25).await;
    for reply in [
        Reply::Endless,
        bytes("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nthis is not all of it"),
        bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nthis is no chunk"),
        bytes("HTTP/1.0 200 OK\r\n\r\nuntil the connection is closed"),
        bytes(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\nHTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
        ),
    ] {
        let receiver = replying(reply).await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!(job["status"], "completed", "{job}");
        assert_eq!(receiver.received_text(), window().replayed(&lines));
        assert_eq!(server.api.health().await.status, "active");
    }
}

#[tokio::test]
async fn anything_but_an_http_response_is_retried() {
    let server = InProcessServer::start(Settings::default()).await;
    server.archive(3).await;
    let many_headers = (0..1_000).map(|number| format!("x-{number}: a-secret\r\n"));
    for instead in [
        String::new(),
        "HTTP/1.1 200 O".to_owned(),
        "a-secret of an SMTP server\r\n".repeat(9),
        "HTTP/9.9 200 a-secret\r\n\r\n".to_owned(),
        "HTTP/1.1 2000 a-secret\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\na-secret\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: a-secret\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nx-words: {}\r\n\r\n", "a-secret".repeat(200_000)),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", many_headers.collect::<String>()),
    ] {
        let start: String = instead.chars().take(60).collect();
        let receiver = replying(Reply::Bytes(instead)).await;
        let job = server.api.replay_to(&receiver, window()).await;
        let reason = failure(&job);
        assert!(reason.starts_with("the webhook did not answer: "), "{start}: {reason}");
        assert!(reason.ends_with(" after 4 retries"), "{start}: {reason}");
        assert_eq!(receiver.requests().len(), ATTEMPTS, "{start}");
        let WebhookHealth { status, code, message } = server.api.health().await;
        assert_eq!((status.as_str(), code), ("inactive", None), "{start}");
        let shown = reason.to_owned() + &message.unwrap();
        assert!(!shown.contains("secret"), "{start}: {shown}");
    }
    let receiver = Receiver::accepting().await;
    assert_eq!(server.api.replay_to(&receiver, window()).await["status"], "completed");
    assert_eq!(server.api.health().await.status, "active");
}

#[tokio::test]
async fn a_receiver_that_never_responds_fails_the_job() {
    let settings = Settings { timeout: Duration::from_millis(500), ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    server.archive(3).await;
    let receiver = replying(Reply::Stall("")).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(failure(&job), "the webhook did not answer: no answer in time after 4 retries");
    assert_eq!(receiver.requests().len(), ATTEMPTS);
    let message = Some("no answer in time".to_owned());
    assert_eq!(server.api.health().await, WebhookHealth::new("inactive", None, message));
}

#[tokio::test]
async fn a_success_whose_body_never_arrives_counts() {
    let settings = Settings { timeout: Duration::from_millis(500), ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    let lines = server.archive(25).await;
    let receiver = replying(Reply::Stall("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(receiver.received_text(), window().replayed(&lines));
}

#[tokio::test]
async fn a_receiver_that_resets_connections_gets_the_same_bytes_again() {
    let settings = Settings { batch_lines: 100, ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    let mut random = SeededRandom::from_environment();
    let lines: Vec<_> =
        (0..300).map(|number| Line::random(number, window().start, &mut random)).collect();
    server.api.ingest(&lines).await;
    let receiver = Receiver::resetting(4, |_| Reply::Status(200)).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));

    let hopeless = Receiver::resetting(ATTEMPTS, |_| Reply::Status(200)).await;
    let job = server.api.replay_to(&hopeless, window()).await;
    assert!(failure(&job).starts_with("the webhook did not answer: "), "{job}");
    assert_eq!((hopeless.connections(), hopeless.requests().len()), (ATTEMPTS, 0));
}

#[tokio::test]
async fn a_connection_closed_after_each_response_uses_up_no_retry() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(300).await;
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    let receiver = replying(bytes(head)).await;
    server.api.replay_to(&receiver, window()).await;
    assert_eq!(receiver.received_text(), window().replayed(&lines));
}

#[tokio::test]
async fn a_stalled_receiver_does_not_delay_other_regions() {
    let server = InProcessServer::start(Settings::default()).await;
    let (gate, eu) = (Gate::closed(), server.api.in_region("eu"));
    let stuck = Receiver::holding(&gate).await;
    let lines = server.archive(25).await;
    eu.ingest(&lines).await;
    server.api.point_at(&stuck.url()).await;
    server.api.replay(window()).await;
    stuck.wait_for_requests(1).await;

    let receiver = Receiver::accepting().await;
    assert_eq!(eu.replay_to(&receiver, window()).await["status"], "completed");
    assert_eq!(server.api.job().await["status"], "running");
    gate.open();
    let completed = async || (server.api.job().await["status"] == json!("completed")).then_some(());
    until("the other job completes", completed).await;
}

fn bytes(text: &str) -> Reply {
    Reply::Bytes(text.to_owned())
}

async fn replying(reply: Reply) -> Receiver {
    Receiver::replying(move |_| reply.clone()).await
}
