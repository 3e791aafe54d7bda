//! Whether a job is in the way of another one, and whether one is under way. What follows from that is
//! decided elsewhere.

use replay_core::{JobEvent, JobStatus};

use super::RegionState;

/// A job that is in the way of another one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum InTheWay {
    /// It has not started: another one would replace it.
    Waiting,
    /// It runs: another one would be refused.
    Running,
}

impl RegionState {
    /// The job that is in the way of another one, as far as the page knows its status.
    pub(crate) fn in_the_way(&self) -> Option<InTheWay> {
        let status = self.job()?.status.known()?;
        if !status.accepts(JobEvent::Submit) {
            Some(InTheWay::Running)
        } else if status.is_settled() || status == JobStatus::Unconfigured {
            None
        } else {
            Some(InTheWay::Waiting)
        }
    }

    /// Whether a job is known that is not settled, or a replay waits for it.
    pub(crate) fn is_under_way(&self) -> bool {
        let is_unsettled = self.job().is_some() && !self.is_settled() && !self.is_unused();
        is_unsettled || self.is_awaited()
    }
}
