//! Receivers that break the rules of HTTP, or hardly keep them: none of them stops the server, and
//! each job ends as its policy says.

use core::time::Duration;

use serde_json::json;

use super::{
    api::{failure, until},
    inside::{Inside, Settings, window},
    lines::Line,
    receiver::Receiver,
    say::{Gate, Say},
};

/// How many requests a job makes that gets no answer: one and four retries.
const TRIES: usize = 5;

#[tokio::test]
async fn a_success_counts_however_its_body_goes_on() {
    let server = Inside::start(Settings::default()).await;
    let lines = server.archive(25).await;
    for say in [
        Say::Endless,
        bytes("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nthis is not all of it"),
        bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nthis is no chunk"),
        bytes("HTTP/1.0 200 OK\r\n\r\nuntil the connection is closed"),
        bytes(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\nHTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
        ),
    ] {
        let receiver = saying(say).await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!(job["status"], "completed", "{job}");
        assert_eq!(receiver.sent(), window().replayed(&lines));
        assert_eq!(server.api.health().await.0, "active");
    }
}

#[tokio::test]
async fn no_answer_is_a_failure_to_retry_whatever_came_instead() {
    let server = Inside::start(Settings::default()).await;
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
        let receiver = saying(Say::Bytes(instead)).await;
        let job = server.api.replay_to(&receiver, window()).await;
        let reason = failure(&job);
        assert!(reason.starts_with("the webhook did not answer: "), "{start}: {reason}");
        assert!(reason.ends_with(" after 4 retries"), "{start}: {reason}");
        assert_eq!(receiver.ledger().len(), TRIES, "{start}");
        let (status, code, message) = server.api.health().await;
        assert_eq!((status.as_str(), code), ("inactive", None), "{start}");
        let shown = reason.to_owned() + &message.unwrap();
        assert!(!shown.contains("secret"), "{start}: {shown}");
    }
    let receiver = Receiver::taking().await;
    assert_eq!(server.api.replay_to(&receiver, window()).await["status"], "completed");
    assert_eq!(server.api.health().await.0, "active");
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_given_up() {
    let settings = Settings { timeout: Duration::from_millis(500), ..Settings::default() };
    let server = Inside::start(settings).await;
    server.archive(3).await;
    let receiver = saying(Say::Stall("")).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(failure(&job), "the webhook did not answer: no answer in time after 4 retries");
    assert_eq!(receiver.ledger().len(), TRIES);
    let message = Some("no answer in time".to_owned());
    assert_eq!(server.api.health().await, ("inactive".to_owned(), None, message));
}

#[tokio::test]
async fn a_success_whose_body_never_comes_counts_all_the_same() {
    let settings = Settings { timeout: Duration::from_millis(500), ..Settings::default() };
    let server = Inside::start(settings).await;
    let lines = server.archive(25).await;
    let receiver = saying(Say::Stall("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(receiver.sent(), window().replayed(&lines));
}

#[tokio::test]
async fn a_receiver_that_resets_connections_gets_the_same_bytes_again() {
    let settings = Settings { batch_lines: 100, ..Settings::default() };
    let server = Inside::start(settings).await;
    let mut draw = super::lines::Draw::seeded();
    let lines: Vec<_> =
        (0..300).map(|number| Line::drawn(number, window().start, &mut draw)).collect();
    server.api.ingest(&lines).await;
    let receiver = Receiver::resetting(4, |_| Say::Status(200)).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(receiver.taken(), window().replayed(&lines));

    let hopeless = Receiver::resetting(TRIES, |_| Say::Status(200)).await;
    let job = server.api.replay_to(&hopeless, window()).await;
    assert!(failure(&job).starts_with("the webhook did not answer: "), "{job}");
    assert_eq!((hopeless.connections(), hopeless.ledger().len()), (TRIES, 0));
}

#[tokio::test]
async fn a_connection_that_is_closed_after_each_answer_costs_no_retry() {
    let server = Inside::start(Settings::default()).await;
    let lines = server.archive(300).await;
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    let receiver = saying(bytes(head)).await;
    server.api.replay_to(&receiver, window()).await;
    assert_eq!(receiver.sent(), window().replayed(&lines));
}

#[tokio::test]
async fn one_regions_receiver_holds_up_no_other_region() {
    let server = Inside::start(Settings::default()).await;
    let (gate, eu) = (Gate::closed(), server.api.of_region("eu"));
    let held = gate.clone();
    let stuck = Receiver::saying(move |_| held.holds(Say::Status(200))).await;
    let lines = server.archive(25).await;
    eu.ingest(&lines).await;
    server.api.point_at(&stuck.url()).await;
    server.api.replay(window()).await;
    stuck.until(1).await;

    let receiver = Receiver::taking().await;
    assert_eq!(eu.replay_to(&receiver, window()).await["status"], "completed");
    assert_eq!(server.api.job().await["status"], "running");
    gate.open();
    let completed = async || (server.api.job().await["status"] == json!("completed")).then_some(());
    until("the other job completes", completed).await;
}

fn bytes(text: &str) -> Say {
    Say::Bytes(text.to_owned())
}

async fn saying(say: Say) -> Receiver {
    Receiver::saying(move |_| say.clone()).await
}
