//! Request errors in words, for every kind of user interface. The words tell what happened; what the
//! user can do about it on a page or a command line is added there.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::Region;
use replay_wire::Problem;

use crate::{request::TransportError, request_error::RequestError};

/// What a request was about; used in the words of a 403 and a 404.
#[derive(Clone, Copy, Debug)]
pub struct AccessContext<'a> {
    /// The role of the token, if the server reports it.
    pub role: Option<&'a str>,
    /// The region of the request.
    pub region: &'a Region,
    /// Whether the request was a write.
    pub is_write: bool,
}

/// Describes why a request has no result. The description is one or more sentences.
#[must_use]
pub fn describe(error: &RequestError, context: &AccessContext<'_>) -> String {
    let region = context.region.name();
    match error {
        RequestError::Transport(TransportError::Network) => {
            "The server could not be reached.".to_string()
        }
        RequestError::Transport(TransportError::Timeout) => {
            "The server did not answer in time.".to_string()
        }
        RequestError::Unreadable => "The server's answer could not be understood.".to_string(),
        RequestError::Refused { status: 401, .. } => {
            "The server did not accept the token.".to_string()
        }
        RequestError::Refused { status: 403, .. } => {
            let role = match context.role {
                Some(role) => format!("The token's role, {role}, does not allow this"),
                None => "The token's role does not allow this".to_string(),
            };
            let needed = if context.is_write {
                "org-admin (Organization Admin), or audit-logs-admin (Audit Logs Admin) for this region"
            } else {
                "org-admin, audit-logs-admin or read-only for this region"
            };
            format!("{role} in {region}. It takes {needed}.")
        }
        RequestError::Refused { status: 404, .. } => format!("The server does not know {region}."),
        RequestError::Refused { status, problem } => describe_problem(*status, problem),
    }
}

/// Describes the invalid parameters that a 400 names, one sentence each; any other error as
/// [`describe`] does. `label` translates a parameter's name into the user interface's.
pub fn describe_parameters(
    error: &RequestError,
    label: impl Fn(&str) -> &str,
    context: &AccessContext<'_>,
) -> String {
    match error {
        RequestError::Refused { status: 400, problem }
            if !problem.invalid_parameters.is_empty() =>
        {
            let parameters = problem.invalid_parameters.iter();
            let sentences: Vec<_> = parameters
                .map(|parameter| sentence(label(&parameter.field), &parameter.reason))
                .collect();
            sentences.join(" ")
        }
        RequestError::Transport(_) | RequestError::Refused { .. } | RequestError::Unreadable => {
            describe(error, context)
        }
    }
}

/// Describes what a 400 says about one parameter, which the user interface calls `label`.
#[must_use]
pub fn describe_parameter(error: &RequestError, name: &str, label: &str) -> Option<String> {
    let RequestError::Refused { status: 400, problem } = error else { return None };
    let parameter = problem.invalid_parameters.iter().find(|parameter| parameter.field == name);
    parameter.map(|parameter| sentence(label, &parameter.reason))
}

fn sentence(label: &str, reason: &str) -> String {
    format!("{label} {reason}.")
}

/// The problem document's own words, with the status.
fn describe_problem(status: u16, problem: &Problem) -> String {
    let words = problem.detail.as_ref().or(problem.title.as_ref());
    let words = words.map_or("The server could not do it", String::as_str);
    format!("{} (HTTP {status}).", words.trim_end_matches('.'))
}
