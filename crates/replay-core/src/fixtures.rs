//! Values for the tests of this crate.

use chrono::TimeDelta;

use crate::{Job, JobId, Region, Timeframe, Timestamp, job::Step};

/// A job for the first hour, submitted at its start.
pub(crate) fn accepted() -> Job {
    Job::Unconfigured.submit(JobId(1), hour(0), at(0)).unwrap()
}

pub(crate) fn running() -> Job {
    let pending = accepted().advance(Step::Schedule, at(1)).unwrap();
    pending.advance(Step::Start, at(2)).unwrap()
}

/// The hour that begins at this minute.
pub(crate) fn hour(start: i64) -> Timeframe {
    Timeframe::new(at(start), at(start + 60)).unwrap()
}

pub(crate) fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

pub(crate) fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}
