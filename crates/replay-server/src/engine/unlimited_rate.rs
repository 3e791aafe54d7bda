//! The delivery rate of a region's jobs while they are neither limited nor paused. The duration of the
//! next job is estimated by it, since each job begins without a limit.

use core::time::Duration;

use tokio::time::Instant;

use crate::store::FULL_BATCH;

/// The rate of the region's latest job without the time during which it was limited.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct UnlimitedRate {
    /// Since when the job has had no limit; `None` while it has one.
    since: Option<Instant>,
    /// How long it had none before that.
    before: Duration,
    /// The lines that were acknowledged while it had none.
    lines: u64,
    /// How long it had none until the last of them.
    took: Duration,
    /// The rate of the jobs before it.
    earlier: Option<u64>,
}

/// A job that took less says little: it may be slower than others, but is not faster.
const LONG: Duration = Duration::from_secs(1);

impl UnlimitedRate {
    /// Another job starts, without a limit.
    pub(super) fn start(&mut self, now: Instant) {
        *self = Self { since: Some(now), earlier: self.lines_per_second(), ..Self::default() };
    }

    /// Takes in whether the job is limited or paused.
    pub(super) fn set_limited(&mut self, is_limited: bool, now: Instant) {
        if !is_limited {
            self.since.get_or_insert(now);
        } else if let Some(since) = self.since.take() {
            self.before += now.duration_since(since);
        }
    }

    /// Counts lines that were acknowledged.
    pub(super) fn count(&mut self, lines: u64, now: Instant) {
        if let Some(since) = self.since {
            self.lines += lines;
            self.took = self.before + now.duration_since(since);
        }
    }

    /// Lines per second, rounded up; `None` before the first line.
    pub(super) fn lines_per_second(&self) -> Option<u64> {
        if self.lines == 0 {
            return self.earlier;
        }
        let lines = u128::from(self.lines.max(FULL_BATCH));
        let per_second = (lines * 1_000).div_ceil(self.took.as_millis().max(1));
        let own = Some(u64::try_from(per_second).unwrap_or(u64::MAX));
        if self.took < LONG { own.max(self.earlier) } else { own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_time_of_a_limit_or_a_pause_does_not_count() {
        let mut rate = UnlimitedRate::default();
        assert_eq!(rate.lines_per_second(), None);
        rate.start(Instant::now());
        tokio::time::advance(Duration::from_secs(2)).await;
        rate.count(20_000, Instant::now());
        rate.set_limited(true, Instant::now());
        tokio::time::advance(Duration::from_mins(1)).await;
        rate.count(60, Instant::now());
        assert_eq!(rate.lines_per_second(), Some(10_000));
        rate.set_limited(false, Instant::now());
        tokio::time::advance(Duration::from_secs(2)).await;
        rate.count(30_000, Instant::now());
        assert_eq!(rate.lines_per_second(), Some(12_500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_job_or_one_that_was_limited_throughout_does_not_lower_the_rate() {
        let mut rate = UnlimitedRate::default();
        rate.start(Instant::now());
        tokio::time::advance(Duration::from_secs(2)).await;
        rate.count(20_000, Instant::now());
        for is_limited in [false, true] {
            rate.start(Instant::now());
            rate.set_limited(is_limited, Instant::now());
            tokio::time::advance(Duration::from_millis(100)).await;
            rate.count(5, Instant::now());
            assert_eq!(rate.lines_per_second(), Some(10_000));
        }
        rate.start(Instant::now());
        tokio::time::advance(Duration::from_secs(5)).await;
        rate.count(2, Instant::now());
        assert_eq!(rate.lines_per_second(), Some(200), "a batch takes five seconds now");
    }
}
