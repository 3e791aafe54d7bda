//! A webhook receiver on a real socket. It records every request and replies as a test's script
//! says, which includes replies that violate HTTP.

mod door;
mod received_request;
mod reply;
mod switch;

use core::{
    fmt,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use std::{io, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

pub use self::{
    door::Door,
    received_request::ReceivedRequest,
    reply::{Gate, Reply},
    switch::Switch,
};

/// A receiver that listens until its test ends.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

/// A bound port that does not listen: connections are refused, and no other process gets it.
#[derive(Debug)]
pub struct ReservedPort(TcpSocket);

type Script = dyn Fn(&ReceivedRequest) -> Reply + Send + Sync;

struct State {
    requests: watch::Sender<Vec<ReceivedRequest>>,
    connections: AtomicUsize,
    script: Box<Script>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, connections, script: _ } = self;
        let mut state = f.debug_struct("State");
        state.field("requests", requests).field("connections", connections).finish_non_exhaustive()
    }
}

impl Receiver {
    /// A receiver that acknowledges every request.
    pub async fn accepting() -> Self {
        Self::replying(|_| Reply::Status(200)).await
    }

    /// A receiver that acknowledges every request once the gate is open.
    pub async fn holding(gate: &Gate) -> Self {
        let gate = gate.clone();
        Self::replying(move |_| gate.hold(Reply::Status(200))).await
    }

    /// A receiver that acknowledges the first request once the gate is open, and the others at once.
    pub async fn holding_first(gate: &Gate) -> Self {
        let gate = gate.clone();
        Self::replying(move |request| match request.number {
            0 => gate.hold(Reply::Status(200)),
            _ => Reply::Status(200),
        })
        .await
    }

    /// A receiver that replies by this script.
    pub async fn replying(
        script: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::resetting(0, script).await
    }

    /// A receiver that resets the first `resets` connections in the middle of their request.
    pub async fn resetting(
        resets: usize,
        script: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start(listener, resets, None, script)
    }

    /// A receiver that acknowledges every request over TLS.
    pub async fn accepting_over_tls(tls: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start(listener, 0, Some(tls), |_| Reply::Status(200))
    }

    fn start(
        listener: TcpListener,
        resets: usize,
        tls: Option<TlsAcceptor>,
        script: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::new(script));
        let receiver = Self { address, state: Arc::clone(&state) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = state.connections.fetch_add(1, Ordering::SeqCst);
                let (state, tls) = (Arc::clone(&state), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        _ if number < resets => reset(stream).await,
                        Some(tls) => state.serve(tls.accept(stream).await?).await,
                        None => state.serve(stream).await,
                    }
                });
            }
        });
        receiver
    }

    /// The `http` URL of the receiver, with a query.
    pub fn url(&self) -> String {
        format!("http://{}/logs?from=konnect", self.address)
    }

    /// The requests received so far.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.state.requests.borrow().clone()
    }

    /// The number of connections accepted so far.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Waits until `count` requests have been received, and returns all.
    pub async fn wait_for_requests(&self, count: usize) -> Vec<ReceivedRequest> {
        let mut requests = self.state.requests.subscribe();
        let received = requests.wait_for(|requests| requests.len() >= count);
        let received = timeout(Duration::from_mins(1), received).await;
        received.expect("the requests did not arrive").unwrap().clone()
    }

    /// The number of lines of each request.
    pub fn line_counts(&self) -> Vec<usize> {
        self.requests().iter().map(ReceivedRequest::lines).collect()
    }

    /// The concatenated bodies of all requests.
    pub fn received_text(&self) -> String {
        self.requests().into_iter().map(|request| request.body).collect()
    }

    /// The concatenated bodies of the requests that got a 2xx, each `webhook-id` once.
    pub fn acknowledged_text(&self) -> String {
        let mut seen = Vec::new();
        let mut text = String::new();
        for request in self.requests() {
            let id = request.header("webhook-id").to_owned();
            if request.is_acknowledged() && !seen.contains(&id) {
                text.push_str(&request.body);
                seen.push(id);
            }
        }
        text
    }
}

impl Default for ReservedPort {
    fn default() -> Self {
        Self::new()
    }
}

impl ReservedPort {
    /// Binds a free port of loopback.
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    /// The `http` URL of the port.
    pub fn url(&self) -> String {
        format!("http://{}/", self.0.local_addr().unwrap())
    }

    /// Starts a receiver at the port that acknowledges every request.
    pub fn listen(self) -> Receiver {
        Receiver::start(self.0.listen(64).unwrap(), 0, None, |_| Reply::Status(200))
    }
}

impl State {
    fn new(script: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let (requests, connections) = (watch::Sender::new(Vec::new()), AtomicUsize::new(0));
        Self { requests, connections, script: Box::new(script) }
    }

    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        while let Some(mut request) = ReceivedRequest::read(&mut stream).await? {
            let mut reply = None;
            self.requests.send_modify(|requests| {
                request.number = requests.len();
                let scripted = (self.script)(&request);
                request.status = scripted.status();
                reply = Some(scripted);
                requests.push(request);
            });
            if !reply.unwrap().write_to(&mut stream).await? {
                break;
            }
        }
        Ok(())
    }
}

/// Reads the head and a part of the body, and resets the connection.
async fn reset(mut stream: TcpStream) -> io::Result<()> {
    stream.read_exact(&mut [0; 1000]).await?;
    stream.set_zero_linger()
}
