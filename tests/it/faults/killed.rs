//! `kill -9` at any moment: after the next start a job continues, everything that was acknowledged
//! is stored, and no archived line is lost.

use core::time::Duration;
use std::collections::HashMap;

use replay_tests::{
    client::{ApiClient, failure},
    lines::{Line, SeededRandom},
    process::{Server, ServerDir, window},
    receiver::{Gate, ReceivedRequest, Receiver, Reply},
};
use tokio::{sync::watch, time::sleep};

#[tokio::test]
async fn a_job_whose_server_is_killed_repeatedly_completes_with_one_webhook_id_for_each_line() {
    let mut random = SeededRandom::from_environment();
    for round in 0..3 {
        let (data_dir, window) = (ServerDir::new(), window());
        let receiver = Receiver::replying(delayed(|_| 200)).await;
        let mut server = serve(&data_dir, &mut random).await;
        let lines = Line::random_around(2_000, window, &mut random);
        server.api.ingest(&lines).await;
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window).await;
        for _ in 0..6 {
            server = kill_and_serve(server, &data_dir, &receiver, &mut random).await;
        }
        assert_eq!(server.api.settled().await["status"], "completed", "round {round}");
        check(&receiver.requests(), &window.replayed(&lines));
    }
}

#[tokio::test]
async fn a_job_whose_server_is_killed_while_batches_are_split_completes() {
    split_batches(ServerDir::new()).await;
}

pub(super) async fn split_batches(data_dir: ServerDir) {
    let (mut random, window) = (SeededRandom::from_environment(), window());
    let receiver = Receiver::replying(delayed(|request| match request.lines() {
        SMALLEST_BATCH.. => 413,
        _ if request.number % 25 == 0 => 429,
        _ => 200,
    }))
    .await;
    let mut server = serve(&data_dir, &mut random).await;
    let lines = Line::random_around(1_500, window, &mut random);
    server.api.ingest(&lines).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    for _ in 0..10 {
        server = kill_and_serve(server, &data_dir, &receiver, &mut random).await;
    }
    assert_eq!(server.api.settled().await["status"], "completed");
    let requests = receiver.requests();
    check(&requests, &window.replayed(&lines));
    assert!(requests.iter().any(|request| request.status == Some(413)));
}

#[tokio::test]
async fn no_line_with_an_acknowledged_ingest_is_lost() {
    acknowledged_ingests(ServerDir::new()).await;
}

pub(super) async fn acknowledged_ingests(data_dir: ServerDir) {
    let (mut random, window) = (SeededRandom::from_environment(), window());
    let receiver = Receiver::replying(delayed(|_| 200)).await;
    let mut server = serve(&data_dir, &mut random).await;
    let lines = Line::random_around(3_200, window, &mut random);
    let (early, late) = lines.split_at(800);
    server.api.ingest(early).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;

    let (current, api) = watch::channel(server.api.clone());
    let archiving = tokio::spawn(archive(late.to_vec(), api));
    for _ in 0..6 {
        server = kill_and_serve(server, &data_dir, &receiver, &mut random).await;
        current.send_replace(server.api.clone());
    }
    archiving.await.unwrap();
    assert_eq!(server.api.settled().await["status"], "completed");
    check(&receiver.requests(), &window.replayed(early));

    server = kill_and_serve(server, &data_dir, &receiver, &mut random).await;
    let second = Receiver::accepting().await;
    assert_eq!(server.api.replay_to(&second, window).await["status"], "completed");
    check(&second.requests(), &window.replayed(&lines));
}

#[tokio::test]
async fn a_change_acknowledged_right_before_a_kill_is_stored() {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let held = gate.clone();
    let receiver = Receiver::replying(move |request| match request.number {
        0 => Reply::Stall(""),
        _ => held.hold(Reply::Status(200)),
    })
    .await;
    let lines = window.filled(50);
    let args = ["--batch-lines", "10"];

    let server = data_dir.serve(&args).await;
    server.api.ingest(&lines).await;
    server.kill().await;
    let server = data_dir.serve(&args).await;
    server.api.point_at(&receiver.url()).await;
    server.kill().await;
    let server = data_dir.serve(&args).await;
    server.api.replay(window).await;
    server.kill().await;
    let server = data_dir.serve(&args).await;
    receiver.wait_for_requests(1).await;
    assert_eq!(server.api.cancel().await.code, 202);
    server.kill().await;
    let server = data_dir.serve(&args).await;
    let reason = "it was cancelled after 0 of 50 lines were acknowledged";
    assert_eq!(failure(&server.api.settled().await), reason);
    assert_eq!(receiver.requests().len(), 1);

    server.api.replay(window).await;
    receiver.wait_for_requests(2).await;
    gate.open();
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines));
}

/// Starts a server that delivers in total order, with another batch size every time, which must not
/// affect a running job.
/// The number of lines of a batch of each server, or more.
const SMALLEST_BATCH: usize = 12;

async fn serve(data_dir: &ServerDir, random: &mut SeededRandom) -> Server {
    let lines = (SMALLEST_BATCH + random.below(40)).to_string();
    let args = ["--batch-lines", &lines, "--batch-bytes", "20000", "--in-flight", "1"];
    data_dir.serve(&args).await
}

/// Kills the server after some more requests, and starts it again.
async fn kill_and_serve(
    server: Server,
    data_dir: &ServerDir,
    receiver: &Receiver,
    random: &mut SeededRandom,
) -> Server {
    let more = receiver.requests().len() + 1 + random.below(6);
    let ended = async { server.api.settled().await };
    tokio::select! {
        _ = receiver.wait_for_requests(more) => {}
        _ = ended => {}
    }
    sleep(Duration::from_micros(u64::try_from(random.below(4_000)).unwrap())).await;
    server.kill().await;
    serve(data_dir, random).await
}

/// Ingests the lines in parts at the current server. A part without a response is ingested again;
/// no other part is.
async fn archive(lines: Vec<Line>, mut api: watch::Receiver<ApiClient>) {
    for some in lines.chunks(60) {
        loop {
            let current: ApiClient = api.borrow_and_update().clone();
            match current.try_ingest(some).await {
                Ok(response) => break assert_eq!(response.code, 202, "{response:?}"),
                Err(_) => api.changed().await.unwrap(),
            }
        }
    }
}

/// Replies after a delay that depends on the size of the request.
fn delayed(code: impl Fn(&ReceivedRequest) -> u16) -> impl Fn(&ReceivedRequest) -> Reply {
    move |request| {
        let moment = Duration::from_micros(u64::try_from(request.raw_body.len() % 5_000).unwrap());
        Reply::Delayed(moment, Box::new(Reply::Status(code(request))))
    }
}

/// Asserts that the requests carry these bytes, and that each webhook-id always carries the same
/// bytes.
pub(super) fn check(requests: &[ReceivedRequest], expected: &str) {
    let mut known = HashMap::new();
    let (mut job, mut taken) = (None, String::new());
    for request in requests {
        let (id, code) = (request.header("webhook-id"), request.status.unwrap());
        let of = request.header("x-replay-job-id");
        assert_eq!(*job.get_or_insert(of), of);
        match known.insert((id, code == 200), &request.body) {
            Some(before) => assert_eq!(*before, request.body, "{id} was used for other bytes"),
            None if code == 200 => taken.push_str(&request.body),
            None => {}
        }
    }
    assert!(taken == expected, "the received lines are not the lines of the window");
}
