//! An HTTP client of the server's API that is bound to one region and one token.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use time_range::write_timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    lines::{Line, Window},
    polling::until,
    receiver::Receiver,
};

/// A client of one region of a server.
#[derive(Clone, Debug)]
pub struct ApiClient {
    http: Client,
    /// The server's URL, without a slash at its end.
    pub base_url: String,
    token: String,
    region: &'static str,
}

/// A response whose body was read to its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiResponse {
    /// The HTTP status.
    pub code: u16,
    /// The body.
    pub text: String,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
}

/// The health of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookHealth {
    /// `active`, `inactive` or `unconfigured`.
    pub status: String,
    /// The HTTP status of the latest delivery attempt.
    pub code: Option<u16>,
    /// Why the latest delivery attempt failed.
    pub message: Option<String>,
}

impl ApiClient {
    /// A client of the region `us` of the server at `base_url`.
    pub fn new(base_url: String, token: &str) -> Self {
        // Fails if another test of this process has installed it before.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { http, base_url, token: token.to_owned(), region: "us" }
    }

    /// The same client with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same client for another region.
    #[must_use]
    pub fn in_region(&self, region: &'static str) -> Self {
        Self { region, ..self.clone() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/api/{}/{path}", self.base_url, self.region);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    /// Makes a request to a path of the region.
    ///
    /// # Errors
    ///
    /// When there is no connection, or it ends before the response.
    pub async fn request_to(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> reqwest::Result<ApiResponse> {
        ApiResponse::receive(self.request(method, path).body(body)).await
    }

    /// Requests a path of the region.
    pub async fn get(&self, path: &str) -> ApiResponse {
        ApiResponse::receive(self.request(Method::GET, path)).await.unwrap()
    }

    /// Requests a path of the server, without a token.
    pub async fn get_root(&self, path: &str) -> ApiResponse {
        ApiResponse::receive(self.http.get(format!("{}{path}", self.base_url))).await.unwrap()
    }

    /// Requests a path of the server, with the token.
    pub async fn get_root_with_token(&self, path: &str) -> ApiResponse {
        let request = self.http.get(format!("{}{path}", self.base_url));
        ApiResponse::receive(request.bearer_auth(&self.token)).await.unwrap()
    }

    /// Ingests lines and asserts that all of them are accepted.
    pub async fn ingest(&self, lines: &[Line]) {
        let response = self.try_ingest(lines).await.unwrap();
        assert_eq!(
            (response.code, response.json()["accepted"].as_u64()),
            (202, Some(lines.len() as u64))
        );
    }

    /// Ingests lines.
    ///
    /// # Errors
    ///
    /// When the connection ends before the response.
    pub async fn try_ingest(&self, lines: &[Line]) -> reqwest::Result<ApiResponse> {
        let lines: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        ApiResponse::receive(self.request(Method::POST, "x/ingest").body(lines.join("\n"))).await
    }

    /// Ingests lines from a gzip body.
    pub async fn ingest_gzip(&self, body: Vec<u8>) -> ApiResponse {
        let request = self.request(Method::POST, "x/ingest").header("content-encoding", "gzip");
        ApiResponse::receive(request.body(body)).await.unwrap()
    }

    /// Sends the head of an ingest with one more header, and returns the connection once the server
    /// has begun to read the body.
    pub async fn start_ingest(&self, header: &str) -> TcpStream {
        let address = self.base_url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/{}/x/ingest HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
             expect: 100-continue\r\n{header}\r\n\r\n",
            self.region, self.token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server sends this when it begins to read the body.
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).await.unwrap();
        assert_eq!(interim, *b"HTTP/1.1 100 Continue\r\n\r\n");
        stream
    }

    /// Changes the region's webhook.
    pub async fn patch(&self, webhook: Value) -> ApiResponse {
        let request = self.request(Method::PATCH, "v2/audit-log-webhook");
        ApiResponse::receive(request.body(webhook.to_string())).await.unwrap()
    }

    /// Sets the webhook's endpoint and enables the webhook.
    pub async fn point_at(&self, url: &str) {
        let response = self.patch(json!({ "endpoint": url, "enabled": true })).await;
        assert_eq!(response.code, 200, "{response:?}");
    }

    /// Submits a job.
    pub async fn put(&self, window: Window) -> ApiResponse {
        let body = json!({
            "start_at": write_timestamp(window.start),
            "end_at": write_timestamp(window.end),
        });
        let request = self.request(Method::PUT, "v2/audit-log-replay-job");
        ApiResponse::receive(request.body(body.to_string())).await.unwrap()
    }

    /// Submits a job and asserts that it is accepted.
    pub async fn replay(&self, window: Window) {
        let response = self.put(window).await;
        assert_eq!(response.code, 202, "{response:?}");
    }

    /// Replays the window to the receiver; returns the settled job.
    pub async fn replay_to(&self, receiver: &Receiver, window: Window) -> Value {
        self.point_at(&receiver.url()).await;
        self.replay(window).await;
        self.settled().await
    }

    /// Cancels the job.
    pub async fn cancel(&self) -> ApiResponse {
        ApiResponse::receive(self.request(Method::POST, "x/replay/cancel")).await.unwrap()
    }

    /// Resumes the job.
    pub async fn resume(&self) -> ApiResponse {
        ApiResponse::receive(self.request(Method::POST, "x/replay/resume")).await.unwrap()
    }

    /// Limits the lines per second of the job; `None` removes the limit.
    pub async fn set_rate(&self, lines_per_second: Option<u64>) {
        let body = json!({ "lines_per_second": lines_per_second });
        let request = self.request(Method::PUT, "x/replay/rate").body(body.to_string());
        let response = ApiResponse::receive(request).await.unwrap();
        assert_eq!(response.code, 202, "{response:?}");
    }

    /// The outages, the newest first.
    pub async fn outages(&self) -> Vec<Value> {
        self.pages("x/outages", "outages").await
    }

    /// Every job, past or current, the newest first.
    pub async fn past_jobs(&self) -> Vec<Value> {
        self.pages("x/replay/history", "jobs").await
    }

    /// What all pages at `path` list under `name`.
    async fn pages(&self, path: &str, name: &str) -> Vec<Value> {
        let (mut listed, mut next) = (Vec::new(), format!("{path}?limit=500"));
        loop {
            let page = self.get(&next).await.json();
            listed.extend(page[name].as_array().unwrap_or_else(|| panic!("{page}")).clone());
            let Some(cursor) = page["next_cursor"].as_str() else { return listed };
            next = format!("{path}?limit=500&cursor={cursor}");
        }
    }

    /// Submits a job that heals an outage.
    pub async fn heal(&self, outage: &str) -> ApiResponse {
        let path = format!("x/outages/{outage}/heal");
        ApiResponse::receive(self.request(Method::POST, &path)).await.unwrap()
    }

    /// Enables or disables the webhook.
    pub async fn set_enabled(&self, is_enabled: bool) {
        let response = self.patch(json!({ "enabled": is_enabled })).await;
        assert_eq!(response.code, 200, "{response:?}");
    }

    /// The job.
    pub async fn job(&self) -> Value {
        self.get("v2/audit-log-replay-job").await.json()
    }

    /// Waits until the job is settled, and returns it.
    pub async fn settled(&self) -> Value {
        until("the job ends", async || {
            let job = self.job().await;
            [json!("completed"), json!("failed")].contains(&job["status"]).then_some(job)
        })
        .await
    }

    /// The progress of the job.
    pub async fn progress(&self) -> Value {
        self.get("x/replay/progress").await.json()
    }

    /// The id of the job.
    pub async fn job_id(&self) -> String {
        self.progress().await["job_id"].as_str().unwrap().to_owned()
    }

    /// The health of the webhook.
    pub async fn health(&self) -> WebhookHealth {
        let health = self.get("v2/audit-log-webhook/status").await.json();
        let text = |name: &str| health[name].as_str().map(str::to_owned);
        WebhookHealth {
            status: text("webhook_status").unwrap(),
            code: serde_json::from_value(health["last_response_code"].clone()).unwrap(),
            message: text("last_response_message"),
        }
    }
}

impl WebhookHealth {
    /// The health with these values.
    pub fn new(status: &str, code: Option<u16>, message: Option<String>) -> Self {
        Self { status: status.to_owned(), code, message }
    }
}

impl ApiResponse {
    async fn receive(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.map(|value| value.to_str().unwrap().to_owned());
        let code = response.status().as_u16();
        Ok(Self { code, text: response.text().await?, retry_after })
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The `reason` of a job that must have failed.
pub fn failure(job: &Value) -> &str {
    assert_eq!(job["status"], "failed", "{job}");
    job["reason"].as_str().unwrap()
}
