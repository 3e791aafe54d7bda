//! Several slices of a job in flight: how many requests there are at the same time, and that a fault
//! of one of them is handled for all.

use core::time::Duration;

use chrono::TimeDelta;
use replay_tests::{
    batches::{assert_delivered, listed},
    client::failure,
    lines::{Line, Window},
    polling::until,
    process::{Server, ServerDir, window},
    receiver::{Gate, Receiver, Reply},
};
use tokio::time::Instant;

#[tokio::test]
async fn one_request_in_flight_delivers_all_slices_in_total_order() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let server = serve(&data_dir, "1").await;
    // Parts arrive out of order, and lines of the same time in different parts.
    let at =
        |number: usize| window.start + TimeDelta::milliseconds((number / 3).try_into().unwrap());
    let lines: Vec<_> = (0..4_000).map(|number| Line::plain(number, at(number))).collect();
    let mut arrived = Vec::new();
    for first in [1, 0, 3, 2] {
        for part in lines.chunks(250).skip(first).step_by(4) {
            server.api.ingest(part).await;
            arrived.extend_from_slice(part);
        }
    }
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    assert!(slices(&server, "total").await >= 3);
    assert!(receiver.received_text() == window.replayed(&arrived), "they are not in order");
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_sees_as_many_requests_as_may_be_in_flight() {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let server = serve(&data_dir, "4").await;
    let lines = ingest(&server, window, 8_000).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    let requests = receiver.wait_for_requests(4).await;
    let slices_of = requests.iter().map(|request| request.body.lines().next().unwrap());
    let mut firsts: Vec<_> = slices_of.collect();
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), 4, "two requests have the same lines");
    until("all are in flight", async || (slices(&server, "in_flight").await == 4).then_some(()))
        .await;
    assert_eq!(receiver.requests().len(), 4, "more requests than may be in flight");
    gate.open();
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_all_delivered(&data_dir, &server, &receiver, &window.replayed(&lines)).await;
}

#[tokio::test]
async fn requests_of_several_slices_that_are_too_large_are_halved_each_in_its_slice() {
    let (data_dir, window) = (ServerDir::new(), window());
    let receiver = Receiver::replying(|request| match request.lines() {
        61.. => Reply::Status(413),
        _ => Reply::Status(200),
    })
    .await;
    let server = serve(&data_dir, "4").await;
    let lines = ingest(&server, window, 4_000).await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    assert!(slices(&server, "total").await >= 3);
    assert_all_delivered(&data_dir, &server, &receiver, &window.replayed(&lines)).await;
    let counts = receiver.line_counts();
    assert_eq!(counts.iter().filter(|lines| **lines == 100).count(), 40, "{counts:?}");
    assert_eq!(counts.iter().filter(|lines| **lines == 50).count(), 80, "{counts:?}");
}

#[tokio::test]
async fn a_rejected_request_fails_the_job_after_the_others_have_ended_and_are_counted() {
    let (data_dir, window) = (ServerDir::new(), window());
    let (rejection, acknowledgements) = (Gate::closed(), Gate::closed());
    let held = (rejection.clone(), acknowledgements.clone());
    let receiver = Receiver::replying(move |request| match request.number {
        2 => held.0.hold(Reply::Status(401)),
        _ => held.1.hold(Reply::Status(200)),
    })
    .await;
    let server = serve(&data_dir, "4").await;
    ingest(&server, window, 6_000).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(4).await;
    rejection.open();
    until("the rejection is stored", async || {
        (server.api.health().await.code == Some(401)).then_some(())
    })
    .await;
    assert_eq!(server.api.job().await["status"], "running");
    acknowledgements.open();
    let job = server.api.settled().await;
    assert_eq!(failure(&job), "the webhook answered 401");
    assert_eq!((&job["delivered_lines"], receiver.requests().len()), (&300.into(), 4), "{job}");
}

#[tokio::test]
async fn requests_answered_503_are_followed_by_one_at_a_time_until_an_acknowledgement() {
    let (data_dir, window) = (ServerDir::new(), window());
    let (failures, probe) = (Gate::closed(), Gate::closed());
    let held = (failures.clone(), probe.clone());
    let receiver = Receiver::replying(move |request| match request.number {
        0..4 => held.0.hold(Reply::Status(503)),
        4 => held.1.hold(Reply::Status(200)),
        _ => Reply::Status(200),
    })
    .await;
    let server = serve(&data_dir, "4").await;
    let lines = ingest(&server, window, 6_000).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(4).await;
    failures.open();
    let requests = receiver.wait_for_requests(5).await;
    until("it is in flight", async || (slices(&server, "in_flight").await == 1).then_some(()))
        .await;
    assert_eq!(receiver.requests().len(), 5, "more than one request was sent");
    let failed = requests[..4].iter().any(|request| request.body == requests[4].body);
    assert!(failed, "another batch was sent");
    probe.open();
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_all_delivered(&data_dir, &server, &receiver, &window.replayed(&lines)).await;
}

#[tokio::test]
async fn a_wait_that_one_answer_asks_for_holds_for_all_slices_although_others_are_acknowledged() {
    for code in [429, 503] {
        let (data_dir, window) = (ServerDir::new(), window());
        let [failure, acknowledgements, probe] = [(); 3].map(|()| Gate::closed());
        let held = (failure.clone(), acknowledgements.clone(), probe.clone());
        let receiver = Receiver::replying(move |request| match request.number {
            0 => held.0.hold(Reply::Full(code, "retry-after: 2\r\n", "")),
            1..4 => held.1.hold(Reply::Status(200)),
            _ => held.2.hold(Reply::Status(200)),
        })
        .await;
        let server = serve(&data_dir, "4").await;
        let lines = ingest(&server, window, 6_000).await;
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window).await;
        receiver.wait_for_requests(4).await;
        let answered_at = Instant::now();
        failure.open();
        until("the answer is stored", async || {
            (server.api.health().await.code == Some(code)).then_some(())
        })
        .await;
        acknowledgements.open();
        let requests = receiver.wait_for_requests(5).await;
        let waited = requests[4].at - answered_at;
        assert!(waited >= Duration::from_secs(2), "{code}: {waited:?}");
        until("it is in flight", async || (slices(&server, "in_flight").await == 1).then_some(()))
            .await;
        assert_eq!(receiver.requests().len(), 5, "{code}: more than one request was sent");
        probe.open();
        assert_eq!(server.api.settled().await["status"], "completed");
        assert_all_delivered(&data_dir, &server, &receiver, &window.replayed(&lines)).await;
    }
}

/// Starts a server with at most this number of requests in flight and 100 lines in each.
async fn serve(data_dir: &ServerDir, in_flight: &str) -> Server {
    data_dir.serve(&["--in-flight", in_flight, "--batch-lines", "100"]).await
}

/// Ingests lines of the window in order, in many requests, so that a job has several slices.
async fn ingest(server: &Server, window: Window, count: usize) -> Vec<Line> {
    let lines = window.filled(count);
    for some in lines.chunks(500) {
        server.api.ingest(some).await;
    }
    lines
}

/// A number of slices of the job: the total, the completed ones or those in flight.
async fn slices(server: &Server, of: &str) -> u64 {
    server.api.progress().await["slices"][of].as_u64().unwrap()
}

/// Asserts that the job's batches were acknowledged and that they are this text.
async fn assert_all_delivered(
    data_dir: &ServerDir,
    server: &Server,
    receiver: &Receiver,
    text: &str,
) {
    let job = server.api.job_id().await;
    assert_delivered(&receiver.requests(), &job, &listed(data_dir, &job).await, text);
}
