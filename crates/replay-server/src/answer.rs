//! Answers: a value as JSON, and everything that went wrong as a problem document, in one place.
//! An answer never holds a secret, nor the words of a part that failed.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use replay_core::Refusal;
use replay_wire::{Json, write_problem};

use crate::{
    random,
    store::{ChangeError, StoreError},
};

/// Why a request was not granted.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was refused.
    Refused(Refusal),
    /// It could not be carried out, whoever asks.
    Broken(Box<dyn core::error::Error + Send>),
}

/// The name under which the server may be asked about a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trace(pub(crate) u64);

/// A granted request's answer.
pub(crate) fn json(status: StatusCode, body: &Json) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (status, headers, print(body)).into_response()
}

/// Gives the request its trace, and turns whatever went wrong into a problem document.
pub(crate) async fn finish(mut request: Request, next: Next) -> Response {
    let trace = Trace(random::trace().unwrap_or_default());
    request.extensions_mut().insert(trace);
    finished(next.run(request).await, trace)
}

/// The finished response to a request that no route has seen.
pub(crate) fn refuse(refusal: Refusal) -> Response {
    let trace = Trace(random::trace().unwrap_or_default());
    finished(Failure::from(refusal).into_response(), trace)
}

fn finished(mut response: Response, trace: Trace) -> Response {
    if let Some(Why(refusal)) = response.extensions_mut().remove() {
        let text = print(&write_problem(&refusal, trace.0));
        response.headers_mut().insert(header::CONTENT_LENGTH, text.len().into());
        *response.body_mut() = Body::from(text);
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// No such method at this path.
pub(crate) async fn method_not_allowed() -> Failure {
    Refusal::MethodNotAllowed.into()
}

/// No such path.
pub(crate) async fn not_found() -> Failure {
    Refusal::NotFound.into()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Broken(error) => {
                tracing::error!(%error, "a request could not be carried out");
                Refusal::Broken
            }
        };
        let status = StatusCode::from_u16(refusal.status().0);
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        if response.status() == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        if let Refusal::Overloaded { retry_after_seconds } = refusal {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after_seconds.into());
        }
        response.extensions_mut().insert(Why(refusal));
        response
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal.into(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl From<tokio::task::JoinError> for Failure {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl From<random::Error> for Failure {
    fn from(error: random::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

/// What [`finish`] writes the problem document of.
#[derive(Clone, Debug)]
struct Why(Refusal);

/// One line, as terminals like it.
fn print(json: &Json) -> String {
    serde_json::to_string(json).unwrap_or_default() + "\n"
}
