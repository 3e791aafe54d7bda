//! How many requests of a job may be in flight: fewer when the receiver is overloaded, and more again
//! when it acknowledges (additive increase, multiplicative decrease). It sends nothing.

use core::time::Duration;

use tokio::time::Instant;

/// The window of a job's requests. It begins at the most that are permitted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Congestion {
    /// The window in thousandths of requests; `None` while it is not lowered.
    window: Option<u64>,
    /// When the window was last halved.
    halved_at: Option<Instant>,
    /// The shortest time after which a request was acknowledged.
    fastest: Option<Duration>,
}

/// A request of the window.
const ONE: u64 = 1_000;

/// Answers that take this number of times the fastest one are slow…
const SLOWDOWN: u32 = 4;

/// …if they take longer than this.
const SLOW: Duration = Duration::from_secs(1);

impl Congestion {
    /// How many requests may be in flight, at least one and at most `most`.
    pub(super) fn limit(&self, most: usize) -> usize {
        let window = self.window.and_then(|window| usize::try_from(window / ONE).ok());
        window.unwrap_or(most).clamp(1, most.max(1))
    }

    /// A request that was sent at `sent_at` is acknowledged. The window grows by one request for as many
    /// acknowledgements as it has requests, unless the answer was slow.
    pub(super) fn acknowledged(&mut self, most: usize, sent_at: Instant, now: Instant) {
        let took = now.saturating_duration_since(sent_at);
        let fastest = self.fastest.map_or(took, |fastest| fastest.min(took));
        self.fastest = Some(fastest);
        if took > SLOW && took > fastest.saturating_mul(SLOWDOWN) {
            self.overloaded(most, sent_at, now);
            return;
        }
        let Some(window) = self.window else { return };
        let grown = window + (ONE * ONE).div_ceil(window.max(ONE));
        // Rounded up, so that it is full again after a finite number of acknowledgements.
        self.window = Some(grown).filter(|grown| *grown < full(most));
    }

    /// A request that was sent at `sent_at` was not acknowledged because the receiver is overloaded. The
    /// window is halved, but once only for the requests that were in flight together.
    pub(super) fn overloaded(&mut self, most: usize, sent_at: Instant, now: Instant) {
        if self.halved_at.is_none_or(|halved_at| halved_at <= sent_at) {
            self.throttle(most, now);
        }
    }

    /// Halves the window: the receiver has asked the live lane for a pause, or is overloaded.
    pub(super) fn throttle(&mut self, most: usize, now: Instant) {
        let window = self.window.unwrap_or_else(|| full(most));
        self.window = Some((window / 2).max(ONE)).filter(|window| *window < full(most));
        self.halved_at = Some(now);
    }
}

/// The window of `most` requests.
fn full(most: usize) -> u64 {
    u64::try_from(most).unwrap_or(u64::MAX).saturating_mul(ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 8;

    #[tokio::test(start_paused = true)]
    async fn the_window_begins_at_the_most_and_is_halved_down_to_one() {
        let mut congestion = Congestion::default();
        for limit in [8, 4, 2, 1, 1] {
            assert_eq!(congestion.limit(MOST), limit);
            let sent_at = Instant::now();
            tokio::time::advance(Duration::from_millis(10)).await;
            congestion.overloaded(MOST, sent_at, Instant::now());
        }
        assert_eq!(congestion.limit(MOST), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_were_in_flight_together_halve_the_window_once() {
        let mut congestion = Congestion::default();
        let sent_at = Instant::now();
        tokio::time::advance(Duration::from_millis(10)).await;
        for _ in 0..MOST {
            congestion.overloaded(MOST, sent_at, Instant::now());
        }
        assert_eq!(congestion.limit(MOST), 4);
        congestion.throttle(MOST, Instant::now());
        assert_eq!(congestion.limit(MOST), 2, "the live lane was throttled, too");
    }

    #[tokio::test(start_paused = true)]
    async fn the_window_grows_by_one_for_each_window_of_acknowledgements() {
        let mut congestion = Congestion::default();
        congestion.throttle(MOST, Instant::now());
        for limit in [4, 5, 6, 7] {
            assert_eq!(congestion.limit(MOST), limit);
            for _ in 0..=limit {
                congestion.acknowledged(MOST, Instant::now(), Instant::now());
            }
        }
        assert_eq!(congestion.limit(MOST), MOST);
        congestion.acknowledged(MOST, Instant::now(), Instant::now());
        assert_eq!(congestion.window, None, "it does not grow further");
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_become_slow_halve_the_window() {
        for (fast_ms, slow_ms, limit) in
            [(100, 1_100, 4), (100, 900, 8), (2_000, 7_000, 8), (2_000, 9_000, 4)]
        {
            let mut congestion = Congestion::default();
            for milliseconds in [fast_ms, slow_ms] {
                let sent_at = Instant::now();
                tokio::time::advance(Duration::from_millis(milliseconds)).await;
                congestion.acknowledged(MOST, sent_at, Instant::now());
            }
            assert_eq!(congestion.limit(MOST), limit, "{fast_ms} ms, then {slow_ms} ms");
        }
    }

    #[test]
    fn one_request_in_flight_stays_one() {
        let mut congestion = Congestion::default();
        congestion.throttle(1, Instant::now());
        assert_eq!((congestion.limit(1), congestion.window), (1, None));
    }
}
