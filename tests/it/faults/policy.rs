//! The retry policy of a job: which batches are sent again and how often, when the job fails, and
//! the webhook's health meanwhile.

use core::time::Duration;
use std::collections::HashSet;

use replay_tests::{
    client::{WebhookHealth, failure},
    in_process::{InProcessServer, Settings, window},
    polling::until,
    process::{self, ServerDir},
    receiver::{Receiver, Reply, ReservedPort},
};
use serde_json::json;

#[tokio::test]
async fn a_batch_is_retried_with_the_same_webhook_id_and_bytes() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(25).await;
    for code in [408, 425, 500, 502, 503, 504, 507, 599] {
        // Each batch succeeds at its last attempt.
        let receiver = Receiver::replying(move |request| {
            Reply::Status(if request.number % 5 < 4 { code } else { 200 })
        })
        .await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!(job["status"], "completed", "{code}");
        assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
        let requests = receiver.requests();
        assert_eq!(requests.len(), 15);
        for tries in requests.chunks(5) {
            let names: HashSet<_> = tries.iter().map(|one| one.header("webhook-id")).collect();
            let bodies: HashSet<_> = tries.iter().map(|one| &one.body).collect();
            assert_eq!((names.len(), bodies.len()), (1, 1));
        }
    }
}

#[tokio::test]
async fn a_job_fails_after_four_retries_and_a_new_put_works() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(25).await;
    let receiver = Receiver::replying(|request| {
        Reply::Status(if (1..6).contains(&request.number) { 503 } else { 200 })
    })
    .await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(failure(&job), "the webhook answered 503 after 4 retries");
    assert_eq!(receiver.requests().len(), 6);
    let message = Some("Service Unavailable".to_owned());
    assert_eq!(server.api.health().await, WebhookHealth::new("inactive", Some(503), message));

    let before = receiver.requests().len();
    server.api.replay(window()).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    let bodies =
        receiver.requests()[before..].iter().map(|one| one.body.as_str()).collect::<String>();
    assert_eq!(bodies, window().replayed(&lines));
    assert_eq!(server.api.health().await, WebhookHealth::new("active", Some(200), None));
}

#[tokio::test]
async fn only_a_2xx_acknowledges_a_batch() {
    let server = InProcessServer::start(Settings::default()).await;
    server.archive(25).await;
    for code in [200, 201, 202, 204, 206, 299] {
        let receiver = Receiver::replying(move |_| Reply::Status(code)).await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!((&job["status"], receiver.requests().len()), (&json!("completed"), 3), "{code}");
    }
    for code in [300, 301, 304, 400, 401, 403, 404, 405, 409, 410, 418, 422, 451, 499, 600] {
        let receiver = Receiver::replying(move |_| Reply::Status(code)).await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!(failure(&job), format!("the webhook answered {code}"));
        assert_eq!(receiver.requests().len(), 1);
        let WebhookHealth { status, code: last, .. } = server.api.health().await;
        assert_eq!((status.as_str(), last), ("inactive", Some(code)));
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let server = InProcessServer::start(Settings::default()).await;
    server.archive(3).await;
    let target = Receiver::accepting().await;
    for code in [301, 302, 303, 307, 308] {
        let location: &str = format!("location: {}\r\n", target.url()).leak();
        let receiver = Receiver::replying(move |_| Reply::Full(code, location, "")).await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!(failure(&job), format!("the webhook answered {code}"));
        assert_eq!((receiver.requests().len(), target.connections()), (1, 0));
    }
}

#[tokio::test]
async fn text_from_a_receiver_is_never_shown() {
    let server = InProcessServer::start(Settings::default()).await;
    server.archive(3).await;
    for code in [302, 400, 401, 413, 503] {
        let headers = "location: http://127.0.0.1/a-secret\r\nx-words: a-secret\r\n";
        let receiver = Receiver::replying(move |_| Reply::Full(code, headers, "a-secret")).await;
        server.api.replay_to(&receiver, window()).await;
        let phrase = format!("HTTP/1.1 {code} a-secret\r\ncontent-length: 0\r\n\r\n");
        let phrasing = Receiver::replying(move |_| Reply::Bytes(phrase.clone())).await;
        server.api.replay_to(&phrasing, window()).await;
        assert!(!phrasing.requests().is_empty());
        for path in ["audit-log-replay-job", "audit-log-webhook", "audit-log-webhook/status"] {
            let shown = server.api.get(&format!("v2/{path}")).await;
            assert!(!shown.text.contains("secret"), "{shown:?}");
        }
    }
}

#[tokio::test]
async fn a_receiver_that_refuses_connections_fails_the_job_after_four_retries() {
    let (server, down) = (InProcessServer::start(Settings::default()).await, ReservedPort::new());
    server.archive(3).await;
    server.api.point_at(&down.url()).await;
    server.api.replay(window()).await;
    let job = server.api.settled().await;
    let reason = failure(&job);
    assert!(
        reason.starts_with("the webhook did not answer: ") && reason.ends_with(" after 4 retries"),
        "{reason}"
    );
    let WebhookHealth { status, code, message } = server.api.health().await;
    assert_eq!((status.as_str(), code), ("inactive", None));
    assert!(message.is_some_and(|message| message.contains("refused")));
}

#[tokio::test]
async fn the_real_program_waits_one_second_then_two_before_its_retries() {
    let (data_dir, down, window) = (ServerDir::new(), ReservedPort::new(), process::window());
    let server = data_dir.serve(&[]).await;
    let lines = window.filled(30);
    server.api.ingest(&lines).await;
    server.api.point_at(&down.url()).await;
    server.api.replay(window).await;
    until("the webhook is inactive", async || {
        (server.api.health().await.status == "inactive").then_some(())
    })
    .await;
    assert_eq!(server.api.job().await["status"], "running");
    let receiver = down.listen();
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines));

    let flaky =
        Receiver::replying(|request| Reply::Status(if request.number < 2 { 500 } else { 200 }))
            .await;
    server.api.replay_to(&flaky, window).await;
    let requests = flaky.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
    assert!(requests[2].at - requests[1].at >= Duration::from_secs(2));
}
