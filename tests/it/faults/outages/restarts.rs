//! Restarts during an outage, and restarts that are one.

use replay_tests::{
    forwarding::{body_of, healed, job_bodies, lines_now, the_ended_outage, the_outage},
    process::ServerDir,
    receiver::{Gate, Receiver},
};
use serde_json::{Value, json};

use super::Forwarding;

#[tokio::test]
async fn an_outage_is_still_open_after_a_kill_and_probed_with_the_same_batch() {
    let (forwarding, lines) = Forwarding::in_outage(3).await;
    let Forwarding { data_dir, server, receiver, switch } = forwarding;
    let before = the_outage(&server.api, |_| true).await;
    server.kill().await;
    let sent = receiver.requests().len();
    let server = data_dir.serve(&["--forward", "--batch-lines", "2"]).await;
    let requests = receiver.wait_for_requests(sent + 1).await;
    assert_eq!(requests[sent].header("webhook-id"), requests[0].header("webhook-id"));
    assert_eq!(requests[sent].raw_body, requests[0].raw_body);
    assert_eq!(the_outage(&server.api, |_| true).await, before);
    assert_eq!(server.api.health().await.status, "inactive");
    switch.set_status(200);
    let outage = the_ended_outage(&server.api).await;
    assert_eq!(outage["undelivered_lines"], 2, "{outage}");
    server.kill().await;
    let server = data_dir.serve(&["--forward"]).await;
    let job = healed(&server.api, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[1..3])]);
}

#[tokio::test]
async fn lines_that_arrive_at_a_server_without_forward_are_an_outage() {
    let Forwarding { data_dir, server, receiver, .. } = Forwarding::start().await;
    let lines = lines_now(0..4);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    // It has stored the acknowledgement, too.
    server.stop().await;
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&lines[1..3]).await;
    let open = the_outage(&server.api, |outage| outage["undelivered_lines"] == 2).await;
    assert_eq!((&open["reason"], &open["ended_at"]), (&json!("not-forwarding"), &Value::Null));
    server.kill().await;
    let server = data_dir.serve(&["--forward"]).await;
    let outage = the_ended_outage(&server.api).await;
    assert_eq!((&outage["id"], &outage["undelivered_lines"]), (&open["id"], &json!(2)));
    server.api.ingest(&lines_now(3..4)).await;
    receiver.wait_for_requests(2).await;
    let job = healed(&server.api, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[1..3])]);
    assert_eq!(receiver.line_counts(), [1, 1, 2]);
}

#[tokio::test]
async fn a_webhook_that_is_enabled_at_a_server_without_forward_is_still_in_an_outage() {
    for (is_enabled_before, reason) in [(false, "disabled"), (true, "not-forwarding")] {
        let Forwarding { data_dir, server, receiver, .. } = Forwarding::start().await;
        server.api.set_enabled(is_enabled_before).await;
        server.kill().await;
        let server = data_dir.serve(&[]).await;
        server.api.set_enabled(false).await;
        server.api.set_enabled(true).await;
        let lines = lines_now(0..2);
        server.api.ingest(&lines[..1]).await;
        let outages = server.api.outages().await;
        let [open] = &outages[..] else { panic!("{outages:?}") };
        assert_eq!((&open["reason"], &open["ended_at"]), (&json!(reason), &Value::Null));
        assert_eq!(open["undelivered_lines"], 1, "{open}");
        server.kill().await;
        let server = data_dir.serve(&["--forward"]).await;
        server.api.ingest(&lines_now(1..2)).await;
        receiver.wait_for_requests(1).await;
        let job = healed(&server.api, open).await;
        assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[..1])]);
        assert_eq!(receiver.line_counts(), [1, 1]);
    }
}

#[tokio::test]
async fn a_request_in_flight_at_a_kill_keeps_its_id_after_a_time_without_forward() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let receiver = Receiver::holding_first(&gate).await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&receiver.url()).await;
    let lines = lines_now(0..4);
    server.api.ingest(&lines[..2]).await;
    receiver.wait_for_requests(1).await;
    server.kill().await;
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&lines[2..3]).await;
    server.kill().await;
    let server = data_dir.serve(&["--forward"]).await;
    let outage = the_ended_outage(&server.api).await;
    let requests = receiver.wait_for_requests(2).await;
    assert_eq!(requests[1].header("webhook-id"), requests[0].header("webhook-id"));
    let job = healed(&server.api, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[2..3])]);
    gate.open();
}
