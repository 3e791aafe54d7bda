//! What this node tells the others of its deliveries, and what it hears of theirs. A report is old after
//! a few seconds: the node that delivers sends one each second.

use core::time::Duration;

use replay_core::Region;
use tokio::time::Instant;

use super::DeliveryRates;
use crate::store::DeliveryReport;

/// A report of another node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    report: DeliveryReport,
    at: Instant,
}

/// A report is old after this time.
const FRESH: Duration = Duration::from_secs(3);

impl Heard {
    /// The report, unless it is old.
    pub(super) fn fresh(&self, now: Instant) -> Option<DeliveryReport> {
        (now.duration_since(self.at) < FRESH).then_some(self.report)
    }

    /// The rate without a limit, which is never old.
    pub(super) const fn unlimited_lines_per_second(&self) -> Option<u64> {
        self.report.unlimited_lines_per_second
    }
}

impl DeliveryRates {
    /// The deliveries of this node, in each region of which it knows any.
    #[must_use]
    pub fn reports(&self, now: Instant) -> Vec<(Region, DeliveryReport)> {
        let report = |region: &Region| {
            let own = self.own(region, now)?;
            Some((region.clone(), own))
        };
        self.regions().iter().filter_map(report).collect()
    }

    /// Takes note of a report of another node.
    pub fn note_report(&self, region: &Region, report: DeliveryReport, now: Instant) {
        self.hear(region, Heard { report, at: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
