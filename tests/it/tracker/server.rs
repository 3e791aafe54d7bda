//! A region's server as the walk needs it: one job that keeps the law, moved by hand, and answers
//! that say what is so at that moment. Everything that may go wrong goes wrong on the way.

use chrono::{DateTime, TimeDelta};
use replay_client::Response;
use replay_core::{Job, JobId, JobStatus, Refusal, Timeframe, job::Step};
use replay_wire::{JobReport, Json, write_job, write_problem};
use time_range::Timestamp;

/// Something that is wanted of the job. Every PUT asks for a timeframe of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Want {
    /// A PUT of the page's.
    Send(u8),
    /// The end of the job.
    Cancel,
    /// A PUT of somebody else's.
    Foreign,
}

/// A moment in the job's history: how many PUTs were granted, and how far the last one has come.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Moment {
    puts: usize,
    stage: u8,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Server {
    pub(super) job: Job,
    /// The PUTs that were granted, in order.
    pub(super) puts: Vec<Want>,
}

/// What a server answers, or what a request has become of that.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// The job as it was at that moment.
    Job(JobReport, Moment),
    /// A refusal.
    Refused(Refusal),
    /// It was granted, in words that nobody understands.
    Garbled,
}

impl Server {
    pub(super) fn read(&self) -> Reply {
        Reply::Job(self.truth(), self.moment(&self.truth()))
    }

    /// Does what is wanted, if the law lets it.
    pub(super) fn start_mutation(&mut self, want: Want) -> Reply {
        let changed = match want {
            Want::Send(_) | Want::Foreign => {
                let id = JobId(self.puts.len() as u128);
                self.job.submit(id, want.timeframe(), NOON).map_err(|_| Refusal::Running(vec![]))
            }
            Want::Cancel => {
                self.job.stop("it was cancelled", NOON).map_err(|_| Refusal::NothingToStop)
            }
        };
        match changed {
            Ok(job) => {
                if want != Want::Cancel {
                    self.puts.push(want);
                }
                self.job = job;
                self.read()
            }
            Err(refusal) => Reply::Refused(refusal),
        }
    }

    /// What the engine may do next; a brisk one runs a job as soon as it takes note of it, and
    /// fails none that nobody cancelled.
    pub(super) fn steps(&self, brisk: bool) -> Vec<Step> {
        let stopping = self.job.configured().is_some_and(|job| job.stop_requested.is_some());
        match self.job.status() {
            JobStatus::Accepted if !brisk => vec![Step::Schedule],
            JobStatus::Accepted | JobStatus::Pending => vec![Step::Start],
            JobStatus::Running if stopping => vec![Step::Fail("it was cancelled".to_owned())],
            JobStatus::Running if brisk => vec![Step::Complete],
            JobStatus::Running => vec![Step::Complete, Step::Fail("no answer".to_owned())],
            JobStatus::Unconfigured | JobStatus::Completed | JobStatus::Failed => vec![],
        }
    }

    pub(super) fn advance(&mut self, step: Step) {
        if step == Step::Start && self.job.status() == JobStatus::Accepted {
            self.advance(Step::Schedule);
        }
        self.job = self.job.advance(step, NOON).unwrap();
    }

    /// What is so.
    pub(super) fn truth(&self) -> JobReport {
        JobReport::from(&self.job)
    }

    /// When what a report says was so.
    pub(super) fn moment(&self, report: &JobReport) -> Moment {
        let timeframe = report.start_at;
        let put = self.puts.iter().position(|put| Some(put.timeframe().start()) == timeframe);
        let stage = match report.status.known() {
            None | Some(JobStatus::Unconfigured | JobStatus::Accepted) => 0,
            Some(JobStatus::Pending) => 1,
            Some(JobStatus::Running) => 2,
            Some(JobStatus::Completed | JobStatus::Failed) => 3,
        };
        Moment { puts: put.map_or(0, |put| put + 1), stage }
    }

    /// Whether nobody but somebody else has changed anything since that moment.
    pub(super) fn only_others_since(&self, moment: Moment) -> bool {
        let settled = moment.puts == 0 || moment.stage == 3;
        settled && self.puts[moment.puts..].iter().all(|put| *put == Want::Foreign)
    }
}

impl Moment {
    /// Whether some state lies between the two that whoever saw both never saw.
    pub(super) fn skips_to(self, later: Self) -> bool {
        self.puts == later.puts && self.stage + 1 < later.stage
    }
}

impl Want {
    pub(super) fn timeframe(self) -> Timeframe {
        let minute = match self {
            Self::Send(which) => which.into(),
            Self::Foreign | Self::Cancel => 30,
        };
        let start = NOON - TimeDelta::minutes(60 - minute);
        Timeframe::new(start, NOON).unwrap()
    }
}

impl Reply {
    /// As the page gets it.
    pub(super) fn answer(&self) -> Response {
        let (status, body) = match self {
            Self::Job(job, _) => (200, write_job(job)),
            Self::Refused(refusal) => (refusal.status().0, write_problem(refusal, 0)),
            Self::Garbled => (200, Json::Array(vec![])),
        };
        Response { status, body: Some(body), date: None }
    }

    /// The job that it tells of.
    pub(super) fn job(&self) -> Option<&JobReport> {
        if let Self::Job(job, _) = self { Some(job) } else { None }
    }

    /// What tells it from other replies.
    pub(super) fn key(&self) -> (u16, Option<(Moment, &'static str)>) {
        match self {
            Self::Job(job, moment) => {
                (200, Some((*moment, job.status.known().map_or("", JobStatus::as_str))))
            }
            Self::Refused(refusal) => (refusal.status().0, None),
            Self::Garbled => (200, None),
        }
    }

    /// Whether an order that is answered so may have been carried out nonetheless.
    pub(super) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Garbled | Self::Refused(Refusal::Internal))
    }
}

const NOON: Timestamp = DateTime::UNIX_EPOCH;
