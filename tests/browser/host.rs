//! The real program with the built page and its archive, at the same address across restarts.

use core::net::SocketAddr;
use std::path::Path;

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    client::ApiClient,
    lines::{Line, Window},
    process::{Process, Server, ServerDir, program},
    receiver::Receiver,
};
use time_range::Timestamp;
use tokio::net::TcpSocket;

/// The org-admin token.
pub(crate) const ADMIN: &str = "an-org-admin-in-the-browsers-tests";

/// A server with the page, and its data directory.
pub(crate) struct Host {
    data_dir: ServerDir,
    address: SocketAddr,
    /// Bound but not listening, so that no other process gets the port while the server is down.
    _port: TcpSocket,
    server: Option<Server>,
    forwards: bool,
    gateway: Option<Process>,
}

impl Host {
    pub(crate) async fn start() -> Self {
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = port.local_addr().unwrap();
        let mut host = Self {
            data_dir: ServerDir::new(),
            address,
            _port: port,
            server: None,
            forwards: false,
            gateway: None,
        };
        host.restart().await;
        host
    }

    /// Kills the server with SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.server.take().unwrap().kill().await;
    }

    /// Starts the server again at the same address.
    pub(crate) async fn restart(&mut self) {
        let dist = dist();
        let address = self.address.to_string();
        let mut command = self.data_dir.serve_command(&["--listen", &address, "--dist", &dist]);
        command.args(["--allow-net", "127.0.0.0/8", "--no-self-audit", "--batch-lines", "10"]);
        if self.forwards {
            command.arg("--forward");
        }
        command.env("REPLAY_ADMIN_TOKEN", ADMIN);
        self.server = Some(Server::start(command).await);
    }

    /// Restarts the server so that it forwards lines as they arrive.
    pub(crate) async fn forward(&mut self) {
        self.forwards = true;
        self.kill().await;
        self.restart().await;
    }

    /// Starts a gateway with the page in front of this server; returns its URL.
    pub(crate) async fn gateway(&mut self) -> String {
        let (mut command, upstream) = (program(), format!("{}/api/{{region}}", self.url()));
        command.args(["serve", "--listen", "127.0.0.1:0", "--dist", &dist()]);
        command.args(["--upstream", &upstream]);
        self.gateway.insert(Process::start(command).await).base_url.clone()
    }

    /// Ingests [`lines`] and points the webhook at a receiver that acknowledges everything.
    pub(crate) async fn start_delivering(&self) -> (Receiver, Vec<Line>) {
        let (receiver, lines) = (Receiver::accepting().await, lines());
        self.api().ingest(&lines).await;
        self.api().point_at(&receiver.url()).await;
        (receiver, lines)
    }

    /// A client with the org-admin token.
    pub(crate) fn api(&self) -> ApiClient {
        ApiClient::new(self.url(), ADMIN)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The page's URL with these parameters.
    pub(crate) fn at(&self, parameters: &str) -> String {
        format!("{}/organization/audit-logs-setup?{parameters}", self.url())
    }

    /// The URL at which the page opens signed in.
    pub(crate) fn link(&self) -> String {
        format!("{}/#token={ADMIN}", self.url())
    }

    /// The same, with these parameters.
    pub(crate) fn link_at(&self, parameters: &str) -> String {
        format!("{}#token={ADMIN}", self.at(parameters))
    }

    /// A new token: its id, and itself.
    pub(crate) async fn token(&self, role: &[&str]) -> [String; 2] {
        let added = self.data_dir.run(&[&["token", "add", "--role"], role].concat()).await;
        let added = String::from_utf8(added.stdout).unwrap();
        let mut lines = added.lines().map(str::to_owned);
        [lines.next().unwrap(), lines.next().unwrap()]
    }

    /// Revokes a token.
    pub(crate) async fn revoke(&self, id: &str) {
        assert!(self.data_dir.run(&["token", "revoke", id]).await.status.success());
    }
}

/// Lines of the last half hour and of more than an hour ago, in order of arrival, unsorted.
pub(crate) fn lines() -> Vec<Line> {
    let now = now();
    let ago = |number: i64| if number < 40 { 1 + number * 7 % 29 } else { 90 + number };
    let at = (0..60).map(|number| now - TimeDelta::minutes(ago(number)));
    at.enumerate().map(|(number, at)| Line::plain(number, at)).collect()
}

/// The body that a replay of the last hour must deliver.
pub(crate) fn last_hour(lines: &[Line]) -> String {
    Window { start: now() - TimeDelta::hours(1), end: now() }.replayed(lines)
}

pub(crate) fn now() -> Timestamp {
    Clock::system().now()
}

/// The directory of the built page.
fn dist() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let dist = root.join("dist");
    assert!(dist.join("index.html").exists(), "there is no page: build it with `cargo xtask page`");
    dist.to_string_lossy().into_owned()
}
