//! Two servers on one database: what one of them is asked for holds at once on the other.

use replay_tests::{
    client::ApiClient,
    forwarding::{lines_now, the_outage},
    polling::until,
    process::{Server, ServerDir, TOKEN, window},
    receiver::{Gate, Receiver, Reply},
    test_database::TestDatabase,
};

use serde_json::Value;

use super::leases::two_servers;

#[tokio::test]
async fn a_job_that_is_cancelled_on_either_server_gives_up_its_request_at_once() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    let window = window();
    let receiver = Receiver::replying(|_| Reply::Stall("")).await;
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(5)).await;
    for (round, server) in [&one, &other].into_iter().enumerate() {
        one.api.replay(window).await;
        receiver.wait_for_requests(round + 1).await;
        assert_eq!(server.api.cancel().await.code, 202);
        let reason = other.api.settled().await["reason"].to_string();
        assert!(reason.contains("cancelled"), "{reason}");
        assert_eq!(abandoned(&[&one, &other], "job").await, round + 1, "it has not timed out");
    }
}

#[tokio::test]
async fn a_webhook_that_is_changed_on_either_server_gives_up_the_live_request_at_once() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&["--forward"]).await;
    let hanging = Receiver::replying(|_| Reply::Stall("")).await;
    let accepting = Receiver::accepting().await;
    one.api.point_at(&hanging.url()).await;
    for (round, server) in [&one, &other].into_iter().enumerate() {
        one.api.ingest(&lines_now(round..round + 1)).await;
        hanging.wait_for_requests(round + 1).await;
        server.api.point_at(&accepting.url()).await;
        accepting.wait_for_requests(round + 1).await;
        assert_eq!(abandoned(&[&one, &other], "live").await, round + 1, "it has not timed out");
        server.api.point_at(&hanging.url()).await;
    }
}

#[tokio::test]
async fn either_server_knows_how_the_deliveries_of_a_job_go_on() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    let (window, gate) = (window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(5)).await;
    one.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    for server in [&one, &other] {
        until("the request in flight is known", async || {
            (server.api.progress().await["slices"]["in_flight"] == 1).then_some(())
        })
        .await;
    }
    gate.open();
    for server in [&one, &other] {
        assert_eq!(server.api.settled().await["status"], "completed");
        until("no request in flight is known", async || {
            (server.api.progress().await["slices"]["in_flight"] == 0).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_is_refused_by_every_server() {
    let [(one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    let added = one_dir.stdout_of(&["token", "add", "--role", "org-admin"]).await;
    let (id, token) = added.trim().split_once('\n').unwrap();
    let clients = [&one, &other].map(|server| {
        assert_ne!(token, TOKEN);
        ApiClient::new(server.process.base_url.clone(), token)
    });
    for client in &clients {
        assert_eq!(client.get("v2/audit-log-replay-job").await.code, 200);
    }
    one_dir.stdout_of(&["token", "revoke", id]).await;
    for client in &clients {
        assert_eq!(client.get("v2/audit-log-replay-job").await.code, 401);
    }
}

#[tokio::test]
async fn a_server_that_starts_decides_for_all_whether_lines_are_forwarded() {
    let database = TestDatabase::new();
    let dir = ServerDir::with_database(database.url());
    let first = dir.serve(&[]).await;
    let receiver = Receiver::accepting().await;
    first.api.point_at(&receiver.url()).await;
    let other_dir = ServerDir::with_database(database.url());
    let other = other_dir.serve(&["--forward"]).await;
    first.api.ingest(&lines_now(0..1)).await;
    receiver.wait_for_requests(1).await;
    other.kill().await;
    let other = other_dir.serve(&[]).await;
    let log = other_dir.log();
    assert!(log.contains("forwarding ends on all nodes"), "{log}");
    let outage = the_outage(&first.api, |outage| outage["reason"] == "not-forwarding").await;
    assert_eq!(outage["ended_at"], Value::Null);
    other.kill().await;
    let third = other_dir.serve(&["--forward"]).await;
    first.kill().await;
    third.api.ingest(&lines_now(1..2)).await;
    receiver.wait_for_requests(2).await;
    assert!(other_dir.log().contains("forwarding begins on all nodes"));
}

/// The number of requests of this kind of lane that the servers have given up.
async fn abandoned(servers: &[&Server], lane: &str) -> usize {
    let name = format!("replay_delivery_attempts_total{{lane=\"{lane}\",result=\"abandoned\"}}");
    let mut sum = 0;
    for server in servers {
        sum += usize::try_from(super::leases::metric(server, &name).await).unwrap();
    }
    sum
}
