//! Shutdown of a server: it is fast and orderly whatever is in flight, and work continues after the
//! next start.

use core::time::Duration;

use audit_log::Entry;
use replay_server::{clock::Clock, engine::FailingRegions, leases::Leases};
use replay_tests::{
    in_process::InProcessServer,
    lines::Window,
    polling::until,
    process::{Server, ServerDir, window},
    receiver::{Gate, Receiver, Reply},
};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    task::{JoinSet, yield_now},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long a server waits at shutdown for the requests in flight.
const GRACE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_response_during_shutdown_still_counts() {
    for signal in ["TERM", "INT", "HUP"] {
        until("the shutdown ends in time", async || respond_during_shutdown(signal).await).await;
    }
}

/// Responds to a request while its server shuts down; `None` if that took so long, on a loaded machine,
/// that the server may have given the request up before.
async fn respond_during_shutdown(signal: &str) -> Option<()> {
    let (data_dir, window, gate) = (ServerDir::new(), window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    let lines = window.filled(50);
    server.api.ingest(&lines).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    let requested_at = Instant::now();
    server.process.signal(signal).await;
    closed(&server).await;
    gate.open();
    assert_eq!(server.process.exit_status().await.code(), Some(0), "{signal}");
    if requested_at.elapsed() >= GRACE {
        return None;
    }

    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.received_text(), window.replayed(&lines), "{signal}");
    Some(())
}

#[tokio::test]
async fn open_requests_do_not_prevent_shutdown() {
    let (data_dir, window) = (ServerDir::new(), window());
    let receiver = Receiver::replying(|request| match request.number {
        0 => Reply::Stall(""),
        _ => Reply::Status(200),
    })
    .await;
    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    let lines = window.filled(50);
    server.api.ingest(&lines).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    let first = receiver.wait_for_requests(1).await;
    // One client sends nothing more, one has sent half of a head.
    let address = server.process.base_url.strip_prefix("http://").unwrap();
    let (mut silent, mut slow) =
        (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    silent.write_all(b"GET /healthz HTTP/1.1\r\nhost: us\r\n\r\n").await.unwrap();
    silent.readable().await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();

    let requested_at = Instant::now();
    server.process.signal("TERM").await;
    assert_eq!(server.process.exit_status().await.code(), Some(0));
    // Service managers send SIGKILL after ten seconds.
    assert!(
        requested_at.elapsed() < Duration::from_secs(9),
        "it took {:?}",
        requested_at.elapsed()
    );

    let server = data_dir.serve(&[]).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines));
    assert_eq!(receiver.requests()[1].header("webhook-id"), first[0].header("webhook-id"));
    assert_eq!(receiver.requests()[1].body, first[0].body);
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&[]).await;
    server.api.job().await;
    server.process.signal("TERM").await;
    let ended = timeout(Duration::from_secs(4), server.process.exit_status()).await;
    assert_eq!(ended.expect("it took too long").code(), Some(0));
}

#[tokio::test]
async fn an_engine_that_is_stopped_during_a_step_ends() {
    let server = InProcessServer::without_engine_tasks().await;
    let (shutdown, mut tasks) = (CancellationToken::new(), JoinSet::new());
    server.engine.spawn(&Leases::all(), &FailingRegions::default(), &shutdown, &mut tasks);
    // The task begins a step and waits for the store.
    yield_now().await;
    shutdown.cancel();
    let ended = timeout(Duration::from_secs(30), tasks.join_all()).await;
    ended.expect("the engine did not end");
}

#[tokio::test]
async fn counted_refusals_are_archived_at_shutdown() {
    let data_dir = ServerDir::new();
    let start = Clock::system().now();
    let server = Server::start(data_dir.serve_command(&["--allow-net", "127.0.0.0/8"])).await;
    for _ in 0..4 {
        let refused = server.api.with_token("unknown").get("v2/audit-log-webhook").await;
        assert_eq!(refused.code, 401);
    }
    server.process.signal("TERM").await;
    assert_eq!(server.process.exit_status().await.code(), Some(0));

    let (server, receiver) = (data_dir.serve(&[]).await, Receiver::accepting().await);
    let window = Window { start, end: Clock::system().now() };
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    let sent = receiver.received_text();
    let lines: Vec<_> = sent.lines().map(|line| Entry::read(line.as_bytes(), start)).collect();
    assert_eq!(lines.len(), 2, "{sent}");
    let counts = lines.iter().map(|entry| entry.as_ref().unwrap().field("count"));
    assert_eq!(counts.flatten().collect::<Vec<_>>(), ["3"], "{sent}");
}

/// Waits until the server accepts no more connections.
async fn closed(server: &Server) {
    let address = server.process.base_url.strip_prefix("http://").unwrap().to_owned();
    until("the server accepts no connections", async || {
        TcpStream::connect(&address).await.is_err().then_some(())
    })
    .await;
}
