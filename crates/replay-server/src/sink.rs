//! A receiver to try things with: it checks each delivery, counts its lines once however often it
//! is sent, and prints what it saw. It keeps digests, never lines.

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
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{response::ApiError, text_body};

/// What a sink has seen.
#[derive(Debug, Default)]
pub struct Sink {
    authorization: Option<String>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    bodies: HashMap<String, [u8; 32]>,
    requests: u64,
    repeated: u64,
    refused: u64,
    lines: u64,
}

/// What became of a delivery.
enum Outcome {
    Taken { lines: usize },
    Repeated,
    Refused(StatusCode, &'static str),
}

/// A sink on every path: `POST` delivers, `GET` tells what was seen.
pub fn router(authorization: Option<String>) -> Router {
    let sink = Arc::new(Sink { authorization, ..Sink::default() });
    Router::new().fallback_service(get(tell).post(take).with_state(sink))
}

async fn tell(State(sink): State<Arc<Sink>>) -> Json<Value> {
    let seen = sink.seen.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({
        "requests": seen.requests,
        "batches": seen.bodies.len(),
        "repeated": seen.repeated,
        "refused": seen.refused,
        "lines": seen.lines,
    }))
}

async fn take(State(sink): State<Arc<Sink>>, request: Request) -> StatusCode {
    let headers = request.headers().clone();
    let id = text(&headers, "webhook-id").to_owned();
    let outcome = match sink.refuses(&headers) {
        Some(refused) => refused,
        None => match text_body::read(request).await {
            Ok(body) => sink.count(&id, &body),
            Err(ApiError::Refused(refusal)) if refusal.status().0 == 413 => {
                Outcome::Refused(StatusCode::PAYLOAD_TOO_LARGE, "too large")
            }
            Err(_) => Outcome::Refused(StatusCode::BAD_REQUEST, "not readable to its end"),
        },
    };
    sink.note(&id, &outcome)
}

impl Sink {
    fn refuses(&self, headers: &HeaderMap) -> Option<Outcome> {
        let given = text(headers, header::AUTHORIZATION.as_str()).as_bytes();
        let wanted = self.authorization.as_deref().map(str::as_bytes);
        if wanted.is_some_and(|wanted| !bool::from(wanted.ct_eq(given))) {
            return Some(Outcome::Refused(StatusCode::UNAUTHORIZED, "wrong authorization"));
        }
        if !text(headers, header::CONTENT_TYPE.as_str()).starts_with("text/plain") {
            return Some(Outcome::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not text/plain"));
        }
        None
    }

    fn count(&self, id: &str, body: &[u8]) -> Outcome {
        if body.last() != Some(&b'\n') {
            return Outcome::Refused(StatusCode::BAD_REQUEST, "does not end in a line feed");
        }
        let digest = Sha256::digest(body).into();
        let lines = body.split(|byte| *byte == b'\n').count() - 1;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.bodies.get(id) {
            Some(known) if *known == digest => Outcome::Repeated,
            Some(_) => Outcome::Refused(StatusCode::BAD_REQUEST, "other bytes under a known id"),
            None => {
                if !id.is_empty() {
                    seen.bodies.insert(id.to_owned(), digest);
                }
                Outcome::Taken { lines }
            }
        }
    }

    fn note(&self, id: &str, outcome: &Outcome) -> StatusCode {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.requests += 1;
        match outcome {
            Outcome::Taken { lines } => seen.lines += *lines as u64,
            Outcome::Repeated => seen.repeated += 1,
            Outcome::Refused(..) => seen.refused += 1,
        }
        let total = seen.lines;
        drop(seen);
        // Whoever reads this may be gone; the sink goes on.
        let _ = writeln!(stdout(), "{} {id} {outcome}, {total} lines in all", outcome.status());
        outcome.status()
    }
}

impl Outcome {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Taken { .. } | Self::Repeated => StatusCode::ACCEPTED,
            Self::Refused(status, _) => *status,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { lines } => write!(f, "{lines} lines"),
            Self::Repeated => f.write_str("seen before"),
            Self::Refused(_, why) => f.write_str(why),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
