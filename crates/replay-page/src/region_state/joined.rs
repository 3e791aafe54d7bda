//! A region's part in a read of the overview: which part of it is taken in, and what has changed.

use replay_client::{ClientEffects, RequestError, RequestId};
use replay_wire::{Problem, RegionOverview, ReplayProgress};
use time_range::Timestamp;

use super::{
    RegionState,
    change::{JobChange, ReadBy},
};

impl RegionState {
    /// Joins a read of the overview: its response is that of the latest read of each part.
    pub(crate) fn join_read(&mut self, request_id: &RequestId) {
        self.tracker.join_read(request_id);
        self.setup.join_read(request_id);
        if let Some(outages) = &mut self.outages {
            outages.start_read(request_id.clone());
        }
    }

    /// Takes in that no part of a read of the overview will come.
    pub(crate) fn leave_read(&mut self, request_id: &RequestId) {
        self.tracker.leave_read(request_id);
        self.leave_other_reads(request_id);
    }

    /// Takes in the region's part of an overview; `None` if the token does not cover the region. A part
    /// that was read or written since the overview was requested does not change.
    pub(crate) fn overview_received(
        &mut self,
        request_id: &RequestId,
        overview: Option<RegionOverview>,
        shown: bool,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let Some(overview) = overview else {
            // What the server answers to any other read.
            let error = RequestError::Refused { status: 403, problem: Problem::default() };
            self.tracker.joined_read_ended(request_id, Err(error), effects);
            self.leave_other_reads(request_id);
            return JobChange::default();
        };
        let before = self.before();
        self.last_completed_end_at = overview.last_completed_end_at;
        self.progress_joined(overview.progress, now);
        self.setup.joined_read_ended(request_id, overview.health, overview.webhook);
        if let Some(outages) = &mut self.outages {
            outages.read_ended(request_id, Ok(overview.outages));
        }
        if self.tracker.joined_read_ended(request_id, Ok(overview.job), effects) {
            self.as_of = Some(now);
        }
        self.follow_change(&before, ReadBy::Overview, shown, effects)
    }

    fn leave_other_reads(&mut self, request_id: &RequestId) {
        self.setup.leave_read(request_id);
        if let Some(outages) = &mut self.outages {
            outages.leave_read(request_id);
        }
    }

    /// Takes in the progress of the job. It is also read by itself, and more often: what is older than
    /// the known progress of the same job changes nothing.
    fn progress_joined(&mut self, progress: Option<ReplayProgress>, now: Timestamp) {
        let Some(progress) = progress.filter(|_| !self.progress.is_loading()) else { return };
        let is_older = self.progress.known().is_some_and(|known| {
            known.job_id == progress.job_id && known.delivered_lines > progress.delivered_lines
        });
        if !is_older {
            self.progress.set_known(progress);
            self.progress_was_read(now);
        }
    }
}
