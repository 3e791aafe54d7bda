//! The `Host` of a request to a real server: malformed ones are refused in every mode, and a server
//! on loopback accepts only loopback names.

use replay_tests::process::{Process, ServerDir, program};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PATHS: [&str; 3] = ["/healthz", "/api/us/v2/audit-log-replay-job", "/api/x/server"];

#[tokio::test]
async fn a_missing_repeated_or_malformed_host_is_a_400_in_both_modes() {
    let data_dir = ServerDir::new();
    for server in [embedded(&data_dir, &[]).await, gateway().await] {
        for head in ["", "Host: a\r\nHost: a\r\n", "Host: a b\r\n", "Host: u@localhost\r\n"] {
            for path in PATHS {
                let answer = ask(&server, path, head).await;
                assert!(answer.starts_with("HTTP/1.1 400 "), "{head:?} {path}: {answer}");
                assert!(answer.contains("application/problem+json"), "{answer}");
                assert!(answer.contains(r#""field":"Host""#), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn a_server_on_loopback_accepts_only_loopback_names_and_configured_ones() {
    let data_dir = ServerDir::new();
    let args = ["--host", "logs.example.com", "--host", "*.api.konghq.com"];
    let server = embedded(&data_dir, &args).await;
    for (host, status) in [
        ("localhost:8787", "200 "),
        ("us.localhost", "200 "),
        ("127.0.0.1", "200 "),
        ("[::1]:80", "200 "),
        ("logs.example.com", "200 "),
        ("us.api.konghq.com", "200 "),
        ("evil.example", "421 "),
        ("localhost.evil.example:8787", "421 "),
    ] {
        let answer = ask(&server, "/api/x/server", &format!("Host: {host}\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {answer}");
    }
    let answer = ask(&gateway().await, "/api/x/server", "Host: evil.example\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
}

#[tokio::test]
async fn a_server_behind_a_proxy_accepts_any_host() {
    let server = embedded(&ServerDir::new(), &["--behind-tls-proxy"]).await;
    let answer = ask(&server, "/api/x/server", "Host: logs.example.com\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

async fn embedded(data_dir: &ServerDir, args: &[&str]) -> Process {
    Process::start(data_dir.serve_command(args)).await
}

async fn gateway() -> Process {
    let mut command = program();
    let upstream = "https://{region}.api.konghq.com";
    command.args(["serve", "--listen", "127.0.0.1:0", "--upstream", upstream]);
    Process::start(command).await
}

/// The response to a GET with these header lines.
async fn ask(server: &Process, path: &str, lines: &str) -> String {
    let address = server.base_url.strip_prefix("http://").unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    response
}
