//! The result of a request: the value of its response, or the error. Which errors are worth a retry
//! is decided here; their words are not.

use alloc::vec::Vec;

use replay_core::Fault;
use replay_wire::{Json, Problem, read_problem};

use crate::request::{Response, TransportError};

/// Why a request has no usable result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RequestError {
    /// There is no response.
    Transport(TransportError),
    /// The response has a status outside of 200–299.
    Refused {
        /// The response's status.
        status: u16,
        /// The problem document in its body; without fields if there is none.
        problem: Problem,
    },
    /// The response has a status of 200–299, but its body cannot be read.
    Unreadable,
}

/// Reads the value of a response.
///
/// # Errors
/// [`RequestError`]: there is no response, its status is outside of 200–299, or `read` rejects its
/// body. A missing body is passed to `read` as `null`.
pub fn read_response<T>(
    response: &Result<Response, TransportError>,
    read: impl FnOnce(&Json) -> Result<T, Vec<Fault>>,
) -> Result<T, RequestError> {
    let response = response.as_ref().map_err(|error| RequestError::Transport(*error))?;
    let body = response.body.as_ref().unwrap_or(&Json::Null);
    if !(200..300).contains(&response.status) {
        let problem = read_problem(body);
        return Err(RequestError::Refused { status: response.status, problem });
    }
    read(body).map_err(|_| RequestError::Unreadable)
}

impl RequestError {
    /// Whether the same request may succeed later without a change by the user: there is no
    /// readable response, or the status is 408, 425, 429 or at least 500.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Unreadable => true,
            Self::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
        }
    }

    /// Whether the server may have carried out the request: there is no readable response, or the
    /// status is 408 or at least 500.
    #[must_use]
    pub const fn may_have_worked(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Unreadable => true,
            Self::Refused { status, .. } => *status == 408 || *status >= 500,
        }
    }
}
