//! The number of round trips to PostgreSQL: messages that were sent and whose answer was awaited.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// A counter that all connections to a database share.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct RoundTrips(Arc<AtomicU64>);

impl RoundTrips {
    /// Counts one, before it is made.
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// The number so far.
    pub(in crate::store) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
