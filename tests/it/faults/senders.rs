//! Clients that do not complete their request: nothing of it is archived, and no job is delayed.

use core::net::Ipv4Addr;
use std::fs;

use replay_tests::{
    in_process::{InProcessServer, Settings, window},
    polling::until,
    process::{self, Server, ServerDir, program},
    receiver::{Gate, Receiver, Reply},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    process::Command,
};

#[tokio::test]
async fn lines_of_an_incomplete_request_are_not_archived() {
    let (server, receiver) =
        (InProcessServer::start(Settings::default()).await, Receiver::accepting().await);
    let lines = window().filled(2);
    let text = lines[0].text.as_str();
    for (header, body) in [
        ("content-length: 10000", format!("{text}\n{text}")),
        ("transfer-encoding: chunked", format!("{:x}\r\n{text}\r\n", text.len())),
    ] {
        let mut sender = server.api.start_ingest(header).await;
        sender.write_all(body.as_bytes()).await.unwrap();
        sender.shutdown().await.unwrap();
        let mut answer = String::new();
        sender.read_to_string(&mut answer).await.unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    server.api.ingest(&lines[1..]).await;
    server.api.replay_to(&receiver, window()).await;
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines[1..]));
}

#[tokio::test]
async fn many_silent_connections_do_not_stop_a_job() {
    const FILES: usize = 600;
    let (data_dir, window, gate) = (ServerDir::new(), process::window(), Gate::closed());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!(r#"ulimit -n {FILES}; exec "$0" "$@""#)]);
    shell.arg(program().as_std().get_program());
    let args = ["--allow-net", "127.0.0.0/8", "--no-self-audit", "--batch-lines", "10"];
    let server = Server::start(data_dir.serve_command_through(shell, &args)).await;
    // Each batch needs a connection of its own.
    let held = gate.clone();
    let receiver = Receiver::replying(move |_| {
        held.hold(Reply::Bytes(
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
        ))
    })
    .await;
    let lines = window.filled(50);
    server.api.ingest(&lines).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;

    let address = server.process.base_url.strip_prefix("http://").unwrap();
    let mut crowd = Vec::new();
    for number in 0..FILES {
        // From many addresses, because each has its own limit.
        let socket = TcpSocket::new_v4().unwrap();
        let last = u8::try_from(number % 8 + 2).unwrap();
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).unwrap();
        crowd.push(socket.connect(address.parse().unwrap()).await.unwrap());
    }
    let files = format!("/proc/{}/fd", server.process.child.id().unwrap());
    until("hundreds are connected", async || {
        (fs::read_dir(&files).unwrap().count() > 440).then_some(())
    })
    .await;
    gate.open();
    receiver.wait_for_requests(5).await;
    drop(crowd);
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.received_text(), window.replayed(&lines));
}
