//! The span of time a job replays, parsed once; the presets; and the policy that says which spans
//! may still be asked for. A [`Timeframe`] proves order only: freshness holds at a moment, so it is checked
//! against `now` where a request comes in and never stored.

use alloc::vec::Vec;
use core::fmt;

use chrono::TimeDelta;

use time_range::{Range, write_timestamp};

use crate::Timestamp;

/// From when to when, both ends inclusive.
///
/// Invariant: `start() <= end()`. Equal ends are a timeframe: Konnect's own sample has them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Timeframe {
    start: Timestamp,
    end: Timestamp,
}

/// The durations up to now that the page offers, by name; resolved when sent, not when chosen.
pub const PRESETS: [(&str, TimeDelta); 5] = [
    ("Last 15 minutes", TimeDelta::minutes(15)),
    ("Last hour", TimeDelta::hours(1)),
    ("Last 6 hours", TimeDelta::hours(6)),
    ("Last 12 hours", TimeDelta::hours(12)),
    ("Last 24 hours", TimeDelta::hours(24)),
];

/// How far back a region can replay, and how kind it is to skewed clocks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// How long audit log lines are kept: seven days in Konnect's documents.
    pub retention: TimeDelta,
    /// What a request may lie beyond either edge before it is refused.
    pub grace: TimeDelta,
    /// How far inside the old edge a request is made, so that it does not grow too old on its way.
    pub margin: TimeDelta,
}

/// An end of a timeframe, by its field name in the API.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Edge {
    /// `start_at`
    Start,
    /// `end_at`
    End,
}

/// What is wrong with a requested timeframe, with the bound that would do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TimeframeError {
    /// The end lies before the start.
    Reversed {
        /// The start: the earliest end that would do.
        start: Timestamp,
    },
    /// An end lies further back than lines are kept.
    TooOld {
        /// Which end.
        edge: Edge,
        /// The earliest moment that would do.
        earliest: Timestamp,
    },
    /// An end lies in the future.
    InFuture {
        /// Which end.
        edge: Edge,
        /// The latest moment that would do.
        latest: Timestamp,
    },
}

impl Timeframe {
    /// The timeframe from `start` to `end`.
    ///
    /// # Errors
    /// [`TimeframeError::Reversed`] when `end` lies before `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, TimeframeError> {
        if end < start {
            return Err(TimeframeError::Reversed { start });
        }
        Ok(Self { start, end })
    }

    /// The timeframe of this `duration` up to `now`; a negative one is as good as none.
    #[must_use]
    pub fn last(duration: TimeDelta, now: Timestamp) -> Self {
        Self { start: back(now, duration).min(now), end: now }
    }

    /// The timeframe that a range means at `now`.
    ///
    /// # Errors
    /// [`TimeframeError::Reversed`] when it ends before it starts.
    pub fn resolve(range: &Range, now: Timestamp) -> Result<Self, TimeframeError> {
        Self::new(range.from.at(now), range.to.at(now))
    }

    /// The first moment of it.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// The last moment of it.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }
}

impl Policy {
    /// Konnect's documented seven days, with five minutes of grace and one of margin.
    pub const DEFAULT: Self = Self {
        retention: TimeDelta::days(7),
        grace: TimeDelta::minutes(5),
        margin: TimeDelta::seconds(60),
    };

    /// The earliest moment that can still be replayed at `now`; the grace lies before it.
    #[must_use]
    pub fn earliest(&self, now: Timestamp) -> Timestamp {
        back(now, self.retention)
    }

    /// The moment before which no line can be asked for any more at `now`, grace included.
    #[must_use]
    pub fn forgotten_before(&self, now: Timestamp) -> Timestamp {
        back(self.earliest(now), self.grace)
    }

    /// The timeframe to ask for at `now`: one that starts within the margin starts behind it.
    #[must_use]
    pub fn kept_inside(&self, timeframe: Timeframe, now: Timestamp) -> Timeframe {
        let earliest = self.earliest(now);
        let safe = earliest.checked_add_signed(self.margin).unwrap_or(earliest);
        let near = (earliest..safe).contains(&timeframe.start) && safe <= timeframe.end;
        if near { Timeframe { start: safe, ..timeframe } } else { timeframe }
    }

    /// Everything that is wrong at `now` with a timeframe of these ends, the start's faults first; an
    /// end that is not known has none.
    #[must_use]
    pub fn faults(
        &self,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<TimeframeError> {
        let [start_fault, end_fault] =
            [(Edge::Start, start), (Edge::End, end)].map(|(edge, at)| self.fault(edge, at?, now));
        let reversed = start.zip(end).and_then(|(start, end)| Timeframe::new(start, end).err());
        [start_fault, end_fault, reversed].into_iter().flatten().collect()
    }

    fn fault(&self, edge: Edge, at: Timestamp, now: Timestamp) -> Option<TimeframeError> {
        let latest = now.checked_add_signed(self.grace).unwrap_or(Timestamp::MAX_UTC);
        if at < self.forgotten_before(now) {
            Some(TimeframeError::TooOld { edge, earliest: self.earliest(now) })
        } else if at > latest {
            Some(TimeframeError::InFuture { edge, latest: now })
        } else {
            None
        }
    }
}

impl Edge {
    /// The field that carries this end.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Start => "start_at",
            Self::End => "end_at",
        }
    }
}

impl TimeframeError {
    /// Which end is at fault; of a reversed timeframe it is the end.
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

/// The moment so long before `at`, or the beginning of time where there is none.
fn back(at: Timestamp, duration: TimeDelta) -> Timestamp {
    at.checked_sub_signed(duration).unwrap_or(Timestamp::MIN_UTC)
}

#[cfg(test)]
mod tests;
