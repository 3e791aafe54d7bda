//! What heals an outage besides a request: an ordinary replay that covers it, and the server itself.

use chrono::TimeDelta;
use replay_tests::{
    forwarding::{body_of, lines_now, the_ended_outage},
    lines::Window,
    polling::until,
    process::window,
};
use serde_json::{Value, json};

use super::Forwarding;

#[tokio::test]
async fn an_ordinary_replay_heals_an_outage_only_if_it_covers_all_of_it() {
    let (forwarding, lines) = Forwarding::in_outage(4).await;
    let Forwarding { data_dir: _kept, server, switch, .. } = forwarding;
    let api = &server.api;
    switch.set_status(200);
    let outage = the_ended_outage(api).await;
    assert_eq!(outage["undelivered_lines"], 3, "{outage}");
    let replay = async |first: usize, last: usize| {
        let window = Window { start: lines[first].at, end: lines[last].at };
        api.replay(window).await;
        assert_eq!(api.settled().await["status"], "completed");
        the_ended_outage(api).await
    };
    for (first, last) in [(0, 2), (2, 3)] {
        assert_eq!(replay(first, last).await, outage, "a part counts for nothing");
    }
    let healed = replay(1, 3).await;
    assert_eq!(healed["undelivered_lines"], 0, "{healed}");
    assert_eq!(
        (&healed["healed_by"], &healed["healing_job"]),
        (&json!(api.job_id().await), &Value::Null)
    );
}

#[tokio::test]
async fn a_jobs_2xx_leads_to_a_probe() {
    let (forwarding, _) = Forwarding::in_outage(2).await;
    let Forwarding { data_dir: _kept, server, receiver, switch } = forwarding;
    let window = window();
    server.api.ingest(&window.filled(1)).await;
    // After the third probe, the next one waits for 8 seconds.
    let before = receiver.wait_for_requests(4).await;
    switch.set_status(200);
    server.api.replay(window).await;
    the_ended_outage(&server.api).await;
    let requests = receiver.requests();
    let probe = requests[4..].iter().find(|request| request.job().is_none()).unwrap();
    assert!(requests[4].job().is_some(), "the job was first");
    assert_eq!(probe.header("webhook-id"), before[0].header("webhook-id"));
    assert!(probe.at - before[3].at < core::time::Duration::from_secs(7));
    assert_eq!(server.api.settled().await["status"], "completed");
}

#[tokio::test]
async fn a_server_that_heals_by_itself_does_so_once_the_receiver_has_been_well() {
    let (forwarding, lines) = Forwarding::in_outage(2).await;
    let Forwarding { data_dir, server, receiver, switch } = forwarding;
    server.kill().await;
    let server = data_dir.serve(&["--forward", "--heal", "auto"]).await;
    // A refused batch is left to an admin.
    switch.set_status(200);
    let ended = the_ended_outage(&server.api).await;
    switch.set_status(400);
    server.api.ingest(&lines_now(2..3)).await;
    until("the batch is refused", async || (server.api.outages().await.len() == 2).then_some(()))
        .await;
    switch.set_status(200);
    let [refused, healed] = until("the outage is healed", async || {
        let outages = <[Value; 2]>::try_from(server.api.outages().await).unwrap();
        (!outages[1]["healed_at"].is_null()).then_some(outages)
    })
    .await;
    assert_eq!((&healed["id"], &healed["undelivered_lines"]), (&ended["id"], &json!(0)));
    assert_eq!(healed["healed_by"], server.api.job_id().await, "{healed}");
    let time = |outage: &Value, name| outage[name].as_str().unwrap().parse().unwrap();
    let well_since: time_range::Timestamp = time(&refused, "began_at");
    let healed_at: time_range::Timestamp = time(&healed, "healed_at");
    assert!(healed_at - well_since >= TimeDelta::seconds(29), "{refused} {healed}");
    assert_eq!(
        (&refused["reason"], &refused["healed_at"]),
        (&json!("batch-refused"), &Value::Null)
    );
    assert_eq!(receiver.requests().last().unwrap().body, body_of(&lines[1..2]));
}
