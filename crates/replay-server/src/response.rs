//! Responses: a value as JSON, every error as a problem document
//! (<https://www.rfc-editor.org/rfc/rfc9457>). A response never contains a secret or the text of an
//! internal error.

use std::io;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use replay_core::Refusal;
use replay_wire::{Json, refusal_status, write_problem};
use thiserror::Error;
use tokio::task::JoinError;

use crate::{
    random,
    store::{ChangeError, StoreError},
};

/// Why a request has no successful response.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    /// The client can act on it: the response names the reason.
    #[error("the request was refused")]
    Refused(Refusal),
    /// The store failed. The response is a 503 if the database is not available for now. Otherwise, and for
    /// the errors below, it is a bare 500, and the error is logged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A task panicked.
    #[error(transparent)]
    Task(#[from] JoinError),
    /// The metrics page could not be written.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
    /// The operating system has no randomness.
    #[error(transparent)]
    Random(#[from] random::Error),
}

/// The seconds after which a client tries again while the database is not available: about the time of a
/// restart.
const UNAVAILABLE_SECONDS: u32 = 5;

/// Identifies a request in its problem document and in its audit line.
#[derive(Clone, Copy, Debug)]
struct TraceId(u64);

/// The trace id of a request in decimal digits; empty before [`finalize`] has seen the request.
pub(crate) fn trace_id(request: &Request) -> String {
    match request.extensions().get() {
        Some(TraceId(id)) => id.to_string(),
        None => String::new(),
    }
}

/// A response with a JSON body.
pub(crate) fn json(status: StatusCode, body: &Json) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (status, headers, print(body)).into_response()
}

/// Gives the request its [`TraceId`], then completes the response: an error gets its problem document,
/// and every response its security headers.
pub(crate) async fn finalize(mut request: Request, next: Next) -> Response {
    let trace_id = TraceId(random::trace_id().unwrap_or_default());
    request.extensions_mut().insert(trace_id);
    complete(next.run(request).await, trace_id)
}

/// The complete response to a request that is refused before it reaches a route.
pub(crate) fn refuse(refusal: Refusal) -> Response {
    let trace_id = TraceId(random::trace_id().unwrap_or_default());
    complete(ApiError::from(refusal).into_response(), trace_id)
}

fn complete(mut response: Response, trace_id: TraceId) -> Response {
    if let Some(Problem(refusal)) = response.extensions_mut().remove() {
        let text = print(&write_problem(&refusal, trace_id.0));
        response.headers_mut().insert(header::CONTENT_LENGTH, text.len().into());
        *response.body_mut() = Body::from(text);
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The fallback for a path that does not have the method: 405.
pub(crate) async fn method_not_allowed() -> ApiError {
    Refusal::MethodNotAllowed.into()
}

/// The fallback for an unknown path: 404.
pub(crate) async fn not_found() -> ApiError {
    Refusal::NotFound.into()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Store(error) if error.is_unavailable() => {
                tracing::warn!(%error, "a request could not be carried out for now");
                Refusal::Unavailable { retry_after_seconds: UNAVAILABLE_SECONDS }
            }
            error @ (Self::Store(_)
            | Self::Io(_)
            | Self::Task(_)
            | Self::Metrics(_)
            | Self::Random(_)) => {
                tracing::error!(%error, "a request could not be carried out");
                Refusal::Internal
            }
        };
        let status = StatusCode::from_u16(refusal_status(&refusal));
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        if response.status() == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        if let Refusal::Overloaded { retry_after_seconds }
        | Refusal::Unavailable { retry_after_seconds } = refusal
        {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after_seconds.into());
        }
        response.extensions_mut().insert(Problem(refusal));
        response
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal.into(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A response extension: the refusal that [`finalize`] writes as a problem document.
#[derive(Clone, Debug)]
struct Problem(Refusal);

/// The JSON on one line that ends with a line feed.
fn print(json: &Json) -> String {
    serde_json::to_string(json).unwrap_or_default() + "\n"
}
