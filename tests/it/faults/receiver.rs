//! A receiver on a real socket: it keeps a ledger of every request and answers as it is told, also
//! as no good receiver would.

use core::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use std::{
    io::{self, ErrorKind, Read},
    sync::Arc,
};

use flate2::bufread::GzDecoder;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::say::Say;

/// A receiver that lives as long as its test.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    told: Arc<Told>,
}

/// A request that arrived to its end.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// How many came before it.
    pub(crate) number: usize,
    pub(crate) at: Instant,
    /// The first line of its head.
    pub(crate) asked: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The body as it was sent.
    pub(crate) sent: Vec<u8>,
    /// The body inflated.
    pub(crate) body: String,
    /// The status it was answered with, or will be.
    pub(crate) answered: Option<u16>,
}

/// A port at which nobody listens yet.
pub(crate) struct Down(TcpSocket);

type Script = dyn Fn(&Delivery) -> Say + Send + Sync;

struct Told {
    ledger: watch::Sender<Vec<Delivery>>,
    connections: AtomicUsize,
    script: Box<Script>,
}

impl Receiver {
    /// One that acknowledges everything.
    pub(crate) async fn taking() -> Self {
        Self::saying(|_| Say::Status(200)).await
    }

    /// One that answers by this script.
    pub(crate) async fn saying(script: impl Fn(&Delivery) -> Say + Send + Sync + 'static) -> Self {
        Self::resetting(0, script).await
    }

    /// One that resets the first so many connections in mid-request.
    pub(crate) async fn resetting(
        resets: usize,
        script: impl Fn(&Delivery) -> Say + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::at(listener, resets, None, script)
    }

    /// One that acknowledges everything over TLS.
    pub(crate) async fn over_tls(tls: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::at(listener, 0, Some(tls), |_| Say::Status(200))
    }

    fn at(
        listener: TcpListener,
        resets: usize,
        tls: Option<TlsAcceptor>,
        script: impl Fn(&Delivery) -> Say + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let (ledger, connections) = (watch::Sender::new(Vec::new()), AtomicUsize::new(0));
        let told = Arc::new(Told { ledger, connections, script: Box::new(script) });
        let receiver = Self { address, told: Arc::clone(&told) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = told.connections.fetch_add(1, Ordering::SeqCst);
                let (told, tls) = (Arc::clone(&told), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        _ if number < resets => reset(stream).await,
                        Some(tls) => told.converse(tls.accept(stream).await?).await,
                        None => told.converse(stream).await,
                    }
                });
            }
        });
        receiver
    }

    /// Its address over http.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/logs?from=konnect", self.address)
    }

    /// Every request so far.
    pub(crate) fn ledger(&self) -> Vec<Delivery> {
        self.told.ledger.borrow().clone()
    }

    /// How often anybody has connected.
    pub(crate) fn connections(&self) -> usize {
        self.told.connections.load(Ordering::SeqCst)
    }

    /// Waits for so many requests.
    pub(crate) async fn until(&self, requests: usize) -> Vec<Delivery> {
        let mut ledger = self.told.ledger.subscribe();
        let come = ledger.wait_for(|ledger| ledger.len() >= requests);
        let come = timeout(Duration::from_mins(1), come).await;
        come.expect("the requests never came").unwrap().clone()
    }

    /// How many lines each request held.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.ledger().iter().map(Delivery::lines).collect()
    }

    /// The bodies of all requests.
    pub(crate) fn sent(&self) -> String {
        self.ledger().into_iter().map(|delivery| delivery.body).collect()
    }

    /// What it has taken: the bodies of the requests that it answered with a 2xx, a repeated one
    /// once.
    pub(crate) fn taken(&self) -> String {
        let mut seen = Vec::new();
        let mut taken = String::new();
        for delivery in self.ledger() {
            let good = delivery.answered.is_some_and(|code| (200..300).contains(&code));
            let id = delivery.header("webhook-id").to_owned();
            if good && !seen.contains(&id) {
                taken.push_str(&delivery.body);
                seen.push(id);
            }
        }
        taken
    }
}

impl Delivery {
    /// The value of a header that is there exactly once.
    pub(crate) fn header(&self, name: &str) -> &str {
        let values: Vec<_> = self.headers.iter().filter(|(known, _)| known == name).collect();
        let [(_, value)] = values[..] else { panic!("{name}: {values:?}") };
        value
    }

    pub(crate) fn lines(&self) -> usize {
        self.body.matches('\n').count()
    }
}

impl Down {
    /// A port of its own: nobody else can get it, and whoever connects is refused.
    pub(crate) fn reserved() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.0.local_addr().unwrap())
    }

    /// From now on somebody listens.
    pub(crate) fn up(self) -> Receiver {
        Receiver::at(self.0.listen(64).unwrap(), 0, None, |_| Say::Status(200))
    }
}

impl Told {
    async fn converse(&self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        while let Some(mut delivery) = read(&mut stream).await? {
            let mut says = None;
            self.ledger.send_modify(|ledger| {
                delivery.number = ledger.len();
                let say = (self.script)(&delivery);
                delivery.answered = say.code();
                says = Some(say);
                ledger.push(delivery);
            });
            if !says.unwrap_or(Say::Stall("")).to(&mut stream).await? {
                break;
            }
        }
        Ok(())
    }
}

/// The next request of a connection, if there is one more.
async fn read(stream: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<Delivery>> {
    const TLS: u8 = 0x16;
    if stream.fill_buf().await?.first() == Some(&TLS) {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8(head).unwrap();
    let mut rows = head.trim_end().split("\r\n");
    let asked = rows.next().unwrap().to_owned();
    let header = |row: &str| {
        let (name, value) = row.split_once(": ").unwrap();
        (name.to_lowercase(), value.to_owned())
    };
    let headers: Vec<_> = rows.map(header).collect();
    let mut delivery = Delivery {
        number: 0,
        at: Instant::now(),
        asked,
        headers,
        sent: Vec::new(),
        body: String::new(),
        answered: None,
    };
    delivery.sent.resize(delivery.header("content-length").parse().unwrap(), 0);
    stream.read_exact(&mut delivery.sent).await?;
    let mut gzip = GzDecoder::new(&delivery.sent[..]);
    gzip.read_to_string(&mut delivery.body)?;
    assert!(gzip.into_inner().is_empty(), "there is something after the gzip");
    Ok(Some(delivery))
}

/// Reads the head and a part of the body, and resets the connection.
async fn reset(mut stream: TcpStream) -> io::Result<()> {
    stream.read_exact(&mut [0; 1000]).await?;
    stream.set_zero_linger()
}
