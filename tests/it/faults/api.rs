//! The server as its users see it: requests over HTTP, and waiting for what they will see.

use core::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use time_range::write_timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use super::{
    lines::{Line, Window},
    receiver::Receiver,
};

/// A region of a server, with a token.
#[derive(Clone, Debug)]
pub(super) struct Api {
    http: Client,
    pub(super) base: String,
    token: String,
    region: &'static str,
}

/// An answer, read to its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answered {
    pub(super) code: u16,
    pub(super) text: String,
}

impl Api {
    pub(super) fn new(base: String, token: &str) -> Self {
        // Another test of this process may have been first.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { http, base, token: token.to_owned(), region: "us" }
    }

    pub(super) fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    pub(super) fn of_region(&self, region: &'static str) -> Self {
        Self { region, ..self.clone() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/api/{}/{path}", self.base, self.region);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub(super) async fn get(&self, path: &str) -> Answered {
        Answered::to(self.request(Method::GET, path)).await.unwrap()
    }

    /// An address outside of the API, asked without a token.
    pub(super) async fn get_root(&self, path: &str) -> Answered {
        Answered::to(self.http.get(format!("{}{path}", self.base))).await.unwrap()
    }

    /// The same, asked with the token.
    pub(super) async fn get_root_with_token(&self, path: &str) -> Answered {
        let request = self.http.get(format!("{}{path}", self.base));
        Answered::to(request.bearer_auth(&self.token)).await.unwrap()
    }

    /// Archives lines, all of which are new.
    pub(super) async fn ingest(&self, lines: &[Line]) {
        let answered = self.try_ingest(lines).await.unwrap();
        assert_eq!(
            (answered.code, answered.json()["accepted"].as_u64()),
            (202, Some(lines.len() as u64))
        );
    }

    pub(super) async fn try_ingest(&self, lines: &[Line]) -> reqwest::Result<Answered> {
        let lines: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        Answered::to(self.request(Method::POST, "x/ingest").body(lines.join("\n"))).await
    }

    /// Archives lines that are sent as gzip.
    pub(super) async fn ingest_gzip(&self, body: Vec<u8>) -> Answered {
        let request = self.request(Method::POST, "x/ingest").header("content-encoding", "gzip");
        Answered::to(request.body(body)).await.unwrap()
    }

    /// Begins to archive lines, and leaves the rest to whoever asked for it.
    pub(super) async fn begin_ingest(&self, header: &str) -> TcpStream {
        let address = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/{}/x/ingest HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
             expect: 100-continue\r\n{header}\r\n\r\n",
            self.region, self.token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // It is asked for when somebody begins to read it.
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(asked, *b"HTTP/1.1 100 Continue\r\n\r\n");
        stream
    }

    pub(super) async fn patch(&self, webhook: Value) -> Answered {
        let request = self.request(Method::PATCH, "v2/audit-log-webhook");
        Answered::to(request.body(webhook.to_string())).await.unwrap()
    }

    /// From now on the region's lines go there.
    pub(super) async fn point_at(&self, url: &str) {
        let answered = self.patch(json!({ "endpoint": url, "enabled": true })).await;
        assert_eq!(answered.code, 200, "{answered:?}");
    }

    pub(super) async fn put(&self, window: Window) -> Answered {
        let [start_at, end_at] = [window.start, window.end].map(write_timestamp);
        let body = json!({ "start_at": start_at, "end_at": end_at });
        let request = self.request(Method::PUT, "v2/audit-log-replay-job");
        Answered::to(request.body(body.to_string())).await.unwrap()
    }

    /// Starts a job.
    pub(super) async fn replay(&self, window: Window) {
        let answered = self.put(window).await;
        assert_eq!(answered.code, 202, "{answered:?}");
    }

    /// Has the window sent to the receiver and waits for the end of the job.
    pub(super) async fn replay_to(&self, receiver: &Receiver, window: Window) -> Value {
        self.point_at(&receiver.url()).await;
        self.replay(window).await;
        self.settled().await
    }

    pub(super) async fn cancel(&self) -> Answered {
        Answered::to(self.request(Method::POST, "x/replay/cancel")).await.unwrap()
    }

    pub(super) async fn job(&self) -> Value {
        self.get("v2/audit-log-replay-job").await.json()
    }

    /// The job, once it has ended.
    pub(super) async fn settled(&self) -> Value {
        until("the job ends", async || {
            let job = self.job().await;
            [json!("completed"), json!("failed")].contains(&job["status"]).then_some(job)
        })
        .await
    }

    /// The health of the webhook: its status, the last code and message.
    pub(super) async fn health(&self) -> (String, Option<u64>, Option<String>) {
        let health = self.get("v2/audit-log-webhook/status").await.json();
        let text = |name: &str| health[name].as_str().map(str::to_owned);
        let status = text("webhook_status").unwrap();
        (status, health["last_response_code"].as_u64(), text("last_response_message"))
    }
}

impl Answered {
    async fn to(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        Ok(Self { code: response.status().as_u16(), text: response.text().await? })
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Why a job has failed.
pub(super) fn failure(job: &Value) -> &str {
    assert_eq!(job["status"], "failed", "{job}");
    job["reason"].as_str().unwrap()
}

/// Looks again and again until there is something to see.
pub(super) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..6_000 {
        if let Some(seen) = look().await {
            return seen;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("this was not seen in time: {what}")
}
