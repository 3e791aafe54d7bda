//! A region with all that is known of it: its job and its webhook. Whether it is in view is the
//! desk's concern.

use alloc::vec::Vec;

use replay_client::{ClientEffects, JobTracker, Mutation, RequestId, Response, TransportError};
use replay_core::{JobStatus, Policy, Region, Timeframe};
use replay_wire::{JobReport, Reported};
use time_range::{Bound, Range, Timestamp};

use crate::{
    picker::{RangeFault, resolve},
    setup::Setup,
};

/// A region with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionState {
    pub(crate) region: Region,
    pub(crate) tracker: JobTracker,
    pub(crate) setup: Setup,
}

impl RegionState {
    pub(crate) fn new(region: Region) -> Self {
        let (tracker, setup) = (JobTracker::new(region.clone()), Setup::new(region.clone()));
        Self { region, tracker, setup }
    }

    pub(crate) fn job(&self) -> Option<&JobReport> {
        self.tracker.job().known()
    }

    /// The ends of the job's timeframe.
    pub(crate) fn ends(&self) -> Option<(Timestamp, Timestamp)> {
        self.job().and_then(|job| job.start_at.zip(job.end_at))
    }

    /// The timeframe of a job that has completed or failed, or why it cannot be asked for any more.
    pub(crate) fn settled_timeframe(
        &self,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Result<Timeframe, Vec<RangeFault>>> {
        let (start, end) = self.ends().filter(|_| self.has_ended())?;
        let range = Range { from: Bound::At(start), to: Bound::At(end) };
        Some(resolve(range, policy, now))
    }

    /// Sends a replay, and reads where it goes: the webhook may have been changed elsewhere.
    pub(crate) fn send(&mut self, timeframe: Timeframe, effects: &mut ClientEffects) {
        self.tracker.start_mutation(Mutation::Send(timeframe), effects);
        self.setup.refresh(true, effects);
    }

    /// Takes note that time has passed. The webhook's health is read with each read of the job,
    /// whose deliveries change it.
    pub(crate) fn elapsed(&mut self, request_id: &RequestId, effects: &mut ClientEffects) {
        if self.tracker.elapsed(request_id, effects) {
            self.setup.refresh(false, effects);
        }
        self.setup.elapsed(request_id);
    }

    /// Takes in an answer about the job; its status, if that is another one than was known before.
    pub(crate) fn job_answered(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        effects: &mut ClientEffects,
    ) -> Option<Reported<JobStatus>> {
        let before = self.status();
        self.tracker.response_received(request_id, answer, effects);
        let after = self.status();
        let changed = before.is_some() && before != after;
        if changed && self.has_ended() {
            // Its deliveries have told how the webhook is.
            self.setup.refresh(false, effects);
        }
        after.filter(|_| changed)
    }

    /// Whether the job has come to its end.
    pub(crate) fn has_ended(&self) -> bool {
        let status = self.job().and_then(|job| job.status.known());
        status.is_some_and(JobStatus::is_settled)
    }

    fn status(&self) -> Option<Reported<JobStatus>> {
        self.job().map(|job| job.status.clone())
    }
}
