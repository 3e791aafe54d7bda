//! A relay between a server and PostgreSQL that cuts connections at given moments, after a commit and
//! before its answer, or in the middle of a step, and that holds a request back.

use core::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use std::{io, path::PathBuf, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    time::timeout,
};

use crate::{lines::SeededRandom, test_database::TestDatabase};

/// A relay that listens until its test ends.
#[derive(Debug)]
pub struct DatabaseRelay {
    url: String,
    cuts: Arc<Cuts>,
}

/// Which connections are cut, and which request is held back.
#[derive(Debug, Default)]
struct Cuts {
    /// The answer to one of this number of commits is lost, on average; 0: none.
    commits: AtomicUsize,
    /// The connection of one of this number of requests is cut, on average; 0: none.
    requests: AtomicUsize,
    seen_commits: AtomicUsize,
    seen_requests: AtomicUsize,
    /// How many connections were cut.
    made: AtomicUsize,
    hold: watch::Sender<Hold>,
}

/// Which request is held back.
#[derive(Clone, Debug, Default)]
enum Hold {
    /// No request.
    #[default]
    Nothing,
    /// The next one with this text, of a connection on which the other text was sent before.
    Awaited {
        /// The text of the connection.
        before: &'static [u8],
        /// The text of the request.
        text: &'static [u8],
    },
    /// A request is held back.
    Held,
}

/// The answer to a commit: its type, its length, and its text.
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";

impl DatabaseRelay {
    /// A relay to a database that cuts no connection.
    pub async fn to(database: &TestDatabase) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = database.url_at(listener.local_addr().unwrap());
        let (cuts, socket) = (Arc::<Cuts>::default(), database.socket());
        let relay = Self { url, cuts: Arc::clone(&cuts) };
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (cuts, socket) = (Arc::clone(&cuts), socket.clone());
                tokio::spawn(async move { cuts.relay(client, socket).await });
            }
        });
        relay
    }

    /// The value of `--database` for the database behind the relay.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Loses the answer to one of `count` commits, on average; 0 loses none.
    pub fn lose_commits(&self, count: usize) {
        self.cuts.commits.store(count, Ordering::SeqCst);
    }

    /// Cuts the connection of one of `count` requests to the database, on average; 0 cuts none.
    pub fn lose_requests(&self, count: usize) {
        self.cuts.requests.store(count, Ordering::SeqCst);
    }

    /// Holds back the next request that contains `text`, of a connection on which `before` was sent.
    pub fn hold(&self, before: &'static str, text: &'static str) {
        let (before, text) = (before.as_bytes(), text.as_bytes());
        self.cuts.hold.send_replace(Hold::Awaited { before, text });
    }

    /// Waits until a request is held back.
    pub async fn held(&self) {
        let mut changes = self.cuts.hold.subscribe();
        let held = changes.wait_for(|hold| matches!(hold, Hold::Held));
        drop(timeout(Duration::from_mins(1), held).await.expect("no request was held").unwrap());
    }

    /// Lets the request go on.
    pub fn release(&self) {
        self.cuts.hold.send_replace(Hold::Nothing);
    }

    /// How many connections were cut.
    pub fn cuts(&self) -> usize {
        self.cuts.made.load(Ordering::SeqCst)
    }
}

impl Cuts {
    /// Relays a connection until it is cut or ends.
    async fn relay(&self, mut client: TcpStream, socket: PathBuf) -> io::Result<()> {
        let mut server = UnixStream::connect(socket).await?;
        let (mut from_client, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
        let mut texts = Vec::new();
        loop {
            tokio::select! {
                count = client.read(&mut from_client) => {
                    let sent = &from_client[..count?];
                    if sent.is_empty() || self.is_cut(&self.requests, &self.seen_requests) {
                        return Ok(());
                    }
                    self.hold_back(&mut texts, sent).await;
                    server.write_all(sent).await?;
                }
                count = server.read(&mut from_server) => {
                    let sent = &from_server[..count?];
                    let is_commit = sent.windows(COMMITTED.len()).any(|bytes| bytes == COMMITTED);
                    let is_lost = is_commit && self.is_cut(&self.commits, &self.seen_commits);
                    if sent.is_empty() || is_lost {
                        return Ok(());
                    }
                    client.write_all(sent).await?;
                }
            }
        }
    }

    /// Waits while the request is held back. `texts` is what the connection has sent before.
    async fn hold_back(&self, texts: &mut Vec<u8>, sent: &[u8]) {
        let contains =
            |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
        texts.extend_from_slice(sent);
        let is_held = self.hold.send_if_modified(|hold| {
            let Hold::Awaited { before, text } = hold else { return false };
            let is_meant = contains(texts, before) && contains(sent, text);
            if is_meant {
                *hold = Hold::Held;
            }
            is_meant
        });
        if is_held {
            let _ = self.hold.subscribe().wait_for(|hold| matches!(hold, Hold::Nothing)).await;
        }
    }

    /// Whether an event cuts the connection. It depends only on the number of the event.
    fn is_cut(&self, every: &AtomicUsize, seen: &AtomicUsize) -> bool {
        let (every, number) = (every.load(Ordering::SeqCst), seen.fetch_add(1, Ordering::SeqCst));
        let mut random = SeededRandom::new(number as u64);
        let is_cut = every > 0 && random.below(every) == 0;
        self.made.fetch_add(usize::from(is_cut), Ordering::SeqCst);
        is_cut
    }
}
