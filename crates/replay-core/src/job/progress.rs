//! How far a job is: the lines that it has, and those that were acknowledged.

use alloc::string::String;

/// How far a started job is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Progress {
    /// The URL of the job's snapshot, without query and fragment.
    pub endpoint: String,
    /// The lines that were acknowledged with a 2xx.
    pub delivered: Amount,
    /// The lines of the job. `None` for a job that settled before this was counted.
    pub total: Option<Amount>,
    /// The number of requests that were sent again.
    pub retries: u64,
    /// Requested lines that the retention had removed before the job started.
    pub lost_lines: u64,
}

/// A number of lines, and their size.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Amount {
    /// The number of lines.
    pub lines: u64,
    /// The bytes of the lines, without line feeds.
    pub bytes: u64,
}

/// The lines of a job that starts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct JobLines {
    /// The lines to deliver.
    pub total: Amount,
    /// The number of requested lines that the retention has removed.
    pub lost: u64,
}

impl From<Amount> for JobLines {
    fn from(total: Amount) -> Self {
        Self { total, lost: 0 }
    }
}

impl core::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.bytes += other.bytes;
    }
}
