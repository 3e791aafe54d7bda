//! The scale of the timeline: it converts between seconds and places on its width. It knows neither
//! pixels nor what is drawn.

use replay_core::Policy;
use time_range::Timestamp;

use super::period::{MINUTE, Period, ceil, floor};

/// A place on the width of the timeline, from 0 to [`Scale::WIDTH`], in hundredths of a percent.
pub type Place = u32;

/// What the timeline shows, and what can be chosen on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Scale {
    /// The period that is shown.
    pub shown: Period,
    /// The earliest and the latest second that can be chosen.
    pub limits: Period,
}

impl Scale {
    /// The place of the end of the shown period.
    pub const WIDTH: Place = 10_000;

    /// The scale at `now` that shows `part`, or the whole retention if there is none. The whole
    /// retention starts a little before its edge, so that the edge is visible.
    #[must_use]
    pub fn of(part: Option<Period>, policy: &Policy, now: Timestamp) -> Self {
        let earliest = policy.earliest_to_request(now).timestamp();
        let (now, retention) = (now.timestamp(), policy.retention.num_seconds());
        let edge = now - retention;
        let earliest = ceil(earliest, MINUTE).min(now);
        let whole = Period { start: edge - retention / BEFORE_EDGE, end: now };
        Self { shown: part.unwrap_or(whole), limits: Period { start: earliest, end: now } }
    }

    /// The place of a second; a second outside of the shown period is at its nearest end.
    #[must_use]
    pub fn place(&self, second: i64) -> Place {
        let (length, width) = (self.shown.length().max(1), i64::from(Self::WIDTH));
        let place = ((second - self.shown.start).saturating_mul(width) + length / 2) / length;
        Place::try_from(place.clamp(0, width)).unwrap_or_default()
    }

    /// The second at a place, rounded to the minute, within the limits. The end of the shown period
    /// may be `now` and is not rounded.
    #[must_use]
    pub fn second(&self, place: Place) -> i64 {
        let part = self.shown.length().saturating_mul(place.into()) / i64::from(Self::WIDTH);
        let second = if place >= Self::WIDTH {
            self.shown.end
        } else {
            floor(self.shown.start + part + MINUTE / 2, MINUTE)
        };
        second.clamp(self.limits.start, self.limits.end)
    }

    /// The step of a slider that is nearly as long as this number of seconds. It divides the width, so
    /// that the slider reaches its end.
    #[must_use]
    pub fn step(&self, seconds: i64) -> Place {
        const STEPS: [Place; 9] = [500, 250, 100, 50, 40, 20, 10, 5, 2];
        let whole = self.shown.length().max(1);
        let places = seconds.saturating_mul(Self::WIDTH.into()) / whole;
        STEPS.into_iter().find(|step| i64::from(*step) <= places).unwrap_or(1)
    }
}

/// The part of the retention that is shown before its edge.
const BEFORE_EDGE: i64 = 40;
