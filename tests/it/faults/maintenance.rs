//! The commands of the operator beside a running server: backups under load, free space that is given
//! back, and refusals that change nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use replay_tests::{
    client::ApiClient,
    lines::{Line, Window},
    polling::until,
    process::{Server, ServerDir, program, stderr_of_failure, window},
    receiver::Receiver,
};
use tokio::{process::Command, sync::watch};

/// The number of lines of each request of [`ingest_until`].
const REQUEST: usize = 200;

#[tokio::test]
async fn each_backup_under_load_passes_the_check_and_is_served_with_its_lines() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&[]).await;
    let lines = window.filled(60_000);
    let (ingested, stop) = (watch::Sender::new(0), watch::Sender::new(false));
    let load = ingest_until(server.api.clone(), lines.clone(), ingested.clone(), stop.subscribe());
    let load = tokio::spawn(load);
    let mut backups = Vec::new();
    for number in 0..6 {
        let before = *ingested.borrow();
        let grown = |count: &usize| *count >= before + 3 * REQUEST;
        ingested.subscribe().wait_for(grown).await.unwrap();
        let (file, at_least) = (beside(&data_dir, &format!("{number}.db")), *ingested.borrow());
        let said = data_dir.stdout_of(&["backup", "--to", file.to_str().unwrap()]).await;
        assert!(
            said.contains(&format!(": {} bytes", fs::metadata(&file).unwrap().len())),
            "{said}"
        );
        backups.push((file, at_least..=*ingested.borrow() + REQUEST));
    }
    stop.send_replace(true);
    load.await.unwrap();
    server.stop().await;

    for (file, expected) in backups {
        let checked = program().arg("check").arg("--data").arg(&file).output().await.unwrap();
        assert!(checked.status.success(), "{checked:?}");
        let count = replayed_from(&file, window, &lines).await;
        assert!(expected.contains(&count), "{count} lines, not {expected:?}");
    }
}

#[tokio::test]
async fn a_backup_to_an_existing_file_is_refused_and_leaves_the_file_unchanged() {
    let data_dir = ServerDir::new();
    let _server = data_dir.serve(&[]).await;
    let file = data_dir.file("taken", "another file");
    let backup = data_dir.command(&["backup", "--to", file.to_str().unwrap()]);
    let stderr = stderr_of_failure(backup).await;
    assert!(stderr.contains("taken") && stderr.contains("exists"), "{stderr}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "another file");
}

#[tokio::test]
async fn compact_gives_the_space_of_trimmed_lines_back_while_a_server_runs() {
    let (data_dir, window) = (ServerDir::new(), window());
    let database = data_dir.data().join("replay.db");
    let size = || fs::metadata(&database).unwrap().len();
    let server = data_dir.serve(&[]).await;
    for some in window.filled(20_000).chunks(5_000) {
        server.api.ingest(some).await;
    }
    server.stop().await;
    let before = size();
    assert!(before > 500_000, "{before} bytes");

    let server = data_dir.serve(&["--retention", "1s", "--grace", "0s"]).await;
    until("the lines are trimmed", async || data_dir.log().contains("lines=20000").then_some(()))
        .await;
    let said = data_dir.stdout_of(&["compact"]).await;
    assert!(said.contains(" bytes, of which 0 are free"), "{said}");
    until("the file is small", async || (size() < before / 4).then_some(())).await;
    let ready = server.api.get_root("/readyz").await;
    assert_eq!(ready.code, 200, "{ready:?} {}", data_dir.log());
    server.stop().await;
    let checked = data_dir.stdout_of(&["check"]).await;
    assert_eq!(checked, "0 lines in the archive, 0 blocks, 0 problems\n");
}

#[tokio::test]
async fn a_command_on_a_missing_data_directory_fails_and_creates_nothing() {
    let data_dir = ServerDir::new();
    let to = beside(&data_dir, "backup.db");
    let backup = ["backup", "--to", to.to_str().unwrap()];
    let batches = ["batches", "--job", UNKNOWN];
    for args in [&["check"][..], &["compact"], &backup, &batches] {
        let stderr = stderr_of_failure(data_dir.command(args)).await;
        assert!(stderr.ends_with("data: there is no data directory\n"), "{args:?}: {stderr}");
        assert!(!data_dir.data().exists() && !to.exists(), "{args:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_archive_is_refused_and_left_unchanged() {
    let data_dir = ServerDir::new();
    for (name, text) in [("empty.db", ""), ("text.db", "something else")] {
        let file = data_dir.file(name, text);
        for args in [&["check"][..], &["compact"], &["serve", "--listen", "127.0.0.1:0"]] {
            let mut command = program();
            command.args(args).arg("--data").arg(&file);
            let stderr = stderr_of_failure(command).await;
            assert!(stderr.ends_with(&format!("{name}: the file is not an archive\n")), "{stderr}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
}

#[tokio::test]
async fn an_unfinished_backup_is_replaced_by_the_next_one() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&window.filled(10)).await;
    let unfinished = data_dir.file("backup.db.unfinished", "half a backup");
    let to = beside(&data_dir, "backup.db");
    data_dir.stdout_of(&["backup", "--to", to.to_str().unwrap()]).await;
    assert!(to.exists() && !unfinished.exists());
}

#[tokio::test]
async fn a_check_of_an_earlier_version_converts_nothing_and_the_next_start_does() {
    let data_dir = ServerDir::new();
    data_dir.serve(&[]).await.stop().await;
    let database = data_dir.data().join("replay.db");
    fs::write(&database, VERSION_3).unwrap();
    let stderr = stderr_of_failure(data_dir.command(&["check"])).await;
    assert!(stderr.contains("the database was written by an earlier version"), "{stderr}");
    assert!(fs::read(&database).unwrap() == VERSION_3, "the database was changed");
    // However old the lines are when this runs.
    let server = data_dir.serve(&["--retention", "36500d"]).await;
    assert!(data_dir.log().contains("converted the archive to blocks lines=39"));
    server.stop().await;
    let checked = data_dir.stdout_of(&["check"]).await;
    assert!(checked.starts_with("39 lines in the archive"), "{checked}");
}

/// The small database that version 3 wrote.
const VERSION_3: &[u8] =
    include_bytes!("../../../crates/replay-server/src/store/schema/fixtures/3.db");

#[tokio::test]
async fn the_batches_of_an_unknown_job_are_refused() {
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&window().filled(10)).await;
    let stderr = stderr_of_failure(data_dir.command(&["batches", "--job", UNKNOWN])).await;
    assert_eq!(stderr, format!("error: no job with the id {UNKNOWN} has started\n"));
}

#[tokio::test]
async fn a_job_without_lines_has_no_batches() {
    let (data_dir, receiver) = (ServerDir::new(), Receiver::accepting().await);
    let server = data_dir.serve(&[]).await;
    assert_eq!(server.api.replay_to(&receiver, window()).await["status"], "completed");
    let job = server.api.job_id().await;
    assert_eq!(data_dir.stdout_of(&["batches", "--job", &job]).await, "");
}

/// The id of no job.
const UNKNOWN: &str = "000000000000000000000000000000ff";

/// Ingests lines in requests one after the other until `stop`; sends the number of ingested lines.
async fn ingest_until(
    api: ApiClient,
    lines: Vec<Line>,
    ingested: watch::Sender<usize>,
    stop: watch::Receiver<bool>,
) {
    for some in lines.chunks(REQUEST).take_while(|_| !*stop.borrow()) {
        api.ingest(some).await;
        ingested.send_modify(|count| *count += some.len());
    }
}

/// Serves a backup and replays the window from it. The lines must be the first ones of `lines`;
/// returns their number.
async fn replayed_from(file: &Path, window: Window, lines: &[Line]) -> usize {
    let receiver = Receiver::accepting().await;
    let mut command: Command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--allow-net", "127.0.0.0/8"]);
    command.args(["--in-flight", "1", "--no-self-audit", "--data"]).arg(file);
    command.env("REPLAY_ADMIN_TOKEN", replay_tests::process::TOKEN);
    let server = Server::start(command).await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    server.stop().await;
    let text = receiver.received_text();
    let count = text.matches('\n').count();
    assert!(text == window.replayed(&lines[..count]), "{count} lines that are not the first ones");
    count
}

/// The path of a file that does not exist beside the data directory.
fn beside(data_dir: &ServerDir, name: &str) -> PathBuf {
    data_dir.data().with_file_name(name)
}
