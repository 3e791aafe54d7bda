//! What is known of one thing on the server, and the read that is under way. An answer to anything
//! but the latest read is stale and changes nothing.

use alloc::vec::Vec;

use replay_core::Fault;
use replay_wire::{Json, Problem, read_problem};

use crate::request::{RequestId, Response, TransportError};

/// Something that is read again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote<T> {
    known: Option<T>,
    asked: Option<RequestId>,
    request_error: Option<RequestError>,
}

/// Why a request did not bring what it was for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RequestError {
    /// There was no answer.
    Transport(TransportError),
    /// The server refused, with this status and these words.
    Refused(u16, Problem),
    /// The server granted it, in words that nobody understands.
    Unreadable,
}

impl<T> Remote<T> {
    pub(crate) const fn new() -> Self {
        Self { known: None, asked: None, request_error: None }
    }

    /// What the latest answer said.
    pub const fn known(&self) -> Option<&T> {
        self.known.as_ref()
    }

    /// Why what is known may no longer be so.
    pub const fn request_error(&self) -> Option<&RequestError> {
        self.request_error.as_ref()
    }

    /// Whether a read is under way.
    pub const fn is_loading(&self) -> bool {
        self.asked.is_some()
    }

    /// A new read is under way; the answer to an older one will be stale.
    pub(crate) fn ask(&mut self, request_id: RequestId) {
        self.asked = Some(request_id);
    }

    /// Something else, a write's answer, says how it is; reads under way may have been answered
    /// before that.
    pub(crate) fn learn(&mut self, known: T) {
        *self = Self { known: Some(known), asked: None, request_error: None };
    }

    /// Takes in the answer to the latest read; whether it was that.
    pub(crate) fn response_received(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        read: impl FnOnce(&Json) -> Result<T, Vec<Fault>>,
    ) -> bool {
        let latest = self.asked.as_ref() == Some(request_id);
        if latest {
            self.asked = None;
            match granted(answer, read) {
                Ok(known) => self.learn(known),
                Err(request_error) => self.request_error = Some(request_error),
            }
        }
        latest
    }
}

/// What an answer grants, if it does.
pub(crate) fn granted<T>(
    answer: &Result<Response, TransportError>,
    read: impl FnOnce(&Json) -> Result<T, Vec<Fault>>,
) -> Result<T, RequestError> {
    let answer = answer.as_ref().map_err(|why| RequestError::Transport(*why))?;
    let body = answer.body.as_ref().unwrap_or(&Json::Null);
    if !(200..300).contains(&answer.status) {
        return Err(RequestError::Refused(answer.status, read_problem(body)));
    }
    read(body).map_err(|_| RequestError::Unreadable)
}

impl RequestError {
    /// Whether asking again in a while may help without anybody doing anything.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Unreadable => true,
            Self::Refused(status, _) => matches!(status, 408 | 425 | 429 | 500..),
        }
    }

    /// Whether the request may have done what it was for nonetheless.
    #[must_use]
    pub const fn may_have_worked(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Unreadable => true,
            Self::Refused(status, _) => *status == 408 || *status >= 500,
        }
    }
}
