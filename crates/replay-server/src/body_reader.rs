//! Reads the body of a request in chunks, within a size limit and a time limit. It does not interpret
//! the body.

use core::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt;
use replay_core::{Fault, Refusal, Rule};
use tokio::time::{Instant, timeout_at};

/// A body that is being read, and its limits.
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
    /// A reader of the request's body. The time limit starts now.
    ///
    /// # Errors
    /// 413 if `Content-Length` is above `limit_bytes`.
    pub(crate) fn new(request: Request, limit_bytes: usize) -> Result<Self, Refusal> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let announced = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit_bytes) {
            return Err(Refusal::TooLarge(limit_bytes));
        }
        let deadline = Instant::now() + BODY_TIMEOUT;
        Ok(Self { body: request.into_body(), limit_bytes, read_bytes: 0, deadline })
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// 413 beyond the limit, 400 if the body breaks off or does not arrive in time.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            // Without a time limit, a sender that stalls would hold its request's resources.
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

    /// Reads the whole body into memory.
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

    /// Reads and discards the rest within the same limits. A client that is still sending might not
    /// read the response otherwise.
    pub(crate) async fn drain(mut self) {
        while let Ok(Some(_)) = self.next().await {}
    }
}

/// The media type in `Content-Type`, in lower case and without parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// A 400 whose reason concerns the body as a whole.
pub(crate) fn bad_body(reason: impl Into<String>) -> Refusal {
    Refusal::BadRequest(vec![Fault::new("body", Rule::Invalid, reason)])
}
