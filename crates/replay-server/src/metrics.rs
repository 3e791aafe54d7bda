//! What the server counts about itself, and the page on which Prometheus reads it. Parts of the server
//! count into [`Metrics`]; what the store knows is read when the page is ([`Readings`]). A label is a
//! region or one of the values of a closed type: no text of a client or a receiver gets onto the page.

mod attempt;
mod families;
mod labels;
mod readings;

use core::time::Duration;
use std::sync::Arc;

use prometheus::{Registry, TextEncoder, proto::MetricFamily};
use replay_core::{JobStatus, Region};

pub use attempt::Attempt;
pub use labels::{AttemptResult, LaneKind};
pub use readings::{Readings, RegionReadings};

use crate::{
    delivery::DeliveryResult,
    store::{Appended, ChangeObserver, TransactionKind},
};
use families::Families;

/// The counters and gauges of a server: a handle that is cheap to clone. Counters begin at zero when
/// the process starts.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    families: Arc<Families>,
}

/// How far the live lane of a region is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LaneLag {
    /// The number of archived lines that the lane has not delivered yet.
    pub lines: u64,
    /// The time since the oldest of them was archived; zero if there is none.
    pub age: Duration,
}

impl Metrics {
    /// The content type of the page: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// The metrics of a server with these regions, each of which is on the page from the start.
    ///
    /// # Errors
    /// Two metrics have the same name, or a name is invalid. It does not depend on the regions.
    pub fn new<'a>(
        regions: impl IntoIterator<Item = &'a Region>,
    ) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let families = Arc::new(Families::register(&registry)?);
        families.show_totals();
        for region in regions {
            families.show_region(region);
        }
        Ok(Self { registry, families })
    }

    /// Counts the lines of a step of an ingest that were archived, and those that were there before.
    pub fn count_appended(&self, region: &Region, appended: Appended) {
        let lines = &self.families.ingested_lines;
        let count = |result, number: usize| {
            lines.with_label_values(&[region.as_str(), result]).inc_by(number as u64);
        };
        count(labels::ACCEPTED, appended.accepted);
        count(labels::DUPLICATE, appended.duplicates);
    }

    /// Counts the lines of an ingest that were rejected.
    pub fn count_rejected(&self, region: &Region, lines: usize) {
        let values = [region.as_str(), labels::REJECTED];
        self.families.ingested_lines.with_label_values(&values).inc_by(lines as u64);
    }

    /// Begins a delivery attempt, which is in flight until the value is dropped. It counts as
    /// abandoned unless [`Attempt::end`] is called.
    #[must_use]
    pub fn begin_attempt(&self, region: &Region, lane: LaneKind) -> Attempt {
        Attempt::begin(Arc::clone(&self.families), region, lane)
    }

    /// Waits for the result of `request`, and counts it as a delivery attempt. The attempt counts as
    /// abandoned if this future is dropped before.
    pub async fn measure(
        &self,
        region: &Region,
        lane: LaneKind,
        request: impl Future<Output = DeliveryResult>,
    ) -> DeliveryResult {
        let attempt = self.begin_attempt(region, lane);
        let result = request.await;
        attempt.end(&result);
        result
    }

    /// Counts lines that were acknowledged.
    pub fn count_delivered(&self, region: &Region, lane: LaneKind, lines: u64) {
        let values = [region.as_str(), lane.as_str()];
        self.families.delivered_lines.with_label_values(&values).inc_by(lines);
    }

    /// Sets how far the region's live lane is behind.
    pub fn set_lane_lag(&self, region: &Region, lag: LaneLag) {
        let values = [region.as_str()];
        self.families.lane_lag_lines.with_label_values(&values).set(gauge(lag.lines));
        self.families.lane_lag_seconds.with_label_values(&values).set(lag.age.as_secs_f64());
    }

    /// Removes the lag of the region from the page: it has no live lane now, and nothing is behind.
    pub fn clear_lane_lag(&self, region: &Region) {
        // An error says that there was no lag.
        let values = [region.as_str()];
        let _ = self.families.lane_lag_lines.remove_label_values(&values);
        let _ = self.families.lane_lag_seconds.remove_label_values(&values);
    }

    /// Sets whether an outage of the region has begun and not ended.
    pub fn set_outage_open(&self, region: &Region, is_open: bool) {
        let values = [region.as_str()];
        self.families.outage_open.with_label_values(&values).set(i64::from(is_open));
    }

    /// Sets the number of lines in the outages of the region that are still to be healed.
    pub fn set_undelivered_lines(&self, region: &Region, lines: u64) {
        let values = [region.as_str()];
        self.families.undelivered_lines.with_label_values(&values).set(gauge(lines));
    }

    /// Sets the number of live nodes, and the number of leases that this one has. Without a call, they are
    /// not on the page.
    pub fn set_leases(&self, nodes: usize, held: usize) {
        const NONE: [&str; 0] = [];
        self.families.nodes.with_label_values(&NONE).set(gauge(nodes as u64));
        self.families.leases_held.with_label_values(&NONE).set(gauge(held as u64));
    }

    /// Counts a lease that this node has given up or lost.
    pub fn count_lost_lease(&self, region: &Region) {
        self.families.lost_leases.with_label_values(&[region.as_str()]).inc();
    }

    /// The page. It has the regions of `readings` and no others.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn page(&self, readings: &Readings) -> Result<String, prometheus::Error> {
        let mut families = self.registry.gather();
        families.extend(readings.gather()?);
        let shown: Vec<_> = readings.regions.iter().map(|one| one.region.as_str()).collect();
        for family in &mut families {
            retain_regions(family, &shown);
        }
        families.retain(|family| !family.get_metric().is_empty());
        families.sort_by(|a, b| a.name().cmp(b.name()));
        TextEncoder::new().encode_to_string(&families)
    }
}

impl ChangeObserver for Metrics {
    fn job_status_changed(&self, region: &Region, status: JobStatus) {
        if status.is_settled() {
            let values = [region.as_str(), status.as_str()];
            self.families.settled_jobs.with_label_values(&values).inc();
        }
    }

    fn transaction_ended(&self, kind: TransactionKind, took: Duration) {
        let access = match kind {
            TransactionKind::Read => labels::READ,
            TransactionKind::Write => labels::WRITE,
        };
        self.families.database_seconds.with_label_values(&[access]).observe(took.as_secs_f64());
    }

    fn write_fenced(&self) {
        const NONE: [&str; 0] = [];
        self.families.fenced_writes.with_label_values(&NONE).inc();
    }

    fn lines_lost(&self, region: &Region, lines: u64) {
        self.families.lost_lines.with_label_values(&[region.as_str()]).inc_by(lines);
    }
}

/// Removes the values of other regions.
fn retain_regions(family: &mut MetricFamily, shown: &[&str]) {
    let mut metrics = family.take_metric();
    metrics.retain(|metric| {
        let region = metric.get_label().iter().find(|label| label.name() == labels::REGION);
        region.is_none_or(|region| shown.contains(&region.value()))
    });
    family.set_metric(metrics);
}

/// The value of a gauge.
fn gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
