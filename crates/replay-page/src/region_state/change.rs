//! What follows from a response that has changed a region's job, whichever request it answers. Telling
//! the user is the workspace's concern.

use alloc::string::String;

use replay_client::ClientEffects;
use replay_core::JobStatus;
use replay_wire::{OutageReport, Reported};
use time_range::Timestamp;

use super::{PastJobs, RegionState};

/// What a response has changed of a region's job and its outages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct JobChange {
    /// Whether anything that the job reports of its own has changed, or an outage has begun.
    pub(crate) has_changed: bool,
    /// The status, if it is another one than before.
    pub(crate) new_status: Option<Reported<JobStatus>>,
    /// Whether the running job is paused, if that was otherwise before.
    pub(crate) is_paused: Option<bool>,
    /// If an outage has begun since the outages were last read: when the latest one before it began.
    pub(crate) outage_after: Option<Timestamp>,
}

/// Which request has read the job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ReadBy {
    /// One of the job or of its progress.
    Itself,
    /// The overview, which brings the webhook's health and the outages as well.
    Overview,
}

/// What was known of the job before a response.
pub(super) struct Before {
    id: Option<String>,
    status: Option<Reported<JobStatus>>,
    updated_at: Option<Timestamp>,
    delivered_lines: Option<u64>,
    is_mutating: bool,
    is_paused: Option<bool>,
    /// When the latest outage began; `None` if the outages were not read.
    outage_since: Option<Timestamp>,
}

impl RegionState {
    pub(super) fn before(&self) -> Before {
        let job = self.job();
        Before {
            id: job.and_then(|job| job.id.clone()),
            status: self.status(),
            updated_at: job.and_then(|job| job.updated_at),
            delivered_lines: job.and_then(|job| job.delivered_lines),
            is_mutating: self.tracker.pending_mutation().is_some(),
            is_paused: self.is_paused(),
            outage_since: self.known_outages().map(|outages| {
                outages.iter().map(|outage| outage.began_at).max().unwrap_or_default()
            }),
        }
    }

    /// An outage that began after that time, and is not healed.
    pub(crate) fn outage_after(&self, since: Timestamp) -> Option<&OutageReport> {
        let is_new = |outage: &&OutageReport| outage.began_at > since && outage.healed_at.is_none();
        self.known_outages()?.iter().find(is_new)
    }

    fn known_outages(&self) -> Option<&[OutageReport]> {
        Some(&self.outages.as_ref()?.known()?.outages)
    }

    /// Reads what a change of the job may have changed as well. A new status, another job with the
    /// same one, and a refused mutation may all mean that the outages and the past jobs of a `shown`
    /// region have changed; the end of a job also changes the webhook's health and the entries.
    pub(super) fn follow_change(
        &mut self,
        before: &Before,
        read_by: ReadBy,
        shown: bool,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let after = self.before();
        let was_known = before.status.is_some();
        let is_new = before.status != after.status;
        let is_updated = before.updated_at != after.updated_at;
        let has_mutated = before.is_mutating && !after.is_mutating;
        let have_lists_changed = (was_known && (is_new || is_updated)) || has_mutated;
        let is_unread = self.past_jobs.as_ref().is_some_and(PastJobs::is_unread);
        if shown && have_lists_changed && read_by == ReadBy::Itself {
            self.read_outages(effects);
        }
        // The overview does not have the past jobs.
        if shown && (have_lists_changed || (is_unread && read_by == ReadBy::Overview)) {
            self.read_past_jobs(effects);
        }
        if was_known && is_new && self.is_settled() {
            if read_by == ReadBy::Itself {
                self.setup.refresh(false, effects);
            }
            self.refresh_previews();
        }
        let is_same_job = before.id == after.id;
        let had_pause =
            before.is_paused.is_some_and(|is_paused| after.is_paused != Some(is_paused));
        let is_new_outage = |since: &Timestamp| self.outage_after(*since).is_some();
        let outage_after = before.outage_since.filter(is_new_outage);
        JobChange {
            has_changed: outage_after.is_some()
                || is_new
                || is_updated
                || before.delivered_lines != after.delivered_lines,
            new_status: after.status.filter(|_| was_known && is_new),
            is_paused: after.is_paused.filter(|_| is_same_job && had_pause),
            outage_after,
        }
    }
}
