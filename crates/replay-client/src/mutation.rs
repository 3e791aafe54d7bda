//! The writes that change a region's job, and the request of each. The response to all of them is the
//! job.

use alloc::string::String;

use replay_core::{Region, Timeframe};
use replay_wire::{Json, routes::Operation, write_submission};

use crate::request::Method;

/// A write that changes a region's job.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Mutation {
    /// Submit a job for this timeframe.
    Send(Timeframe),
    /// Cancel the job.
    Cancel,
    /// Submit a job for the undelivered lines of the outage with this id.
    Heal(String),
    /// Submit a job that goes on where the failed job ended.
    Resume,
}

impl Mutation {
    /// The submitted timeframe, if it is one.
    #[must_use]
    pub const fn timeframe(&self) -> Option<Timeframe> {
        match self {
            Self::Send(timeframe) => Some(*timeframe),
            Self::Cancel | Self::Heal(_) | Self::Resume => None,
        }
    }

    /// The HTTP method of the request.
    pub(crate) const fn method(&self) -> Method {
        self.operation().route().method
    }

    /// The path of the request.
    pub(crate) fn path(&self, region: &Region) -> String {
        match self {
            Self::Heal(outage) => self.operation().path_with_id(region, outage),
            Self::Send(_) | Self::Cancel | Self::Resume => self.operation().path(region),
        }
    }

    /// The body of the request.
    pub(crate) fn body(&self) -> Option<Json> {
        match self {
            Self::Send(timeframe) => Some(write_submission(&(*timeframe).into())),
            Self::Cancel | Self::Heal(_) | Self::Resume => None,
        }
    }

    const fn operation(&self) -> Operation {
        match self {
            Self::Send(_) => Operation::ReplaceJob,
            Self::Cancel => Operation::CancelJob,
            Self::Heal(_) => Operation::HealOutage,
            Self::Resume => Operation::ResumeJob,
        }
    }
}
