//! Two servers on one database: how they share the work, and what happens when one of them dies or is
//! suspended.

use core::time::Duration;

use replay_tests::{
    polling::until,
    process::{Server, ServerDir, window},
    receiver::{Gate, Receiver, Reply},
    test_database::TestDatabase,
};
use serde_json::Value;
use tokio::time::Instant;

/// The leases of a server with six regions: deliveries and upkeep of each.
const LEASES: u64 = 12;

/// How long another server may take to take over, with some time for a loaded machine.
const TAKEOVER: Duration = Duration::from_secs(25);

#[tokio::test]
async fn work_spreads_over_two_servers_and_is_taken_over_from_a_killed_one() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    one.kill().await;
    let killed_at = Instant::now();
    until("the leases are taken over", async || (held(&other).await == LEASES).then_some(())).await;
    assert!(killed_at.elapsed() < TAKEOVER, "{:?}", killed_at.elapsed());
}

#[tokio::test]
async fn the_work_of_a_server_that_ends_is_taken_over_at_once() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    one.stop().await;
    let stopped_at = Instant::now();
    until("the leases are taken over", async || (held(&other).await == LEASES).then_some(())).await;
    assert!(stopped_at.elapsed() < Duration::from_secs(10), "{:?}", stopped_at.elapsed());
}

#[tokio::test]
async fn a_job_that_is_put_on_either_server_completes() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    let window = window();
    let receiver = Receiver::accepting().await;
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(50)).await;
    for server in [&one, &other] {
        server.api.replay(window).await;
        assert_eq!(server.api.settled().await["status"], "completed");
    }
}

#[tokio::test]
async fn a_suspended_server_that_was_replaced_changes_nothing() {
    let database = TestDatabase::new();
    let one_dir = ServerDir::with_database(database.url());
    let one = one_dir.serve(&["--batch-lines", "10", "--in-flight", "1"]).await;
    until("the leases are claimed", async || (held(&one).await == LEASES).then_some(())).await;
    let window = window();
    let gate = Gate::closed();
    let receiver = Receiver::holding_first(&gate).await;
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(200)).await;
    one.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    one.process.signal("STOP").await;
    let other_dir = ServerDir::with_database(database.url());
    let other = other_dir.serve(&["--in-flight", "1"]).await;
    // Every lease is the other server's once those of the suspended one have expired.
    assert_eq!(other.api.settled().await["status"], "completed");
    let before = (other.api.job().await, delivered(&other).await, receiver.requests().len());
    gate.open();
    one.process.signal("CONT").await;
    until("the server learns that it was replaced", async || {
        (held(&one).await < LEASES).then_some(())
    })
    .await;
    let after = (other.api.job().await, delivered(&other).await, receiver.requests().len());
    assert_eq!(after, before);
    assert_eq!(before.1, 200);
    let mut bodies: Vec<_> = receiver.requests();
    bodies.sort_by(|a, b| a.header("webhook-id").cmp(b.header("webhook-id")));
    for pair in bodies.windows(2) {
        let is_same = pair[0].header("webhook-id") == pair[1].header("webhook-id");
        assert!(!is_same || pair[0].body == pair[1].body, "the same id has two bodies");
    }
}

#[tokio::test]
async fn a_suspended_server_that_was_replaced_while_it_waited_makes_no_request() {
    let database = TestDatabase::new();
    let one_dir = ServerDir::with_database(database.url());
    let one = one_dir.serve(&["--batch-lines", "10", "--in-flight", "1"]).await;
    until("the leases are claimed", async || (held(&one).await == LEASES).then_some(())).await;
    let window = window();
    let receiver = Receiver::replying(|request| match request.number {
        0 | 1 => Reply::Status(200),
        _ => Reply::Stall(""),
    })
    .await;
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(200)).await;
    one.api.replay(window).await;
    one.api.set_rate(Some(5)).await;
    until("the server waits for the rate", async || {
        (delivered(&one).await.as_u64() >= Some(20)).then_some(())
    })
    .await;
    one.process.signal("STOP").await;
    let other_dir = ServerDir::with_database(database.url());
    let other = other_dir.serve(&["--in-flight", "1"]).await;
    until("the leases are taken over", async || (held(&other).await == LEASES).then_some(())).await;
    // The job is still running.
    let before = receiver.wait_for_requests(3).await.len();
    one.process.signal("CONT").await;
    until("the server learns that it was replaced", async || {
        (held(&one).await < LEASES).then_some(())
    })
    .await;
    assert_eq!(receiver.requests().len(), before);
}

/// Two servers on a new database, each of which has half of the regions for each kind of work.
pub(super) async fn two_servers(args: &[&str]) -> [(ServerDir, Server); 2] {
    let database = TestDatabase::new();
    let one_dir = ServerDir::with_database(database.url());
    let one = one_dir.serve(args).await;
    let other_dir = ServerDir::with_database(database.url());
    let other = other_dir.serve(args).await;
    until("the leases are shared", async || {
        let (one, other) = (held(&one).await, held(&other).await);
        (one == LEASES / 2 && other == LEASES / 2).then_some(())
    })
    .await;
    [(one_dir, one), (other_dir, other)]
}

/// The number of lines of the job that were acknowledged.
async fn delivered(server: &Server) -> Value {
    server.api.progress().await["delivered_lines"].clone()
}

/// The number of leases that a server has.
async fn held(server: &Server) -> u64 {
    metric(server, "replay_leases_held").await
}

/// The value of a metric without labels; 0 if it is not on the page.
pub(super) async fn metric(server: &Server, name: &str) -> u64 {
    let page = server.api.get_root_with_token("/metrics").await.text;
    let mut lines = page.lines().filter_map(|line| line.strip_prefix(name));
    lines.find_map(|value| value.trim().parse().ok()).unwrap_or_default()
}
