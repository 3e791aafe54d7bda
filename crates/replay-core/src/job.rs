//! A replay job: its status and the data that the status implies, and the job after each event.
//! Which event a status accepts is decided by [`JobStatus::on`] alone.
//!
//! ```
//! use replay_core::{Job, JobId, JobStatus, Timeframe, job::Step};
//! use time_range::{Context, Range, Zone, read_timestamp};
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let last_hour = Range::last(chrono::TimeDelta::hours(1));
//! let last_hour = Timeframe::resolve(&last_hour, Context { zone: &Zone::utc(), now })?;
//! let job = Job::Unconfigured.submit(JobId(1), last_hour, now)?;
//! assert_eq!(job.status(), JobStatus::Accepted);
//! let job = job.advance(Step::Schedule, now)?;
//! assert_eq!(job.status(), JobStatus::Pending);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod progress;

use alloc::{borrow::ToOwned, string::String};

pub use progress::{Amount, JobLines, Progress};

use crate::{
    JobEvent, JobId, JobStatus, PutId, Rejected, Timestamp,
    request::{JobRequest, Resumption},
    webhook::Endpoint,
};

/// The current replay job of a region.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "few jobs are in memory at a time")]
pub enum Job {
    /// No job was ever submitted.
    #[default]
    Unconfigured,
    /// The job that was submitted last.
    Configured(Configured),
}

/// A submitted job.
///
/// Invariant: `status` is not `unconfigured`; `reason` is `Some` exactly if the job has failed;
/// `stop_requested` is `None` unless the job is running.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Configured {
    /// Unique within the job's region.
    pub id: JobId,
    /// The PUT that submitted the job.
    pub put_id: PutId,
    /// What was requested.
    pub request: JobRequest,
    /// The current status.
    pub status: JobStatus,
    /// The reason with which a running job fails as soon as its requests have ended.
    pub stop_requested: Option<String>,
    /// The reason for which the job has failed.
    pub reason: Option<String>,
    /// The time of the PUT.
    pub created_at: Timestamp,
    /// The time of the last change of `status`.
    pub updated_at: Timestamp,
    /// The maximum number of lines to deliver per second: 0 pauses the job, `None` is no limit.
    pub lines_per_second: Option<u64>,
    /// `None` before the job has started.
    pub progress: Option<Progress>,
}

/// An event that the engine applies to a submitted job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// The engine has seen the accepted job.
    Schedule,
    /// The engine takes the job's snapshot and begins to send.
    Start,
    /// Every line was acknowledged.
    Complete,
    /// The job fails with this reason.
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

    /// The submitted job; `None` if there was never one.
    #[must_use]
    pub const fn configured(&self) -> Option<&Configured> {
        match self {
            Self::Unconfigured => None,
            Self::Configured(job) => Some(job),
        }
    }

    /// The job after a request to its region alone.
    ///
    /// # Errors
    /// [`Rejected`] while the current job is running: the API's 409.
    pub fn submit(
        &self,
        id: JobId,
        request: impl Into<JobRequest>,
        now: Timestamp,
    ) -> Result<Self, Rejected> {
        self.submit_with(id, id.into(), request, now).map(Self::Configured)
    }

    /// The job after a request that may submit jobs of other regions, too.
    ///
    /// # Errors
    /// [`Rejected`] while the current job is running: the API's 409.
    pub fn submit_with(
        &self,
        id: JobId,
        put_id: PutId,
        request: impl Into<JobRequest>,
        now: Timestamp,
    ) -> Result<Configured, Rejected> {
        Ok(Configured {
            id,
            put_id,
            request: request.into(),
            status: self.status().on(JobEvent::Submit)?,
            stop_requested: None,
            reason: None,
            created_at: now,
            updated_at: now,
            lines_per_second: None,
            progress: None,
        })
    }

    /// The job after an event of the engine.
    ///
    /// # Errors
    /// [`Rejected`] if the job's status does not accept the event.
    pub fn advance(&self, step: Step, now: Timestamp) -> Result<Self, Rejected> {
        self.submitted(step.event())?.advance(step, now).map(Self::Configured)
    }

    /// The job after [`Step::Start`], delivering `lines` to `endpoint`.
    ///
    /// # Errors
    /// [`Rejected`] unless the job is pending.
    pub fn start(
        &self,
        endpoint: &Endpoint,
        lines: impl Into<JobLines>,
        now: Timestamp,
    ) -> Result<Self, Rejected> {
        self.submitted(JobEvent::Start)?.start(endpoint, lines, now).map(Self::Configured)
    }

    /// The job after a request to stop it; see [`Configured::stop`].
    ///
    /// # Errors
    /// [`Rejected`] unless a job is waiting or running.
    pub fn stop(&self, reason: &str, now: Timestamp) -> Result<Self, Rejected> {
        self.submitted(JobEvent::Fail)?.stop(reason, now).map(Self::Configured)
    }

    fn submitted(&self, event: JobEvent) -> Result<&Configured, Rejected> {
        self.configured().ok_or(Rejected { status: self.status(), event })
    }
}

impl Configured {
    /// The job after an event of the engine.
    ///
    /// # Errors
    /// [`Rejected`] if the job's status does not accept the event.
    pub fn advance(&self, step: Step, now: Timestamp) -> Result<Self, Rejected> {
        let status = self.status.on(step.event())?;
        let reason = if let Step::Fail(reason) = step { Some(reason) } else { None };
        let unchanged = self.clone();
        Ok(Self { status, stop_requested: None, reason, updated_at: now, ..unchanged })
    }

    /// The delivery id: the prefix of the `webhook-id`s of the job. A resumed job keeps that of the job
    /// that it resumes.
    #[must_use]
    pub fn delivery_id(&self) -> JobId {
        self.request.resumes.map_or(self.id, |resumed| resumed.delivery_id)
    }

    /// What a job takes over that resumes this one. A job that has not started passes on what it was to
    /// resume itself.
    #[must_use]
    pub fn resumption(&self) -> Resumption {
        let taken_over = self.request.resumes.filter(|_| self.progress.is_none());
        taken_over.unwrap_or(Resumption { job: self.id, delivery_id: self.delivery_id() })
    }

    /// The job after [`Step::Start`], delivering `lines` to `endpoint`.
    ///
    /// # Errors
    /// [`Rejected`] unless the job is pending.
    pub fn start(
        &self,
        endpoint: &Endpoint,
        lines: impl Into<JobLines>,
        now: Timestamp,
    ) -> Result<Self, Rejected> {
        let lines = lines.into();
        let progress = Progress {
            endpoint: endpoint.without_query().to_owned(),
            delivered: Amount::default(),
            total: Some(lines.total),
            retries: 0,
            lost_lines: lines.lost,
        };
        Ok(Self { progress: Some(progress), ..self.advance(Step::Start, now)? })
    }

    /// The job with another limit of lines per second.
    ///
    /// # Errors
    /// [`Rejected`] if the job has settled.
    pub fn with_rate(&self, lines_per_second: Option<u64>) -> Result<Self, Rejected> {
        self.status.on(JobEvent::Fail)?;
        Ok(Self { lines_per_second, ..self.clone() })
    }

    /// The job after a request to stop it for `reason`. A waiting job has failed; a running job has
    /// [`stop_requested`](Self::stop_requested), which keeps the first reason.
    ///
    /// # Errors
    /// [`Rejected`] if the job has settled.
    pub fn stop(&self, reason: &str, now: Timestamp) -> Result<Self, Rejected> {
        let failed = self.advance(Step::Fail(reason.to_owned()), now)?;
        if self.status != JobStatus::Running {
            return Ok(failed);
        }
        let first_reason = self.stop_requested.as_deref().unwrap_or(reason);
        Ok(Self { stop_requested: Some(first_reason.to_owned()), ..self.clone() })
    }

    /// The job if its fields agree with each other; `None` otherwise. For values read from storage.
    #[must_use]
    pub fn checked(self) -> Option<Self> {
        let was_submitted = self.status != JobStatus::Unconfigured;
        let has_failed = self.status == JobStatus::Failed;
        let is_running = self.status == JobStatus::Running;
        let agrees = was_submitted
            && self.reason.is_some() == has_failed
            && (is_running || self.stop_requested.is_none());
        agrees.then_some(self)
    }
}

impl From<Configured> for Job {
    fn from(job: Configured) -> Self {
        Self::Configured(job)
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

#[cfg(test)]
mod tests;
