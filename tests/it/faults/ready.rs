//! Readiness: whether the server reports that it can work, and that nothing is acknowledged into a
//! database file that is no longer at its path.

use std::{fs, path::Path};

use replay_tests::{
    client::ApiClient,
    polling::until,
    process::{Server, ServerDir, window},
    receiver::{Gate, Receiver},
};
use serde_json::{Value, json};

use super::disk::{limit, limited};

#[tokio::test]
async fn a_working_server_is_ready() {
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&[]).await;
    let response = server.api.get_root("/readyz").await;
    let expected = json!({ "ready": true, "disk": "ok", "database": "ok", "engine": "ok" });
    assert_eq!((response.code, response.json()), (200, expected));
    assert!(!data_dir.data().join("probe").exists(), "the file that was written is still there");
}

#[tokio::test]
async fn a_server_on_a_full_disk_is_healthy_and_not_ready() {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let server = Server::start(limited(&data_dir)).await;
    server.api.ingest(&window.filled(10)).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    limit(&server, "0").await;
    gate.open();
    let report = report(&server.api, |report| report["engine"] != "ok").await;
    assert_eq!(report["ready"], false);
    let starts = |name: &str, text: &str| report[name].as_str().unwrap().starts_with(text);
    assert!(starts("disk", "no file can be written in the data directory"), "{report}");
    assert!(starts("database", "nothing can be written"), "{report}");
    assert_eq!(report["engine"], "the jobs or live lanes of these regions cannot go on: us");
    assert!(!report.to_string().contains(data_dir.data().to_str().unwrap()), "{report}");
    assert_eq!(server.api.get_root("/readyz").await.code, 503);
    assert_eq!(server.api.get_root("/healthz").await.code, 200);
    limit(&server, "unlimited").await;
    self::report(&server.api, |report| report["ready"] == true).await;
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_database_that_was_moved_away() {
    for (what, change) in
        [("deleted", delete as fn(&Path)), ("replaced", replace), ("without its log", delete_log)]
    {
        let (data_dir, window) = (ServerDir::new(), window());
        let server = data_dir.serve(&[]).await;
        let lines = window.filled(20);
        server.api.ingest(&lines[..10]).await;
        change(&data_dir.data().join("replay.db"));
        assert_eq!(server.api.try_ingest(&lines[10..]).await.unwrap().code, 500, "{what}");
        assert_eq!(server.api.put(window).await.code, 500, "{what}");
        let report = report(&server.api, |report| report["ready"] == false).await;
        let text = "nothing can be written: the database file is no longer at its path";
        assert_eq!(report["database"], text, "{what}");
        assert_eq!(report["disk"], "ok", "{what}");
        assert_eq!(server.api.get_root("/healthz").await.code, 200, "{what}");
    }
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_database_that_was_emptied() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&[]).await;
    let lines = window.filled(20);
    server.api.ingest(&lines[..10]).await;
    fs::write(data_dir.data().join("replay.db"), "").unwrap();
    assert_eq!(server.api.try_ingest(&lines[10..]).await.unwrap().code, 500);
    report(&server.api, |report| report["ready"] == false).await;
    assert_eq!(server.api.get_root("/healthz").await.code, 200);
}

#[tokio::test]
async fn a_server_on_a_read_only_database_is_healthy_and_not_ready() {
    // https://sqlite.org/fileformat2.html: a database of an unknown write version is read-only.
    const WRITE_VERSION: usize = 18;
    let (data_dir, window) = (ServerDir::new(), window());
    data_dir.serve(&[]).await.stop().await;
    let path = data_dir.data().join("replay.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[WRITE_VERSION] = 3;
    fs::write(&path, bytes).unwrap();
    let server = data_dir.serve(&[]).await;
    let report = report(&server.api, |report| report["ready"] == false).await;
    let text = "nothing can be written: attempt to write a readonly database";
    assert_eq!(report["database"], text);
    assert_eq!(server.api.try_ingest(&window.filled(1)).await.unwrap().code, 500);
    assert_eq!(server.api.get_root("/healthz").await.code, 200);
}

#[tokio::test]
async fn a_server_that_trims_lines_while_it_seals_them_is_ready() {
    for _ in 0..4 {
        let (data_dir, window) = (ServerDir::new(), window());
        let server = data_dir.serve(&[]).await;
        for some in window.filled(20_000).chunks(5_000) {
            server.api.ingest(some).await;
        }
        server.kill().await;
        let server = data_dir.serve(&["--retention", "1s", "--grace", "0s"]).await;
        until("the lines are trimmed", async || {
            data_dir.log().contains("past retention").then_some(())
        })
        .await;
        let ready = server.api.get_root("/readyz").await;
        assert_eq!(ready.code, 200, "{ready:?} {}", data_dir.log());
    }
}

fn delete(database: &Path) {
    fs::remove_file(database).unwrap();
}

/// Replaces the file by a copy.
fn replace(database: &Path) {
    let copy = database.with_extension("copy");
    fs::copy(database, &copy).unwrap();
    fs::rename(&copy, database).unwrap();
}

fn delete_log(database: &Path) {
    fs::remove_file(database.with_extension("db-wal")).unwrap();
}

/// Waits until `/readyz` responds with a report that is `expected`.
async fn report(api: &ApiClient, expected: impl Fn(&Value) -> bool) -> Value {
    until("/readyz changes", async || {
        Some(api.get_root("/readyz").await.json()).filter(|report| expected(report))
    })
    .await
}
