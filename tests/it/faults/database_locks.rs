//! Nodes that are frozen while they hold locks of PostgreSQL, and transactions that conflict with those of
//! another client: the others go on, and nothing is half-done.

use core::time::Duration;

use replay_tests::{
    database_relay::DatabaseRelay,
    lines::Line,
    polling::until,
    process::{ServerDir, window},
    receiver::Receiver,
    test_database::TestDatabase,
};
use tokio::time::Instant;

/// How long others may wait for a frozen node: the limit of idle transactions, with some time for a loaded
/// machine.
const HELD_UP: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_node_that_is_frozen_in_the_middle_of_an_ingest_holds_up_the_others_for_a_short_time_only()
 {
    freeze_at("archive_", "INSERT INTO part_data").await;
}

#[tokio::test]
async fn a_node_that_is_frozen_before_its_commit_holds_up_the_others_for_a_short_time_only() {
    freeze_at("INSERT INTO part_data", "COMMIT").await;
}

#[tokio::test]
async fn a_conflict_with_another_client_is_answered_503_or_tried_again() {
    let (database, window) = (TestDatabase::new(), window());
    let server_dir = ServerDir::with_database(database.url());
    let server = server_dir.serve(&[]).await;
    let receiver = Receiver::accepting().await;
    server.api.ingest(&window.filled(10)).await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    // The server waits for the row, and its snapshot is older than the commit that it waits for.
    let conflict = database.conflict("UPDATE current_job SET job_id = job_id");
    let put = tokio::spawn({
        let api = server.api.clone();
        async move { api.put(window).await }
    });
    until("the server waits for the other client", async || {
        let sql = "SELECT 1 FROM pg_locks WHERE NOT granted";
        (!database.rows(sql).is_empty()).then_some(())
    })
    .await;
    conflict.commit();
    let response = put.await.unwrap();
    match response.code {
        202 => {}
        503 => assert!(response.retry_after.is_some(), "{response:?}"),
        _ => panic!("{response:?}"),
    }
    until("the job is accepted", async || {
        let response = server.api.put(window).await;
        assert!(matches!(response.code, 202 | 409 | 503), "{response:?}");
        (response.code != 503).then_some(())
    })
    .await;
    assert_eq!(server.api.settled().await["status"], "completed");
}

/// Freezes a node when it makes the request with `text` of its first ingest, on the connection on which
/// `before` was sent. Asserts that another node ingests the same lines, and that the first one has
/// archived nothing.
async fn freeze_at(before: &'static str, text: &'static str) {
    let (database, window) = (TestDatabase::new(), window());
    let relay = DatabaseRelay::to(&database).await;
    let frozen_dir = ServerDir::with_database(relay.url().to_owned());
    let frozen = frozen_dir.serve(&[]).await;
    let other_dir = ServerDir::with_database(database.url());
    let other = other_dir.serve(&[]).await;
    let lines = window.filled(100);
    let (first, second) = lines.split_at(60);
    relay.hold(before, text);
    let ingest = tokio::spawn({
        let (api, lines) = (frozen.api.clone(), first.to_vec());
        async move { api.try_ingest(&lines).await.unwrap() }
    });
    relay.held().await;
    frozen.process.signal("STOP").await;
    let frozen_at = Instant::now();
    until("the other node ingests", async || {
        let response = other.api.try_ingest(second).await.unwrap();
        assert!(matches!(response.code, 202 | 503), "{response:?}");
        (response.code == 202).then_some(())
    })
    .await;
    assert!(frozen_at.elapsed() < HELD_UP, "{:?}", frozen_at.elapsed());
    relay.release();
    frozen.process.signal("CONT").await;
    let response = ingest.await.unwrap();
    assert_eq!((response.code, response.retry_after.as_deref()), (503, Some("5")), "{response:?}");
    let receiver = Receiver::accepting().await;
    assert_eq!(other.api.replay_to(&receiver, window).await["status"], "completed");
    assert_eq!(sorted(&receiver.acknowledged_text()), texts(second), "lines are half-done");
    until("the node that was frozen ingests", async || {
        let response = frozen.api.try_ingest(first).await.unwrap();
        assert!(matches!(response.code, 202 | 503), "{response:?}");
        (response.code == 202).then(|| assert_eq!(response.json()["accepted"], first.len()))
    })
    .await;
    let checked = other_dir.stdout_of(&["check"]).await;
    assert!(checked.starts_with("100 lines") && checked.ends_with("0 problems\n"), "{checked}");
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn texts(lines: &[Line]) -> Vec<&str> {
    let mut texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    texts.sort_unstable();
    texts
}
