//! Forwarding by the real program: which lines are sent, when, in which order and under which ids.

use core::time::Duration;

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    forwarding::{LiveId, body_of, healed, lines_now, live_bodies, the_outage},
    lines::{Line, Window},
    polling::until,
    process::{ServerDir, window},
    receiver::{Gate, Receiver, Reply, Switch},
};
use serde_json::{Value, json};
use tokio::time::Instant;

#[tokio::test]
async fn lines_are_forwarded_in_order_of_arrival_within_a_second() {
    let (data_dir, receiver) = (ServerDir::new(), Receiver::accepting().await);
    let server = data_dir.serve(&["--forward"]).await;
    let webhook = json!({ "endpoint": receiver.url(), "authorization": "Key 1", "enabled": true });
    assert_eq!(server.api.patch(webhook).await.code, 200);
    // The later a line arrives, the earlier is its event time.
    let now = Clock::system().now();
    let at = |number: usize| now + TimeDelta::seconds(60 - i64::try_from(number).unwrap());
    let line = |number| Line::plain(number, at(number));
    let lines: Vec<_> = (0..4).map(line).collect();
    let mut delays = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let before = Instant::now();
        server.api.ingest(core::slice::from_ref(line)).await;
        let requests = receiver.wait_for_requests(number + 1).await;
        delays.push(requests[number].at - before);
    }
    assert_eq!(receiver.received_text(), body_of(&lines));
    // Other tests may delay some of them.
    assert!(delays.iter().min() < Some(&Duration::from_secs(1)), "{delays:?}");
    let requests = receiver.requests();
    let ids: Vec<_> = requests.iter().map(LiveId::of).collect();
    for (number, (request, id)) in (1..).zip(requests.iter().zip(&ids)) {
        assert_eq!((&id.lane, id.first, id.last), (&ids[0].lane, number, number));
        assert_eq!(request.request_line, "POST /logs?from=konnect HTTP/1.1");
        for (name, value) in [
            ("content-type", "text/plain"),
            ("content-encoding", "gzip"),
            ("authorization", "Key 1"),
        ] {
            assert_eq!(request.header(name), value);
        }
    }
    assert_eq!(server.api.outages().await, Vec::<Value>::new());
}

#[tokio::test]
async fn lines_that_arrive_while_a_request_waits_are_sent_together() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let server = data_dir.serve(&["--forward", "--batch-lines", "30"]).await;
    server.api.point_at(&receiver.url()).await;
    let lines = lines_now(0..46);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    for line in 1..6 {
        server.api.ingest(&lines[line..=line]).await;
    }
    server.api.ingest(&lines[6..]).await;
    gate.open();
    let requests = receiver.wait_for_requests(3).await;
    assert_eq!(receiver.line_counts(), [1, 30, 15]);
    assert_eq!(receiver.received_text(), body_of(&lines));
    let ids = requests.iter().map(LiveId::of).map(|id| (id.first, id.last));
    assert_eq!(ids.collect::<Vec<_>>(), [(1, 1), (2, 31), (32, 46)]);
}

#[tokio::test]
async fn a_line_that_is_dated_before_enabling_is_listed_and_not_forwarded() {
    let (data_dir, receiver) = (ServerDir::new(), Receiver::accepting().await);
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&receiver.url()).await;
    let (old, new) = (window().filled(2), lines_now(10..12));
    server.api.ingest(&[old[0].clone(), new[0].clone()]).await;
    receiver.wait_for_requests(1).await;
    server.api.ingest(&old[1..]).await;
    server.api.ingest(&new[1..]).await;
    receiver.wait_for_requests(2).await;
    assert_eq!(live_bodies(&receiver), [body_of(&new[..1]), body_of(&new[1..])]);
    let outage = the_outage(&server.api, |outage| outage["undelivered_lines"] == 2).await;
    assert_eq!(outage["reason"], "dated-before-enabling");
    let bytes: usize = old.iter().map(|line| line.text.len()).sum();
    assert_eq!(outage["undelivered_bytes"], bytes);
    assert_eq!(server.api.health().await.status, "active");
    healed(&server.api, &outage).await;
    assert_eq!(receiver.acknowledged_text(), body_of(&new) + &body_of(&old));
}

#[tokio::test]
async fn samples_are_neither_forwarded_nor_undelivered() {
    let (data_dir, switch) = (ServerDir::new(), Switch::status(200));
    let receiver = Receiver::replying(switch.script()).await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&receiver.url()).await;
    let sample = ["sample", "--days", "1", "--lines-per-day", "300"];
    data_dir.stdout_of(&sample).await;
    let lines = lines_now(0..3);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    assert_eq!(server.api.outages().await, Vec::<Value>::new());

    switch.set_status(401);
    server.api.ingest(&lines[1..2]).await;
    the_outage(&server.api, |outage| outage["undelivered_lines"] == 1).await;
    data_dir.stdout_of(&sample).await;
    server.api.ingest(&lines[2..]).await;
    switch.set_status(200);
    let outage = the_outage(&server.api, |outage| !outage["ended_at"].is_null()).await;
    assert_eq!(outage["undelivered_lines"], 1, "{outage}");
    healed(&server.api, &outage).await;
    assert_eq!(receiver.acknowledged_text(), body_of(&lines));
}

#[tokio::test]
async fn lines_that_arrived_before_enabling_are_not_forwarded() {
    let (data_dir, receiver) = (ServerDir::new(), Receiver::accepting().await);
    let server = data_dir.serve(&["--forward"]).await;
    // They are dated after enabling.
    let at = Clock::system().now() + TimeDelta::minutes(1);
    let lines: Vec<_> = (0..4).map(|number| Line::plain(number, at)).collect();
    server.api.ingest(&lines[..3]).await;
    server.api.point_at(&receiver.url()).await;
    server.api.ingest(&lines[3..]).await;
    receiver.wait_for_requests(1).await;
    assert_eq!(receiver.received_text(), body_of(&lines[3..]));
    assert_eq!(server.api.outages().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_server_without_forward_sends_nothing_by_itself() {
    let (data_dir, receiver) = (ServerDir::new(), Receiver::accepting().await);
    let server = data_dir.serve(&[]).await;
    server.api.point_at(&receiver.url()).await;
    let lines = lines_now(0..3);
    server.api.ingest(&lines).await;
    // A replay is long enough for a live lane to send them, too.
    server.api.replay(Window { start: lines[0].at, end: lines[0].at }).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(live_bodies(&receiver), Vec::<String>::new());
    assert_eq!(receiver.received_text(), body_of(&lines));
}

#[tokio::test]
async fn a_request_in_flight_at_a_kill_is_sent_again_and_nothing_else_is() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let held = gate.clone();
    let receiver = Receiver::replying(move |request| match request.number {
        1 => held.hold(Reply::Status(200)),
        _ => Reply::Status(200),
    })
    .await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&receiver.url()).await;
    let lines = lines_now(0..12);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    server.api.ingest(&lines[1..4]).await;
    receiver.wait_for_requests(2).await;
    server.api.ingest(&lines[4..10]).await;
    server.kill().await;
    let server = data_dir.serve(&["--forward", "--batch-lines", "2"]).await;
    let requests = receiver.wait_for_requests(6).await;
    assert_eq!(requests[2].header("webhook-id"), requests[1].header("webhook-id"));
    assert_eq!(requests[2].raw_body, requests[1].raw_body);
    server.api.ingest(&lines[10..11]).await;
    receiver.wait_for_requests(7).await;
    server.api.ingest(&lines[11..]).await;
    receiver.wait_for_requests(8).await;
    assert_eq!(receiver.line_counts(), [1, 3, 3, 2, 2, 2, 1, 1]);
    assert_eq!(receiver.acknowledged_text(), body_of(&lines));
    gate.open();
}

#[tokio::test]
async fn live_lines_do_not_wait_for_a_replay_whose_requests_wait() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let held = gate.clone();
    let receiver = Receiver::replying(move |request| match request.job() {
        Some(_) => held.hold(Reply::Status(200)),
        None => Reply::Status(200),
    })
    .await;
    let server = data_dir.serve(&["--forward", "--batch-lines", "10", "--in-flight", "4"]).await;
    let window = window();
    server.api.ingest(&window.filled(200)).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    let lines = lines_now(1_000..1_010);
    for line in &lines {
        let before = live_bodies(&receiver).len();
        server.api.ingest(core::slice::from_ref(line)).await;
        until("the line is forwarded", async || {
            (live_bodies(&receiver).len() > before).then_some(())
        })
        .await;
    }
    assert_eq!(live_bodies(&receiver).concat(), body_of(&lines));
    assert_eq!(server.api.job().await["status"], "running");
    assert!(receiver.requests().iter().any(|request| request.job().is_some()));
    gate.open();
    assert_eq!(server.api.settled().await["status"], "completed");
}
