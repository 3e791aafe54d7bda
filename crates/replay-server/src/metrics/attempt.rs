//! A delivery attempt that is in flight: it is counted when it ends, or when it is given up.

use std::sync::Arc;

use prometheus::IntGauge;
use replay_core::Region;
use tokio::time::Instant;

use super::{
    families::Families,
    labels::{AttemptResult, LaneKind},
};
use crate::delivery::DeliveryResult;

/// A delivery attempt in flight. Dropping it counts it as abandoned.
#[derive(Debug)]
pub struct Attempt {
    families: Arc<Families>,
    in_flight: IntGauge,
    lane: LaneKind,
    since: Instant,
    result: AttemptResult,
}

impl Attempt {
    pub(super) fn begin(families: Arc<Families>, region: &Region, lane: LaneKind) -> Self {
        let in_flight =
            families.requests_in_flight.with_label_values(&[region.as_str(), lane.as_str()]);
        in_flight.inc();
        Self { families, in_flight, lane, since: Instant::now(), result: AttemptResult::Abandoned }
    }

    /// Counts the attempt with its result and the time since it began.
    pub fn end(mut self, result: &DeliveryResult) {
        self.result = AttemptResult::of(result);
        // Nothing was sent if it was denied: the time would say nothing about the receiver.
        if self.result != AttemptResult::Denied {
            let seconds = &self.families.attempt_seconds;
            let took = self.since.elapsed().as_secs_f64();
            seconds.with_label_values(&[self.lane.as_str()]).observe(took);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.in_flight.dec();
        let values = [self.lane.as_str(), self.result.as_str()];
        self.families.attempts.with_label_values(&values).inc();
    }
}
