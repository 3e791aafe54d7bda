//! The timeframe of a job, the presets, and the policy that says which timeframes may be requested.
//! A [`Timeframe`] guarantees the order of its ends only; its age depends on `now`, so [`Policy`]
//! checks it when a request arrives.
//!
//! ```
//! use replay_core::{Policy, Timeframe, timeframe::TimeframeError};
//! use time_range::{Context, Range, Zone, read_timestamp};
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let context = Context { zone: &Zone::utc(), now };
//! let timeframe = Timeframe::resolve(&Range::read("now-9d", context)?, context)?;
//! let faults = Policy::DEFAULT.faults(Some(timeframe.start()), Some(timeframe.end()), now);
//! assert!(matches!(faults[..], [TimeframeError::TooOld { .. }]));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloc::vec::Vec;
use core::fmt;

use chrono::TimeDelta;

use time_range::{Context, Range, write_timestamp};

use crate::Timestamp;

/// A period of time; both ends are inclusive.
///
/// Invariant: `start() <= end()`. Equal ends are allowed, as in the example of
/// <https://docs.konghq.com/konnect/dev-portal/audit-logging/replay-job>.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Timeframe {
    start: Timestamp,
    end: Timestamp,
}

/// A timeframe to choose by name: the `duration` that ends when the request is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Preset {
    /// The name in Konnect's user interface.
    pub name: &'static str,
    /// The length of the timeframe.
    pub duration: TimeDelta,
}

/// The presets that the page offers, shortest first.
pub const PRESETS: [Preset; 5] = [
    Preset { name: "Last 15 minutes", duration: TimeDelta::minutes(15) },
    Preset { name: "Last hour", duration: TimeDelta::hours(1) },
    Preset { name: "Last 6 hours", duration: TimeDelta::hours(6) },
    Preset { name: "Last 12 hours", duration: TimeDelta::hours(12) },
    Preset { name: "Last 24 hours", duration: TimeDelta::hours(24) },
];

/// How far back a region can replay, and the tolerances at the edges.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// How long lines are kept. Konnect documents seven days.
    pub retention: TimeDelta,
    /// The server's tolerance beyond either edge, for skewed clocks.
    pub grace: TimeDelta,
    /// The client's safety distance from the retention edge: a request must not become too old
    /// while it is sent.
    pub margin: TimeDelta,
}

/// An end of a timeframe.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Edge {
    /// `start_at`
    Start,
    /// `end_at`
    End,
}

/// Why a timeframe is refused, with the accepted bound.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TimeframeError {
    /// The end is before the start.
    Reversed {
        /// The start, which is the earliest accepted end.
        start: Timestamp,
    },
    /// An end is older than the retention.
    TooOld {
        /// The end at fault.
        edge: Edge,
        /// The earliest accepted instant.
        earliest: Timestamp,
    },
    /// An end is in the future.
    InFuture {
        /// The end at fault.
        edge: Edge,
        /// The latest accepted instant.
        latest: Timestamp,
    },
}

impl Timeframe {
    /// The timeframe from `start` to `end`.
    ///
    /// # Errors
    /// [`TimeframeError::Reversed`] if `end` is before `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, TimeframeError> {
        if end < start {
            return Err(TimeframeError::Reversed { start });
        }
        Ok(Self { start, end })
    }

    /// The timeframe of a range expression, with relative ends resolved in `context`.
    ///
    /// # Errors
    /// [`TimeframeError::Reversed`] if the range ends before it starts.
    pub fn resolve(range: &Range, context: Context<'_>) -> Result<Self, TimeframeError> {
        Self::new(range.start(context), range.end(context))
    }

    /// The first instant, inclusive.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// The last instant, inclusive.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }
}

impl Policy {
    /// Seven days of retention, as Konnect documents it, five minutes of grace, one minute of margin.
    pub const DEFAULT: Self = Self {
        retention: TimeDelta::days(7),
        grace: TimeDelta::minutes(5),
        margin: TimeDelta::seconds(60),
    };

    /// The retention edge at `now`: the earliest instant that can be replayed. The grace comes before
    /// it.
    #[must_use]
    pub fn earliest(&self, now: Timestamp) -> Timestamp {
        back(now, self.retention)
    }

    /// The instant before which lines have expired at `now`: the retention edge minus the grace.
    #[must_use]
    pub fn expired_before(&self, now: Timestamp) -> Timestamp {
        back(self.earliest(now), self.grace)
    }

    /// The instant before which the archive deletes lines at `now`: one hour before they expire, because
    /// a timeframe at the retention edge may be accepted and its job not be stored yet.
    #[must_use]
    pub fn deleted_before(&self, now: Timestamp) -> Timestamp {
        back(self.expired_before(now), TimeDelta::hours(1))
    }

    /// The instant before which past jobs and outages are deleted at `now`: they are kept for 90 days, and
    /// at least as long as lines.
    #[must_use]
    pub fn forgotten_before(&self, now: Timestamp) -> Timestamp {
        back(now, TimeDelta::days(90)).min(self.deleted_before(now))
    }

    /// The earliest start to request at `now`: the retention edge and the margin.
    #[must_use]
    pub fn earliest_to_request(&self, now: Timestamp) -> Timestamp {
        let earliest = self.earliest(now);
        earliest.checked_add_signed(self.margin).unwrap_or(earliest)
    }

    /// The timeframe to request at `now`: a start within the margin is moved to the margin's end.
    /// Any other timeframe, and one that ends within the margin, is unchanged.
    #[must_use]
    pub fn with_margin(&self, timeframe: Timeframe, now: Timestamp) -> Timeframe {
        let safe = self.earliest_to_request(now);
        let is_within_margin = (self.earliest(now)..safe).contains(&timeframe.start);
        if is_within_margin && safe <= timeframe.end {
            Timeframe { start: safe, ..timeframe }
        } else {
            timeframe
        }
    }

    /// Every reason to refuse a timeframe with these ends at `now`, those of the start first. An
    /// end that is `None` is not checked.
    #[must_use]
    pub fn faults(
        &self,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<TimeframeError> {
        let start_fault = start.and_then(|at| self.fault(Edge::Start, at, now));
        let end_fault = end.and_then(|at| self.fault(Edge::End, at, now));
        let reversed = match (start, end) {
            (Some(start), Some(end)) => Timeframe::new(start, end).err(),
            _ => None,
        };
        [start_fault, end_fault, reversed].into_iter().flatten().collect()
    }

    fn fault(&self, edge: Edge, at: Timestamp, now: Timestamp) -> Option<TimeframeError> {
        let latest = now.checked_add_signed(self.grace).unwrap_or(Timestamp::MAX_UTC);
        if at < self.expired_before(now) {
            Some(TimeframeError::TooOld { edge, earliest: self.earliest(now) })
        } else if at > latest {
            Some(TimeframeError::InFuture { edge, latest: now })
        } else {
            None
        }
    }
}

impl Edge {
    /// The API field of this end.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Start => "start_at",
            Self::End => "end_at",
        }
    }
}

impl TimeframeError {
    /// The end at fault: [`Edge::End`] of a reversed timeframe.
    #[must_use]
    pub const fn edge(&self) -> Edge {
        match self {
            Self::Reversed { .. } => Edge::End,
            Self::TooOld { edge, .. } | Self::InFuture { edge, .. } => *edge,
        }
    }
}

impl fmt::Display for TimeframeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reversed { start } => {
                write!(f, "must not be before start_at, {}", write_timestamp(*start))
            }
            Self::TooOld { earliest, .. } => {
                write!(f, "is too old: the earliest is {}", write_timestamp(*earliest))
            }
            Self::InFuture { latest, .. } => {
                write!(f, "is in the future: the latest is {}", write_timestamp(*latest))
            }
        }
    }
}

impl core::error::Error for TimeframeError {}

/// `at` − `duration`, or the earliest timestamp on overflow.
fn back(at: Timestamp, duration: TimeDelta) -> Timestamp {
    at.checked_sub_signed(duration).unwrap_or(Timestamp::MIN_UTC)
}

#[cfg(test)]
mod tests;
