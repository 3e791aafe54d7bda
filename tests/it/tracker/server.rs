//! The server of the walk: one job that obeys the transition table and is advanced step by step.
//! Its replies report the job at that moment; all faults happen between server and page.

use chrono::{DateTime, TimeDelta};
use replay_client::Response;
use replay_core::{Job, JobId, JobStatus, Refusal, Timeframe, job::Step};
use replay_wire::{JobReport, Json, refusal_status, write_job, write_problem};
use time_range::Timestamp;

/// A change of the job that a client requests. Every PUT has a timeframe of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Command {
    /// A PUT by the page, with its number.
    Send(u8),
    /// A cancel by the page.
    Cancel,
    /// A PUT by another client.
    SendByOther,
}

/// A point in the job's history: the number of accepted PUTs, and the stage of the last one's job.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct HistoryPoint {
    puts: usize,
    stage: u8,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Server {
    pub(super) job: Job,
    /// The accepted PUTs, in order.
    pub(super) puts: Vec<Command>,
}

/// A reply to a request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// The job, and its point in the history.
    Job(Box<JobReport>, HistoryPoint),
    /// A refusal.
    Refused(Refusal),
    /// A 200 with a body that the page cannot read.
    Unreadable,
}

/// The identity of a reply.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum ReplySnapshot {
    /// A job in this status, at this point of its history.
    Job { point: HistoryPoint, status: Option<&'static str> },
    /// A refusal with this HTTP status.
    Refused(u16),
    /// An unreadable body.
    Unreadable,
}

impl Server {
    pub(super) fn read(&self) -> Reply {
        Reply::Job(Box::new(self.state()), self.point_of(&self.state()))
    }

    /// Applies the command if the transition table permits it.
    pub(super) fn start_mutation(&mut self, command: Command) -> Reply {
        let changed = match command {
            Command::Send(_) | Command::SendByOther => {
                let id = JobId(self.puts.len() as u128);
                self.job.submit(id, command.timeframe(), NOON).map_err(|_| Refusal::Running(vec![]))
            }
            Command::Cancel => {
                self.job.stop("it was cancelled", NOON).map_err(|_| Refusal::NothingToStop)
            }
        };
        match changed {
            Ok(job) => {
                if command != Command::Cancel {
                    self.puts.push(command);
                }
                self.job = job;
                self.read()
            }
            Err(refusal) => Reply::Refused(refusal),
        }
    }

    /// The steps that the engine can take next. A fast engine starts a job together with scheduling
    /// it, and fails only cancelled jobs.
    pub(super) fn steps(&self, fast_engine: bool) -> Vec<Step> {
        let stopping = self.job.configured().is_some_and(|job| job.stop_requested.is_some());
        match self.job.status() {
            JobStatus::Accepted if !fast_engine => vec![Step::Schedule],
            JobStatus::Accepted | JobStatus::Pending => vec![Step::Start],
            JobStatus::Running if stopping => vec![Step::Fail("it was cancelled".to_owned())],
            JobStatus::Running if fast_engine => vec![Step::Complete],
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

    /// The job as reported now.
    pub(super) fn state(&self) -> JobReport {
        JobReport::from(&self.job)
    }

    /// The point in the history that a report describes.
    pub(super) fn point_of(&self, report: &JobReport) -> HistoryPoint {
        let timeframe = report.start_at;
        let put = self.puts.iter().position(|put| Some(put.timeframe().start()) == timeframe);
        let stage = match report.status.known() {
            None | Some(JobStatus::Unconfigured | JobStatus::Accepted) => 0,
            Some(JobStatus::Pending) => 1,
            Some(JobStatus::Running) => 2,
            Some(JobStatus::Completed | JobStatus::Failed) => 3,
        };
        HistoryPoint { puts: put.map_or(0, |put| put + 1), stage }
    }

    /// Whether only the other client has changed the job since `point`.
    pub(super) fn changed_only_by_others_since(&self, point: HistoryPoint) -> bool {
        let settled = point.puts == 0 || point.stage == 3;
        settled && self.puts[point.puts..].iter().all(|put| *put == Command::SendByOther)
    }
}

impl HistoryPoint {
    /// Whether the two points skip a stage of one job.
    pub(super) fn skips_to(self, later: Self) -> bool {
        self.puts == later.puts && self.stage + 1 < later.stage
    }
}

impl Command {
    pub(super) fn timeframe(self) -> Timeframe {
        let minute = match self {
            Self::Send(which) => which.into(),
            Self::SendByOther | Self::Cancel => 30,
        };
        let start = NOON - TimeDelta::minutes(60 - minute);
        Timeframe::new(start, NOON).unwrap()
    }
}

impl Reply {
    /// The reply as the page receives it.
    pub(super) fn response(&self) -> Response {
        let (status, body) = match self {
            Self::Job(job, _) => (200, write_job(job)),
            Self::Refused(refusal) => (refusal_status(refusal), write_problem(refusal, 0)),
            Self::Unreadable => (200, Json::Array(vec![])),
        };
        Response { status, body: Some(body), date: None }
    }

    /// The job in the reply.
    pub(super) fn job(&self) -> Option<&JobReport> {
        if let Self::Job(job, _) = self { Some(job) } else { None }
    }

    /// What distinguishes the reply from others.
    pub(super) fn snapshot(&self) -> ReplySnapshot {
        match self {
            Self::Job(job, point) => ReplySnapshot::Job {
                point: *point,
                status: job.status.known().map(JobStatus::as_str),
            },
            Self::Refused(refusal) => ReplySnapshot::Refused(refusal_status(refusal)),
            Self::Unreadable => ReplySnapshot::Unreadable,
        }
    }

    /// Whether a mutation with this reply may have taken effect although the reply is not a
    /// success.
    pub(super) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Unreadable | Self::Refused(Refusal::Internal))
    }
}

const NOON: Timestamp = DateTime::UNIX_EPOCH;
