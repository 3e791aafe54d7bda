//! The metrics that parts of the server count into or set: their names, help texts and labels. The
//! names follow <https://prometheus.io/docs/practices/naming/>.

use prometheus::{
    GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, Result,
    core::Collector,
};
use replay_core::{JobStatus, Region};

use super::labels::{
    ACCEPTED, ACCESS, AttemptResult, DUPLICATE, LANE, LaneKind, READ, REGION, REJECTED, RESULT,
    STATUS, WRITE,
};

/// The registered metrics.
#[derive(Debug)]
pub(super) struct Families {
    pub(super) ingested_lines: IntCounterVec,
    pub(super) attempts: IntCounterVec,
    pub(super) attempt_seconds: HistogramVec,
    pub(super) database_seconds: HistogramVec,
    pub(super) requests_in_flight: IntGaugeVec,
    pub(super) delivered_lines: IntCounterVec,
    pub(super) settled_jobs: IntCounterVec,
    pub(super) lane_lag_lines: IntGaugeVec,
    pub(super) lane_lag_seconds: GaugeVec,
    pub(super) outage_open: IntGaugeVec,
    pub(super) undelivered_lines: IntGaugeVec,
    pub(super) lost_lines: IntCounterVec,
    pub(super) nodes: IntGaugeVec,
    pub(super) leases_held: IntGaugeVec,
    pub(super) lost_leases: IntCounterVec,
    pub(super) fenced_writes: IntCounterVec,
}

/// The upper bounds of the latency buckets, in seconds; a request may take 30.
const LATENCY_BUCKETS: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The upper bounds of the latency buckets of the database, in seconds.
const DATABASE_BUCKETS: [f64; 12] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0];

impl Families {
    /// Registers every metric.
    pub(super) fn register(registry: &Registry) -> Result<Self> {
        let counter = |name, help, labels: &[&str]| {
            register(registry, IntCounterVec::new(Opts::new(name, help), labels))
        };
        let gauge = |name, help, labels: &[&str]| {
            register(registry, IntGaugeVec::new(Opts::new(name, help), labels))
        };
        let latency = HistogramOpts::new(
            "replay_delivery_attempt_duration_seconds",
            "Time from the start of a delivery request to its answer or its failure.",
        );
        let latency = latency.buckets(LATENCY_BUCKETS.to_vec());
        let database = HistogramOpts::new(
            "replay_database_duration_seconds",
            "Time from the request of a database transaction to its end, with all waits.",
        );
        let database = database.buckets(DATABASE_BUCKETS.to_vec());
        let lag = Opts::new(
            "replay_lane_lag_seconds",
            "Time since the oldest line that the live lane has not delivered was archived.",
        );
        Ok(Self {
            ingested_lines: counter(
                "replay_ingested_lines_total",
                "Lines received by ingest: archived, in the archive before, or rejected.",
                &[REGION, RESULT],
            )?,
            attempts: counter(
                "replay_delivery_attempts_total",
                "Delivery requests that have ended, by the kind of their lane and their result.",
                &[LANE, RESULT],
            )?,
            attempt_seconds: register(registry, HistogramVec::new(latency, &[LANE]))?,
            database_seconds: register(registry, HistogramVec::new(database, &[ACCESS]))?,
            requests_in_flight: gauge(
                "replay_requests_in_flight",
                "Delivery requests that wait for their answer.",
                &[REGION, LANE],
            )?,
            delivered_lines: counter(
                "replay_delivered_lines_total",
                "Lines acknowledged by webhooks.",
                &[REGION, LANE],
            )?,
            settled_jobs: counter(
                "replay_jobs_settled_total",
                "Jobs that have completed or failed; a job that was replaced or cancelled has failed.",
                &[REGION, STATUS],
            )?,
            lane_lag_lines: gauge(
                "replay_lane_lag_lines",
                "Archived lines that the live lane has not delivered yet.",
                &[REGION],
            )?,
            lane_lag_seconds: register(registry, GaugeVec::new(lag, &[REGION]))?,
            outage_open: gauge(
                "replay_outage_open",
                "Whether the live lane has given up and not recovered: 1 if so, else 0.",
                &[REGION],
            )?,
            undelivered_lines: gauge(
                "replay_undelivered_lines",
                "Lines of outages that are still to be healed.",
                &[REGION],
            )?,
            lost_lines: counter(
                "replay_lost_lines_total",
                "Undelivered lines that retention has deleted: nothing can deliver them any more.",
                &[REGION],
            )?,
            nodes: gauge(
                "replay_nodes",
                "Live nodes of the database, as this one sees them; 0 without a connection.",
                &[],
            )?,
            leases_held: gauge("replay_leases_held", "Leases that this node has.", &[])?,
            lost_leases: counter(
                "replay_leases_lost_total",
                "Leases that this node has given up or lost to another node.",
                &[REGION],
            )?,
            fenced_writes: counter(
                "replay_fenced_writes_total",
                "Writes that failed because another node had claimed their lease.",
                &[],
            )?,
        })
    }

    /// Puts the values without a region on the page, as zeros.
    pub(super) fn show_totals(&self) {
        for access in [READ, WRITE] {
            self.database_seconds.with_label_values(&[access]);
        }
        self.fenced_writes.with_label_values::<&str>(&[]);
        for lane in LaneKind::ALL {
            self.attempt_seconds.with_label_values(&[lane.as_str()]);
            for result in AttemptResult::ALL {
                self.attempts.with_label_values(&[lane.as_str(), result.as_str()]);
            }
        }
    }

    /// Puts the values of a region on the page, as zeros: a series that begins with its first event
    /// would hide that event from `rate`. A region has a lag only while it has a live lane.
    pub(super) fn show_region(&self, region: &Region) {
        let region = region.as_str();
        for result in [ACCEPTED, DUPLICATE, REJECTED] {
            self.ingested_lines.with_label_values(&[region, result]);
        }
        for lane in LaneKind::ALL {
            self.requests_in_flight.with_label_values(&[region, lane.as_str()]);
            self.delivered_lines.with_label_values(&[region, lane.as_str()]);
        }
        for status in [JobStatus::Completed, JobStatus::Failed] {
            self.settled_jobs.with_label_values(&[region, status.as_str()]);
        }
        self.outage_open.with_label_values(&[region]);
        self.undelivered_lines.with_label_values(&[region]);
        self.lost_lines.with_label_values(&[region]);
        self.lost_leases.with_label_values(&[region]);
    }
}

/// Registers a metric; returns the handle of its values.
pub(super) fn register<F: Collector + Clone + 'static>(
    registry: &Registry,
    family: Result<F>,
) -> Result<F> {
    let family = family?;
    registry.register(Box::new(family.clone()))?;
    Ok(family)
}
