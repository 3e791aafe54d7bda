//! The law: which event may follow which status. Everything that depends on it is derived from
//! [`JobStatus::on`]; no other place may list transitions again.

use core::fmt;

/// Where a replay job stands, in the API's own words.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum JobStatus {
    /// The job has not been set up: a region's initial state.
    #[default]
    Unconfigured,
    /// The job has been accepted for scheduling.
    Accepted,
    /// The job has been scheduled.
    Pending,
    /// The job is sending; it cannot be replaced until it has ended.
    Running,
    /// Every line of the job was acknowledged.
    Completed,
    /// The job ended without that.
    Failed,
}

/// What can happen to a replay job.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum JobEvent {
    /// An admin PUTs a job.
    Submit,
    /// The engine takes note of an accepted job.
    Schedule,
    /// The engine freezes the job's window and starts to send.
    Start,
    /// Every line was acknowledged.
    Complete,
    /// The job was given up, by the engine or by an admin.
    Fail,
}

/// An event the law does not allow; the status has not changed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Rejected {
    /// The status that stands.
    pub status: JobStatus,
    /// The event it does not take.
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
    /// [`Rejected`] where the law has no such transition; nothing has changed.
    #[expect(clippy::match_same_arms, reason = "one line for each line of the law")]
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

    /// Whether the law has a transition for `event`.
    #[must_use]
    pub const fn accepts(self, event: JobEvent) -> bool {
        self.on(event).is_ok()
    }

    /// Whether nothing more happens to the job by itself: only a `Submit` moves it.
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

    /// The status the API spells so, if this project knows it: the set is open upstream.
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
    fn the_documented_table_is_the_law() {
        assert_eq!(printed_law(), include_str!("law.md").trim_end());
    }

    #[test]
    fn only_moving_jobs_are_unsettled() {
        let moving = [JobStatus::Accepted, JobStatus::Pending, JobStatus::Running];
        for status in JobStatus::ALL {
            assert_eq!(status.is_settled(), !moving.contains(&status), "{status}");
        }
    }

    #[test]
    fn every_name_reads_back_and_an_unknown_one_is_no_status() {
        for status in JobStatus::ALL {
            assert_eq!(JobStatus::named(status.as_str()), Some(status));
        }
        assert_eq!(JobStatus::named("Running"), None);
    }

    fn printed_law() -> String {
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
