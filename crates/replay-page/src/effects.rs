//! The effects that the parts of the page ask for, until the world takes them. It gives the tickets,
//! adds the token to requests and aborts reads that are overtaken.

use alloc::{string::String, vec::Vec};

use chrono::TimeDelta;
use replay_core::webhook::Secret;
use replay_wire::Json;

use crate::{
    effect::Effect,
    request::{Method, Request, RequestId, RequestOwner},
};

/// Where the parts of the page leave what they ask of the world.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// The token that requests carry.
    pub(crate) token: Option<Secret>,
    given: u64,
    /// The reads that were not answered yet, with their paths.
    reads: Vec<(RequestId, String)>,
    requested: Vec<Effect>,
}

impl Effects {
    /// How long a request may take: as long as a gateway gives its upstream, and a little more.
    pub const TIMEOUT: TimeDelta = TimeDelta::seconds(35);

    /// Makes a request. A read overtakes an earlier one of the same path, which is aborted.
    pub(crate) fn fetch(
        &mut self,
        owner: RequestOwner,
        method: Method,
        path: String,
        body: Option<Json>,
    ) -> RequestId {
        let request_id = self.request_id(owner);
        if method == Method::Get {
            self.abort_reads(|read| read == path);
            self.reads.push((request_id.clone(), path.clone()));
        }
        let (token, timeout) = (self.token.clone(), Self::TIMEOUT);
        let request = Request { method, path, token, body, timeout };
        self.requested.push(Effect::Fetch(request_id.clone(), request));
        request_id
    }

    pub(crate) fn wait(&mut self, owner: RequestOwner, time: TimeDelta) -> RequestId {
        let request_id = self.request_id(owner);
        self.requested.push(Effect::Wait(request_id.clone(), time));
        request_id
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.requested.push(effect);
    }

    /// The number of the latest ticket.
    pub(crate) const fn latest(&self) -> u64 {
        self.given
    }

    /// Takes note that a request has ended.
    pub(crate) fn response_received(&mut self, request_id: &RequestId) {
        self.reads.retain(|(read, _)| read != request_id);
    }

    /// Aborts the reads of such paths. Writes are never aborted: what became of one would not be
    /// known.
    pub(crate) fn abort_reads(&mut self, of: impl Fn(&str) -> bool) {
        for (request_id, _) in self.reads.extract_if(.., |(_, path)| of(path)) {
            self.requested.push(Effect::Abort(request_id));
        }
    }

    /// Takes out what was left since the last time.
    pub fn take(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.requested)
    }

    fn request_id(&mut self, owner: RequestOwner) -> RequestId {
        self.given += 1;
        RequestId { owner, number: self.given }
    }
}
