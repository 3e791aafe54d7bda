//! The program: its first line of output, the conditions under which it refuses to start, and the
//! permissions of its data.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use replay_core::Region;
use replay_server::data_dir::DataDir;
use replay_tests::{
    lines::Line,
    process::{Process, Server, ServerDir, TOKEN, program, stderr_of_failure, window},
    receiver::{Receiver, Reply},
};
use serde_json::json;

#[tokio::test]
async fn the_only_line_of_output_names_the_url() {
    let data_dir = ServerDir::new();
    let mut server = data_dir.serve(&[]).await;
    let port = server.process.base_url.strip_prefix("http://127.0.0.1:").unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    assert_eq!(server.api.job().await["status"], "unconfigured");
    server.process.signal("TERM").await;
    assert_eq!(server.process.next_line().await, None);
}

#[tokio::test]
async fn only_one_server_works_on_a_data_directory() {
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&[]).await;
    let stderr = stderr_of_failure(data_dir.serve_command(&[])).await;
    assert!(stderr.contains("another server is using it"), "{stderr}");
    assert_eq!(server.api.job().await["status"], "unconfigured");
    server.kill().await;
    data_dir.serve(&[]).await;
}

#[tokio::test]
async fn the_data_directory_is_private() {
    let data_dir = ServerDir::new();
    fs::create_dir(data_dir.data()).unwrap();
    fs::set_permissions(data_dir.data(), Permissions::from_mode(0o755)).unwrap();
    let _server = data_dir.serve(&[]).await;
    assert_eq!(fs::metadata(data_dir.data()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn every_data_file_is_private_even_if_it_existed_before() {
    const FILES: [&str; 4] = ["lock", "replay.db", "replay.db-shm", "replay.db-wal"];
    let data_dir = ServerDir::new();
    let path = |name: &str| data_dir.data().join(name);
    let modes = || FILES.map(|name| fs::metadata(path(name)).unwrap().permissions().mode() & 0o777);
    let server = data_dir.serve(&[]).await;
    assert_eq!(modes(), [0o600; 4]);
    server.kill().await;
    for name in FILES {
        fs::set_permissions(path(name), Permissions::from_mode(0o644)).unwrap();
    }
    let _server = data_dir.serve(&[]).await;
    assert_eq!(modes(), [0o600; 4]);
}

#[tokio::test]
async fn the_regions_of_the_last_serve_are_stored_in_order() {
    let data_dir = ServerDir::new();
    for args in [&["--region", "us", "eu", "me"][..], &["--region", "me", "us", "us"]] {
        data_dir.serve(args).await.kill().await;
    }
    let store = DataDir::open(&data_dir.data()).unwrap().store().unwrap();
    let expected = ["me", "us"].map(|label| Region::named(label).unwrap());
    assert_eq!(store.served_regions().await.unwrap(), expected);
}

#[tokio::test]
async fn the_program_listens_beyond_loopback_only_behind_a_proxy() {
    let data_dir = ServerDir::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let mut command = program();
        command.args(["serve", "--listen", address, "--data"]).arg(data_dir.data());
        let stderr = stderr_of_failure(command).await;
        assert!(stderr.contains("--behind-tls-proxy"), "{stderr}");
    }
    let mut command = program();
    command.args(["serve", "--listen", "0.0.0.0:0", "--behind-tls-proxy", "--data"]);
    command.arg(data_dir.data()).env("REPLAY_ADMIN_TOKEN", TOKEN);
    let process = Process::start(command).await;
    assert!(process.base_url.starts_with("http://0.0.0.0:"), "{}", process.base_url);
}

#[tokio::test]
async fn the_program_refuses_invalid_arguments() {
    let data_dir = ServerDir::new();
    for (args, reason) in [
        (&["--default-region", "us", "--region", "eu"][..], "is not among the regions"),
        (&["--data", "/dev/null/data"], "/dev/null/data"),
    ] {
        let mut command = program();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(args);
        if !args.contains(&"--data") {
            command.arg("--data").arg(data_dir.data());
        }
        let stderr = stderr_of_failure(command).await;
        assert!(stderr.contains(reason), "{stderr}");
    }
    let taken = data_dir.serve(&[]).await;
    let mut command = program();
    let address = taken.process.base_url.strip_prefix("http://").unwrap();
    command
        .args(["serve", "--listen", address, "--data"])
        .arg(data_dir.file("x", "").with_extension("d"));
    stderr_of_failure(command).await;
}

#[tokio::test]
async fn a_closed_stdout_does_not_stop_the_server() {
    let (data_dir, window) = (ServerDir::new(), window());
    let Server { mut process, api } = data_dir.serve(&[]).await;
    process.close_stdout();
    let receiver =
        Receiver::replying(|one| Reply::Status(if one.number == 0 { 404 } else { 200 })).await;
    let lines = window.filled(30);
    api.ingest(&lines).await;
    assert_eq!(api.replay_to(&receiver, window).await["status"], "failed");
    assert_eq!(api.replay_to(&receiver, window).await["status"], "completed");
    assert_eq!(process.child.try_wait().unwrap(), None);
}

#[tokio::test]
async fn no_secret_is_ever_logged() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&[]).await;
    let receiver = Receiver::replying(|one| match one.number {
        0 => Reply::Full(500, "", "the receiver's secret"),
        1 => Reply::Bytes("HTTP/1.1 the receiver's secret\r\n\r\n".to_owned()),
        _ => Reply::Status(401),
    })
    .await;
    let line = Line::plain(0, window.start);
    server.api.ingest(&[line]).await;
    let secret = "the webhook's secret";
    let webhook = json!({ "endpoint": receiver.url(), "authorization": secret, "enabled": true });
    assert_eq!(server.api.patch(webhook).await.code, 200);
    server.api.replay(window).await;
    assert_eq!(server.api.settled().await["status"], "failed");
    assert_eq!(
        server.api.with_token("somebody's secret").get("v2/audit-log-webhook").await.code,
        401
    );
    server.process.signal("TERM").await;
    server.process.exit_status().await;
    let log = data_dir.log();
    assert!(!log.contains("secret") && !log.contains(TOKEN), "{log}");
}
