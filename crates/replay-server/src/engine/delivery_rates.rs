//! The delivery rate of each region over the last ten seconds and without a limit, its requests in
//! flight, and how many of them there may be: of this node, or of the node that delivers. It is empty after
//! a restart.

use core::time::Duration;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use replay_core::Region;
use tokio::time::Instant;

use super::{heard_report::HeardReport, unlimited_rate::UnlimitedRate};
use crate::store::DeliveryReport;

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
    /// The last report of another node.
    heard: Option<HeardReport>,
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
        *recent = Recent { unlimited, heard: recent.heard, ..Recent::default() };
    }

    /// Records whether the region's job is limited or paused.
    pub(super) fn set_limited(&self, region: &Region, is_limited: bool, now: Instant) {
        let mut rates = self.lock();
        rates.entry(region.clone()).or_default().unlimited.set_limited(is_limited, now);
    }

    /// Lines per second of the latest job without the time during which it was limited or paused; `None`
    /// if no such rate is known.
    #[must_use]
    pub fn unlimited_lines_per_second(&self, region: &Region) -> Option<u64> {
        let rates = self.lock();
        let recent = rates.get(region)?;
        let own = recent.unlimited.lines_per_second();
        let heard = recent.heard.and_then(|heard| heard.unlimited_lines_per_second());
        if recent.in_flight > 0 { own.or(heard) } else { heard.or(own) }
    }

    /// Lines per second over the last ten seconds, or since lines were first delivered.
    #[must_use]
    pub fn lines_per_second(&self, region: &Region, now: Instant) -> u64 {
        let mut rates = self.lock();
        let Some(recent) = rates.get_mut(region) else { return 0 };
        let heard = recent.heard(now).map_or(0, |heard| heard.lines_per_second);
        recent.lines_per_second(now).max(heard)
    }

    /// The number of the region's requests in flight.
    #[must_use]
    pub fn in_flight(&self, region: &Region) -> u64 {
        let rates = self.lock();
        let Some(recent) = rates.get(region) else { return 0 };
        let heard = recent.heard(Instant::now()).map_or(0, |heard| heard.in_flight);
        heard.max(recent.in_flight as u64)
    }

    /// Records the number of the region's requests in flight.
    pub(super) fn set_in_flight(&self, region: &Region, in_flight: usize) {
        self.lock().entry(region.clone()).or_default().in_flight = in_flight;
    }

    /// The number of requests of the region's job that may be in flight; `None` if it is not known.
    #[must_use]
    pub fn in_flight_limit(&self, region: &Region) -> Option<u64> {
        let rates = self.lock();
        let recent = rates.get(region)?;
        let heard = recent.heard(Instant::now()).and_then(|heard| heard.in_flight_limit);
        let own = recent.in_flight_limit.map(|limit| limit as u64);
        if recent.in_flight > 0 { own.or(heard) } else { heard.or(own) }
    }

    /// Records the number of requests of the region's job that may be in flight.
    pub(super) fn set_in_flight_limit(&self, region: &Region, limit: usize) {
        self.lock().entry(region.clone()).or_default().in_flight_limit = Some(limit);
    }

    /// The deliveries of this node, in each region of which it knows any.
    #[must_use]
    pub fn reports(&self, now: Instant) -> Vec<(Region, DeliveryReport)> {
        let mut rates = self.lock();
        rates.iter_mut().map(|(region, recent)| (region.clone(), recent.report(now))).collect()
    }

    /// Takes note of a report of another node.
    pub fn note_report(&self, region: &Region, report: DeliveryReport, now: Instant) {
        let heard = Some(HeardReport::new(report, now));
        self.lock().entry(region.clone()).or_default().heard = heard;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Region, Recent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn heard(&self, now: Instant) -> Option<DeliveryReport> {
        self.heard.and_then(|heard| heard.fresh(now))
    }

    /// What this node tells the others.
    fn report(&mut self, now: Instant) -> DeliveryReport {
        DeliveryReport {
            lines_per_second: self.lines_per_second(now),
            in_flight: self.in_flight as u64,
            in_flight_limit: self.in_flight_limit.map(|limit| limit as u64),
            unlimited_lines_per_second: self.unlimited.lines_per_second(),
        }
    }

    /// The rate of this node.
    fn lines_per_second(&mut self, now: Instant) -> u64 {
        self.forget_before(now);
        let Some(first) = self.acknowledged.front() else { return 0 };
        let span = now.duration_since(first.since).clamp(SHORTEST, WINDOW);
        let lines: u64 = self.acknowledged.iter().map(|counted| counted.lines).sum();
        let per_second = u128::from(lines) * 1_000 / span.as_millis();
        u64::try_from(per_second).unwrap_or(u64::MAX)
    }

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
    use crate::engine::heard_report::FRESH;

    #[tokio::test(start_paused = true)]
    async fn the_rate_of_a_node_is_known_on_another_one_for_some_seconds() {
        let (one, other) = (DeliveryRates::default(), DeliveryRates::default());
        let us = Region::named("us").unwrap();
        assert_eq!(one.reports(Instant::now()), []);
        one.start(&us, Instant::now());
        one.count(&us, 300, Instant::now());
        one.set_in_flight(&us, 2);
        one.set_in_flight_limit(&us, 3);
        for (region, report) in one.reports(Instant::now()) {
            other.note_report(&region, report, Instant::now());
        }
        let seen = |rates: &DeliveryRates| {
            let rate = rates.lines_per_second(&us, Instant::now());
            (rate, rates.in_flight(&us), rates.in_flight_limit(&us))
        };
        assert_eq!(seen(&other), (300, 2, Some(3)));
        assert_eq!(seen(&other), seen(&one));
        assert!(other.unlimited_lines_per_second(&us).is_some());
        assert!(other.reports(Instant::now()).iter().all(|(_, own)| own.in_flight == 0));
        tokio::time::advance(FRESH).await;
        assert_eq!(seen(&other), (0, 0, None));
        assert!(other.unlimited_lines_per_second(&us).is_some());
    }

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
