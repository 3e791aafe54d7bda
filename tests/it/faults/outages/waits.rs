//! Answers after which the lane waits: 503 until the retries are used up, 429, `Retry-After`, and a
//! refused connection.

use core::time::Duration;

use replay_tests::{
    forwarding::{LiveId, body_of, healed, job_bodies, lines_now, the_ended_outage, the_outage},
    process::ServerDir,
    receiver::{Receiver, Reply, ReservedPort},
};
use serde_json::Value;

use super::Forwarding;

#[tokio::test]
async fn an_outage_begins_when_the_retries_of_a_batch_are_used_up() {
    let Forwarding { data_dir: _kept, server, receiver, switch } = Forwarding::start().await;
    let (us, eu, down) = (&server.api, server.api.in_region("eu"), ReservedPort::new());
    eu.point_at(&down.url()).await;
    switch.set_status(503);
    let lines = lines_now(0..4);
    us.ingest(&lines[..2]).await;
    eu.ingest(&lines[..2]).await;
    receiver.wait_for_requests(1).await;
    us.ingest(&lines[2..]).await;
    let [unavailable, refused] = [the_outage(us, |_| true).await, the_outage(&eu, |_| true).await];
    let requests = receiver.requests();
    assert_eq!(requests.len(), 5, "one request and four retries");
    for (number, retry) in requests[1..].iter().enumerate() {
        assert_eq!(LiveId::of(retry), LiveId::of(&requests[0]));
        assert_eq!(retry.raw_body, requests[0].raw_body);
        assert!(retry.at - requests[number].at >= Duration::from_secs(1 << number));
    }
    assert_eq!(unavailable["reason"], "unreachable", "{unavailable}");
    assert_eq!(unavailable["detail"], "the webhook answered 503 after 4 retries");
    assert_eq!(us.health().await.status, "inactive");
    assert_eq!(refused["reason"], "unreachable", "{refused}");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.starts_with("the webhook did not answer: "), "{detail}");

    switch.set_status(200);
    let recovered = down.listen();
    let outage = the_ended_outage(us).await;
    let job = healed(us, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[2..])]);
    let outage = the_ended_outage(&eu).await;
    assert_eq!(outage["undelivered_lines"], 0, "the probe has delivered them: {outage}");
    assert_eq!(recovered.received_text(), body_of(&lines[..2]));
}

#[tokio::test]
async fn the_lane_waits_as_long_as_the_receiver_asks_it_to() {
    let after = |code, headers| (code, headers, Duration::from_secs(2));
    for (code, headers, at_least) in [
        after(503, "retry-after: 2\r\n"),
        after(429, "retry-after: 2\r\n"),
        (429, "", Duration::from_secs(1)),
    ] {
        let data_dir = ServerDir::new();
        let receiver = Receiver::replying(move |request| match request.number {
            0 => Reply::Full(code, headers, ""),
            _ => Reply::Status(200),
        })
        .await;
        let server = data_dir.serve(&["--forward"]).await;
        server.api.point_at(&receiver.url()).await;
        server.api.ingest(&lines_now(0..1)).await;
        let requests = receiver.wait_for_requests(2).await;
        assert_eq!(LiveId::of(&requests[0]), LiveId::of(&requests[1]));
        let waited = requests[1].at - requests[0].at;
        assert!(
            (at_least..at_least + Duration::from_secs(4)).contains(&waited),
            "{code}: {waited:?}"
        );
        assert_eq!(server.api.outages().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_lane_that_lags_behind_is_in_an_outage() {
    let Forwarding { data_dir, server, receiver, switch } = Forwarding::start().await;
    server.kill().await;
    let server = data_dir.serve(&["--forward", "--max-lag", "1s"]).await;
    switch.set_status(429);
    let lines = lines_now(0..3);
    server.api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    server.api.ingest(&lines[1..]).await;
    let outage = the_outage(&server.api, |outage| outage["undelivered_lines"] == 3).await;
    assert_eq!(outage["reason"], "lag", "{outage}");
    assert_eq!(server.api.health().await.status, "inactive");
    switch.set_status(200);
    let outage = the_ended_outage(&server.api).await;
    let job = healed(&server.api, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[1..])]);
}
