//! Changes how fast the region's job is delivered, and pauses it.

use alloc::string::String;

use replay_client::{
    ClientEffects, RequestError, RequestId, RequestOwner, Response, TransportError, read_response,
};
use replay_wire::{RateRequest, routes::Operation, write_rate};

use super::{
    RegionState,
    change::{JobChange, ReadBy},
};

/// The change of the rate in progress, and the error of the last one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RateChange {
    /// The request in progress.
    request: Option<RequestId>,
    /// The limit that was requested last.
    requested: Option<u64>,
    /// Whether that was accepted, and the progress was not read since.
    is_accepted: bool,
    /// Why the last change failed.
    pub(crate) request_error: Option<RequestError>,
    before_pause: Option<BeforePause>,
}

/// The limit of a job before it was paused.
#[derive(Clone, Debug, PartialEq)]
struct BeforePause {
    job_id: Option<String>,
    limit: Option<u64>,
}

impl RateChange {
    /// The progress was read, which has the limit.
    pub(super) const fn limit_was_read(&mut self) {
        self.is_accepted = false;
    }

    /// Whether a change is in progress.
    pub(crate) const fn is_changing(&self) -> bool {
        self.request.is_some()
    }
}

impl RegionState {
    /// Limits the job to this number of lines in a second; 0 pauses it, `None` removes the limit.
    /// Does nothing while a change is in progress.
    pub(crate) fn set_rate(&mut self, lines_per_second: Option<u64>, effects: &mut ClientEffects) {
        if self.rate.is_changing() {
            return;
        }
        if lines_per_second == Some(0) {
            let job_id = self.job().and_then(|job| job.id.clone());
            self.rate.before_pause = Some(BeforePause { job_id, limit: self.rate_limit() });
        }
        let body = write_rate(&RateRequest { lines_per_second });
        let owner = RequestOwner::Rate(self.region.clone());
        (self.rate.request_error, self.rate.requested) = (None, lines_per_second);
        self.rate.request =
            Some(effects.request(owner, Operation::ReplaceRate, &self.region, Some(body)));
    }

    /// The most lines of the job in a second; 0 if it is paused, `None` if there is no limit.
    pub(crate) fn rate_limit(&self) -> Option<u64> {
        if self.rate.is_accepted {
            self.rate.requested
        } else {
            self.progress().and_then(|progress| progress.lines_per_second_limit)
        }
    }

    /// Whether the running job is paused; `None` if no job runs, or its limit is not known.
    pub(crate) fn is_paused(&self) -> Option<bool> {
        let is_known = self.is_running() && self.progress().is_some();
        is_known.then(|| self.rate_limit() == Some(0))
    }

    /// The limit of the present job before it was paused; `None` if there was none, or another page
    /// has paused it.
    pub(crate) fn limit_before_pause(&self) -> Option<u64> {
        let before = self.rate.before_pause.as_ref()?;
        if self.job()?.id == before.job_id { before.limit } else { None }
    }

    /// Takes in a response to a change of the rate. Its job may have ended meanwhile.
    pub(crate) fn rate_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let before = self.before();
        if self.rate.request.take_if(|request| request == request_id).is_none() {
            return JobChange::default();
        }
        self.rate.request_error = read_response(response, |_| Ok(())).err();
        self.rate.is_accepted = self.rate.request_error.is_none();
        if self.rate.is_accepted {
            // A read in progress may have been answered before the change.
            self.read_progress(effects);
        } else {
            self.tracker.refresh(effects);
        }
        self.follow_change(&before, ReadBy::Itself, false, effects)
    }
}
