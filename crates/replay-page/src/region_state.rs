//! One region: its job with its progress, its webhook, its outages and its past jobs. Whether it is in
//! view is the workspace's concern.

mod change;
mod in_the_way;
mod joined;
mod past_jobs;
mod progress;
mod rate;
mod waiting_send;

use alloc::vec::Vec;

use replay_client::{
    ClientEffects, JobTracker, Mutation, Previewed, Remote, RequestId, RequestOwner, Response,
    TransportError,
};
use replay_core::{JobStatus, Policy, Region, Timeframe};
use replay_wire::{
    Extension, JobReport, OutageReport, OutagesPage, Preview, ReplayProgress, Reported,
    read_outages, routes::Operation,
};
use time_range::{Range, Timestamp};

use self::change::ReadBy;
pub(crate) use self::{
    change::JobChange,
    in_the_way::InTheWay,
    past_jobs::PastJobs,
    progress::ProgressPace,
    rate::RateChange,
    waiting_send::{MovedStart, WaitingSend, WaitingState},
};
use crate::{
    picker::{RangeFault, permitted},
    previews::Previews,
    setup::Setup,
    timeline::{Count, Period, count},
};

/// What is known of one region.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionState {
    pub(crate) region: Region,
    pub(crate) tracker: JobTracker,
    pub(crate) setup: Setup,
    /// The newest outages; `None` if the server has none to offer.
    pub(crate) outages: Option<Remote<OutagesPage>>,
    /// How far the job is. It may be that of an earlier job.
    pub(crate) progress: Remote<ReplayProgress>,
    /// When the progress was last read.
    progress_as_of: Option<Timestamp>,
    /// Whether the server reports the progress.
    reports_progress: bool,
    /// The wait until the progress is read again.
    progress_timer: Option<RequestId>,
    /// The most requests in flight that the server has allowed, as far as the page has seen.
    pub(crate) most_in_flight: u64,
    pub(crate) rate: RateChange,
    /// The past jobs; `None` if the server does not list them.
    pub(crate) past_jobs: Option<PastJobs>,
    /// The replay that is sent once the job is settled.
    pub(crate) waiting_send: Option<WaitingSend>,
    moved_start: Option<MovedStart>,
    /// The end of the timeframe of the last completed job of all lines: what the overview says, or of
    /// the job if it was seen to be completed since.
    pub(crate) last_completed_end_at: Option<Timestamp>,
    /// When the job was last read.
    pub(crate) as_of: Option<Timestamp>,
    /// How many entries there are; `None` if the server does not count them.
    pub(crate) previews: Option<Previews>,
}

impl RegionState {
    pub(crate) fn new(region: Region, extensions: &[Extension]) -> Self {
        let offers = |extension| extensions.contains(&extension);
        Self {
            tracker: JobTracker::new(region.clone()),
            setup: Setup::new(region.clone()),
            outages: offers(Extension::Outages).then(Remote::new),
            progress: Remote::new(),
            progress_as_of: None,
            reports_progress: offers(Extension::Progress),
            progress_timer: None,
            most_in_flight: 0,
            rate: RateChange::default(),
            previews: offers(Extension::Preview).then(|| Previews::new(region.clone())),
            past_jobs: offers(Extension::History).then(PastJobs::default),
            waiting_send: None,
            moved_start: None,
            last_completed_end_at: None,
            as_of: None,
            region,
        }
    }

    pub(crate) fn job(&self) -> Option<&JobReport> {
        self.tracker.job().known()
    }

    /// The job's timeframe, if the server reports a valid one.
    pub(crate) fn timeframe(&self) -> Option<Timeframe> {
        let job = self.job()?;
        Timeframe::new(job.start_at?, job.end_at?).ok()
    }

    /// The timeframe of a completed or failed job, to be sent again at `now`; `None` if there is no
    /// such job, or it is restricted to kinds of events.
    ///
    /// # Errors
    /// The inner result is an error if the policy no longer permits the timeframe.
    pub(crate) fn settled_timeframe(
        &self,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Result<Timeframe, Vec<RangeFault>>> {
        // A job of some kinds of events would become one of all.
        let is_whole = self.job()?.kinds.is_none();
        let timeframe = self.timeframe().filter(|_| self.is_settled() && is_whole)?;
        Some(permitted(timeframe.start(), timeframe.end(), policy, now))
    }

    /// Submits a job, and reads the webhook, since another client may have changed it.
    pub(crate) fn submit(&mut self, mutation: Mutation, effects: &mut ClientEffects) {
        self.tracker.start_mutation(mutation, effects);
        self.setup.refresh(true, effects);
    }

    /// Starts the last mutation once more, and reads the webhook, as [`submit`](Self::submit) does.
    pub(crate) fn repeat(&mut self, effects: &mut ClientEffects) {
        self.tracker.repeat(effects);
        self.setup.refresh(true, effects);
    }

    /// Reads the webhook's health, and of a `shown` region the webhook itself, the outages and the past
    /// jobs.
    pub(crate) fn refresh(&mut self, shown: bool, effects: &mut ClientEffects) {
        self.setup.refresh(shown, effects);
        if shown {
            self.read_lists(effects);
        }
    }

    /// Takes in the end of a wait. Each periodic read of the job also reads the webhook's health,
    /// which the job's deliveries change, and each slow one the webhook itself and the outages while
    /// the region is `shown`, since both may change without the job. While the page is `hidden`, the
    /// job is read alone.
    pub(crate) fn elapsed(
        &mut self,
        request_id: &RequestId,
        shown: bool,
        hidden: bool,
        effects: &mut ClientEffects,
    ) {
        let closely = shown && self.tracker.is_at_rest();
        if self.tracker.elapsed(request_id, effects) && !hidden {
            self.refresh(closely, effects);
        }
        self.setup.elapsed(request_id);
    }

    /// Takes in a response about the job; returns what it has changed.
    pub(crate) fn job_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        shown: bool,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let before = self.before();
        if self.tracker.response_received(request_id, response, effects) {
            self.as_of = Some(now);
            self.remember_completed();
        }
        self.follow_change(&before, ReadBy::Itself, shown, effects)
    }

    /// Takes in a response about the outages; returns what it has changed.
    pub(crate) fn outages_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        effects: &mut ClientEffects,
    ) -> JobChange {
        let before = self.before();
        if let Some(outages) = &mut self.outages {
            outages.response_received(request_id, response, read_outages);
        }
        self.follow_change(&before, ReadBy::Itself, false, effects)
    }

    /// The newest outage whose lines can be delivered now.
    pub(crate) fn healable_outage(&self) -> Option<&OutageReport> {
        let outages = self.outages.as_ref().and_then(Remote::known)?;
        outages.outages.iter().find(|outage| is_healable(outage))
    }

    /// Whether the job is known to be settled.
    pub(crate) fn is_settled(&self) -> bool {
        let status = self.job().and_then(|job| job.status.known());
        status.is_some_and(JobStatus::is_settled)
    }

    /// Whether no job was ever submitted.
    pub(crate) fn is_unused(&self) -> bool {
        self.status() == Some(Reported::Known(JobStatus::Unconfigured))
    }

    /// Remembers the end of the job's timeframe if it has completed. A job of some kinds of events or of
    /// an outage says nothing about the lines up to its end.
    fn remember_completed(&mut self) {
        let is_whole = self.job().is_some_and(|job| job.kinds.is_none() && job.heals.is_none());
        if self.has_completed()
            && is_whole
            && let Some(timeframe) = self.timeframe()
        {
            self.last_completed_end_at = Some(timeframe.end());
        }
    }

    /// Whether the job has completed.
    pub(crate) fn has_completed(&self) -> bool {
        self.status() == Some(Reported::Known(JobStatus::Completed))
    }

    /// The preview whose buckets the timeline draws: of the part that is shown, or of the retention
    /// until that was read.
    pub(crate) fn bars(&self) -> Option<&Preview> {
        let previews = self.previews.as_ref()?;
        let known = |which| previews.get(which).known();
        known(Previewed::Part).or(known(Previewed::Retention))
    }

    /// How many entries the chosen range holds, if they were counted.
    pub(crate) fn chosen_count(&self, range: Range) -> Option<Count> {
        let preview = self.previews.as_ref()?.selection(range)?;
        Some(Count { lines: preview.lines, is_exact: true })
    }

    /// How many entries a window holds, as far as the timeline's buckets say.
    pub(crate) fn count(&self, window: Period) -> Option<Count> {
        let previews = self.previews.as_ref()?;
        let part = previews.get(Previewed::Part).known().filter(|part| {
            part.start_at.timestamp() <= window.start && window.end <= part.end_at.timestamp()
        });
        let preview = part.or(previews.get(Previewed::Retention).known())?;
        Some(count(preview, window))
    }

    /// Makes a read of the previews due.
    pub(crate) fn refresh_previews(&mut self) {
        self.previews.iter_mut().for_each(Previews::refresh);
    }

    fn read_lists(&mut self, effects: &mut ClientEffects) {
        self.read_outages(effects);
        self.read_past_jobs(effects);
    }

    /// Reads the outages, if the server lists them.
    pub(crate) fn read_outages(&mut self, effects: &mut ClientEffects) {
        if let Some(outages) = &mut self.outages {
            let owner = RequestOwner::Outages(self.region.clone());
            outages.start_read(effects.request(owner, Operation::ReadOutages, &self.region, None));
        }
    }

    fn status(&self) -> Option<Reported<JobStatus>> {
        self.job().map(|job| job.status.clone())
    }
}

/// Whether an outage has ended, and lines of it can be delivered.
pub(crate) fn is_healable(outage: &OutageReport) -> bool {
    outage.healed_at.is_none() && outage.ended_at.is_some() && outage.undelivered_lines > 0
}
