//! The effects that the parts of a client request, collected until the caller carries them out. The
//! collector numbers requests, adds the token and aborts outdated reads; it performs no IO.

use alloc::{string::String, vec::Vec};

use chrono::TimeDelta;
use replay_core::{Region, webhook::Secret};
use replay_wire::{Json, routes::Operation};

use crate::request::{Method, Request, RequestId, RequestOwner};

/// Something that the caller is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientEffect {
    /// Make the request and pass on its response, or the error if there is none.
    Fetch(RequestId, Request),
    /// Abort the request if it has not ended. It then ends with [`TransportError::Network`].
    ///
    /// [`TransportError::Network`]: crate::TransportError::Network
    Abort(RequestId),
    /// Report the end of this wait after the given time.
    Wait(RequestId, TimeDelta),
}

/// Collects the effects of one client.
#[derive(Clone, Debug, Default)]
pub struct ClientEffects {
    /// The token that requests carry.
    pub token: Option<Secret>,
    latest_number: u64,
    /// The reads without a response so far, with their paths.
    reads: Vec<Read>,
    requested: Vec<ClientEffect>,
}

#[derive(Clone, Debug)]
struct Read {
    request_id: RequestId,
    path: String,
}

impl ClientEffects {
    /// The timeout of every request: 35 s, a little longer than the gateway's timeout for its
    /// upstream.
    pub const TIMEOUT: TimeDelta = TimeDelta::seconds(35);

    /// Requests `operation` on `region`.
    pub fn request(
        &mut self,
        owner: RequestOwner,
        operation: Operation,
        region: &Region,
        body: Option<Json>,
    ) -> RequestId {
        self.fetch(owner, operation.route().method, operation.path(region), body)
    }

    /// Requests a fetch. A `GET` aborts an earlier `GET` of the same path.
    pub fn fetch(
        &mut self,
        owner: RequestOwner,
        method: Method,
        path: String,
        body: Option<Json>,
    ) -> RequestId {
        let request_id = self.next_id(owner);
        if method == Method::Get {
            self.abort_reads(|read| read == path);
            self.reads.push(Read { request_id: request_id.clone(), path: path.clone() });
        }
        let (token, timeout) = (self.token.clone(), Self::TIMEOUT);
        let request = Request { method, path, token, body, timeout };
        self.requested.push(ClientEffect::Fetch(request_id.clone(), request));
        request_id
    }

    /// Requests a wait.
    pub fn wait(&mut self, owner: RequestOwner, time: TimeDelta) -> RequestId {
        let request_id = self.next_id(owner);
        self.requested.push(ClientEffect::Wait(request_id.clone(), time));
        request_id
    }

    /// The number of the latest request or wait; 0 before the first.
    #[must_use]
    pub const fn latest_number(&self) -> u64 {
        self.latest_number
    }

    /// Records that a request has ended.
    pub fn request_ended(&mut self, request_id: &RequestId) {
        self.reads.retain(|read| read.request_id != *request_id);
    }

    /// Aborts the reads whose path satisfies `is_outdated`. Writes are never aborted, because their
    /// result would then be unknown.
    pub fn abort_reads(&mut self, is_outdated: impl Fn(&str) -> bool) {
        self.abort_if(&|read| is_outdated(&read.path));
    }

    /// Aborts the reads of this owner.
    pub fn abort_reads_of(&mut self, owner: &RequestOwner) {
        self.abort_if(&|read| read.request_id.owner == *owner);
    }

    fn abort_if(&mut self, is_outdated: &dyn Fn(&Read) -> bool) {
        for read in self.reads.extract_if(.., |read| is_outdated(read)) {
            self.requested.push(ClientEffect::Abort(read.request_id));
        }
    }

    /// Removes and returns the effects requested since the last call.
    pub fn take(&mut self) -> Vec<ClientEffect> {
        core::mem::take(&mut self.requested)
    }

    fn next_id(&mut self, owner: RequestOwner) -> RequestId {
        self.latest_number += 1;
        RequestId { owner, number: self.latest_number }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_read_aborts_an_earlier_read_of_the_same_path() {
        let mut effects = ClientEffects::default();
        let first = effects.fetch(RequestOwner::Me, Method::Get, "/me".to_string(), None);
        effects.fetch(RequestOwner::Server, Method::Get, "/server".to_string(), None);
        assert!(!effects.take().contains(&ClientEffect::Abort(first.clone())));
        effects.fetch(RequestOwner::Me, Method::Get, "/me".to_string(), None);
        assert_eq!(effects.take()[0], ClientEffect::Abort(first));
    }

    #[test]
    fn the_reads_of_an_owner_are_aborted_and_no_others() {
        let mut effects = ClientEffects::default();
        let me = effects.fetch(RequestOwner::Me, Method::Get, "/me".to_string(), None);
        effects.fetch(RequestOwner::Server, Method::Get, "/server".to_string(), None);
        effects.take();
        effects.abort_reads_of(&RequestOwner::Me);
        assert_eq!(effects.take(), [ClientEffect::Abort(me)]);
    }

    #[test]
    fn a_write_and_an_ended_read_are_not_aborted() {
        let mut effects = ClientEffects::default();
        effects.fetch(RequestOwner::Me, Method::Put, "/me".to_string(), None);
        let read = effects.fetch(RequestOwner::Me, Method::Get, "/me".to_string(), None);
        effects.request_ended(&read);
        effects.take();
        effects.abort_reads(|_| true);
        assert_eq!(effects.take(), []);
    }
}
