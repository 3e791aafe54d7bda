//! The kinds of events that a request may name.

use audit_log::Kind;
use replay_core::request::{JobRequest, Kinds};
use replay_wire::SubmissionRequest;

/// The names of the kinds.
pub(crate) const KINDS: [&str; 4] =
    [Kind::ALL[0].as_str(), Kind::ALL[1].as_str(), Kind::ALL[2].as_str(), Kind::ALL[3].as_str()];

/// The job that a request asks for, without its requester.
pub(crate) fn job_request(request: &SubmissionRequest) -> JobRequest {
    let names = request.kinds.iter().flatten();
    let kinds = Kinds::of(names.map(String::as_str));
    JobRequest { kinds, ..request.timeframe.into() }
}
