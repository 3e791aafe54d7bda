//! The statuses of a job, from accepted to completed or failed, as a list of steps.

use alloc::vec::Vec;

use replay_core::JobStatus;
use replay_wire::JobReport;

use crate::words;

/// A step of a job's way.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct JobStep {
    /// The status that the step leads to.
    pub label: &'static str,
    /// How far the job is.
    pub state: StepState,
}

/// How far a job is with a step.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum StepState {
    /// The job has passed it.
    Done,
    /// The job is there, and goes on.
    Current,
    /// The job has ended there well.
    Completed,
    /// The job has ended there early.
    Failed,
    /// The job is not there, or the page does not know whether it was.
    Open,
}

/// The steps of a job; none if no job was submitted, or its status is unknown.
pub(super) fn steps(job: &JobReport) -> Vec<JobStep> {
    let Some(status) = job.status.known().filter(|status| *status != JobStatus::Unconfigured)
    else {
        return Vec::new();
    };
    let last = if status == JobStatus::Failed { status } else { JobStatus::Completed };
    let has_started = job.endpoint.is_some() || job.delivered_lines.is_some();
    let place = |status| JobStatus::ALL.iter().position(|one| *one == status);
    [JobStatus::Accepted, JobStatus::Pending, JobStatus::Running, last]
        .into_iter()
        .map(|step| JobStep {
            label: words::status_word(step),
            state: match step {
                JobStatus::Completed if status == step => StepState::Completed,
                JobStatus::Failed => StepState::Failed,
                _ if step == status => StepState::Current,
                // A job may fail before it starts.
                _ if status == JobStatus::Failed && step != JobStatus::Accepted && !has_started => {
                    StepState::Open
                }
                _ if place(step) < place(status) => StepState::Done,
                JobStatus::Unconfigured
                | JobStatus::Accepted
                | JobStatus::Pending
                | JobStatus::Running
                | JobStatus::Completed => StepState::Open,
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use replay_wire::Reported;

    use super::{StepState::*, *};

    #[test]
    fn a_job_is_at_one_step_and_a_failed_one_has_passed_only_what_is_known() {
        for (status, has_started, states) in [
            (JobStatus::Accepted, false, [Current, Open, Open, Open]),
            (JobStatus::Pending, false, [Done, Current, Open, Open]),
            (JobStatus::Running, true, [Done, Done, Current, Open]),
            (JobStatus::Completed, false, [Done, Done, Done, Completed]),
            (JobStatus::Failed, true, [Done, Done, Done, Failed]),
            (JobStatus::Failed, false, [Done, Open, Open, Failed]),
        ] {
            let job = JobReport {
                status: Reported::Known(status),
                delivered_lines: has_started.then_some(0),
                ..JobReport::default()
            };
            assert!(steps(&job).iter().map(|step| step.state).eq(states), "{status:?}");
        }
        assert_eq!(steps(&JobReport::default()), []);
    }
}
