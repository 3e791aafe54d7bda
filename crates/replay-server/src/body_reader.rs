//! A request's body, read chunk by chunk within a limit of bytes and of time. It knows nothing of
//! what a body means.

use core::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt;
use replay_core::{Fault, Refusal, Rule};
use tokio::time::{Instant, timeout_at};

/// A body that is being read.
#[derive(Debug)]
pub(crate) struct BodyReader {
    body: Body,
    limit_bytes: usize,
    read_bytes: usize,
    deadline: Instant,
}

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_mins(1);

impl BodyReader {
    /// A reader of the request's body; its time runs from now on.
    ///
    /// # Errors
    /// 413 if its announced length is beyond the limit.
    pub(crate) fn new(request: Request, limit_bytes: usize) -> Result<Self, Refusal> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let announced = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit_bytes) {
            return Err(Refusal::TooLarge(limit_bytes));
        }
        let deadline = Instant::now() + BODY_TIMEOUT;
        Ok(Self { body: request.into_body(), limit_bytes, read_bytes: 0, deadline })
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// 413 beyond the limit, 400 if the body breaks off or does not arrive in time.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            // A sender that stalls must not keep what waits for its body.
            let Ok(frame) = timeout_at(self.deadline, self.body.frame()).await else {
                return Err(bad_body("did not arrive in time"));
            };
            let Some(frame) = frame else { return Ok(None) };
            let Ok(chunk) = frame.map_err(|_| bad_body("broke off"))?.into_data() else { continue };
            self.read_bytes += chunk.len();
            if self.read_bytes > self.limit_bytes {
                return Err(Refusal::TooLarge(self.limit_bytes));
            }
            return Ok(Some(chunk));
        }
    }

    /// All of it, in memory.
    ///
    /// # Errors
    /// As for [`next`](Self::next).
    pub(crate) async fn read_to_end(mut self) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.next().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Reads and drops the rest, within the same limits: a client that is still sending may not see
    /// the answer.
    pub(crate) async fn drain(mut self) {
        while let Ok(Some(_)) = self.next().await {}
    }
}

/// The media type of a body in lower case, without its parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The refusal of a body as a whole.
pub(crate) fn bad_body(reason: impl Into<String>) -> Refusal {
    Refusal::BadRequest(vec![Fault::new("body", Rule::Invalid, reason)])
}
