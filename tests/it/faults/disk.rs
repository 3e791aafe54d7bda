//! A full disk: what cannot be stored is refused, what was stored is kept, and a job continues when
//! there is space again. A limit on the size of the server's files, its log included, stands for
//! the disk.

use core::time::Duration;
use std::process::Stdio;

use replay_tests::{
    polling::until,
    process::{Server, ServerDir, program, window},
    receiver::{Gate, Receiver},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

#[tokio::test]
async fn a_full_disk_refuses_lines_and_loses_none() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let server = Server::start(limited(&data_dir)).await;
    let lines = window.filled(200);
    let (before, after) = lines.split_at(100);
    server.api.ingest(before).await;
    server.api.point_at(&receiver.url()).await;

    limit(&server, "0").await;
    assert_eq!(server.api.try_ingest(after).await.unwrap().code, 500);
    assert_eq!(server.api.put(window).await.code, 500);
    assert_eq!(server.api.job().await["status"], "unconfigured");
    assert_eq!(server.api.get("v2/audit-log-webhook").await.code, 200);

    limit(&server, "unlimited").await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(before));
    server.api.ingest(after).await;
    let second = Receiver::accepting().await;
    assert_eq!(server.api.replay_to(&second, window).await["status"], "completed");
    assert_eq!(second.acknowledged_text(), window.replayed(&lines));
}

#[tokio::test]
async fn an_ingest_without_space_does_not_stop_a_replay() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let server = Server::start(limited(&data_dir)).await;
    let lines = window.filled(100);
    server.api.ingest(&lines).await;
    limit(&server, "2000000").await;
    let mut large = window.filled(50);
    for line in &mut large {
        line.text += &"~".repeat(200_000);
    }
    assert_eq!(server.api.try_ingest(&large).await.unwrap().code, 500);
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines));
}

#[tokio::test]
async fn a_job_that_cannot_be_stored_continues_when_there_is_space() {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let mut command = limited(&data_dir);
    command.stderr(Stdio::piped());
    let mut server = Server::start(command).await;
    let log = server.process.child.stderr.take().unwrap();
    let lines = window.filled(40);
    server.api.ingest(&lines).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    limit(&server, "0").await;
    gate.open();
    // The batch was acknowledged, but that cannot be stored.
    let mut log = BufReader::new(log).lines();
    let error_logged = async {
        loop {
            let line = log.next_line().await.unwrap().unwrap();
            if line.contains("ERROR") {
                break;
            }
        }
    };
    timeout(Duration::from_secs(30), error_logged).await.expect("no error was logged");
    assert_eq!(server.api.cancel().await.code, 500);
    assert_eq!(server.api.job().await["status"], "running");
    limit(&server, "unlimited").await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.received_text(), window.replayed(&lines));
}

#[tokio::test]
async fn lines_stored_before_the_disk_was_full_survive_a_kill() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let server = Server::start(limited(&data_dir)).await;
    let mut lines = window.filled(3_000);
    for line in &mut lines {
        line.text += &"~".repeat(500);
    }
    limit(&server, "700000").await;
    let mut stored = 0;
    let code = until("the disk is full", async || {
        let code = server.api.try_ingest(&lines[stored..stored + 100]).await.unwrap().code;
        stored += if code == 202 { 100 } else { 0 };
        (code != 202).then_some(code)
    })
    .await;
    assert!(code == 500 && stored > 0, "{code} after {stored} lines");
    server.kill().await;
    let server = data_dir.serve(&["--in-flight", "1"]).await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines[..stored]));
}

/// The command of a server for which a file above the limit is a failed write; it is not terminated
/// by SIGXFSZ.
pub(super) fn limited(data_dir: &ServerDir) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#]).arg(program().as_std().get_program());
    let args = ["--allow-net", "127.0.0.0/8", "--no-self-audit", "--batch-lines", "10"];
    data_dir.serve_command_through(shell, &args)
}

/// Limits the size of the server's files, in bytes.
pub(super) async fn limit(server: &Server, bytes: &str) {
    let pid = server.process.child.id().unwrap().to_string();
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")]);
    assert!(prlimit.status().await.unwrap().success());
}
