//! The decisions about a region's job and webhook. Each is a pure function of the stored state, the
//! request and `now`, and returns the changes to store or the refusal. It loads and stores nothing.
//!
//! ```
//! use replay_core::{Job, JobId, JobStatus, Refusal, Timeframe, decisions, reason};
//! use time_range::{Context, Range, Zone, read_timestamp};
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let last_hour = Range::last(chrono::TimeDelta::hours(1));
//! let last_hour = Timeframe::resolve(&last_hour, Context { zone: &Zone::utc(), now })?;
//! let job = Job::Unconfigured.submit(JobId(1), last_hour, now)?;
//!
//! let Ok(stopped) = decisions::stop(&job, reason::CANCELLED, now) else { panic!() };
//! assert_eq!(stopped.status, JobStatus::Failed);
//! let again = decisions::stop(&Job::Configured(stopped), reason::CANCELLED, now);
//! assert_eq!(again, Err(Refusal::NothingToStop));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloc::{borrow::ToOwned, vec::Vec};

use crate::{
    Configured, Job, JobEvent, JobId, JobStatus, PutId, Refusal, Region, Rejected, Timestamp,
    Webhook,
    job::{JobLines, Step},
    reason::{WEBHOOK_DISABLED, WEBHOOK_NOT_ENABLED},
    request::{JobRequest, Requester},
    webhook::Patch,
};

/// A valid request for jobs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Submission {
    /// The id of the PUT.
    pub put_id: PutId,
    /// The jobs to make: one for each region that the PUT targets.
    pub jobs: Vec<NewJob>,
    /// Whether the PUT was addressed to `global`.
    pub global: bool,
    /// What is requested in every region.
    pub request: JobRequest,
}

/// A job to make.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewJob {
    /// The job's region.
    pub region: Region,
    /// The job's id.
    pub id: JobId,
}

/// A job to make, and the stored state of its region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SubmissionTarget {
    /// The job to make.
    pub new_job: NewJob,
    /// The region's current job.
    pub current_job: Job,
    /// Whether the region has an enabled webhook.
    pub has_enabled_webhook: bool,
}

/// The changes of a [`Submission`] in one region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Submitted {
    /// The region.
    pub region: Region,
    /// The region's new current job.
    pub job: Configured,
    /// The former current job, which has failed because it was replaced before it ran.
    pub replaced: Option<Configured>,
}

/// A request to resume the region's failed job, and the stored state of the region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resume {
    /// The id of the new job.
    pub id: JobId,
    /// Who made the request.
    pub requester: Option<Requester>,
    /// What is left of the failed job.
    pub left: JobLines,
    /// Whether the region has an enabled webhook.
    pub has_enabled_webhook: bool,
}

/// The changes of the start of a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Started {
    /// The job runs: its snapshot has to be taken.
    Running(Configured),
    /// The job has failed, because its webhook is not enabled.
    Failed(Configured),
}

/// The changes of a [`Patch`] of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookChanges {
    /// The webhook after the change.
    pub webhook: Webhook,
    /// Whether `webhook` differs from the stored one.
    pub is_changed: bool,
    /// The region's job, if the change stops it.
    pub stopped_job: Option<Configured>,
}

impl Submission {
    /// A PUT to one region.
    #[must_use]
    pub fn to_region(region: Region, id: JobId, request: impl Into<JobRequest>) -> Self {
        let jobs = Vec::from([NewJob { region, id }]);
        Self { put_id: id.into(), jobs, global: false, request: request.into() }
    }

    /// A PUT to `global` that makes `jobs`.
    #[must_use]
    pub fn to_global(put_id: PutId, jobs: Vec<NewJob>, request: impl Into<JobRequest>) -> Self {
        Self { put_id, jobs, global: true, request: request.into() }
    }
}

/// Submits a job in every targeted region, or in none. `targets` are the jobs of the submission,
/// each with the state of its region.
///
/// # Errors
/// In this order: [`Refusal::Running`] if a job is running, which names the regions if the PUT was
/// addressed to `global`; [`Refusal::BadRequest`] if there is no target, or a target has no enabled
/// webhook.
pub fn submit(
    submission: &Submission,
    targets: Vec<SubmissionTarget>,
    now: Timestamp,
) -> Result<Vec<Submitted>, Refusal> {
    let all_enabled = targets.iter().all(|target| target.has_enabled_webhook);
    let (mut submitted, mut running) = (Vec::new(), Vec::new());
    for SubmissionTarget { new_job: NewJob { region, id }, current_job, .. } in targets {
        match current_job.submit_with(id, submission.put_id, submission.request.clone(), now) {
            Ok(job) => {
                let replaced = replaced(&current_job, now);
                submitted.push(Submitted { region, job, replaced });
            }
            Err(Rejected { .. }) => running.push(region),
        }
    }
    if !running.is_empty() {
        let named = if submission.global { running } else { Vec::new() };
        return Err(Refusal::Running(named));
    }
    if submitted.is_empty() || !all_enabled {
        return Err(Refusal::no_enabled_webhook());
    }
    Ok(submitted)
}

/// Stops the region's job for `reason`, as described at [`Job::stop`].
///
/// # Errors
/// [`Refusal::NothingToStop`] if no job is waiting or running.
pub fn stop(job: &Job, reason: &str, now: Timestamp) -> Result<Configured, Refusal> {
    match job {
        Job::Unconfigured => Err(Refusal::NothingToStop),
        Job::Configured(job) => job.stop(reason, now).map_err(|_| Refusal::NothingToStop),
    }
}

/// Limits the lines per second of the region's job: 0 pauses it, `None` removes the limit.
///
/// # Errors
/// [`Refusal::NothingToStop`] if no job is waiting or running.
pub fn set_rate(job: &Job, lines_per_second: Option<u64>) -> Result<Configured, Refusal> {
    let job = job.configured().ok_or(Refusal::NothingToStop)?;
    job.with_rate(lines_per_second).map_err(|_| Refusal::NothingToStop)
}

/// Resumes the region's failed job by a new one: with its request, under its delivery id, and with its
/// limit of lines per second unless that has paused it.
///
/// # Errors
/// In this order: [`Refusal::NothingToResume`] unless the job has failed with lines left,
/// [`Refusal::NothingLeft`] if the retention has removed them, [`Refusal::BadRequest`] if the region has
/// no enabled webhook.
pub fn resume(job: &Job, resume: Resume, now: Timestamp) -> Result<Configured, Refusal> {
    let Resume { id, requester, left, has_enabled_webhook } = resume;
    let failed = job.configured().filter(|job| job.status == JobStatus::Failed);
    let failed = failed.ok_or(Refusal::NothingToResume)?;
    if left.total.lines == 0 {
        let is_removed = left.lost > 0;
        return Err(if is_removed { Refusal::NothingLeft } else { Refusal::NothingToResume });
    }
    if !has_enabled_webhook {
        return Err(Refusal::no_enabled_webhook());
    }
    let resumes = Some(failed.resumption());
    let request = JobRequest { resumes, requester, ..failed.request.clone() };
    let lines_per_second = failed.lines_per_second.filter(|rate| *rate > 0);
    job.submit_with(id, id.into(), request, now)
        .map(|job| Configured { lines_per_second, ..job })
        .map_err(|_| Refusal::NothingToResume)
}

/// Starts a pending job of `lines` with the region's current webhook.
///
/// # Errors
/// [`Rejected`] unless the job is pending.
pub fn start(
    job: &Configured,
    webhook: &Webhook,
    lines: JobLines,
    now: Timestamp,
) -> Result<Started, Rejected> {
    job.status.on(JobEvent::Start)?;
    match &webhook.target {
        Some(target) if target.enabled => {
            job.start(&target.endpoint, lines, now).map(Started::Running)
        }
        Some(_) | None => {
            let reason = WEBHOOK_NOT_ENABLED.to_owned();
            job.advance(Step::Fail(reason), now).map(Started::Failed)
        }
    }
}

/// Changes the region's webhook; a change that disables it stops the region's job.
///
/// # Errors
/// [`Refusal::BadRequest`] with the faults of [`Webhook::patched`].
pub fn change_webhook(
    webhook: &Webhook,
    job: &Job,
    patch: Patch,
    now: Timestamp,
) -> Result<WebhookChanges, Refusal> {
    let changed = webhook.patched(patch, now).map_err(Refusal::BadRequest)?;
    let is_disabled = webhook.is_enabled() && !changed.is_enabled();
    // A job that has settled is not affected.
    let stopped_job = if is_disabled { stop(job, WEBHOOK_DISABLED, now).ok() } else { None };
    Ok(WebhookChanges { is_changed: changed != *webhook, webhook: changed, stopped_job })
}

/// The event time before which lines of the region may be deleted: `before`, or earlier if the
/// region's job may still send older lines.
#[must_use]
pub fn deletable_before(job: &Job, before: Timestamp) -> Timestamp {
    match job {
        Job::Configured(job) if !job.status.is_settled() => {
            before.min(job.request.timeframe.start())
        }
        Job::Configured(_) | Job::Unconfigured => before,
    }
}

/// The current job as failed, if it is replaced before it has settled.
fn replaced(current_job: &Job, now: Timestamp) -> Option<Configured> {
    let reason = "it was replaced by a later request".to_owned();
    current_job.configured()?.advance(Step::Fail(reason), now).ok()
}

#[cfg(test)]
mod tests;
