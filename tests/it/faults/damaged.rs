//! A database file with damaged pages: the server reports it at its start, and a job whose lines
//! cannot be read fails with a reason.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
    process::Output,
};

use replay_tests::{
    client::{ApiClient, failure},
    lines::{Line, Window},
    polling::until,
    process::{ServerDir, stderr_of_failure, window},
    receiver::Receiver,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_job_whose_lines_are_damaged_fails_at_once_with_a_reason() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let lines = archived(&data_dir, window).await;
    damage(&data_dir.data(), &lines[500].text);

    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    let job = server.api.replay_to(&receiver, window).await;
    let reason = "its lines could not be read: part 2 of the archive is damaged";
    assert_eq!(failure(&job), reason);
    let sent = receiver.acknowledged_text();
    assert!(sent == window.replayed(&lines[..PART]), "{sent}");
    server.stop().await;
    let log = data_dir.log();
    assert!(!log.contains("could not be moved"), "{log}");
}

#[tokio::test]
async fn a_job_that_cannot_start_on_a_damaged_archive_fails_with_a_reason() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let lines = archived(&data_dir, window).await;
    damage(&data_dir.data(), &lines[500].text);

    let server = data_dir.serve(&[]).await;
    // The start reads a part of which the timeframe has some lines, to count them.
    let window = Window { end: lines[800].at, ..window };
    let job = server.api.replay_to(&receiver, window).await;
    assert!(failure(&job).starts_with("its lines could not be read: "), "{job}");
    assert_eq!(receiver.requests().len(), 0, "the part before was delivered");
}

#[tokio::test]
async fn damage_that_opening_does_not_detect_is_reported_after_the_start() {
    let (data_dir, window) = (ServerDir::new(), window());
    let lines = archived(&data_dir, window).await;
    damage(&data_dir.data(), &lines[500].text);

    let server = data_dir.serve(&[]).await;
    let report = damage_report(&server.api).await;
    assert_eq!(report["database"], "the database file is damaged", "{report}");
    assert_eq!((&report["disk"], &report["engine"]), (&json!("ok"), &json!("ok")));
    assert_eq!(server.api.get_root("/healthz").await.text, "ok\n");
    let log = data_dir.log();
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(errors.len() == 1 && errors[0].contains("the database file is damaged"), "{log}");
}

#[tokio::test]
async fn damage_that_a_job_finds_is_reported() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let lines = archived(&data_dir, window).await;

    // Damaged after the search at the start has found nothing.
    let server = data_dir.serve(&[]).await;
    assert_eq!(server.api.get_root("/readyz").await.code, 200);
    damage(&data_dir.data(), &lines[500].text);
    let job = server.api.replay_to(&receiver, window).await;
    assert!(failure(&job).starts_with("its lines could not be read: "), "{job}");
    let report = damage_report(&server.api).await;
    assert_eq!(report["database"], "part 2 of the archive is damaged", "{report}");
}

#[tokio::test]
async fn a_damaged_block_is_named_and_stops_nothing_but_the_jobs_that_need_it() {
    const BLOCK: &str = "block 3 of the archive is damaged";
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let (lines, server) = (window.filled(3_100), data_dir.serve(&[]).await);
    server.api.ingest(&lines[..3_000]).await;
    until("the lines are sealed", async || {
        let found = output_text(&data_dir.run(&["check"]).await);
        found.contains("3 blocks").then_some(())
    })
    .await;
    server.stop().await;
    damage_block(&data_dir, BLOCK).await;

    let server = data_dir.serve(&[]).await;
    assert_eq!(damage_report(&server.api).await["database"], BLOCK);
    let job = server.api.replay_to(&receiver, window).await;
    assert_eq!(failure(&job), format!("its lines could not be read: {BLOCK}"));
    assert!(receiver.received_text() == window.replayed(&lines[..1_000]), "{job}");

    assert_eq!(server.api.get_root("/healthz").await.text, "ok\n");
    server.api.ingest(&lines[3_000..]).await;
    let (eu, second) = (server.api.in_region("eu"), Receiver::accepting().await);
    eu.ingest(&lines[..100]).await;
    assert_eq!(eu.replay_to(&second, window).await["status"], "completed");
    assert_eq!(second.received_text(), window.replayed(&lines[..100]));
}

#[tokio::test]
async fn a_damaged_database_answers_health_and_readiness_to_a_client_with_a_token() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&window.filled(1)).await;
    fs::write(data_dir.data().join("replay.db"), [0xff; 8_192]).unwrap();
    let stranger = server.api.with_token("a token that has to be looked up");
    assert_eq!(stranger.get("v2/audit-log-webhook").await.code, 500);
    assert_eq!(stranger.get_root_with_token("/healthz").await.text, "ok\n");
    until("the damage is reported", async || {
        let answered = stranger.get_root_with_token("/readyz").await;
        (answered.code == 503).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_server_refuses_a_damaged_header_and_names_the_remedy() {
    let data_dir = ServerDir::new();
    data_dir.serve(&[]).await.stop().await;
    let path = data_dir.data().join("replay.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..100].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let stderr = stderr_of_failure(data_dir.serve_command(&[])).await;
    assert!(stderr.contains("replay.db: the database file is damaged"), "{stderr}");
    assert!(stderr.contains("restore it from a backup"), "{stderr}");
}

/// The number of lines of each part of [`archived`].
const PART: usize = 450;

/// Archives lines of the window in two parts, which are too small to be sealed, with a server that
/// is stopped afterwards.
async fn archived(data_dir: &ServerDir, window: Window) -> Vec<Line> {
    let lines = window.filled(2 * PART);
    let server = data_dir.serve(&[]).await;
    for part in lines.chunks(PART) {
        server.api.ingest(part).await;
    }
    server.stop().await;
    lines
}

/// Waits until `/readyz` answers 503, and returns its body.
async fn damage_report(api: &ApiClient) -> Value {
    until("the damage is reported", async || {
        let response = api.get_root("/readyz").await;
        (response.code == 503).then(|| response.json())
    })
    .await
}

/// Overwrites the page of the database that contains `text`, and no other: a server may write to
/// those meanwhile.
fn damage(data: &Path, text: &str) {
    const PAGE: usize = 4_096;
    let path = data.join("replay.db");
    let bytes = fs::read(&path).unwrap();
    let has_text = |page: &[u8]| page.windows(text.len()).any(|part| part == text.as_bytes());
    let pages: Vec<_> =
        (0..bytes.len()).step_by(PAGE).filter(|at| has_text(&bytes[*at..*at + PAGE])).collect();
    let [page] = pages[..] else { panic!("pages that hold the line: {pages:?}") };
    let file = File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[0xff; PAGE], page.try_into().unwrap()).unwrap();
}

/// Damages a byte of a block, so that `check` fails and names the block with this text.
async fn damage_block(data_dir: &ServerDir, text: &str) {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let path = data_dir.data().join("replay.db");
    let intact = fs::read(&path).unwrap();
    let blocks = (0..intact.len()).filter(|at| intact[*at..].starts_with(&GZIP));
    for at in blocks {
        let mut damaged = intact.clone();
        damaged[at] ^= 0x80;
        fs::write(&path, damaged).unwrap();
        let output = data_dir.run(&["check"]).await;
        if output_text(&output).contains(text) {
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            return;
        }
    }
    panic!("no byte of the block was found");
}

/// What a process has printed on stdout.
fn output_text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
