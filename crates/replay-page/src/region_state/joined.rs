//! A region's part in a read of the overview: which part of it is taken in, and what has changed.

use replay_client::{ClientEffects, RequestError, RequestId};
use replay_core::JobStatus;
use replay_wire::{JobReport, RegionOverview, ReplayProgress, Reported};
use time_range::Timestamp;

use super::RegionState;

/// What an overview has changed of a region's job.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct JobChange {
    /// Whether the report is another one than before.
    pub(crate) has_changed: bool,
    /// The status, if it is another one than before.
    pub(crate) new_status: Option<Reported<JobStatus>>,
}

impl RegionState {
    /// Joins a read of the overview: its response is that of the latest read of each part.
    pub(crate) fn join_read(&mut self, request_id: &RequestId) {
        self.tracker.join_read(request_id);
        self.setup.join_read(request_id);
        if let Some(outages) = &mut self.outages {
            outages.start_read(request_id.clone());
        }
    }

    /// Takes in the region's part of an overview, or why there is none. A part that was read or
    /// written since the overview was requested does not change.
    pub(crate) fn overview_received(
        &mut self,
        request_id: &RequestId,
        overview: Result<RegionOverview, RequestError>,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let before = self.job().cloned();
        let (job, health, webhook, outages) = match overview {
            Ok(one) => {
                self.last_completed_end_at = one.last_completed_end_at;
                self.progress_joined(one.progress);
                (Ok(one.job), Ok(one.health), Ok(one.webhook), Ok(one.outages))
            }
            Err(error) => (Err(error.clone()), Err(error.clone()), Err(error.clone()), Err(error)),
        };
        if self.tracker.joined_read_ended(request_id, job, effects) {
            self.as_of = Some(now);
        }
        self.setup.joined_read_ended(request_id, health, webhook);
        if let Some(remote) = &mut self.outages {
            remote.read_ended(request_id, outages);
        }
        let after = self.job();
        let has_changed = after != before.as_ref();
        let status = |job: &JobReport| job.status.clone();
        let new_status = match (before.as_ref().map(status), after.map(status)) {
            (Some(before), Some(after)) if before != after => Some(after),
            _ => None,
        };
        JobChange { has_changed, new_status }
    }

    /// Takes in the progress of the job. It is also read by itself, and more often: what is older than
    /// the known progress of the same job changes nothing.
    fn progress_joined(&mut self, progress: Option<ReplayProgress>) {
        let Some(progress) = progress.filter(|_| !self.progress.is_loading()) else { return };
        let is_older = self.progress.known().is_some_and(|known| {
            known.job_id == progress.job_id && known.delivered_lines > progress.delivered_lines
        });
        if !is_older {
            self.progress.set_known(progress);
            self.progress_was_read();
        }
    }
}
