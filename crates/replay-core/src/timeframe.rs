//! The span of time a job replays, parsed once; the presets; and the policy that says which spans
//! may still be asked for. A [`Timeframe`] proves order only: freshness holds at a moment, so it is checked
//! against `now` where a request comes in and never stored.

use alloc::vec::Vec;
use core::fmt;

use chrono::TimeDelta;

use crate::{Instant, range};

/// From when to when, both ends inclusive.
///
/// Invariant: `start() <= end()`. Equal ends are a timeframe: Konnect's own sample has them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Timeframe {
    start: Instant,
    end: Instant,
}

/// A span up to now that the page offers by name; it is resolved when sent, not when chosen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Preset {
    /// Last 15 minutes
    Last15Minutes,
    /// Last hour
    LastHour,
    /// Last 6 hours
    Last6Hours,
    /// Last 12 hours
    Last12Hours,
    /// Last 24 hours
    Last24Hours,
}

/// How far back a region can replay, and how kind it is to skewed clocks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// How long audit log lines are kept: seven days in Konnect's documents.
    pub retention: TimeDelta,
    /// What a request may lie beyond either edge before it is refused.
    pub grace: TimeDelta,
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
        start: Instant,
    },
    /// An end lies further back than lines are kept.
    TooOld {
        /// Which end.
        edge: Edge,
        /// The earliest moment that would do.
        earliest: Instant,
    },
    /// An end lies in the future.
    InFuture {
        /// Which end.
        edge: Edge,
        /// The latest moment that would do.
        latest: Instant,
    },
}

impl Timeframe {
    /// The span from `start` to `end`.
    ///
    /// # Errors
    /// [`TimeframeError::Reversed`] when `end` lies before `start`.
    pub fn new(start: Instant, end: Instant) -> Result<Self, TimeframeError> {
        if end < start {
            return Err(TimeframeError::Reversed { start });
        }
        Ok(Self { start, end })
    }

    /// The span from `start` to `end`, if `policy` lets it be replayed at `now`.
    ///
    /// # Errors
    /// Every fault of the two ends, those of the start first.
    pub fn requested(
        start: Instant,
        end: Instant,
        policy: &Policy,
        now: Instant,
    ) -> Result<Self, Vec<TimeframeError>> {
        let mut errors: Vec<_> = [(Edge::Start, start), (Edge::End, end)]
            .into_iter()
            .filter_map(|(edge, at)| policy.check(edge, at, now).err())
            .collect();
        match Self::new(start, end) {
            Ok(timeframe) if errors.is_empty() => return Ok(timeframe),
            Ok(_) => {}
            Err(reversed) => errors.push(reversed),
        }
        Err(errors)
    }

    /// The span that reaches `span` back from `now`; a negative one is as good as none.
    #[must_use]
    pub fn last(span: TimeDelta, now: Instant) -> Self {
        Self { start: back(now, span).min(now), end: now }
    }

    /// The first moment of the span.
    #[must_use]
    pub const fn start(&self) -> Instant {
        self.start
    }

    /// The last moment of the span.
    #[must_use]
    pub const fn end(&self) -> Instant {
        self.end
    }
}

impl Preset {
    /// Every preset, shortest first.
    pub const ALL: [Self; 5] = [
        Self::Last15Minutes,
        Self::LastHour,
        Self::Last6Hours,
        Self::Last12Hours,
        Self::Last24Hours,
    ];

    /// What the page calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Last15Minutes => "Last 15 minutes",
            Self::LastHour => "Last hour",
            Self::Last6Hours => "Last 6 hours",
            Self::Last12Hours => "Last 12 hours",
            Self::Last24Hours => "Last 24 hours",
        }
    }

    /// How far it reaches back.
    #[must_use]
    pub const fn span(self) -> TimeDelta {
        match self {
            Self::Last15Minutes => TimeDelta::minutes(15),
            Self::LastHour => TimeDelta::hours(1),
            Self::Last6Hours => TimeDelta::hours(6),
            Self::Last12Hours => TimeDelta::hours(12),
            Self::Last24Hours => TimeDelta::hours(24),
        }
    }
}

impl Policy {
    /// Konnect's documented seven days, with five minutes of grace.
    pub const DEFAULT: Self = Self { retention: TimeDelta::days(7), grace: TimeDelta::minutes(5) };

    /// The earliest moment that can still be replayed at `now`; the grace lies before it.
    #[must_use]
    pub fn earliest(&self, now: Instant) -> Instant {
        back(now, self.retention)
    }

    /// The moment before which no line can be asked for any more at `now`, grace included.
    #[must_use]
    pub fn forgotten_before(&self, now: Instant) -> Instant {
        back(self.earliest(now), self.grace)
    }

    pub(crate) fn check(
        &self,
        edge: Edge,
        at: Instant,
        now: Instant,
    ) -> Result<(), TimeframeError> {
        if at < self.forgotten_before(now) {
            return Err(TimeframeError::TooOld { edge, earliest: self.earliest(now) });
        }
        if at > now.checked_add_signed(self.grace).unwrap_or(Instant::MAX_UTC) {
            return Err(TimeframeError::InFuture { edge, latest: now });
        }
        Ok(())
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
                write!(f, "must not be before start_at, {}", range::write_instant(*start))
            }
            Self::TooOld { earliest, .. } => {
                write!(f, "is too old: the earliest is {}", range::write_instant(*earliest))
            }
            Self::InFuture { latest, .. } => {
                write!(f, "is in the future: the latest is {}", range::write_instant(*latest))
            }
        }
    }
}

impl core::error::Error for TimeframeError {}

/// `span` before `at`, or the beginning of time where there is no such moment.
fn back(at: Instant, span: TimeDelta) -> Instant {
    at.checked_sub_signed(span).unwrap_or(Instant::MIN_UTC)
}

#[cfg(test)]
mod tests;
