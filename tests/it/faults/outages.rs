//! Outages of the real program: what begins and ends one, which lines it holds, and what heals it.

mod changed;
mod healing;
mod refusals;
mod restarts;
mod waits;

use core::{slice, time::Duration};

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    client::WebhookHealth,
    forwarding::{
        body_of, healed, job_bodies, lines_now, live_bodies, the_ended_outage, the_outage,
    },
    lines::Line,
    polling::until,
    process::{Server, ServerDir},
    receiver::{Receiver, Switch},
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_401_begins_an_outage_and_healing_delivers_exactly_its_undelivered_lines() {
    let Forwarding { data_dir: _kept, server, receiver, switch } = Forwarding::start().await;
    let api = &server.api;
    let lines = lines_now(0..6);
    api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    switch.set_status(401);
    api.ingest(&lines[1..2]).await;
    let outage = the_outage(api, |outage| outage["undelivered_lines"] == 1).await;
    assert_eq!((&outage["reason"], &outage["ended_at"]), (&json!("refused"), &Value::Null));
    assert_eq!(outage["detail"], "the webhook answered 401");
    let health = WebhookHealth::new("inactive", Some(401), Some("Unauthorized".to_owned()));
    assert_eq!(api.health().await, health);
    let status = api.get("v2/audit-log-webhook/status").await.json();
    assert_eq!(status["inactive_since"], outage["began_at"], "{status}");
    api.ingest(&lines[2..5]).await;
    the_outage(api, |outage| outage["undelivered_lines"] == 4).await;
    assert_eq!(api.heal(outage["id"].as_str().unwrap()).await.code, 409, "it has not ended");

    // The oldest batch is sent again, after a second at first.
    let requests = receiver.wait_for_requests(3).await;
    assert_eq!(requests[2].header("webhook-id"), requests[1].header("webhook-id"));
    assert_eq!(requests[2].raw_body, requests[1].raw_body);
    assert!(requests[2].at - requests[1].at >= Duration::from_secs(1));
    switch.set_status(200);
    let ended = the_ended_outage(api).await;
    assert_eq!((&ended["began_at"], &ended["reason"]), (&outage["began_at"], &outage["reason"]));
    let bytes: usize = lines[2..5].iter().map(|line| line.text.len()).sum();
    assert_eq!(
        (&ended["undelivered_lines"], &ended["undelivered_bytes"]),
        (&json!(3), &json!(bytes))
    );
    // `time` is that of all lines.
    let time = &ended["first_at"];
    assert_eq!((time.is_string(), time), (true, &ended["last_at"]), "{ended}");
    let status = api.get("v2/audit-log-webhook/status").await.json();
    assert_eq!(
        (&status["webhook_status"], &status["inactive_since"]),
        (&json!("active"), &Value::Null)
    );

    // New lines come first; the others wait until someone heals the outage.
    api.ingest(&lines[5..]).await;
    until("the new line is forwarded", async || {
        live_bodies(&receiver).last().filter(|last| **last == body_of(&lines[5..])).cloned()
    })
    .await;
    assert!(receiver.requests().iter().all(|request| request.job().is_none()));
    let job = healed(api, &ended).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[2..5])]);
    assert_eq!(api.heal(outage["id"].as_str().unwrap()).await.code, 409, "it is healed");
    let all = [&lines[..2], &lines[5..], &lines[2..5]].concat();
    assert_eq!(receiver.acknowledged_text(), body_of(&all));
}

#[tokio::test]
async fn lines_that_arrive_while_the_webhook_is_disabled_are_an_outage() {
    let Forwarding { data_dir: _kept, server, receiver, .. } = Forwarding::start().await;
    let api = &server.api;
    let lines = lines_now(0..4);
    api.ingest(&lines[..1]).await;
    receiver.wait_for_requests(1).await;
    api.set_enabled(false).await;
    api.ingest(&lines[1..3]).await;
    let outage = the_outage(api, |outage| outage["undelivered_lines"] == 2).await;
    assert_eq!((&outage["reason"], &outage["ended_at"]), (&json!("disabled"), &Value::Null));
    api.set_enabled(true).await;
    let outage = the_ended_outage(api).await;
    assert_eq!(outage["undelivered_lines"], 2, "{outage}");
    api.ingest(&lines_now(3..4)).await;
    receiver.wait_for_requests(2).await;
    let job = healed(api, &outage).await;
    assert_eq!(job_bodies(&receiver, &job), [body_of(&lines[1..3])]);
    assert_eq!(receiver.line_counts(), [1, 1, 2]);
}

#[tokio::test]
async fn a_webhook_that_is_disabled_and_enabled_without_lines_has_nothing_to_heal() {
    let Forwarding { data_dir: _kept, server, .. } = Forwarding::start().await;
    server.api.set_enabled(false).await;
    server.api.set_enabled(true).await;
    let outage = the_ended_outage(&server.api).await;
    let healed = (&outage["undelivered_lines"], outage["healed_at"].is_string());
    assert_eq!(healed, (&json!(0), true), "{outage}");
    assert_eq!(server.api.heal(outage["id"].as_str().unwrap()).await.code, 409);
}

/// A server that forwards to a receiver whose replies a test switches.
struct Forwarding {
    data_dir: ServerDir,
    server: Server,
    receiver: Receiver,
    switch: Switch,
}

impl Forwarding {
    /// The receiver is well.
    async fn start() -> Self {
        let (data_dir, switch) = (ServerDir::new(), Switch::status(200));
        let receiver = Receiver::replying(switch.script()).await;
        let server = data_dir.serve(&["--forward"]).await;
        server.api.point_at(&receiver.url()).await;
        Self { data_dir, server, receiver, switch }
    }

    /// The receiver answers 401, and an outage has begun with `count` lines, the first of them in a batch
    /// of its own. Returns the lines, too, which are dated a second apart.
    async fn in_outage(count: usize) -> (Self, Vec<Line>) {
        let forwarding = Self::start().await;
        forwarding.switch.set_status(401);
        let (api, now) = (&forwarding.server.api, Clock::system().now());
        let at = |number: usize| now + TimeDelta::seconds(number.try_into().unwrap());
        let lines: Vec<_> = (0..count).map(|number| Line::plain(number, at(number))).collect();
        for (number, line) in (1..).zip(&lines) {
            api.ingest(slice::from_ref(line)).await;
            the_outage(api, |outage| outage["undelivered_lines"] == number).await;
        }
        (forwarding, lines)
    }
}
