//! One job that stands for the jobs of all regions: the answer to a GET of `global`. It changes no
//! job.
//!
//! ```
//! use replay_core::{Aggregate, Job, JobStatus};
//!
//! let us = replay_core::Region::named("us").unwrap();
//! let all = Aggregate::of(&[(us, Job::Unconfigured)], None);
//! assert_eq!(all.status, JobStatus::Unconfigured);
//! ```

use alloc::vec::Vec;

use crate::{Job, JobStatus, PutId, Region, Timeframe, Timestamp};

/// The jobs of several regions, combined into one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Aggregate {
    /// The most active status: running, pending, accepted, failed, completed, unconfigured.
    pub status: JobStatus,
    /// From the earliest start to the latest end; `None` without a submitted job.
    pub timeframe: Option<Timeframe>,
    /// The earliest `created_at`.
    pub created_at: Option<Timestamp>,
    /// The latest `updated_at`.
    pub updated_at: Option<Timestamp>,
    /// Every region, in the given order, with its job's status; `None` if the job is left out.
    pub regions: Vec<(Region, Option<JobStatus>)>,
}

impl Aggregate {
    /// Combines the current jobs that the last PUT to `global` submitted, or all current jobs if
    /// none of those is left.
    #[must_use]
    pub fn of(jobs: &[(Region, Job)], last_global: Option<PutId>) -> Self {
        let is_of_last_global = |job: &Job| {
            let put_id = job.configured().map(|job| job.put_id);
            put_id.is_some() && put_id == last_global
        };
        let any_of_last_global = jobs.iter().any(|(_, job)| is_of_last_global(job));
        let is_included = |job: &Job| !any_of_last_global || is_of_last_global(job);

        let included = || jobs.iter().map(|(_, job)| job).filter(|job| is_included(job));
        let configured = || included().filter_map(Job::configured);
        let start = configured().map(|job| job.request.timeframe.start()).min();
        let end = configured().map(|job| job.request.timeframe.end()).max();
        let timeframe = match (start, end) {
            (Some(start), Some(end)) => Timeframe::new(start, end).ok(),
            _ => None,
        };
        Self {
            status: included()
                .map(Job::status)
                .max_by_key(|status| activity(*status))
                .unwrap_or_default(),
            timeframe,
            created_at: configured().map(|job| job.created_at).min(),
            updated_at: configured().map(|job| job.updated_at).max(),
            regions: jobs
                .iter()
                .map(|(region, job)| (region.clone(), is_included(job).then(|| job.status())))
                .collect(),
        }
    }

    /// The regions whose submitted jobs are part of the aggregate.
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
