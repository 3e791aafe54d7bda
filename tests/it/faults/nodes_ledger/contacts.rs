//! The clients of the nodes, and requests that are repeated until a node answers.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use replay_tests::{
    client::{ApiClient, ApiResponse},
    lines::{Line, SeededRandom},
};
use reqwest::Method;
use tokio::time::{sleep, timeout};

/// The clients of the nodes: a handle that is cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Contacts(Arc<Mutex<Vec<Contact>>>);

/// The client of a node, which may be dead or frozen.
#[derive(Clone, Debug)]
struct Contact {
    api: ApiClient,
    is_frozen: bool,
}

/// A request that may be made twice.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: Method,
    path: String,
    body: String,
    /// How long an answer is awaited. Without an answer, the request may be handled later.
    patience: Duration,
    /// Whether a frozen node may be asked.
    asks_frozen: bool,
}

impl Request {
    /// An ingest. Lines are not archived twice, however late the request is handled.
    pub(super) fn ingest(lines: &[Line]) -> Self {
        let lines: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        let body = lines.join("\n");
        let patience = Duration::from_secs(2);
        Self { patience, asks_frozen: true, ..Self::of(Method::POST, "x/ingest", body) }
    }

    /// A request that must not be handled after it was made again: each answer is awaited for longer than
    /// a node waits for the database.
    pub(super) fn of(method: Method, path: impl Into<String>, body: String) -> Self {
        let patience = Duration::from_secs(30);
        Self { method, path: path.into(), body, patience, asks_frozen: false }
    }
}

impl Contacts {
    /// Adds a node.
    pub(super) fn add(&self, api: ApiClient) {
        self.0.lock().unwrap().push(Contact { api, is_frozen: false });
    }

    /// The node with this number was started again.
    pub(super) fn replace(&self, number: usize, api: ApiClient) {
        self.0.lock().unwrap()[number] = Contact { api, is_frozen: false };
    }

    /// The node with this number was frozen, or goes on.
    pub(super) fn set_frozen(&self, number: usize, is_frozen: bool) {
        self.0.lock().unwrap()[number].is_frozen = is_frozen;
    }

    /// The first answer of any node that is not a 503, which must say when to try again.
    pub(super) async fn answer(&self, random: &mut SeededRandom, request: &Request) -> ApiResponse {
        let asking = async {
            loop {
                if let Some(response) = self.ask(random, request).await {
                    return response;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_mins(2), asking).await.expect("no node answers")
    }

    /// The answer of some node; `None` if there is none for now.
    async fn ask(&self, random: &mut SeededRandom, request: &Request) -> Option<ApiResponse> {
        let api = self.drawn(random, request.asks_frozen);
        let sent = api.request_to(request.method.clone(), &request.path, request.body.clone());
        let response = timeout(request.patience, sent).await.ok()?.ok()?;
        let is_unavailable = response.code == 503;
        assert!(!is_unavailable || response.retry_after.is_some(), "{response:?}");
        (!is_unavailable).then_some(response)
    }

    fn drawn(&self, random: &mut SeededRandom, asks_frozen: bool) -> ApiClient {
        let contacts = self.0.lock().unwrap();
        let usable = |contact: &&Contact| asks_frozen || !contact.is_frozen;
        let usable: Vec<_> = contacts.iter().filter(usable).collect();
        usable[random.below(usable.len())].api.clone()
    }
}
