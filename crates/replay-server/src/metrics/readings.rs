//! What the page shows of the store. It is read for each page, so that it is never stale: the values
//! are those of one reading, and are in no registry that lasts.

use prometheus::{
    GaugeVec, IntCounter, IntGauge, IntGaugeVec, Opts, Registry, Result, proto::MetricFamily,
};
use replay_core::{Job, JobStatus, Region};
use time_range::Timestamp;

use super::{
    families::register,
    gauge,
    labels::{REGION, STATUS},
};
use crate::store::{ArchiveTotals, Space};

/// What was read from the store for one page.
#[derive(Clone, Debug)]
pub struct Readings {
    /// When it was read.
    pub at: Timestamp,
    /// The size of the database.
    pub space: Space,
    /// The round trips to the database so far; `None` if it is a file.
    pub round_trips: Option<u64>,
    /// The regions of the page.
    pub regions: Vec<RegionReadings>,
}

/// What was read of a region.
#[derive(Clone, Debug)]
pub struct RegionReadings {
    /// The region.
    pub region: Region,
    /// Its archived lines.
    pub archive: ArchiveTotals,
    /// Its current job.
    pub job: Job,
}

impl Readings {
    /// The metrics of this reading.
    pub(super) fn gather(&self) -> Result<Vec<MetricFamily>> {
        let registry = Registry::new();
        let gauges = Gauges::register(&registry)?;
        gauges.file_bytes.set(gauge(self.space.file_bytes));
        gauges.free_bytes.set(gauge(self.space.free_bytes));
        if let Some(round_trips) = self.round_trips {
            let name = "replay_database_round_trips_total";
            let help = "Statements and commits that were sent to PostgreSQL and awaited.";
            register(&registry, IntCounter::new(name, help))?.inc_by(round_trips);
        }
        for region in &self.regions {
            gauges.set(region, self.at);
        }
        Ok(registry.gather())
    }
}

/// The metrics of a reading.
struct Gauges {
    file_bytes: IntGauge,
    free_bytes: IntGauge,
    lines: IntGaugeVec,
    bytes: IntGaugeVec,
    recent_lines: IntGaugeVec,
    oldest_seconds: GaugeVec,
    job_status: IntGaugeVec,
    job_delivered_lines: IntGaugeVec,
    job_lines: IntGaugeVec,
}

impl Gauges {
    fn register(registry: &Registry) -> Result<Self> {
        let single = |name, help| register(registry, IntGauge::new(name, help));
        let by_region =
            |name, help| register(registry, IntGaugeVec::new(Opts::new(name, help), &[REGION]));
        let age = Opts::new(
            "replay_archive_oldest_line_age_seconds",
            "Time since the event of the oldest archived line; absent if there is no line.",
        );
        let status = Opts::new(
            "replay_job_status",
            "The status of the current job: 1 for the status that it has, 0 for the others.",
        );
        Ok(Self {
            file_bytes: single("replay_database_file_bytes", "Size of the database file.")?,
            free_bytes: single(
                "replay_database_free_bytes",
                "Space inside the database file that is free.",
            )?,
            lines: by_region("replay_archive_lines", "Archived lines.")?,
            bytes: by_region(
                "replay_archive_bytes",
                "Size of the archived lines before compression.",
            )?,
            recent_lines: by_region(
                "replay_archive_recent_lines",
                "Archived lines that are not sealed into a block yet.",
            )?,
            oldest_seconds: register(registry, GaugeVec::new(age, &[REGION]))?,
            job_status: register(registry, IntGaugeVec::new(status, &[REGION, STATUS]))?,
            job_delivered_lines: by_region(
                "replay_job_delivered_lines",
                "Lines of the current job that were acknowledged; absent before it starts.",
            )?,
            job_lines: by_region(
                "replay_job_lines",
                "All lines of the current job; absent before it starts.",
            )?,
        })
    }

    fn set(&self, readings: &RegionReadings, now: Timestamp) {
        let RegionReadings { region, archive, job } = readings;
        let label = [region.as_str()];
        self.lines.with_label_values(&label).set(gauge(archive.amount.lines));
        self.bytes.with_label_values(&label).set(gauge(archive.amount.bytes));
        self.recent_lines.with_label_values(&label).set(gauge(archive.recent_lines));
        if let Some(oldest_at) = archive.oldest_at {
            // An event may be dated ahead of the clock.
            let age = (now - oldest_at).to_std().unwrap_or_default();
            self.oldest_seconds.with_label_values(&label).set(age.as_secs_f64());
        }
        for status in JobStatus::ALL {
            let is_current = i64::from(status == job.status());
            let labels = [region.as_str(), status.as_str()];
            self.job_status.with_label_values(&labels).set(is_current);
        }
        if let Some(progress) = job.configured().and_then(|job| job.progress.as_ref()) {
            let delivered = gauge(progress.delivered.lines);
            self.job_delivered_lines.with_label_values(&label).set(delivered);
            if let Some(total) = progress.total {
                self.job_lines.with_label_values(&label).set(gauge(total.lines));
            }
        }
    }
}
