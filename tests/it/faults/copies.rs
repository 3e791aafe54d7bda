//! Copies of archives between data directories and databases: killed while they copy, refused while a
//! server runs, and served afterwards.

use core::time::Duration;
use std::{fs, path::Path, process::Stdio};

use replay_tests::{
    batches::{assert_delivered, listed},
    lines::{Line, SeededRandom},
    polling::until,
    process::{ServerDir, program, stderr_of_failure, window},
    receiver::{Receiver, Reply},
    test_database::TestDatabase,
};
use tokio::process::Command;

/// Each of its rows is copied, so that it shows how far a copy is.
const COPIED: &str = "SELECT count(*) FROM minute_count";

#[tokio::test]
async fn a_job_goes_on_in_a_copy_that_was_killed_repeatedly() {
    let (source, window) = (ServerDir::new(), window());
    source.stdout_of(&["sample", "--days", "7", "--region", "eu", "au", "me"]).await;
    let server = source.serve(&["--batch-lines", "50", "--in-flight", "2"]).await;
    let lines = Line::random_around(2_000, window, &mut SeededRandom::from_environment());
    server.api.ingest(&lines).await;
    let slow = || Reply::Delayed(Duration::from_millis(100), Box::new(Reply::Status(200)));
    let receiver = Receiver::replying(move |_| slow()).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(3).await;
    let job = server.api.job_id().await;
    server.kill().await;
    let expected = listed(&source, &job).await;

    let database = TestDatabase::new();
    let before = files(&source.data());
    let mut kills = 0;
    let finished = loop {
        let copied = database.number(COPIED).unwrap_or(0);
        let mut copy = copy(&source.data().display().to_string(), &database.url());
        let mut child = copy.stdout(Stdio::piped()).spawn().unwrap();
        let is_further = until("the copy goes on", async || {
            if child.try_wait().unwrap().is_some() {
                return Some(false);
            }
            (database.number(COPIED) > Some(copied)).then_some(true)
        });
        if is_further.await && kills < 5 {
            child.kill().await.unwrap();
            kills += 1;
            continue;
        }
        break child.wait_with_output().await.unwrap();
    };
    assert!(kills > 2, "{kills} kills");
    let tables = String::from_utf8(finished.stdout).unwrap();
    assert!(finished.status.success() && tables.contains("minute_count: "), "{tables}");
    assert!(files(&source.data()) == before, "the source has changed");

    let target = ServerDir::with_database(database.url());
    assert_eq!(listed(&target, &job).await, expected);
    let server = target.serve(&["--batch-lines", "7", "--in-flight", "5"]).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_delivered(&receiver.requests(), &job, &expected, &window.replayed(&lines));
    let checked = target.stdout_of(&["check"]).await;
    assert!(checked.ends_with("0 problems\n"), "{checked}");
}

#[tokio::test]
async fn a_copy_from_or_to_a_served_archive_is_refused() {
    let (directory, other, database) = (ServerDir::new(), ServerDir::new(), TestDatabase::new());
    let on_database = ServerDir::with_database(database.url());
    let (path, url) = (directory.data().display().to_string(), database.url());
    let server = directory.serve(&[]).await;
    let stderr = stderr_of_failure(copy(&path, &url)).await;
    assert!(stderr.contains("another server is using it"), "{stderr}");
    server.stop().await;
    let server = on_database.serve(&[]).await;
    let other = other.data().display().to_string();
    for (from, to) in [(&path, &url), (&url, &other)] {
        let stderr = stderr_of_failure(copy(from, to)).await;
        assert!(stderr.contains("another process uses the database"), "{stderr}");
    }
    server.stop().await;
    let stderr = stderr_of_failure(copy(&path, &url)).await;
    assert!(stderr.contains("the target is not empty"), "{stderr}");
    for same in [&path, &format!("{path}/replay.db")] {
        let stderr = stderr_of_failure(copy(&path, same)).await;
        assert!(stderr.contains("the source and the target are the same"), "{stderr}");
    }
    let stderr = stderr_of_failure(copy("/nowhere", &other)).await;
    assert!(stderr.contains("there is no data directory"), "{stderr}");
}

#[tokio::test]
async fn a_copy_that_is_not_finished_is_not_served() {
    let (source, database) = (ServerDir::new(), TestDatabase::new());
    source.stdout_of(&["sample", "--days", "7"]).await;
    let path = source.data().display().to_string();
    let mut child = copy(&path, &database.url()).spawn().unwrap();
    until("rows are copied", async || database.number(COPIED).filter(|rows| *rows > 0)).await;
    child.kill().await.unwrap();
    let target = ServerDir::with_database(database.url());
    let stderr = until("the connection of the copy has ended", async || {
        let output = target.run(&["serve", "--listen", "127.0.0.1:0"]).await;
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{stderr}");
        (!stderr.contains("the database is being copied")).then_some(stderr)
    });
    let stderr = stderr.await;
    assert!(stderr.contains("the same `copy` command finishes it"), "{stderr}");
    let copied = copy(&path, &database.url()).output().await.unwrap();
    assert!(copied.status.success(), "{copied:?}");
    let back = ServerDir::new();
    let copied = copy(&database.url(), &back.data().display().to_string()).output().await.unwrap();
    assert!(copied.status.success(), "{copied:?}");
    assert_eq!(back.stdout_of(&["check"]).await, source.stdout_of(&["check"]).await);
}

fn copy(from: &str, to: &str) -> Command {
    let mut command = program();
    command.args(["copy", "--from", from, "--to", to]).kill_on_drop(true);
    command
}

/// The database file and its write-ahead log.
fn files(data: &Path) -> [Vec<u8>; 2] {
    ["replay.db", "replay.db-wal"].map(|name| fs::read(data.join(name)).unwrap_or_default())
}
