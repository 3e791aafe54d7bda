//! One value that is read from the server repeatedly, with its load state. The response to an
//! outdated read is ignored.

use alloc::vec::Vec;

use replay_core::Fault;
use replay_wire::Json;

use crate::{
    request::{RequestId, Response, TransportError},
    request_error::{RequestError, read_response},
};

/// A value on the server: what was read last, whether it is being read, and the error of the last
/// read.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote<T> {
    known: Option<T>,
    reading: Option<RequestId>,
    request_error: Option<RequestError>,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Remote<T> {
    /// A value that was never read.
    #[must_use]
    pub const fn new() -> Self {
        Self { known: None, reading: None, request_error: None }
    }

    /// The value of the last successful read or write.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        self.known.as_ref()
    }

    /// The error of the last read, if it failed; the known value may be outdated.
    #[must_use]
    pub const fn request_error(&self) -> Option<&RequestError> {
        self.request_error.as_ref()
    }

    /// Whether a read is in progress.
    #[must_use]
    pub const fn is_loading(&self) -> bool {
        self.reading.is_some()
    }

    /// Records that a read was requested; earlier reads become outdated.
    pub fn start_read(&mut self, request_id: RequestId) {
        self.reading = Some(request_id);
    }

    /// Sets the value that the response to a write contains. Reads in progress become outdated,
    /// since the server may have answered them before the write.
    pub fn set_known(&mut self, known: T) {
        *self = Self { known: Some(known), reading: None, request_error: None };
    }

    /// Takes in the response to a read; returns whether it was the response to the latest one.
    pub fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        read: impl FnOnce(&Json) -> Result<T, Vec<Fault>>,
    ) -> bool {
        self.is_latest(request_id) && self.read_ended(request_id, read_response(response, read))
    }

    /// Takes in the result of a read; returns whether it was the latest one.
    pub fn read_ended(&mut self, request_id: &RequestId, result: Result<T, RequestError>) -> bool {
        let is_latest = self.is_latest(request_id);
        if is_latest {
            self.reading = None;
            match result {
                Ok(known) => self.set_known(known),
                Err(request_error) => self.request_error = Some(request_error),
            }
        }
        is_latest
    }

    /// Records that a read has no result for this value. An outdated read changes nothing.
    pub fn leave_read(&mut self, request_id: &RequestId) {
        self.reading.take_if(|reading| reading == request_id);
    }

    fn is_latest(&self, request_id: &RequestId) -> bool {
        self.reading.as_ref() == Some(request_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::RequestOwner;

    #[test]
    fn the_response_to_an_outdated_read_changes_nothing() {
        let mut remote = Remote::new();
        remote.start_read(id(1));
        remote.start_read(id(2));
        assert!(!remote.response_received(&id(1), &Ok(response(1)), read));
        assert_eq!((remote.known(), remote.is_loading()), (None, true));
        assert!(remote.response_received(&id(2), &Ok(response(2)), read));
        assert_eq!((remote.known(), remote.is_loading()), (Some(&2), false));
    }

    #[test]
    fn a_failed_read_keeps_the_known_value() {
        let mut remote = Remote::new();
        remote.set_known(1);
        remote.start_read(id(1));
        assert!(remote.response_received(&id(1), &Err(TransportError::Timeout), read));
        assert_eq!(remote.known(), Some(&1));
        let error = RequestError::Transport(TransportError::Timeout);
        assert_eq!(remote.request_error(), Some(&error));
    }

    fn id(number: u64) -> RequestId {
        RequestId { owner: RequestOwner::Me, number }
    }

    fn response(value: i64) -> Response {
        Response { status: 200, body: Some(Json::Integer(value)), date: None }
    }

    fn read(json: &Json) -> Result<i64, Vec<Fault>> {
        let Json::Integer(value) = json else { return Err(Vec::new()) };
        Ok(*value)
    }
}
