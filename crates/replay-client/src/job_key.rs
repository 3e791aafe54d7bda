//! Distinguishes the jobs of a region by their reports, which have no id in Konnect.

use replay_wire::JobReport;
use time_range::Timestamp;

/// The fields of a job's report that never change while the job exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JobKey {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    created_at: Option<Timestamp>,
}

impl JobKey {
    /// The key of the reported job.
    #[must_use]
    pub const fn of(job: &JobReport) -> Self {
        Self { start: job.start_at, end: job.end_at, created_at: job.created_at }
    }
}
