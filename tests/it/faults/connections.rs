//! Clients that hold every connection of the real program: other clients still get responses.

use core::{net::Ipv4Addr, time::Duration};
use std::fs::File;

use replay_tests::process::{Process, Server, ServerDir, TOKEN, program};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    process::Command,
    sync::Mutex,
    time::timeout,
};

/// More than the server accepts from all clients.
const CONNECTIONS: usize = 600;

/// Each of these tests needs most of the files that a process may open.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn pipelined_requests_with_unread_responses_do_not_block_others() {
    let pipelined = "GET /api/x/server HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(20);
    survives(&[1], &pipelined).await;
    survives(&[2, 3, 4, 5], &pipelined).await;
}

#[tokio::test]
async fn incomplete_heads_do_not_block_others() {
    survives(&[1], "GET /healthz HTTP/1.1\r\nhost: loc").await;
    survives(&[2, 3, 4, 5], "GET /healthz HTTP/1.1\r\nhost: loc").await;
}

#[tokio::test]
async fn incomplete_bodies_do_not_block_others() {
    let ingest = format!(
        "POST /api/us/x/ingest HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
         content-length: 1000\r\n\r\nthis is not all of it"
    );
    survives(&[1], &ingest).await;
    survives(&[2, 3, 4, 5], &ingest).await;
}

#[tokio::test]
async fn the_address_of_a_proxy_may_hold_every_connection_without_blocking_others() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&["--behind-tls-proxy"]).await;
    let _attackers = attack(&server.process, &[1], "GET /healthz HTTP/1.1\r\nhost: loc").await;
    assert_response(&server.process, 1).await;
}

#[tokio::test]
async fn connections_that_hold_a_page_file_each_leave_files_for_others() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data_dir = ServerDir::new();
    data_dir.file("index.html", "the page");
    // Longer than what the buffers of a connection take.
    let asset = data_dir.file("asset", "");
    File::options().write(true).open(&asset).unwrap().set_len(32 * 1024 * 1024).unwrap();
    let page = asset.parent().unwrap();
    let mut usual_limit = Command::new("sh");
    usual_limit
        .args(["-c", "ulimit -n 1024; exec \"$0\" \"$@\""])
        .arg(program().as_std().get_program());
    let arguments = ["--no-self-audit", "--dist", page.to_str().unwrap()];
    let server = Server::start(data_dir.serve_command_through(usual_limit, &arguments)).await;
    let _attackers =
        attack(&server.process, &[1, 2, 3, 4, 5], "GET /asset HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await;
    assert!(server.api.get_root("/").await.text.starts_with("the page"));
    assert_eq!(server.api.get_root("/readyz").await.code, 200);
    let log = data_dir.log();
    assert!(!log.contains("Too many open files"), "{log}");
}

#[tokio::test]
async fn connections_to_a_gateway_do_not_block_others() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1/{region}"]);
    let gateway = Process::start(command).await;
    let _attackers = attack(&gateway, &[1], "GET /healthz HTTP/1.1\r\nhost: loc").await;
    assert_response(&gateway, 1).await;
}

/// Asserts that a client at an attacker's address and one at another get responses while
/// connections from `hosts` (the last parts of loopback addresses) have sent `bytes` and read
/// nothing.
async fn survives(hosts: &[u8], bytes: &str) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let data_dir = ServerDir::new();
    let Server { process, .. } = data_dir.serve(&[]).await;
    let _attackers = attack(&process, hosts, bytes).await;
    assert_response(&process, hosts[0]).await;
    assert_response(&process, 9).await;
}

async fn attack(process: &Process, hosts: &[u8], bytes: &str) -> Vec<TcpStream> {
    let mut attackers = Vec::new();
    for host in hosts.iter().cycle().take(CONNECTIONS) {
        let mut attacker = connect(process, *host).await;
        attacker.write_all(bytes.as_bytes()).await.unwrap();
        attackers.push(attacker);
    }
    attackers
}

async fn assert_response(process: &Process, host: u8) {
    let answer = async {
        let mut client = connect(process, host).await;
        let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    };
    // Half of the time after which an idle connection is closed.
    let answer = timeout(Duration::from_secs(15), answer).await.expect("no response");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

async fn connect(process: &Process, host: u8) -> TcpStream {
    let address = process.base_url.strip_prefix("http://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 0, host), 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}
