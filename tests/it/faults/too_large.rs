//! Receivers that answer 413: a batch is sent as its halves, recursively, and every line is
//! delivered once and in order.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    http::{StatusCode, header},
};
use replay_tests::{
    client::{WebhookHealth, failure},
    in_process::{InProcessServer, Settings, window},
    lines::{Line, SeededRandom},
    receiver::{ReceivedRequest, Receiver, Reply},
};
use serde_json::json;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_batch_answered_413_is_sent_as_its_halves() {
    let settings = Settings { batch_lines: 9, ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    let lines = server.archive(20).await;
    let receiver = Receiver::replying(at_most_lines(2)).await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
    let nine = [9, 4, 2, 2, 5, 2, 3, 1, 2];
    assert_eq!(receiver.line_counts(), [&nine[..], &nine[..], &[2]].concat());
}

#[tokio::test]
async fn halves_keep_the_order_despite_other_faults() {
    let settings = Settings { batch_lines: 64, ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    let lines = Line::random_around(400, window(), &mut SeededRandom::from_environment());
    server.api.ingest(&lines).await;
    let longest = lines.iter().map(|line| line.text.len() + 1).max().unwrap();
    let receiver = Receiver::replying(move |request| {
        Reply::Status(match request.number % 3 {
            0 => 500,
            _ if request.body.len() > longest => 413,
            1 => 429,
            _ => 200,
        })
    })
    .await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
    assert!(receiver.requests().iter().any(|request| request.status == Some(413)));
}

#[tokio::test]
async fn a_batch_that_was_accepted_before_a_413_is_sent_again_with_new_webhook_ids() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(4).await;
    let receiver = Receiver::replying(|request| match request.number {
        // Accepted, but the response is lost.
        0 => Reply::Bytes(String::new()),
        1 => Reply::Status(413),
        _ => Reply::Status(200),
    })
    .await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed", "{job}");
    let requests = receiver.requests();
    let [taken, again, halves @ ..] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(taken.body, window().replayed(&lines));
    assert_eq!(taken.header("webhook-id"), again.header("webhook-id"));
    assert_eq!(halves.iter().map(|half| half.body.as_str()).collect::<String>(), taken.body);
    assert!(halves.iter().all(|half| half.header("webhook-id") != taken.header("webhook-id")));
}

#[tokio::test]
async fn a_single_line_answered_413_fails_the_job() {
    let settings = Settings { batch_lines: 8, ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    let mut lines = window().filled(8);
    lines[5].text += " and then some";
    server.api.ingest(&lines).await;
    let receiver = Receiver::replying(|request| {
        Reply::Status(if request.body.contains("and then some") { 413 } else { 200 })
    })
    .await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert!(failure(&job).contains("413 to a single line"), "{job}");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines[..5]));
    assert_eq!(receiver.requests().last().unwrap().lines(), 1);
    let WebhookHealth { status, code, message } = server.api.health().await;
    assert_eq!((status.as_str(), code), ("inactive", Some(413)));
    assert_eq!(message.as_deref(), Some("Payload Too Large"));
}

#[tokio::test]
async fn a_new_job_does_not_reuse_the_splits_of_an_older_one() {
    let settings = Settings { batch_lines: 8, ..Settings::default() };
    let server = InProcessServer::start(settings).await;
    server.archive(24).await;
    let narrow = Receiver::replying(at_most_lines(1)).await;
    assert_eq!(server.api.replay_to(&narrow, window()).await["status"], json!("completed"));
    let wide = Receiver::accepting().await;
    assert_eq!(server.api.replay_to(&wide, window()).await["status"], json!("completed"));
    assert_eq!(wide.line_counts(), [8, 8, 8]);
}

#[tokio::test]
async fn a_response_before_the_end_of_the_request_counts() {
    let server = InProcessServer::start(Settings::default()).await;
    let (mut random, mut lines) = (SeededRandom::from_environment(), window().filled(3));
    for line in &mut lines {
        // Random text, which does not compress.
        line.text
            .extend((0..200_000).map(|_| char::from(b' ' + random.below(90).to_le_bytes()[0])));
    }
    server.api.ingest(&lines).await;
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sizes);
    let app = Router::new().fallback(async move |request: Request| {
        let length = request.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
        seen.lock().unwrap().push(length);
        if length > 250_000 {
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
        to_bytes(request.into_body(), length).await.unwrap();
        StatusCode::OK
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    server.api.point_at(&format!("http://{}/", listener.local_addr().unwrap())).await;
    tokio::spawn(async move { axum::serve(listener, app).await });
    server.api.replay(window()).await;
    let job = server.api.settled().await;
    assert_eq!(job["status"], "completed", "{job}");
    let large: Vec<_> =
        sizes.lock().unwrap().iter().map(|length: &usize| *length > 250_000).collect();
    assert_eq!(large, [true, false, true, false, false]);
}

fn at_most_lines(lines: usize) -> impl Fn(&ReceivedRequest) -> Reply {
    move |request| Reply::Status(if request.lines() > lines { 413 } else { 200 })
}
