//! The delivery rate of each region over the last ten seconds and without a limit, its requests in
//! flight, and how many of them there may be. It is empty after a restart.

use core::time::Duration;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use replay_core::Region;
use tokio::time::Instant;

use super::unlimited_rate::UnlimitedRate;

/// The delivery rates, shared between the engine and the API.
#[derive(Clone, Debug, Default)]
pub struct DeliveryRates(Arc<Mutex<HashMap<Region, Recent>>>);

/// The deliveries of a region.
#[derive(Debug, Default)]
struct Recent {
    /// The lines that were acknowledged recently, oldest first.
    acknowledged: VecDeque<Counted>,
    /// The number of requests in flight.
    in_flight: usize,
    /// The number of requests that may be in flight; `None` before the first one of the job.
    in_flight_limit: Option<usize>,
    unlimited: UnlimitedRate,
}

#[derive(Debug)]
struct Counted {
    since: Instant,
    lines: u64,
}

/// The time over which a rate is measured.
const WINDOW: Duration = Duration::from_secs(10);

/// Lines that are acknowledged within this time are counted together, so that memory is bounded.
const RESOLUTION: Duration = Duration::from_millis(100);

/// The shortest time over which a rate is measured: a single batch says little.
const SHORTEST: Duration = Duration::from_secs(1);

impl DeliveryRates {
    /// Counts lines that were acknowledged at `now`.
    pub(super) fn count(&self, region: &Region, lines: u64, now: Instant) {
        let mut rates = self.lock();
        let recent = rates.entry(region.clone()).or_default();
        recent.forget_before(now);
        recent.unlimited.count(lines, now);
        match recent.acknowledged.back_mut() {
            Some(last) if now.duration_since(last.since) < RESOLUTION => last.lines += lines,
            _ => recent.acknowledged.push_back(Counted { since: now, lines }),
        }
    }

    /// Forgets the lines of earlier jobs, since another one starts, but not how fast they were.
    pub(super) fn start(&self, region: &Region, now: Instant) {
        let mut rates = self.lock();
        let recent = rates.entry(region.clone()).or_default();
        let mut unlimited = recent.unlimited;
        unlimited.start(now);
        *recent = Recent { unlimited, ..Recent::default() };
    }

    /// Records whether the region's job is limited or paused.
    pub(super) fn set_limited(&self, region: &Region, is_limited: bool, now: Instant) {
        let mut rates = self.lock();
        rates.entry(region.clone()).or_default().unlimited.set_limited(is_limited, now);
    }

    /// Lines per second of the latest job without the time during which it was limited or paused; `None`
    /// if there is no such rate in this process.
    #[must_use]
    pub fn unlimited_lines_per_second(&self, region: &Region) -> Option<u64> {
        self.lock().get(region)?.unlimited.lines_per_second()
    }

    /// Lines per second over the last ten seconds, or since lines were first delivered.
    #[must_use]
    pub fn lines_per_second(&self, region: &Region, now: Instant) -> u64 {
        let mut rates = self.lock();
        let Some(recent) = rates.get_mut(region) else { return 0 };
        recent.forget_before(now);
        let Some(first) = recent.acknowledged.front() else { return 0 };
        let span = now.duration_since(first.since).clamp(SHORTEST, WINDOW);
        let lines: u64 = recent.acknowledged.iter().map(|counted| counted.lines).sum();
        let per_second = u128::from(lines) * 1_000 / span.as_millis();
        u64::try_from(per_second).unwrap_or(u64::MAX)
    }

    /// The number of the region's requests in flight.
    #[must_use]
    pub fn in_flight(&self, region: &Region) -> u64 {
        self.lock().get(region).map_or(0, |recent| recent.in_flight as u64)
    }

    /// Records the number of the region's requests in flight.
    pub(super) fn set_in_flight(&self, region: &Region, in_flight: usize) {
        self.lock().entry(region.clone()).or_default().in_flight = in_flight;
    }

    /// The number of requests of the region's job that may be in flight; `None` before its first one in
    /// this process.
    #[must_use]
    pub fn in_flight_limit(&self, region: &Region) -> Option<u64> {
        let limit = self.lock().get(region).and_then(|recent| recent.in_flight_limit);
        limit.and_then(|limit| u64::try_from(limit).ok())
    }

    /// Records the number of requests of the region's job that may be in flight.
    pub(super) fn set_in_flight_limit(&self, region: &Region, limit: usize) {
        self.lock().entry(region.clone()).or_default().in_flight_limit = Some(limit);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Region, Recent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn forget_before(&mut self, now: Instant) {
        while self
            .acknowledged
            .front()
            .is_some_and(|first| now.duration_since(first.since) > WINDOW)
        {
            self.acknowledged.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_that_of_the_last_ten_seconds() {
        let (rates, us) = (DeliveryRates::default(), Region::named("us").unwrap());
        let rate = || rates.lines_per_second(&us, Instant::now());
        assert_eq!(rate(), 0);
        rates.count(&us, 300, Instant::now());
        assert_eq!(rate(), 300, "measured over a second at least");
        for _ in 0..100 {
            tokio::time::advance(Duration::from_millis(200)).await;
            rates.count(&us, 20, Instant::now());
        }
        assert_eq!(rate(), 102, "51 times within ten seconds, both ends included");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(rate(), 0);
    }
}
