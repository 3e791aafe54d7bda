use super::*;
use core::net::Ipv4Addr;

use axum::routing::{get, post};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    sync::Notify,
};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HALF_HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n";
const HALF_BODY: &[u8] =
    b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345";
const LIMITS: Limits = Limits { total: 12, per_address: Some(4) };

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_an_incomplete_head_is_disconnected() {
    let server = Server::start(LIMITS).await;
    let mut client = server.connect(1).await;
    client.write_all(HALF_HEAD).await.unwrap();
    assert!(!read_to_end(&mut client).await.contains("200"));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed() {
    let server = Server::start(LIMITS).await;
    let mut client = server.connect(1).await;
    client.write_all(REQUEST).await.unwrap();
    assert!(read_to_end(&mut client).await.contains("200"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_is_disconnected() {
    let server = Server::start(LIMITS).await;
    let mut client = server.connect(1).await;
    // The server stops reading once its own response waits; writing fails once it has closed.
    while client.write_all(&REQUEST.repeat(100)).await.is_ok() {}
}

#[tokio::test(start_paused = true)]
async fn a_client_is_not_disconnected_while_its_request_is_in_service() {
    let server = Server::start(LIMITS).await;
    let mut client = server.connect(1).await;
    client.write_all(b"GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    server.working.notified().await;
    tokio::time::advance(PROGRESS_TIMEOUT * 3).await;
    server.finish.notify_one();
    assert!(read_to_end(&mut client).await.contains("done"));
}

#[tokio::test]
async fn a_client_is_served_while_connections_of_its_address_use_the_whole_limit() {
    for attack in [HALF_HEAD, HALF_BODY, &REQUEST.repeat(20_000)] {
        let server = Server::start(LIMITS).await;
        let mut held = Vec::new();
        for _ in 0..LIMITS.total {
            held.push(server.attack(1, attack).await);
        }
        server.expect_service(1).await;
    }
}

#[tokio::test]
async fn a_client_is_served_while_many_addresses_use_the_whole_limit() {
    let server = Server::start(LIMITS).await;
    let mut held = Vec::new();
    for last in 2..=6 {
        for _ in 0..LIMITS.total {
            held.push(server.attack(last, HALF_HEAD).await);
        }
    }
    server.expect_service(1).await;
    server.expect_service(2).await;
}

#[tokio::test]
async fn a_client_is_served_although_a_burst_of_connections_follows_it() {
    let server = Server::start(Limits { total: 200, per_address: Some(50) }).await;
    let mut client = server.connect(1).await;
    client.write_all(REQUEST).await.unwrap();
    // The server runs on this thread: it finds all of them when it accepts the next connection.
    let burst: Vec<_> =
        (0..100).map(|_| std::net::TcpStream::connect(server.address).unwrap()).collect();
    let mut status = [0; 12];
    client.read_exact(&mut status).await.unwrap();
    assert_eq!((&status, burst.len()), (b"HTTP/1.1 200", 100));
}

#[tokio::test]
async fn a_request_in_service_is_answered_at_shutdown() {
    let server = Server::start(LIMITS).await;
    let mut client = server.connect(1).await;
    client.write_all(b"GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    server.working.notified().await;
    server.shutdown.cancel();
    server.finish.notify_one();
    assert!(read_to_end(&mut client).await.ends_with("done"));
}

struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    working: Arc<Notify>,
    finish: Arc<Notify>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let (working, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (started, finished) = (Arc::clone(&working), Arc::clone(&finish));
        let work = get(async move || {
            started.notify_one();
            finished.notified().await;
            "done"
        });
        let app = Router::new()
            .route("/", get(async || "x".repeat(1_000)))
            .route("/body", post(async |body: String| body))
            .route("/work", work);
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (socket.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(serve(socket, app, limits, shutdown.clone()));
        Self { address, shutdown, working, finish }
    }

    /// A connection from 127.0.0.`last`.
    async fn connect(&self, last: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// A connection that sends `bytes` and never reads.
    async fn attack(&self, last: u8, bytes: &[u8]) -> tokio::net::tcp::OwnedReadHalf {
        let (reader, mut writer) = self.connect(last).await.into_split();
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            let _ = writer.write_all(&bytes).await;
            core::future::pending::<()>().await;
        });
        reader
    }

    async fn expect_service(&self, last: u8) {
        let mut client = self.connect(last).await;
        client.write_all(REQUEST).await.unwrap();
        let mut status = [0; 12];
        client.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
    }
}

async fn read_to_end(client: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _ = client.read_to_end(&mut text).await;
    String::from_utf8(text).unwrap()
}
