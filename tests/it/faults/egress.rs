//! Addresses that the server must not dial: refused when they are configured, and again at every
//! dial.

use replay_tests::{
    client::{ApiResponse, WebhookHealth, failure},
    in_process::{InProcessServer, Settings, window},
    process::{self, Server, ServerDir},
    receiver::{Gate, Receiver},
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_server_does_not_deliver_to_loopback_by_default() {
    let (data_dir, window, receiver) =
        (ServerDir::new(), process::window(), Receiver::accepting().await);
    let server = Server::start(data_dir.serve_command(&[])).await;
    server.api.ingest(&window.filled(3)).await;
    let port = receiver.address.port();
    for endpoint in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("http://localhost:{port}/"),
    ] {
        let response = server.api.patch(webhook(&endpoint)).await;
        assert_eq!(fault(&response), "endpoint", "{endpoint}");
    }
    assert_eq!(server.api.patch(webhook(&format!("https://localhost:{port}/"))).await.code, 200);
    server.api.replay(window).await;
    let job = server.api.settled().await;
    assert_eq!(failure(&job), format!("the webhook's endpoint {NOT_PUBLIC}"));
    assert_eq!(receiver.connections(), 0);
    let WebhookHealth { status, code, message } = server.api.health().await;
    assert_eq!((status.as_str(), code), ("inactive", None));
    assert_eq!(message.as_deref(), Some(NOT_PUBLIC));
    assert!(data_dir.log().contains("which is not public"), "the log does not name the address");
}

#[tokio::test]
async fn a_name_that_resolves_outside_the_allowed_networks_is_not_dialled() {
    let server =
        InProcessServer::start(Settings { allowed: &["10.0.0.0/8"], ..Settings::default() }).await;
    server.archive(3).await;
    let receiver = Receiver::accepting().await;
    for scheme in ["http", "https"] {
        let endpoint = format!("{scheme}://localhost:{}/", receiver.address.port());
        server.api.point_at(&endpoint).await;
        server.api.replay(window()).await;
        let job = server.api.settled().await;
        assert_eq!(failure(&job), format!("the webhook's endpoint {NOT_PUBLIC}"));
        assert_eq!(receiver.connections(), 0);
    }
}

#[tokio::test]
async fn a_name_that_resolves_into_an_allowed_network_is_dialled() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(3).await;
    let receiver = Receiver::accepting().await;
    server.api.point_at(&format!("http://localhost:{}/", receiver.address.port())).await;
    server.api.replay(window()).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
}

#[tokio::test]
async fn an_address_that_a_restart_no_longer_allows_is_not_dialled() {
    let (data_dir, window, gate) = (ServerDir::new(), process::window(), Gate::closed());
    let receiver = Receiver::holding(&gate).await;
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&window.filled(3)).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    receiver.wait_for_requests(1).await;
    let dialled = receiver.connections();
    server.kill().await;
    gate.open();
    let server = Server::start(data_dir.serve_command(&[])).await;
    let job = server.api.settled().await;
    assert!(failure(&job).contains("which is not public"), "{job}");
    assert_eq!(receiver.connections(), dialled);
}

#[tokio::test]
async fn a_proxy_in_the_environment_is_ignored() {
    let (data_dir, window) = (ServerDir::new(), process::window());
    let (proxy, receiver) = (Receiver::accepting().await, Receiver::accepting().await);
    let mut command = data_dir.serve_command(&["--allow-net", "127.0.0.0/8"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    {
        command.env(name, proxy.url());
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    let server = Server::start(command).await;
    server.api.ingest(&window.filled(3)).await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    assert_eq!((receiver.requests().len(), proxy.connections()), (1, 0));
}

/// The message about a name that resolves to an internal address.
const NOT_PUBLIC: &str = "must not resolve to an address that is not public";

fn webhook(endpoint: &str) -> Value {
    json!({ "endpoint": endpoint, "enabled": true })
}

/// The field of the only fault.
fn fault(response: &ApiResponse) -> String {
    assert_eq!(response.code, 400, "{response:?}");
    let problem = response.json();
    let faults = problem["invalid_parameters"].as_array().unwrap();
    assert_eq!(faults.len(), 1, "{problem}");
    faults[0]["field"].as_str().unwrap().to_owned()
}
