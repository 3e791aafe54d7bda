//! Reads how far a running job is, at short intervals. A job that is not running has no progress to
//! read.

use chrono::TimeDelta;
use replay_client::{ClientEffects, RequestId, RequestOwner, Response, TransportError};
use replay_core::JobStatus;
use replay_wire::{ReplayProgress, Reported, read_progress, routes::Operation};
use time_range::Timestamp;

use super::{
    RegionState,
    change::{JobChange, ReadBy},
};

/// How often the progress is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ProgressPace {
    /// The region is in view: every second.
    InView,
    /// The region is in the list of regions only.
    InList,
    /// Never: the page is hidden or not signed in.
    Off,
}

impl ProgressPace {
    const fn pause(self) -> Option<TimeDelta> {
        match self {
            Self::InView => Some(TimeDelta::seconds(1)),
            Self::InList => Some(TimeDelta::seconds(5)),
            Self::Off => None,
        }
    }
}

impl RegionState {
    /// The progress of the present job, if it was read.
    pub(crate) fn progress(&self) -> Option<&ReplayProgress> {
        let progress = self.progress.known()?;
        let id = self.job()?.id.as_ref();
        (id.is_none() || progress.job_id.as_ref() == id).then_some(progress)
    }

    /// When the known progress was read, if the last read has failed.
    pub(crate) fn outdated_progress(&self) -> Option<Timestamp> {
        self.progress_as_of.filter(|_| self.progress.request_error().is_some())
    }

    /// Reads the progress of a running job now if no read is in progress or due; ends the wait for
    /// any other job.
    pub(crate) fn follow_progress(&mut self, pace: ProgressPace, effects: &mut ClientEffects) {
        if !self.is_running() || !self.reports_progress || pace == ProgressPace::Off {
            self.progress_timer = None;
        } else if self.progress_timer.is_none() && !self.progress.is_loading() {
            self.read_progress(effects);
        }
    }

    /// Makes the next read of the progress due at once.
    pub(crate) fn hurry_progress(&mut self) {
        self.progress_timer = None;
    }

    /// Takes in the end of a wait.
    pub(crate) fn progress_elapsed(
        &mut self,
        request_id: &RequestId,
        pace: ProgressPace,
        effects: &mut ClientEffects,
    ) {
        if self.progress_timer.take_if(|timer| timer == request_id).is_some() {
            self.follow_progress(pace, effects);
        }
    }

    /// Takes in a response about the progress. If the job is no longer running, it is read at once.
    pub(crate) fn progress_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        pace: ProgressPace,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let before = self.before();
        if !self.progress.response_received(request_id, response, read_progress) {
            return JobChange::default();
        }
        self.progress_was_read(now);
        let running = Reported::Known(JobStatus::Running);
        if let Some(progress) = self.progress.known() {
            let has_ended = progress.status != running && self.progress.request_error().is_none();
            if has_ended && self.is_running() && !self.tracker.job().is_loading() {
                self.tracker.refresh(effects);
            }
        }
        if self.is_running()
            && let Some(pause) = pace.pause()
        {
            let owner = RequestOwner::Progress(self.region.clone());
            self.progress_timer = Some(effects.wait(owner, pause));
        }
        self.follow_change(&before, ReadBy::Itself, false, effects)
    }

    /// Takes in what the known progress says of the server's limits.
    pub(super) fn progress_was_read(&mut self, now: Timestamp) {
        if self.progress.request_error().is_some() {
            return;
        }
        self.progress_as_of = Some(now);
        self.rate.limit_was_read();
        if let Some(progress) = self.progress.known() {
            self.most_in_flight = self.most_in_flight.max(progress.in_flight_limit);
        }
    }

    /// Whether the job is known to be running.
    pub(crate) fn is_running(&self) -> bool {
        self.status() == Some(Reported::Known(JobStatus::Running))
    }

    /// Reads the progress; an earlier read becomes outdated.
    pub(super) fn read_progress(&mut self, effects: &mut ClientEffects) {
        let owner = RequestOwner::Progress(self.region.clone());
        self.progress_timer = None;
        self.progress.start_read(effects.request(
            owner,
            Operation::ReadProgress,
            &self.region,
            None,
        ));
    }
}
