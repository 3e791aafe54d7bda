//! The periodic read of the overview of all regions: when it is due, and which response is the latest.
//! What its parts change is decided by their owners.

use alloc::string::ToString;

use replay_wire::{
    Overview, read_overview,
    routes::{Method, OVERVIEW_PATH},
};

use crate::{
    effects::ClientEffects,
    pace::Pace,
    request::{RequestId, RequestOwner, Response, TransportError},
    request_error::{RequestError, read_response},
};

/// Reads the overview, from time to time and at once when it is asked to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heartbeat {
    reading: Option<RequestId>,
    timer: Option<RequestId>,
    /// The number of successive reads that failed or changed nothing.
    unchanged: usize,
    is_answered: bool,
}

impl Heartbeat {
    /// Whether the last read was successful.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// Reads the overview at once; returns the request, whose response belongs to every part that
    /// joins the read.
    pub fn start_read(&mut self, effects: &mut ClientEffects) -> RequestId {
        let path = OVERVIEW_PATH.to_string();
        let request_id = effects.fetch(RequestOwner::Overview, Method::Get, path, None);
        (self.reading, self.timer) = (Some(request_id.clone()), None);
        request_id
    }

    /// Takes in a response; `None` if it is not that of the latest read.
    pub fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
    ) -> Option<Result<Overview, RequestError>> {
        self.reading.take_if(|reading| reading == request_id)?;
        let result = read_response(response, read_overview);
        self.is_answered = result.is_ok();
        Some(result)
    }

    /// Requests the wait until the next read, which is longer while nothing changes.
    pub fn schedule_read(&mut self, has_changed: bool, effects: &mut ClientEffects) {
        if has_changed {
            self.unchanged = 0;
        }
        let pause = Pace::Slow.pause(self.unchanged);
        self.timer = Some(effects.wait(RequestOwner::Overview, pause));
        self.unchanged += 1;
    }

    /// Takes in the end of a wait; returns whether a read is due.
    pub fn elapsed(&mut self, request_id: &RequestId) -> bool {
        self.timer.take_if(|timer| timer == request_id).is_some()
    }

    /// Makes no further reads until one is started or scheduled.
    pub fn stop(&mut self) {
        self.timer = None;
        self.unchanged = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::ClientEffect;

    #[test]
    fn the_response_to_an_outdated_read_is_dropped() {
        let (mut heartbeat, mut effects) = (Heartbeat::default(), ClientEffects::default());
        let first = heartbeat.start_read(&mut effects);
        let second = heartbeat.start_read(&mut effects);
        let lost = Err(TransportError::Network);
        assert_eq!(heartbeat.response_received(&first, &lost), None);
        let error = RequestError::Transport(TransportError::Network);
        assert_eq!(heartbeat.response_received(&second, &lost), Some(Err(error)));
        assert_eq!(heartbeat.response_received(&second, &lost), None);
        assert!(!heartbeat.is_answered());
    }

    #[test]
    fn the_pauses_grow_until_something_changes() {
        let (mut heartbeat, mut effects) = (Heartbeat::default(), ClientEffects::default());
        let mut pause = |has_changed| {
            heartbeat.schedule_read(has_changed, &mut effects);
            let requested = effects.take();
            let [ClientEffect::Wait(request_id, pause)] = requested.as_slice() else { panic!() };
            assert!(heartbeat.elapsed(request_id) && !heartbeat.elapsed(request_id));
            pause.num_seconds()
        };
        let pauses = [false, false, false, false, true, false].map(&mut pause);
        assert_eq!(pauses, [30, 60, 120, 120, 30, 60]);
    }
}
