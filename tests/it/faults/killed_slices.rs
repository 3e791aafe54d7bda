//! `kill -9` at full speed with several slices in flight, while late lines arrive and lines are
//! sealed: the requests that arrive are the batches that the program lists, whatever the settings are
//! after each start.

use core::time::Duration;

use chrono::TimeDelta;
use replay_tests::{
    batches::{ListedBatch, assert_delivered, listed},
    lines::{Line, SeededRandom, Window},
    process::{Server, ServerDir, window},
    receiver::{ReceivedRequest, Receiver, Reply},
};

#[tokio::test]
async fn a_job_whose_server_is_killed_with_slices_in_flight_delivers_exactly_the_listed_batches() {
    let mut random = SeededRandom::from_environment();
    // Batches of 1 000 lines may be blocks, which are sent as they are stored.
    for batch_lines in [100, 250, 1_000] {
        let listed = killed_repeatedly(batch_lines, |_| 200, &mut random).await;
        assert!(listed.iter().all(|batch| batch.lines <= batch_lines), "{listed:?}");
    }
}

#[tokio::test]
async fn a_job_whose_server_is_killed_while_batches_of_several_slices_are_halved_completes() {
    let mut random = SeededRandom::from_environment();
    let at_most = |request: &ReceivedRequest| if request.lines() > 60 { 413 } else { 200 };
    let listed = killed_repeatedly(100, at_most, &mut random).await;
    assert!(listed.iter().all(|batch| batch.lines <= 60), "{listed:?}");
}

/// Kills the server of a job ten times, at random moments, and starts it with other settings, while
/// late lines arrive. The receiver replies with the status `code`. Asserts that the job's batches
/// arrive and are the lines of its snapshot; returns them.
async fn killed_repeatedly(
    batch_lines: usize,
    code: fn(&ReceivedRequest) -> u16,
    random: &mut SeededRandom,
) -> Vec<ListedBatch> {
    let (data_dir, window) = (ServerDir::new(), window());
    let receiver = Receiver::replying(move |request| delayed(request, code(request))).await;
    let (mut lines, late) = early_and_late(window, random);
    let (before, during) = late.split_at(500);
    lines.extend_from_slice(before);
    let mut server = serve(&data_dir, 8, batch_lines).await;
    for some in lines.chunks(200) {
        server.api.ingest(some).await;
    }
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    let progress = server.api.progress().await;
    assert!(progress["slices"]["total"].as_u64() >= Some(8), "{progress}");
    for some in during.chunks(50) {
        let more = receiver.requests().len() + 1 + random.below(2 + 1_200 / batch_lines);
        let next = async {
            tokio::select! {
                _ = receiver.wait_for_requests(more) => {}
                _ = server.api.settled() => {}
            }
        };
        tokio::join!(server.api.ingest(some), next);
        server.kill().await;
        let (in_flight, batch_lines) = (1 + random.below(8), 20 + random.below(400));
        server = serve(&data_dir, in_flight, batch_lines).await;
    }
    assert_eq!(server.api.settled().await["status"], "completed");
    let progress = server.api.progress().await;
    assert_eq!(progress["delivered_lines"], lines.len(), "{progress}");
    let job = server.api.job_id().await;
    let listed = listed(&data_dir, &job).await;
    assert_delivered(&receiver.requests(), &job, &listed, &window.replayed(&lines));
    listed
}

/// Starts a server with these settings, which must not affect a running job.
async fn serve(data_dir: &ServerDir, in_flight: usize, batch_lines: usize) -> Server {
    let (in_flight, lines) = (in_flight.to_string(), batch_lines.to_string());
    data_dir.serve(&["--in-flight", &in_flight, "--batch-lines", &lines]).await
}

/// 12 000 lines in the order of their event times, and 1 000 lines in between that arrive later.
fn early_and_late(window: Window, random: &mut SeededRandom) -> (Vec<Line>, Vec<Line>) {
    let at = |number| window.start + TimeDelta::milliseconds(i64::try_from(number / 2).unwrap());
    let lines = (0..13_000).map(|number| Line::random(number, at(number), random));
    let (late, early): (Vec<_>, Vec<_>) = lines.enumerate().partition(|(at, _)| at % 13 == 12);
    let lines = |numbered: Vec<(usize, Line)>| numbered.into_iter().map(|(_, line)| line).collect();
    (lines(early), lines(late))
}

/// Replies after a delay that depends on the size of the request.
fn delayed(request: &ReceivedRequest, code: u16) -> Reply {
    let moment = Duration::from_micros(u64::try_from(request.raw_body.len() % 5_000).unwrap());
    Reply::Delayed(moment, Box::new(Reply::Status(code)))
}
