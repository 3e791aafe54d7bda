//! Since when the oldest undelivered line of a live lane has waited. Arrivals are noted with a resolution
//! of a second, and of more while a lane is interrupted for hours; they are forgotten at a restart.

use core::time::Duration;
use std::collections::VecDeque;

use tokio::time::Instant;

/// The arrivals that the lane has not passed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct WaitingLines(VecDeque<Arrival>);

/// Lines that arrived within a second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Arrival {
    /// The highest sequence number.
    last_seq: i64,
    /// When the first of them was noted.
    at: Instant,
}

/// Arrivals within this time are noted together.
const RESOLUTION: Duration = Duration::from_secs(1);

/// The maximum number of arrivals in memory: more than seconds after which an outage begins.
const MOST: usize = 4_096;

impl WaitingLines {
    /// Notes that `last_seq` is the highest sequence number of an archived line.
    pub(super) fn note_arrivals(&mut self, last_seq: i64, now: Instant) {
        match self.0.back_mut() {
            Some(last) if last.last_seq >= last_seq => {}
            Some(last) if now.duration_since(last.at) < RESOLUTION => last.last_seq = last_seq,
            _ => self.0.push_back(Arrival { last_seq, at: now }),
        }
        if self.0.len() > MOST {
            self.merge();
        }
    }

    /// Notes each two neighbours together.
    fn merge(&mut self) {
        let arrivals: Vec<_> = self.0.drain(..).collect();
        let merged = |pair: &[Arrival]| {
            let (first, last) = (pair.first()?, pair.last()?);
            Some(Arrival { last_seq: last.last_seq, at: first.at })
        };
        self.0 = arrivals.chunks(2).filter_map(merged).collect();
    }

    /// Forgets the lines up to `cursor_seq`: the lane has passed them.
    pub(super) fn pass(&mut self, cursor_seq: i64) {
        while self.0.front().is_some_and(|first| first.last_seq <= cursor_seq) {
            self.0.pop_front();
        }
    }

    /// When the oldest line that the lane has not passed arrived, to a second; `None` without lines.
    pub(super) fn since(&self) -> Option<Instant> {
        self.0.front().map(|first| first.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(lag: &WaitingLines, now: Instant) -> Duration {
        lag.since().map_or(Duration::ZERO, |since| now.duration_since(since))
    }

    #[test]
    fn the_lag_is_the_age_of_the_oldest_line_that_was_not_passed() {
        let (start, mut lag) = (Instant::now(), WaitingLines::default());
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(age(&lag, after(0)), Duration::ZERO);
        lag.note_arrivals(4, after(0));
        lag.note_arrivals(7, after(900));
        lag.note_arrivals(9, after(1_000));
        lag.note_arrivals(9, after(5_000));
        assert_eq!(age(&lag, after(9_000)), Duration::from_secs(9));
        lag.pass(6);
        assert_eq!(age(&lag, after(9_000)), Duration::from_secs(9), "7 arrived with 4");
        lag.pass(7);
        assert_eq!(age(&lag, after(9_000)), Duration::from_secs(8));
        lag.pass(9);
        assert_eq!(age(&lag, after(9_000)), Duration::ZERO);
    }

    #[test]
    fn the_arrivals_of_days_are_merged_and_keep_the_oldest_time() {
        let (start, mut lag) = (Instant::now(), WaitingLines::default());
        for second in 0..100_000_i64 {
            let now = start + Duration::from_secs(second.cast_unsigned());
            lag.note_arrivals(second, now);
        }
        assert!(lag.0.len() <= MOST, "{}", lag.0.len());
        assert_eq!(lag.since(), Some(start));
        lag.pass(99_000);
        assert!(lag.since() > Some(start));
    }
}
