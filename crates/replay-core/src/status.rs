//! The status of a replay job, the events that change it, and the transition function. Everything
//! that depends on the transitions is derived from [`JobStatus::on`]; no other place lists them.
//!
//! ```
//! use replay_core::{JobEvent, JobStatus};
//!
//! assert_eq!(JobStatus::Pending.on(JobEvent::Start), Ok(JobStatus::Running));
//! assert!(JobStatus::Running.on(JobEvent::Submit).is_err());
//! assert!(JobStatus::Failed.is_settled());
//! ```

use core::fmt;

/// The status of a replay job, as in <https://developer.konghq.com/konnect-platform/audit-logs/>.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum JobStatus {
    /// No job was ever submitted: the initial status of a region.
    #[default]
    Unconfigured,
    /// The job has been accepted for scheduling.
    Accepted,
    /// The job has been scheduled.
    Pending,
    /// The job is delivering lines; it cannot be replaced until it has ended.
    Running,
    /// Every line of the job was acknowledged.
    Completed,
    /// The job ended before every line was acknowledged.
    Failed,
}

/// An event in the life of a replay job.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum JobEvent {
    /// A PUT submits a job, which replaces the current one.
    Submit,
    /// The engine queues an accepted job.
    Schedule,
    /// The engine takes the job's snapshot and starts to deliver.
    Start,
    /// Every line was acknowledged.
    Complete,
    /// The engine gave the job up, or an admin cancelled it.
    Fail,
}

/// An event that the transition table rejects; the status has not changed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Rejected {
    /// The status of the job, before and after.
    pub status: JobStatus,
    /// The rejected event.
    pub event: JobEvent,
}

impl JobStatus {
    /// Every status, in the order of a job's life.
    pub const ALL: [Self; 6] = [
        Self::Unconfigured,
        Self::Accepted,
        Self::Pending,
        Self::Running,
        Self::Completed,
        Self::Failed,
    ];

    /// The status after `event`.
    ///
    /// # Errors
    /// [`Rejected`] if the table has no such transition; the status is unchanged.
    #[expect(clippy::match_same_arms, reason = "one arm for each cell of the transition table")]
    pub const fn on(self, event: JobEvent) -> Result<Self, Rejected> {
        Ok(match (self, event) {
            (Self::Unconfigured, JobEvent::Submit) => Self::Accepted,

            (Self::Accepted, JobEvent::Submit) => Self::Accepted,
            (Self::Accepted, JobEvent::Schedule) => Self::Pending,
            (Self::Accepted, JobEvent::Fail) => Self::Failed,

            (Self::Pending, JobEvent::Submit) => Self::Accepted,
            (Self::Pending, JobEvent::Start) => Self::Running,
            (Self::Pending, JobEvent::Fail) => Self::Failed,

            (Self::Running, JobEvent::Complete) => Self::Completed,
            (Self::Running, JobEvent::Fail) => Self::Failed,

            (Self::Completed, JobEvent::Submit) => Self::Accepted,

            (Self::Failed, JobEvent::Submit) => Self::Accepted,

            (status, event) => return Err(Rejected { status, event }),
        })
    }

    /// Whether the table has a transition for `event`.
    #[must_use]
    pub const fn accepts(self, event: JobEvent) -> bool {
        self.on(event).is_ok()
    }

    /// Whether the job has reached its final status: no event but `Submit` is accepted.
    #[must_use]
    pub fn is_settled(self) -> bool {
        JobEvent::ALL.into_iter().all(|event| event == JobEvent::Submit || !self.accepts(event))
    }

    /// The status as the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfigured => "unconfigured",
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The status with this API spelling; `None` if it is unknown, since Konnect may add statuses.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl JobEvent {
    /// Every event, in the order of a job's life.
    pub const ALL: [Self; 5] =
        [Self::Submit, Self::Schedule, Self::Start, Self::Complete, Self::Fail];
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a job that is {} takes no {:?}", self.status, self.event)
    }
}

impl core::error::Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    #[test]
    fn the_documented_table_equals_the_transition_function() {
        assert_eq!(printed_table(), include_str!("transitions.md").trim_end());
    }

    #[test]
    fn accepted_pending_and_running_jobs_are_not_settled() {
        let unsettled = [JobStatus::Accepted, JobStatus::Pending, JobStatus::Running];
        for status in JobStatus::ALL {
            assert_eq!(status.is_settled(), !unsettled.contains(&status), "{status}");
        }
    }

    #[test]
    fn every_status_is_found_by_its_name_and_an_unknown_name_is_rejected() {
        for status in JobStatus::ALL {
            assert_eq!(JobStatus::named(status.as_str()), Some(status));
        }
        assert_eq!(JobStatus::named("Running"), None);
    }

    fn printed_table() -> String {
        let mut table = String::from("| from \\ event |");
        table.extend(JobEvent::ALL.map(|event| format!(" {event:?} |")));
        table += "\n|---|---|---|---|---|---|";
        for status in JobStatus::ALL {
            let next = JobEvent::ALL.map(|event| status.on(event).map_or("–", JobStatus::as_str));
            table.extend([format!("\n| {status} | {} |", next.join(" | "))]);
        }
        table
    }
}
