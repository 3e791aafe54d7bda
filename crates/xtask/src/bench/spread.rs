//! The event times of generated lines: evenly spread over a window of nearly seven days that ends some
//! minutes before now, in order or at random.

use chrono::{DateTime, SecondsFormat};

use super::random::Random;

/// The `start_at` and `end_at` of a job.
#[derive(Clone, Debug)]
pub(super) struct Timeframe {
    /// The earliest event time, included.
    pub(super) start_at: String,
    /// The latest event time, included.
    pub(super) end_at: String,
}

/// The order in which lines arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    /// The oldest first.
    ByTime,
    /// Any line of the window after any other.
    Random,
}

/// The event times of a number of lines, in milliseconds since 1970.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    start_ms: u64,
    lines: u64,
    order: Order,
}

impl Spread {
    /// The event times of `lines` lines over the days before `now_ms`.
    pub(super) fn before(now_ms: u64, lines: u64, order: Order) -> Self {
        Self { start_ms: now_ms.saturating_sub(START_BEFORE_NOW_MS), lines, order }
    }

    /// The number of lines.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// The event time of the line with this index.
    pub(super) fn event_ms(&self, seed: u64, index: u64) -> u64 {
        let offset = match self.order {
            Order::ByTime => (index * SPAN_MS).checked_div(self.lines).unwrap_or_default(),
            Order::Random => Random::new(seed ^ SALT, index).below(SPAN_MS),
        };
        self.start_ms + offset
    }

    /// The whole window.
    pub(super) fn all(&self) -> Timeframe {
        self.until(self.start_ms + SPAN_MS)
    }

    /// The timeframe of the first `count` lines by time.
    pub(super) fn first(&self, count: u64) -> Timeframe {
        let last = self.start_ms + SPAN_MS * count.saturating_sub(1) / self.lines.max(1);
        self.until(last)
    }

    fn until(&self, end_ms: u64) -> Timeframe {
        Timeframe {
            start_at: write_ms(self.start_ms, SecondsFormat::Millis),
            end_at: write_ms(end_ms, SecondsFormat::Millis),
        }
    }
}

/// Writes milliseconds since 1970 as a timestamp.
pub(super) fn write_ms(ms: u64, format: SecondsFormat) -> String {
    let time = i64::try_from(ms).ok().and_then(DateTime::from_timestamp_millis);
    time.unwrap_or_default().to_rfc3339_opts(format, true)
}

const MINUTE_MS: u64 = 60_000;
const END_BEFORE_NOW_MS: u64 = 5 * MINUTE_MS;
/// Lines of the window must not become older than the retention while the benchmark runs.
const START_BEFORE_NOW_MS: u64 = (7 * 24 - 3) * 60 * MINUTE_MS;
const SPAN_MS: u64 = START_BEFORE_NOW_MS - END_BEFORE_NOW_MS;
/// The times are drawn from another stream than the texts.
const SALT: u64 = 0x7469_6d65;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_795_600_000_000;

    #[test]
    fn the_first_lines_by_time_are_those_up_to_the_end_of_their_timeframe() {
        let spread = Spread::before(NOW_MS, 1_000, Order::ByTime);
        let last = spread.event_ms(1, 399);
        assert_eq!(spread.first(400).end_at, write_ms(last, SecondsFormat::Millis));
        assert!(spread.event_ms(1, 400) > last && spread.event_ms(1, 398) < last);
    }

    #[test]
    fn random_event_times_stay_within_the_window() {
        let spread = Spread::before(NOW_MS, 1_000, Order::Random);
        let times: Vec<_> = (0..1_000).map(|index| spread.event_ms(1, index)).collect();
        assert!(times.iter().all(|&at| at >= spread.start_ms && at < NOW_MS - END_BEFORE_NOW_MS));
        assert!(!times.is_sorted());
    }
}
