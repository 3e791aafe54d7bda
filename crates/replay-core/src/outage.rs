//! An outage: a period in which the live lane delivered nothing, or lines that it did not deliver, and
//! whether they were delivered later.

use alloc::string::String;

use crate::{JobId, OutageId, Timeframe, Timestamp, job::Amount};

/// A range of sequence numbers, both ends inclusive.
///
/// Invariant of a value in use: `first <= last`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SeqRange {
    /// The first sequence number.
    pub first: i64,
    /// The last sequence number.
    pub last: i64,
}

/// An outage of a region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outage {
    /// Unique in the archive.
    pub id: OutageId,
    /// Why lines were not delivered.
    pub cause: OutageCause,
    /// When the outage began.
    pub began_at: Timestamp,
    /// When the lane went on with new lines; `None` while the outage is open.
    pub ended_at: Option<Timestamp>,
    /// The lines that are not delivered and still archived.
    pub undelivered: Amount,
    /// The first and the last event time of the lines that were undelivered when the outage ended;
    /// `None` without such lines.
    pub span: Option<Timeframe>,
    /// The number of undelivered lines that the retention has removed.
    pub lost_lines: u64,
    /// The last job that was submitted to deliver the lines.
    pub healing_job: Option<JobId>,
    /// How the outage was healed; `None` if it is not healed.
    pub healed: Option<Healed>,
    /// Why the server does not heal the outage by itself; `None` if it may.
    pub hold: Option<Hold>,
}

/// Why the server does not heal an outage by itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Hold {
    /// A healing job was cancelled.
    Cancelled,
    /// A healing job was refused by the receiver, which has acknowledged no line of the lane since.
    Refused,
    /// The receiver does not accept a batch of a healing job.
    BatchRefused,
}

/// How an outage was healed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Healed {
    /// When the last undelivered line was delivered.
    pub at: Timestamp,
    /// The job that delivered it; `None` if no line was undelivered.
    pub by: Option<JobId>,
}

/// Why lines were not delivered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutageCause {
    /// The reason.
    pub reason: OutageReason,
    /// What happened, for people, like `the webhook answered 503 after 4 retries`.
    pub detail: Option<String>,
}

/// The reason of an outage.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OutageReason {
    /// The retries of a batch were used up, or nothing was acknowledged for too long.
    Unreachable,
    /// The webhook gave a final answer, such as 401 or 404.
    Refused,
    /// The lane lagged behind for too long.
    Lag,
    /// The webhook was disabled.
    Disabled,
    /// The server ran without forwarding.
    NotForwarding,
    /// The webhook refused a single batch.
    BatchRefused,
    /// Lines are dated before the webhook was enabled.
    DatedBeforeEnabling,
}

impl OutageCause {
    /// A cause without detail.
    #[must_use]
    pub const fn plain(reason: OutageReason) -> Self {
        Self { reason, detail: None }
    }
}

impl Hold {
    /// The hold as the API and the store spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::BatchRefused => "batch-refused",
        }
    }

    /// The hold with this spelling; `None` if it is unknown.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Cancelled, Self::Refused, Self::BatchRefused]
            .into_iter()
            .find(|hold| hold.as_str() == name)
    }
}

impl OutageReason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Unreachable,
        Self::Refused,
        Self::Lag,
        Self::Disabled,
        Self::NotForwarding,
        Self::BatchRefused,
        Self::DatedBeforeEnabling,
    ];

    /// The reason as the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Lag => "lag",
            Self::Disabled => "disabled",
            Self::NotForwarding => "not-forwarding",
            Self::BatchRefused => "batch-refused",
            Self::DatedBeforeEnabling => "dated-before-enabling",
        }
    }

    /// The reason with this API spelling; `None` if it is unknown.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Whether the server may heal such an outage by itself. The lines of the others were refused, or
    /// left out on purpose.
    #[must_use]
    pub const fn heals_by_itself(self) -> bool {
        !matches!(self, Self::BatchRefused | Self::DatedBeforeEnabling)
    }
}

impl Outage {
    /// Whether lines are left to deliver, and the outage has ended.
    #[must_use]
    pub const fn is_healable(&self) -> bool {
        self.ended_at.is_some() && self.healed.is_none() && self.undelivered.lines > 0
    }

    /// Whether the outage has ended, and nothing was done about it yet.
    #[must_use]
    pub const fn is_untouched(&self) -> bool {
        self.ended_at.is_some() && self.healed.is_none() && self.healing_job.is_none()
    }

    /// Whether a completed replay of `timeframe`, without a restriction to kinds, delivered every
    /// undelivered line. `high_water_seq` is that of the job's snapshot, `last_seq` the highest sequence
    /// number of the undelivered lines.
    #[must_use]
    pub fn is_covered_by(
        &self,
        timeframe: Timeframe,
        high_water_seq: i64,
        last_seq: Option<i64>,
    ) -> bool {
        let is_within =
            |span: Timeframe| timeframe.start() <= span.start() && span.end() <= timeframe.end();
        self.ended_at.is_some()
            && self.healed.is_none()
            && self.span.is_some_and(is_within)
            && last_seq.is_none_or(|last_seq| last_seq <= high_water_seq)
    }
}
