//! The server's HTTP API as its users call it, over one connection that is kept open.

use core::time::Duration;

use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

use super::spread::Timeframe;
use crate::Failure;

/// A connection to the API of one server.
#[derive(Clone, Debug)]
pub(super) struct Api {
    agent: Agent,
    base: String,
    bearer: String,
}

/// What became of the lines of a body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Ingested {
    /// Lines that are new.
    pub(super) accepted: u64,
    /// Lines that were archived before.
    pub(super) duplicates: u64,
}

impl Api {
    /// The API at this address, for the owner of this token.
    pub(super) fn new(url: &str, token: &str) -> Self {
        Self { agent: agent(), base: format!("{url}/api"), bearer: format!("Bearer {token}") }
    }

    /// The same API over another connection.
    pub(super) fn another_connection(&self) -> Self {
        Self { agent: agent(), ..self.clone() }
    }

    /// Reads a path below `/api`: the status and the body.
    ///
    /// # Errors
    /// There is no answer.
    pub(super) fn get(&self, path: &str) -> Result<(u16, Value), Failure> {
        let request = self.agent.get(format!("{}{path}", self.base));
        answer(request.header("authorization", &self.bearer).call()?)
    }

    /// The value of a metric without labels; `None` if the server does not have it.
    ///
    /// # Errors
    /// There is no answer.
    pub(super) fn metric(&self, name: &str) -> Result<Option<u64>, Failure> {
        let url = format!("{}/metrics", self.base.trim_end_matches("/api"));
        let request = self.agent.get(url).header("authorization", &self.bearer);
        let text = request.call()?.into_body().read_to_string()?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.map(str::parse).transpose()?)
    }

    /// Archives the lines of a body in gzip.
    ///
    /// # Errors
    /// They are not archived, or not all of them are.
    pub(super) fn ingest(&self, region: &str, body: &[u8]) -> Result<Ingested, Failure> {
        let request = self
            .agent
            .post(format!("{}/{region}/x/ingest", self.base))
            .header("authorization", &self.bearer)
            .header("content-type", "text/plain")
            .header("content-encoding", "gzip");
        let (status, body) = answer(request.send(body)?)?;
        let count = |key: &str| body.get(key).and_then(Value::as_u64).unwrap_or_default();
        if status != 202 || count("rejected_count") > 0 {
            return Err(format!("an ingest was answered {status}: {body}").into());
        }
        Ok(Ingested { accepted: count("accepted"), duplicates: count("duplicates") })
    }

    /// Enables the webhook of a region with this endpoint.
    ///
    /// # Errors
    /// The server refuses it.
    pub(super) fn enable_webhook(&self, region: &str, endpoint: &str) -> Result<(), Failure> {
        let path = format!("{}/{region}/v2/audit-log-webhook", self.base);
        let body = json!({ "endpoint": endpoint, "enabled": true });
        let request = self.agent.patch(path).header("authorization", &self.bearer);
        let sent = request.header("content-type", "application/json").send(body.to_string())?;
        expect(answer(sent)?, &[200])
    }

    /// Submits the job of a region.
    ///
    /// # Errors
    /// The server refuses it.
    pub(super) fn submit_job(&self, region: &str, timeframe: &Timeframe) -> Result<(), Failure> {
        let path = format!("{}{}", self.base, job_path(region));
        let body = json!({ "start_at": timeframe.start_at, "end_at": timeframe.end_at });
        let request = self.agent.put(path).header("authorization", &self.bearer);
        let sent = request.header("content-type", "application/json").send(body.to_string())?;
        expect(answer(sent)?, &[201, 202])
    }
}

/// The path of a region's job.
pub(super) fn job_path(region: &str) -> String {
    format!("/{region}/v2/audit-log-replay-job")
}

/// The path of the preview of a timeframe.
pub(super) fn preview_path(region: &str, timeframe: &Timeframe) -> String {
    let Timeframe { start_at, end_at } = timeframe;
    format!("/{region}/x/replay/preview?start_at={start_at}&end_at={end_at}")
}

/// The path of the progress of a region's job.
pub(super) fn progress_path(region: &str) -> String {
    format!("/{region}/x/replay/progress")
}

/// A client that keeps its connection open, and returns answers of any status.
pub(super) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(10)))
        .build()
        .new_agent()
}

fn answer(response: Response<Body>) -> Result<(u16, Value), Failure> {
    let status = response.status().as_u16();
    let text = response.into_body().read_to_string()?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

fn expect((status, body): (u16, Value), expected: &[u16]) -> Result<(), Failure> {
    if expected.contains(&status) { Ok(()) } else { Err(format!("{status}: {body}").into()) }
}
