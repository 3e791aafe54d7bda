//! The kinds of events that a request may name.

use audit_log::Kind;
use replay_core::{Fault, Refusal, Rule, Timeframe};
use replay_wire::SubmissionRequest;

/// The names of the kinds.
pub(crate) const KINDS: [&str; 4] =
    [Kind::ALL[0].as_str(), Kind::ALL[1].as_str(), Kind::ALL[2].as_str(), Kind::ALL[3].as_str()];

/// The timeframe of a request for all kinds.
///
/// # Errors
/// The request names kinds: no job can be restricted to some.
pub(crate) fn without_kinds(request: &SubmissionRequest) -> Result<Timeframe, Refusal> {
    match request.kinds {
        None => Ok(request.timeframe),
        Some(_) => Err(Refusal::BadRequest(vec![Fault::new(
            SubmissionRequest::KINDS,
            Rule::UnknownProperty,
            "is not known here",
        )])),
    }
}
