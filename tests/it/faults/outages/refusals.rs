//! Answers that concern a batch or the whole webhook: 400, 422, 413 and 410.

use replay_tests::{
    forwarding::{
        LiveId, body_of, healed, job_bodies, lines_now, live_bodies, the_ended_outage, the_outage,
    },
    polling::until,
    process::ServerDir,
    receiver::{Gate, Receiver, Reply},
};
use serde_json::{Value, json};

use super::Forwarding;

#[tokio::test]
async fn a_batch_answered_400_or_422_is_listed_and_the_lane_goes_on() {
    for code in [400, 422] {
        let Forwarding { data_dir: _kept, server, receiver, switch } = Forwarding::start().await;
        let api = &server.api;
        let lines = lines_now(0..4);
        switch.set_status(code);
        api.ingest(&lines[..2]).await;
        let outage = the_ended_outage(api).await;
        let (reason, undelivered) = (&outage["reason"], &outage["undelivered_lines"]);
        assert_eq!((reason, undelivered), (&json!("batch-refused"), &json!(2)));
        assert_eq!(outage["detail"], format!("the webhook answered {code}"));
        switch.set_status(200);
        api.ingest(&lines[2..]).await;
        receiver.wait_for_requests(2).await;
        assert_eq!(live_bodies(&receiver), [body_of(&lines[..2]), body_of(&lines[2..])]);
        let job = healed(api, &outage).await;
        assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[..2])]);
    }
}

#[tokio::test]
async fn a_live_batch_answered_413_is_sent_as_its_halves() {
    let (data_dir, gate) = (ServerDir::new(), Gate::closed());
    let held = gate.clone();
    let receiver = Receiver::replying(move |request| match (request.number, request.lines()) {
        (0, _) => held.hold(Reply::Status(200)),
        (_, 4..) => Reply::Status(413),
        _ => Reply::Status(200),
    })
    .await;
    let server = data_dir.serve(&["--forward"]).await;
    server.api.point_at(&receiver.url()).await;
    let lines = lines_now(0..11);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    server.api.ingest(&lines[1..]).await;
    gate.open();
    until("every line is delivered", async || {
        (receiver.acknowledged_text() == body_of(&lines)).then_some(())
    })
    .await;
    let mut ids: Vec<_> = receiver.requests().iter().map(LiveId::of).collect();
    ids.dedup();
    let count = ids.len();
    ids.sort_by_key(|id| (id.first, id.last));
    ids.dedup();
    assert_eq!(ids.len(), count, "a half has an id of its own");
    assert_eq!(server.api.outages().await, Vec::<Value>::new());
    assert_eq!(server.api.health().await.status, "active");
}

#[tokio::test]
async fn a_single_live_line_answered_413_is_listed_and_the_lane_goes_on() {
    let Forwarding { data_dir: _kept, server, receiver, switch } = Forwarding::start().await;
    let api = &server.api;
    let lines = lines_now(0..2);
    switch.set_status(413);
    api.ingest(&lines[..1]).await;
    let outage = the_ended_outage(api).await;
    assert_eq!(outage["reason"], "batch-refused", "{outage}");
    assert_eq!(
        outage["detail"],
        "the webhook answered 413 to a single line, number 1 of the archive"
    );
    switch.set_status(200);
    api.ingest(&lines[1..]).await;
    receiver.wait_for_requests(2).await;
    healed(api, &outage).await;
    assert_eq!(receiver.acknowledged_text(), body_of(&[lines[1].clone(), lines[0].clone()]));
}

#[tokio::test]
async fn a_410_disables_the_webhook() {
    let Forwarding { data_dir: _kept, server, receiver, switch } = Forwarding::start().await;
    let api = &server.api;
    let lines = lines_now(0..3);
    switch.set_status(410);
    api.ingest(&lines[..1]).await;
    let outage = the_outage(api, |outage| outage["reason"] == "disabled").await;
    assert_eq!(outage["detail"], "the webhook answered 410");
    assert_eq!(api.get("v2/audit-log-webhook").await.json()["enabled"], false);
    api.ingest(&lines[1..2]).await;
    the_outage(api, |outage| outage["undelivered_lines"] == 2).await;
    switch.set_status(200);
    api.set_enabled(true).await;
    let outage = the_ended_outage(api).await;
    api.ingest(&lines_now(2..3)).await;
    receiver.wait_for_requests(2).await;
    assert_eq!(receiver.line_counts(), [1, 1], "nothing was sent while it was disabled");
    let job = healed(api, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[..2])]);
}
