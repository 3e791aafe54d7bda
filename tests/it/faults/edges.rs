//! The edges of a job's lines: the ends of its window, and the archive at its start.

use chrono::TimeDelta;
use replay_tests::{
    client::WebhookHealth,
    in_process::{InProcessServer, Settings, window},
    lines::{Line, SeededRandom, Window},
    receiver::{Gate, Receiver, Reply},
};

#[tokio::test]
async fn both_ends_of_the_window_are_inclusive_and_exact() {
    // Lines of the last format have nanoseconds, all others milliseconds.
    for (number, moment) in [(0, TimeDelta::milliseconds(1)), (4, TimeDelta::nanoseconds(1))] {
        let (server, receiver) = ready().await;
        let (Window { start, end }, mut random) = (window(), SeededRandom::new(7));
        let mut line = |step: usize, at| Line::random(number + 5 * step, at, &mut random);
        let lines = [
            line(0, end + moment),
            line(1, end),
            line(2, start - moment),
            line(3, start),
            line(4, end - moment),
            line(5, start + moment),
        ];
        server.api.ingest(&lines).await;
        server.api.replay_to(&receiver, window()).await;
        let [_, end, _, start, before_end, after_start] = lines.map(|line| line.text);
        let expected = [start, after_start, before_end, end, String::new()].join("\n");
        assert_eq!(receiver.acknowledged_text(), expected, "{moment}");
    }
}

#[tokio::test]
async fn a_window_of_one_instant_contains_the_lines_of_that_instant() {
    let (server, receiver) = ready().await;
    let lines = window().filled(9);
    server.api.ingest(&lines).await;
    let moment = Window { start: lines[4].at, end: lines[4].at };
    let job = server.api.replay_to(&receiver, moment).await;
    assert_eq!(job["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), format!("{}\n", lines[4].text));
}

#[tokio::test]
async fn an_empty_window_completes_without_a_request() {
    let (server, receiver) = ready().await;
    let lines = window().filled(9);
    server.api.ingest(&lines).await;
    let start = lines[8].at + TimeDelta::milliseconds(1);
    let job = server.api.replay_to(&receiver, Window { start, end: window().end }).await;
    assert_eq!(job["status"], "completed");
    assert_eq!(receiver.connections(), 0);
    assert_eq!(server.api.health().await, WebhookHealth::new("active", None, None));
}

#[tokio::test]
async fn lines_archived_after_the_start_are_left_to_the_next_job() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = InProcessServer::start(Settings::default()).await;
    let first = Receiver::replying(move |_| held.hold(Reply::Status(200))).await;
    let all = window().filled(60);
    let (early, late): (Vec<_>, Vec<_>) =
        all.iter().cloned().partition(|line| line.at.timestamp_millis() % 2 == 0);

    server.api.ingest(&early).await;
    server.api.point_at(&first.url()).await;
    server.api.replay(window()).await;
    first.wait_for_requests(1).await;
    server.api.ingest(&late).await;
    gate.open();
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(first.acknowledged_text(), window().replayed(&early));

    let second = Receiver::accepting().await;
    server.api.replay_to(&second, window()).await;
    assert_eq!(second.acknowledged_text(), window().replayed(&all));
}

#[tokio::test]
async fn a_line_that_is_ingested_again_is_sent_once_in_its_original_place() {
    let (server, receiver) = ready().await;
    let at = window().start;
    let lines = [2, 1, 3].map(|number| Line::plain(number, at));
    server.api.ingest(&lines).await;
    let again = server.api.try_ingest(&[lines[2].clone(), lines[0].clone()]).await.unwrap();
    assert_eq!((again.code, &again.json()["duplicates"]), (202, &2.into()));
    server.api.replay_to(&receiver, window()).await;
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
}

async fn ready() -> (InProcessServer, Receiver) {
    (InProcessServer::start(Settings::default()).await, Receiver::accepting().await)
}
