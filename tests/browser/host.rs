//! The real program with the built page, at one address however often it is killed, and what was
//! archived in it.

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

/// The token of an org-admin.
pub(crate) const ADMIN: &str = "an-org-admin-in-the-browsers-tests";

/// A server with the page, and whatever it keeps.
pub(crate) struct Host {
    data_dir: ServerDir,
    address: SocketAddr,
    /// Bound and never listened at: nobody else gets the port while the server is away.
    _port: TcpSocket,
    server: Option<Server>,
    gateway: Option<Process>,
}

impl Host {
    pub(crate) async fn start() -> Self {
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = port.local_addr().unwrap();
        let mut host =
            Self { data_dir: ServerDir::new(), address, _port: port, server: None, gateway: None };
        host.revive().await;
        host
    }

    /// Ends it as a loss of power would.
    pub(crate) async fn kill(&mut self) {
        self.server.take().unwrap().kill().await;
    }

    /// Starts it again where it was.
    pub(crate) async fn revive(&mut self) {
        let dist = dist();
        let address = self.address.to_string();
        let mut command = self.data_dir.serve_command(&["--listen", &address, "--dist", &dist]);
        command.args(["--allow-net", "127.0.0.0/8", "--no-self-audit", "--batch-lines", "10"]);
        command.env("REPLAY_ADMIN_TOKEN", ADMIN);
        self.server = Some(Server::start(command).await);
    }

    /// The address of a gateway with the page, to this server as if it were Konnect.
    pub(crate) async fn gateway(&mut self) -> String {
        let (mut command, upstream) = (program(), format!("{}/api/{{region}}", self.url()));
        command.args(["serve", "--listen", "127.0.0.1:0", "--dist", &dist()]);
        command.args(["--upstream", &upstream]);
        self.gateway.insert(Process::start(command).await).base_url.clone()
    }

    /// Archives [`lines`] and points the webhook at a receiver that takes whatever comes.
    pub(crate) async fn delivering(&self) -> (Receiver, Vec<Line>) {
        let (receiver, lines) = (Receiver::accepting().await, lines());
        self.api().ingest(&lines).await;
        self.api().point_at(&receiver.url()).await;
        (receiver, lines)
    }

    /// The API, for an org-admin.
    pub(crate) fn api(&self) -> ApiClient {
        ApiClient::new(self.url(), ADMIN)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The page's address with these parameters.
    pub(crate) fn at(&self, parameters: &str) -> String {
        format!("{}/organization/audit-logs-setup?{parameters}", self.url())
    }

    /// The address at which the page opens signed in.
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

    /// Makes a token worthless.
    pub(crate) async fn revoke(&self, id: &str) {
        assert!(self.data_dir.run(&["token", "revoke", id]).await.status.success());
    }
}

/// Lines of the last half hour and of long before, as they arrived: in no order.
pub(crate) fn lines() -> Vec<Line> {
    let now = now();
    let ago = |number: i64| if number < 40 { 1 + number * 7 % 29 } else { 90 + number };
    let at = (0..60).map(|number| now - TimeDelta::minutes(ago(number)));
    at.enumerate().map(|(number, at)| Line::plain(number, at)).collect()
}

/// What a receiver has to see of the lines of the last hour.
pub(crate) fn last_hour(lines: &[Line]) -> String {
    Window { start: now() - TimeDelta::hours(1), end: now() }.replayed(lines)
}

pub(crate) fn now() -> Timestamp {
    Clock::system().now()
}

/// The page as it is served.
fn dist() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let dist = root.join("dist");
    assert!(dist.join("index.html").exists(), "there is no page: build it with `cargo xtask page`");
    dist.to_string_lossy().into_owned()
}
