//! A receiver for tests and trials: it checks each delivery, counts the lines of each `webhook-id` once,
//! and prints the result. It keeps digests of bodies, not the lines.

use std::{
    collections::HashMap,
    fmt,
    io::{Write, stdout},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    routing::get,
};
use replay_core::Refusal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{response::ApiError, text_body};

/// The state of a sink: the authorization it requires, and what it has received.
#[derive(Debug, Default)]
pub struct Sink {
    authorization: Option<String>,
    received: Mutex<Received>,
}

#[derive(Debug, Default)]
struct Received {
    /// The SHA-256 of each body, by `webhook-id`.
    bodies: HashMap<String, [u8; 32]>,
    requests: u64,
    repeated: u64,
    refused: u64,
    lines: u64,
}

/// The result of checking a delivery.
enum CheckResult {
    Accepted { lines: usize },
    Repeated,
    Refused { status: StatusCode, reason: &'static str },
}

/// A sink at every path: `POST` delivers a batch, `GET` returns the counts as JSON. With `authorization`,
/// deliveries must have that `Authorization` value.
pub fn router(authorization: Option<String>) -> Router {
    let sink = Arc::new(Sink { authorization, ..Sink::default() });
    Router::new().fallback_service(get(counts).post(receive).with_state(sink))
}

async fn counts(State(sink): State<Arc<Sink>>) -> Json<Value> {
    let received = sink.received.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({
        "requests": received.requests,
        "batches": received.bodies.len(),
        "repeated": received.repeated,
        "refused": received.refused,
        "lines": received.lines,
    }))
}

async fn receive(State(sink): State<Arc<Sink>>, request: Request) -> StatusCode {
    let headers = request.headers().clone();
    let id = text(&headers, "webhook-id").to_owned();
    let result = match sink.check_headers(&headers) {
        Err(refused) => refused,
        Ok(()) => match text_body::read(request).await {
            Ok(body) => sink.check_body(&id, &body),
            Err(ApiError::Refused(Refusal::TooLarge(_))) => {
                CheckResult::refused(StatusCode::PAYLOAD_TOO_LARGE, "too large")
            }
            Err(_) => CheckResult::refused(StatusCode::BAD_REQUEST, "not readable to its end"),
        },
    };
    sink.record(&id, &result);
    result.status()
}

impl Sink {
    fn check_headers(&self, headers: &HeaderMap) -> Result<(), CheckResult> {
        if let Some(required) = &self.authorization {
            let given = text(headers, header::AUTHORIZATION.as_str());
            if !bool::from(required.as_bytes().ct_eq(given.as_bytes())) {
                return Err(CheckResult::refused(StatusCode::UNAUTHORIZED, "wrong authorization"));
            }
        }
        if !text(headers, header::CONTENT_TYPE.as_str()).starts_with("text/plain") {
            return Err(CheckResult::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not text/plain"));
        }
        Ok(())
    }

    /// Compares the body with an earlier one under the same `webhook-id`, and keeps its digest.
    fn check_body(&self, id: &str, body: &[u8]) -> CheckResult {
        if body.last() != Some(&b'\n') {
            return CheckResult::refused(StatusCode::BAD_REQUEST, "does not end in a line feed");
        }
        let digest = Sha256::digest(body).into();
        let lines = body.split(|byte| *byte == b'\n').count() - 1;
        let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        match received.bodies.get(id) {
            Some(known) if *known == digest => CheckResult::Repeated,
            Some(_) => {
                CheckResult::refused(StatusCode::BAD_REQUEST, "other bytes under a known id")
            }
            None => {
                if !id.is_empty() {
                    received.bodies.insert(id.to_owned(), digest);
                }
                CheckResult::Accepted { lines }
            }
        }
    }

    /// Counts the delivery and prints its result.
    fn record(&self, id: &str, result: &CheckResult) {
        let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.requests += 1;
        match result {
            CheckResult::Accepted { lines } => received.lines += *lines as u64,
            CheckResult::Repeated => received.repeated += 1,
            CheckResult::Refused { .. } => received.refused += 1,
        }
        let total = received.lines;
        drop(received);
        // A closed stdout does not end the sink.
        let _ = writeln!(stdout(), "{} {id} {result}, {total} lines in all", result.status());
    }
}

impl CheckResult {
    const fn refused(status: StatusCode, reason: &'static str) -> Self {
        Self::Refused { status, reason }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Accepted { .. } | Self::Repeated => StatusCode::ACCEPTED,
            Self::Refused { status, .. } => *status,
        }
    }
}

impl fmt::Display for CheckResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { lines } => write!(f, "{lines} lines"),
            Self::Repeated => f.write_str("seen before"),
            Self::Refused { reason, .. } => f.write_str(reason),
        }
    }
}

/// The value of a header; empty if it is missing or not ASCII text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
