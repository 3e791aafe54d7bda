//! How often a region's job is read, derived from its status and the error of the last read.

use chrono::TimeDelta;
use replay_core::JobStatus;
use replay_wire::JobReport;

use crate::remote::Remote;

/// How often a job is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pace {
    /// The job is not settled: every few seconds.
    Fast,
    /// Reads fail, or the job is settled and the result of a mutation is unknown: with growing
    /// pauses.
    BackingOff,
    /// The job is settled; only another client can change that: every few minutes.
    Slow,
}

impl Pace {
    /// The pace for what is known of a job; `None` if reads fail until the user acts.
    /// `is_uncertain` tells that the result of a mutation may not be visible yet.
    pub(crate) fn of(job: &Remote<JobReport>, is_uncertain: bool) -> Option<Self> {
        if let Some(request_error) = job.request_error() {
            return request_error.is_temporary().then_some(Self::BackingOff);
        }
        let status = job.known().and_then(|job| job.status.known());
        let is_settled = status.is_some_and(JobStatus::is_settled);
        Some(match (is_settled, is_uncertain) {
            (false, _) => Self::Fast,
            (true, true) => Self::BackingOff,
            (true, false) => Self::Slow,
        })
    }

    /// The pauses between successive reads with the same result, in seconds; the last one repeats.
    #[must_use]
    pub const fn pauses_seconds(self) -> &'static [i64] {
        match self {
            Self::Fast => &[1, 2, 4],
            Self::BackingOff => &[2, 4, 8, 16, 30],
            Self::Slow => &[30, 60, 120],
        }
    }

    /// The pause after `unchanged` successive reads with the same result.
    pub(crate) fn pause(self, unchanged: usize) -> TimeDelta {
        let pauses = self.pauses_seconds();
        TimeDelta::seconds(pauses[unchanged.min(pauses.len() - 1)])
    }
}
