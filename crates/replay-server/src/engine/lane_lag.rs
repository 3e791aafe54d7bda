//! How long the oldest undelivered line of a live lane has waited. Arrivals are noted with a resolution
//! of a second; they are forgotten at a restart.

use core::time::Duration;
use std::collections::VecDeque;

use tokio::time::Instant;

/// The arrivals that the lane has not passed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct LaneLag(VecDeque<Arrival>);

/// Lines that arrived within a second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Arrival {
    /// The highest sequence number.
    last_seq: i64,
    /// When the first of them was noted.
    at: Instant,
}

/// Arrivals within this time are noted together, so that memory is bounded.
const RESOLUTION: Duration = Duration::from_secs(1);

impl LaneLag {
    /// Notes that `last_seq` is the highest sequence number of an archived line.
    pub(super) fn note_arrivals(&mut self, last_seq: i64, now: Instant) {
        match self.0.back_mut() {
            Some(last) if last.last_seq >= last_seq => {}
            Some(last) if now.duration_since(last.at) < RESOLUTION => last.last_seq = last_seq,
            _ => self.0.push_back(Arrival { last_seq, at: now }),
        }
    }

    /// Forgets the lines up to `cursor_seq`: the lane has passed them.
    pub(super) fn pass(&mut self, cursor_seq: i64) {
        while self.0.front().is_some_and(|first| first.last_seq <= cursor_seq) {
            self.0.pop_front();
        }
    }

    /// How long the oldest line that the lane has not passed has waited, to a second.
    pub(super) fn age(&self, now: Instant) -> Duration {
        self.0.front().map_or(Duration::ZERO, |first| now.duration_since(first.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_is_the_age_of_the_oldest_line_that_was_not_passed() {
        let (start, mut lag) = (Instant::now(), LaneLag::default());
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(lag.age(after(0)), Duration::ZERO);
        lag.note_arrivals(4, after(0));
        lag.note_arrivals(7, after(900));
        lag.note_arrivals(9, after(1_000));
        lag.note_arrivals(9, after(5_000));
        assert_eq!(lag.age(after(9_000)), Duration::from_secs(9));
        lag.pass(6);
        assert_eq!(lag.age(after(9_000)), Duration::from_secs(9), "7 arrived with 4");
        lag.pass(7);
        assert_eq!(lag.age(after(9_000)), Duration::from_secs(8));
        lag.pass(9);
        assert_eq!(lag.age(after(9_000)), Duration::ZERO);
    }
}
