//! The regions whose last step failed. It logs when a region begins to fail and when it recovers; it
//! decides nothing.

use core::fmt;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use replay_core::Region;

/// The regions whose last step failed, shared between the engine and its observers.
#[derive(Clone, Debug, Default)]
pub struct FailingRegions(Arc<Mutex<BTreeSet<Region>>>);

impl FailingRegions {
    /// The regions whose last step failed, in alphabetical order.
    #[must_use]
    pub fn list(&self) -> Vec<Region> {
        self.lock().iter().cloned().collect()
    }

    /// Records that a step of the region's job failed.
    pub(super) fn failed(&self, region: &Region, error: &impl fmt::Display) {
        if self.lock().insert(region.clone()) {
            tracing::error!(%region, %error, "the job could not be moved; trying again");
        }
    }

    /// Records that a step of the region's job succeeded.
    pub(super) fn succeeded(&self, region: &Region) {
        if self.lock().remove(region) {
            tracing::info!(%region, "the job can be moved again");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Region>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::*;

    #[test]
    fn a_failing_region_is_logged_once_when_it_begins_to_fail_and_once_when_it_recovers() {
        let (log, failing) = (Log::default(), FailingRegions::default());
        let us = Region::named("us").unwrap();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..3 {
                failing.failed(&us, &"disk I/O error");
                failing.failed(&us, &"disk I/O error");
                assert_eq!(failing.list(), vec![us.clone()]);
                failing.succeeded(&us);
                failing.succeeded(&us);
                assert_eq!(failing.list(), []);
            }
        });
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let levels: Vec<_> =
            text.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        assert_eq!(levels, ["ERROR", "INFO"].repeat(3), "{text}");
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
