//! The pace of a job with a limit of lines per second: a token bucket of lines. It decides when the next
//! batch may be sent, and never what is in it.

use core::time::Duration;

use tokio::time::Instant;

/// The lines of a job that were sent ahead of its limit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Pacing {
    /// The limit; `None` without one.
    lines_per_second: Option<u64>,
    /// Billionths of lines that were sent ahead, as of `at`.
    debt: u128,
    at: Option<Instant>,
}

/// When the next batch may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pace {
    /// At once.
    Now,
    /// After this time.
    In(Duration),
    /// When the limit is changed: the job is paused.
    Paused,
}

/// Batches are sent ahead for this time at most, or one batch. So small batches are not spaced one by
/// one, which would need very exact timers.
const BURST: Duration = Duration::from_millis(100);

impl Pacing {
    /// The pace of a job of which another node sent lines ahead of the limit some time ago.
    pub(super) fn taken_over(ahead_lines: u64, age: Duration, now: Instant) -> Self {
        let debt = u128::from(ahead_lines) * NANOSECONDS;
        Self { lines_per_second: None, debt, at: now.checked_sub(age).or(Some(now)) }
    }

    /// The lines that were sent ahead of the limit, rounded up; 0 without a limit.
    pub(super) fn ahead_lines(&mut self, now: Instant) -> u64 {
        if self.lines_per_second.is_none() {
            return 0;
        }
        self.settle(now);
        u64::try_from(self.debt.div_ceil(NANOSECONDS)).unwrap_or(u64::MAX)
    }

    /// Changes the limit. What was sent before counts, unless there is no limit any more.
    pub(super) fn set_limit(&mut self, lines_per_second: Option<u64>, now: Instant) {
        if self.lines_per_second == lines_per_second {
            return;
        }
        // Lines that another node has sent ahead are settled once the first limit is set.
        if self.lines_per_second.is_some() {
            self.settle(now);
        }
        self.lines_per_second = lines_per_second;
        if lines_per_second.is_none() {
            *self = Self::default();
        }
    }

    /// When the next batch may be sent, of any size.
    pub(super) fn next(&mut self, now: Instant) -> Pace {
        let Some(rate) = self.lines_per_second else { return Pace::Now };
        if rate == 0 {
            return Pace::Paused;
        }
        self.settle(now);
        let ahead = self.debt.saturating_sub(BURST.as_nanos() * u128::from(rate));
        if ahead == 0 {
            return Pace::Now;
        }
        let nanoseconds = u64::try_from(ahead.div_ceil(u128::from(rate))).unwrap_or(u64::MAX);
        Pace::In(Duration::from_nanos(nanoseconds))
    }

    /// Counts a batch that is sent.
    pub(super) fn sent(&mut self, lines: u64, now: Instant) {
        if self.lines_per_second.is_some() {
            self.settle(now);
            self.debt += u128::from(lines) * NANOSECONDS;
        }
    }

    /// Subtracts what the limit has permitted since the last time.
    fn settle(&mut self, now: Instant) {
        let elapsed = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let permitted = elapsed.as_nanos() * u128::from(self.lines_per_second.unwrap_or_default());
        self.debt = self.debt.saturating_sub(permitted);
        self.at = Some(now);
    }
}

const NANOSECONDS: u128 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_job_sends_as_many_lines_per_second_as_its_limit() {
        for (rate, batch, seconds) in
            [(10, 1_000, 1_000), (1_000, 1_000, 1_000), (1_000, 10, 100), (100_000, 70, 10)]
        {
            let mut pacing = limited(rate);
            let (begin, mut lines) = (Instant::now(), 0);
            while lines < rate * seconds {
                match pacing.next(Instant::now()) {
                    Pace::Now => {
                        lines += batch;
                        pacing.sent(batch, Instant::now());
                    }
                    Pace::In(wait) => tokio::time::advance(wait).await,
                    Pace::Paused => panic!(),
                }
                let elapsed = u64::try_from(begin.elapsed().as_micros()).unwrap();
                let permitted = (rate * elapsed).div_ceil(1_000_000);
                let burst = (rate / 10).max(1) + batch;
                assert!(lines <= permitted + burst, "{lines} lines in {:?}", begin.elapsed());
            }
            // The last batch and the burst are sent ahead of their time.
            let took = begin.elapsed() + BURST + Duration::from_secs(batch / rate + 1);
            assert!(took >= Duration::from_secs(seconds), "{rate}: {took:?}");
            assert!(begin.elapsed() <= Duration::from_secs(seconds), "{rate}: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_larger_than_the_limit_is_sent_whole_and_the_next_one_waits() {
        let mut pacing = limited(10);
        assert_eq!(pacing.next(Instant::now()), Pace::Now);
        pacing.sent(1_000, Instant::now());
        assert_eq!(pacing.next(Instant::now()), Pace::In(Duration::from_millis(99_900)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_job_sends_nothing_until_its_limit_is_changed() {
        let mut pacing = limited(0);
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(pacing.next(Instant::now()), Pace::Paused);
        pacing.set_limit(Some(5), Instant::now());
        assert_eq!(pacing.next(Instant::now()), Pace::Now);
        pacing.sent(1, Instant::now());
        pacing.set_limit(Some(0), Instant::now());
        pacing.set_limit(None, Instant::now());
        assert_eq!(pacing.next(Instant::now()), Pace::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_before_a_change_counts_at_the_new_limit() {
        let mut pacing = limited(1);
        pacing.sent(1_000, Instant::now());
        tokio::time::advance(Duration::from_secs(100)).await;
        pacing.set_limit(Some(100), Instant::now());
        assert_eq!(pacing.next(Instant::now()), Pace::In(Duration::from_millis(8_900)));
        pacing.set_limit(Some(0), Instant::now());
        tokio::time::advance(Duration::from_secs(100)).await;
        pacing.set_limit(Some(100), Instant::now());
        assert_eq!(pacing.next(Instant::now()), Pace::In(Duration::from_millis(8_900)));
    }

    fn limited(lines_per_second: u64) -> Pacing {
        let mut pacing = Pacing::default();
        pacing.set_limit(Some(lines_per_second), Instant::now());
        pacing
    }
}
