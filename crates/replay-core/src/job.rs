//! A status and the data it implies: what a PUT makes, what the engine's steps make of it, and one
//! answer for many regions. Which step may follow is the law's decision, never this file's.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use crate::{JobEvent, JobStatus, Region, Rejected, Timeframe, Timestamp, webhook::Endpoint};

/// A region's replay job.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Job {
    /// No job was ever submitted.
    #[default]
    Unconfigured,
    /// The job that was submitted last.
    Configured(Configured),
}

/// A submitted job; only this crate makes one.
///
/// Invariant: `status` is not `unconfigured`, and there is a `reason` exactly if the job has
/// failed, or is running and has to stop.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Configured {
    /// The PUT that made it.
    pub id: JobId,
    /// What it replays.
    pub timeframe: Timeframe,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it failed, or will as soon as its requests have ended.
    pub reason: Option<String>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub updated_at: Timestamp,
    /// What it has delivered so far; `None` before it starts.
    pub progress: Option<Progress>,
}

/// Where a job delivers to, and how much it has delivered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Progress {
    /// The endpoint of the job's snapshot, without query and fragment.
    pub endpoint: String,
    /// How many lines were acknowledged with a 2xx.
    pub delivered_lines: u64,
}

/// The name of one PUT: every job it made carries it, and no other PUT has it.
///
/// 128 bits that the caller drew at random, printed as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct JobId(pub u128);

/// What the engine does to a submitted job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// Take note of it.
    Schedule,
    /// Freeze its window and begin to send.
    Start,
    /// Every line was acknowledged.
    Complete,
    /// Give it up, for this reason.
    Fail(String),
}

impl Job {
    /// The job's status.
    #[must_use]
    pub const fn status(&self) -> JobStatus {
        match self {
            Self::Unconfigured => JobStatus::Unconfigured,
            Self::Configured(job) => job.status,
        }
    }

    /// The submitted job, if there is one.
    #[must_use]
    pub const fn configured(&self) -> Option<&Configured> {
        match self {
            Self::Unconfigured => None,
            Self::Configured(job) => Some(job),
        }
    }

    /// The job after a PUT of `timeframe` under a fresh `id`.
    ///
    /// # Errors
    /// [`Rejected`] while the present job is running: the API's 409.
    pub fn submit(
        &self,
        id: JobId,
        timeframe: Timeframe,
        now: Timestamp,
    ) -> Result<Self, Rejected> {
        let status = self.status().on(JobEvent::Submit)?;
        Ok(Self::Configured(Configured {
            id,
            timeframe,
            status,
            reason: None,
            created_at: now,
            updated_at: now,
            progress: None,
        }))
    }

    /// The job after a step of the engine.
    ///
    /// # Errors
    /// [`Rejected`] where the law has no such transition.
    pub fn advance(&self, step: Step, now: Timestamp) -> Result<Self, Rejected> {
        let status = self.status().on(step.event())?;
        let Self::Configured(job) = self else {
            return Err(Rejected { status, event: step.event() });
        };
        let reason = if let Step::Fail(reason) = step { Some(reason) } else { None };
        Ok(Self::Configured(Configured { status, reason, updated_at: now, ..job.clone() }))
    }

    /// The job after [`Step::Start`], delivering to `endpoint`.
    ///
    /// # Errors
    /// [`Rejected`] unless the job is pending; nothing has changed then.
    pub fn start(&self, endpoint: &Endpoint, now: Timestamp) -> Result<Self, Rejected> {
        let mut started = self.advance(Step::Start, now)?;
        if let Self::Configured(job) = &mut started {
            let endpoint = endpoint.without_query().to_owned();
            job.progress = Some(Progress { endpoint, delivered_lines: 0 });
        }
        Ok(started)
    }

    /// The job once somebody wants it to end for `reason`: failed, or, while it is running,
    /// [stopping](Configured::stopping) until its requests have ended. The first reason stands.
    ///
    /// # Errors
    /// [`Rejected`] where the law has no `Fail`.
    pub fn stop(&self, reason: &str, now: Timestamp) -> Result<Self, Rejected> {
        let failed = self.advance(Step::Fail(reason.to_owned()), now)?;
        match self {
            Self::Configured(job) if job.status == JobStatus::Running => {
                let reason = job.reason.clone().or_else(|| Some(reason.to_owned()));
                Ok(Self::Configured(Configured { reason, ..job.clone() }))
            }
            Self::Configured(_) | Self::Unconfigured => Ok(failed),
        }
    }
}

impl Configured {
    /// The job that a store kept; `None` where it says `unconfigured`, so that none was.
    #[must_use]
    pub fn restored(
        id: JobId,
        timeframe: Timeframe,
        status: JobStatus,
        reason: Option<String>,
        [created_at, updated_at]: [Timestamp; 2],
        progress: Option<Progress>,
    ) -> Option<Self> {
        let job = Self { id, timeframe, status, reason, created_at, updated_at, progress };
        (status != JobStatus::Unconfigured).then_some(job)
    }

    /// Why a running job has to end as soon as its requests have ended.
    #[must_use]
    pub fn stopping(&self) -> Option<&str> {
        self.reason.as_deref().filter(|_| self.status == JobStatus::Running)
    }
}

impl JobId {
    /// The id that prints so.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let id = Self(u128::from_str_radix(text, 16).ok()?);
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Step {
    const fn event(&self) -> JobEvent {
        match self {
            Self::Schedule => JobEvent::Schedule,
            Self::Start => JobEvent::Start,
            Self::Complete => JobEvent::Complete,
            Self::Fail(_) => JobEvent::Fail,
        }
    }
}

/// What `global` answers: one job that stands for those of many regions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Aggregate {
    /// The most active status of all.
    pub status: JobStatus,
    /// From the earliest start to the latest end.
    pub timeframe: Option<Timeframe>,
    /// When the first of them was submitted.
    pub created_at: Option<Timestamp>,
    /// When the last of them changed.
    pub updated_at: Option<Timestamp>,
    /// Every region in order, with its job's status; `None` where it takes no part.
    pub regions: Vec<(Region, Option<JobStatus>)>,
}

impl Aggregate {
    /// One answer for the jobs that the last `global` PUT made and nothing has replaced since, or
    /// for all jobs where there are none of those.
    #[must_use]
    pub fn of(jobs: &[(Region, Job)], last_global: Option<JobId>) -> Self {
        let of_last_global =
            |job: &Job| last_global.is_some() && job.configured().map(|job| job.id) == last_global;
        let any_left = jobs.iter().any(|(_, job)| of_last_global(job));
        let takes_part = |job: &Job| !any_left || of_last_global(job);

        let parts = || jobs.iter().map(|(_, job)| job).filter(|job| takes_part(job));
        let configured = || parts().filter_map(Job::configured);
        let start = configured().map(|job| job.timeframe.start()).min();
        let end = configured().map(|job| job.timeframe.end()).max();
        Self {
            status: parts()
                .map(Job::status)
                .max_by_key(|status| activity(*status))
                .unwrap_or_default(),
            timeframe: start.zip(end).and_then(|(start, end)| Timeframe::new(start, end).ok()),
            created_at: configured().map(|job| job.created_at).min(),
            updated_at: configured().map(|job| job.updated_at).max(),
            regions: jobs
                .iter()
                .map(|(region, job)| (region.clone(), takes_part(job).then(|| job.status())))
                .collect(),
        }
    }

    /// The regions whose jobs this stands for.
    pub fn participants(&self) -> impl Iterator<Item = &Region> {
        let has_job = |status: Option<JobStatus>| {
            status.is_some_and(|status| status != JobStatus::Unconfigured)
        };
        self.regions.iter().filter(move |(_, status)| has_job(*status)).map(|(region, _)| region)
    }
}

const fn activity(status: JobStatus) -> u8 {
    match status {
        JobStatus::Unconfigured => 0,
        JobStatus::Completed => 1,
        JobStatus::Failed => 2,
        JobStatus::Accepted => 3,
        JobStatus::Pending => 4,
        JobStatus::Running => 5,
    }
}

#[cfg(test)]
mod tests;
