//! A response of the API, and what holds for every response: the only server error is 503, which
//! has a `Retry-After`; no secret is in it; from 400 on it is a problem document.

use axum::{
    body::to_bytes,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::Value;

use super::problem::assert_problem;

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    pub(crate) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(crate) body: String,
}

impl ApiResponse {
    pub(super) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.into()).unwrap();
        let answer = Self { status: parts.status, headers: parts.headers, body };
        answer.assert_invariants();
        answer
    }

    /// The response, which must have that status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A string field of the body.
    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap().to_owned()
    }

    /// The field and rule of each fault of a 400.
    #[track_caller]
    pub(super) fn faults(self) -> Vec<(String, String)> {
        let text = |entry: &Value, field| entry[field].as_str().unwrap().to_owned();
        let body = self.expect(400).json();
        let entries = body["invalid_parameters"].as_array().unwrap();
        entries.iter().map(|entry| (text(entry, "field"), text(entry, "rule"))).collect()
    }

    /// Asserts that exactly these (field, rule) pairs are the faults.
    #[track_caller]
    pub(super) fn assert_faults(self, expected: &[(&str, &str)]) {
        let faults = self.faults();
        let faults: Vec<_> = faults.iter().map(|(f, r)| (f.as_str(), r.as_str())).collect();
        assert_eq!(faults, expected);
    }

    /// The reason of the fault of `field` of a 400.
    #[track_caller]
    pub(super) fn reason(self, field: &str) -> String {
        let body = self.expect(400).json();
        let entries = body["invalid_parameters"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["field"] == field);
        entry.unwrap()["reason"].as_str().unwrap().to_owned()
    }

    fn assert_invariants(&self) {
        let overloaded = self.status == StatusCode::SERVICE_UNAVAILABLE;
        assert!(!self.status.is_server_error() || overloaded, "{self:#?}");
        assert_eq!(!self.header("retry-after").is_empty(), overloaded, "{self:#?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:#?}");
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{self:#?}");
        let everything = format!("{self:?}");
        assert!(!everything.contains("alr_") && !everything.contains("s3cret"), "{everything}");
        if self.status.is_client_error() || overloaded {
            assert_problem(self);
        }
    }
}
