//! Finds what Konnect does not know in the submission of a job. Konnect would ignore it, so that a
//! retry would submit a second job, or a job would replay more than it was restricted to.

use axum::http::{HeaderMap, Method};
use replay_core::{Fault, Rule};
use replay_wire::{IDEMPOTENCY_KEY, Json, SubmissionRequest, has_kinds, routes::Operation};

/// Whether a request with this method to this path submits a job.
pub(super) fn is_submission(method: &Method, path: &str) -> bool {
    let route = Operation::ReplaceJob.route();
    method.as_str() == route.method.as_str() && route.paths().any(|known| known == path)
}

/// A fault for each extension of this project that a submission with these headers and this body
/// uses. A body that is not JSON has none: Konnect refuses it.
pub(super) fn faults(headers: &HeaderMap, body: &[u8]) -> Vec<Fault> {
    let unknown = |name, reason| Fault::new(name, Rule::UnknownProperty, reason);
    let key = headers.contains_key(IDEMPOTENCY_KEY).then(|| {
        unknown(IDEMPOTENCY_KEY, "must not be given, since Konnect has no idempotency keys")
    });
    let has_kinds = serde_json::from_slice::<Json>(body).is_ok_and(|body| has_kinds(&body));
    let kinds = has_kinds.then(|| {
        let reason = "must not be given, since Konnect replays all kinds of events";
        unknown(SubmissionRequest::KINDS, reason)
    });
    key.into_iter().chain(kinds).collect()
}
