//! What tells a region's jobs apart, since answers have no id.

use replay_wire::JobReport;
use time_range::Timestamp;

/// What an answer says of a job that never changes while the job exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JobKey {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    created: Option<Timestamp>,
}

impl JobKey {
    /// The key of the job that an answer tells of.
    pub(crate) const fn of(job: &JobReport) -> Self {
        Self { start: job.start_at, end: job.end_at, created: job.created_at }
    }
}
