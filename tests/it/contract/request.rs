//! Requests to the API. Without further calls they carry the org-admin token and no other headers.

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, header},
};
use serde_json::{Value, json};

use super::server::ADMIN;

/// The paths of the region `us`.
pub(crate) const JOB: &str = "/api/us/v2/audit-log-replay-job";
pub(crate) const WEBHOOK: &str = "/api/us/v2/audit-log-webhook";
pub(super) const HEALTH: &str = "/api/us/v2/audit-log-webhook/status";
pub(super) const JWKS: &str = "/api/us/v2/audit-log-webhook/jwks.json";
pub(crate) const INGEST: &str = "/api/us/x/ingest";
pub(super) const CANCEL: &str = "/api/us/x/replay/cancel";
pub(super) const PREVIEW: &str = "/api/us/x/replay/preview";
pub(super) const PROGRESS: &str = "/api/us/x/replay/progress";
pub(super) const HISTORY: &str = "/api/us/x/replay/history";
pub(super) const OUTAGES: &str = "/api/us/x/outages";
pub(super) const RATE: &str = "/api/us/x/replay/rate";
pub(super) const RESUME: &str = "/api/us/x/replay/resume";
pub(super) const TEST: &str = "/api/us/x/webhook/test";
pub(super) const OVERVIEW: &str = "/api/x/overview";
pub(super) const GLOBAL: &str = "/api/global/v2/audit-log-replay-job";

/// A request, built step by step.
#[derive(Debug)]
pub(crate) struct ApiRequest(Request<Body>);

pub(crate) fn get(path: &str) -> ApiRequest {
    request_with_method(Method::GET, path)
}

/// A preview of the last hour.
pub(super) fn get_preview(path: &str) -> ApiRequest {
    get(&format!("{path}?start_at=2026-11-23T11:00:00Z&end_at=2026-11-23T12:00:00Z"))
}

pub(crate) fn put(path: &str) -> ApiRequest {
    request_with_method(Method::PUT, path)
}

pub(crate) fn patch(path: &str) -> ApiRequest {
    request_with_method(Method::PATCH, path)
}

pub(crate) fn post(path: &str) -> ApiRequest {
    request_with_method(Method::POST, path)
}

pub(crate) fn request_with_method(method: Method, path: &str) -> ApiRequest {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    ApiRequest(request).with_token(ADMIN)
}

impl ApiRequest {
    pub(crate) fn with_token(self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn without_token(mut self) -> Self {
        self.0.headers_mut().remove(header::AUTHORIZATION);
        self
    }

    /// Sets the header, replacing any of the same name.
    pub(crate) fn with(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.0.headers_mut().insert(name, HeaderValue::from_bytes(value.as_ref()).unwrap());
        self
    }

    /// Adds the header to any of the same name.
    pub(super) fn with_another(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.headers_mut().append(name, HeaderValue::from_static(value));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.with("content-type", "application/json").body(body.to_string())
    }

    /// Sets the body, without a `Content-Length`.
    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        *self.0.body_mut() = body.into();
        self
    }

    pub(super) fn into_request(self) -> Request<Body> {
        self.0
    }
}

/// The body of a PUT.
pub(crate) fn span(start_at: &str, end_at: &str) -> Value {
    json!({ "start_at": start_at, "end_at": end_at })
}

/// The body of a PUT that is valid at [`NOW`](super::server::NOW).
pub(super) fn last_hour() -> Value {
    span("2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z")
}

/// A line whose event time is `second` seconds after 11:00.
pub(crate) fn line(second: u32) -> String {
    let rt = 1_795_431_600_000 + u64::from(second) * 1_000;
    format!(
        "2026-11-23T11:00:00Z konghq.com CEF:0|KongInc|Konnect|1.0|KongGateway|Authz.portals|1|\
         rt={rt} src=127.0.0.6 action=retrieve granted=true org_id=o principal_id=p \
         trace_id={second} user_agent=grpc-node-js/1.10.10 sig=c2ln"
    )
}
