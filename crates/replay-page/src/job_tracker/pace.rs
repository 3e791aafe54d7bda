//! How often a job is read: often while it is under way, ever more seldom while reads fail, slowly
//! once it is settled. It reads nothing itself.

use chrono::TimeDelta;
use replay_core::JobStatus;
use replay_wire::JobReport;

use crate::remote::Remote;

/// How often a job is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pace {
    /// Every few seconds: the job is under way.
    Fast,
    /// Ever more seldom: reads fail, or the job is settled and the result of an order is unknown.
    BackingOff,
    /// Every few minutes: the job is settled, and only others can change that.
    Slow,
}

impl Pace {
    /// The pace for what is known of a job; `None` where only a person can make reading work again.
    /// `in_doubt` says that the result of an order may not be visible yet.
    pub(super) fn of(job: &Remote<JobReport>, in_doubt: bool) -> Option<Self> {
        if let Some(request_error) = job.request_error() {
            return request_error.may_pass().then_some(Self::BackingOff);
        }
        let status = job.known().and_then(|job| job.status.known());
        let settled = status.is_some_and(JobStatus::is_settled);
        Some(match (settled, in_doubt) {
            (false, _) => Self::Fast,
            (true, true) => Self::BackingOff,
            (true, false) => Self::Slow,
        })
    }

    /// The pauses in seconds between reads that say the same; the last is repeated.
    #[must_use]
    pub const fn pauses_seconds(self) -> &'static [i64] {
        match self {
            Self::Fast => &[1, 2, 4],
            Self::BackingOff => &[2, 4, 8, 16, 30],
            Self::Slow => &[30, 60, 120],
        }
    }

    /// The pause after that many reads in a row that said the same.
    pub(super) fn pause(self, unchanged: usize) -> TimeDelta {
        let pauses = self.pauses_seconds();
        TimeDelta::seconds(pauses[unchanged.min(pauses.len() - 1)])
    }
}
