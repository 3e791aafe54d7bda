//! The last report of another node about its deliveries. It is old after a few seconds, since the node that
//! delivers sends one each second.

use core::time::Duration;

use tokio::time::Instant;

use crate::store::DeliveryReport;

/// A report of another node.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeardReport {
    report: DeliveryReport,
    at: Instant,
}

/// A report is old after this time.
pub(super) const FRESH: Duration = Duration::from_secs(3);

impl HeardReport {
    /// A report that is heard at `at`.
    pub(super) const fn new(report: DeliveryReport, at: Instant) -> Self {
        Self { report, at }
    }

    /// The report, unless it is old.
    pub(super) fn fresh(&self, now: Instant) -> Option<DeliveryReport> {
        (now.duration_since(self.at) < FRESH).then_some(self.report)
    }

    /// The rate without a limit, which is never old.
    pub(super) const fn unlimited_lines_per_second(&self) -> Option<u64> {
        self.report.unlimited_lines_per_second
    }
}
