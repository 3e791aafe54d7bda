//! Changes of a webhook while a request of the live lane hangs or the lane waits: they take effect at
//! once.

use replay_tests::{
    forwarding::{LiveId, body_of, lines_now, the_outage},
    process::ServerDir,
    receiver::{Gate, Receiver, Reply},
};
use serde_json::Value;

#[tokio::test]
async fn a_new_endpoint_gets_the_batch_of_a_request_that_hangs_at_the_old_one() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let hanging = Receiver::holding(&gate).await;
    let healthy = Receiver::accepting().await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&hanging.url()).await;
    server.api.ingest(&lines_now(0..1)).await;
    let first = LiveId::of(&hanging.wait_for_requests(1).await[0]);
    server.api.point_at(&healthy.url()).await;
    // The gate is still closed.
    assert_eq!(LiveId::of(&healthy.wait_for_requests(1).await[0]), first);
    assert_eq!(hanging.requests().len(), 1);
    assert_eq!(server.api.outages().await, Vec::<Value>::new());
    gate.open();
}

#[tokio::test]
async fn a_webhook_that_was_disabled_during_a_hanging_request_gets_new_lines_at_once() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let receiver = Receiver::holding_first(&gate).await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&receiver.url()).await;
    let lines = lines_now(0..2);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    server.api.set_enabled(false).await;
    assert_eq!(server.api.health().await.status, "inactive");
    server.api.set_enabled(true).await;
    server.api.ingest(&lines[1..]).await;
    let requests = receiver.wait_for_requests(2).await;
    assert_eq!(requests[1].body, body_of(&lines[1..]));
    let outage = the_outage(&server.api, |_| true).await;
    assert_eq!(
        (&outage["reason"], outage["undelivered_lines"].as_u64()),
        (&"disabled".into(), Some(1))
    );
    gate.open();
}

#[tokio::test]
async fn the_pause_that_one_endpoint_asks_for_does_not_delay_another_one() {
    let data_dir = ServerDir::new();
    let busy = Receiver::replying(|_| Reply::Full(429, "retry-after: 300\r\n", "")).await;
    let healthy = Receiver::accepting().await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&busy.url()).await;
    server.api.ingest(&lines_now(0..1)).await;
    let first = LiveId::of(&busy.wait_for_requests(1).await[0]);
    server.api.point_at(&healthy.url()).await;
    assert_eq!(LiveId::of(&healthy.wait_for_requests(1).await[0]), first);
}

#[tokio::test]
async fn an_outage_of_a_lag_begins_while_a_request_hangs_or_the_lane_waits() {
    for reply in [None, Some(Reply::Full(429, "retry-after: 300\r\n", ""))] {
        let (data_dir, gate) = (ServerDir::new(), Gate::closed());
        let held = gate.clone();
        let receiver = Receiver::replying(move |_| {
            reply.clone().unwrap_or_else(|| held.hold(Reply::Status(200)))
        })
        .await;
        let server = data_dir.serve(&["--forward", "--max-lag", "1s"]).await;
        server.api.point_at(&receiver.url()).await;
        server.api.ingest(&lines_now(0..1)).await;
        let outage = the_outage(&server.api, |_| true).await;
        assert_eq!((&outage["reason"], &outage["ended_at"]), (&"lag".into(), &Value::Null));
        assert_eq!(server.api.health().await.status, "inactive");
        assert_eq!(receiver.requests().len(), 1);
        gate.open();
    }
}
