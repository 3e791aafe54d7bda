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
pub struct FailingRegions(Arc<Mutex<BTreeSet<(Region, Work)>>>);

/// What the steps of a task belong to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Work {
    /// The region's job.
    Job,
    /// The region's live lane.
    Lane,
}

impl FailingRegions {
    /// The regions whose last step failed, in alphabetical order.
    #[must_use]
    pub fn list(&self) -> Vec<Region> {
        let regions: BTreeSet<_> = self.lock().iter().map(|(region, _)| region.clone()).collect();
        regions.into_iter().collect()
    }

    /// Records that a step of the region's job or lane failed.
    pub(super) fn failed(&self, region: &Region, work: Work, error: &impl fmt::Display) {
        if self.lock().insert((region.clone(), work)) {
            tracing::error!(%region, %work, %error, "a step failed; trying again");
        }
    }

    /// Records that a step of the region's job or lane succeeded.
    pub(super) fn succeeded(&self, region: &Region, work: Work) {
        if self.lock().remove(&(region.clone(), work)) {
            tracing::info!(%region, %work, "steps succeed again");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(Region, Work)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Job => "job",
            Self::Lane => "live lane",
        })
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
                failing.failed(&us, Work::Job, &"disk I/O error");
                failing.failed(&us, Work::Job, &"disk I/O error");
                assert_eq!(failing.list(), vec![us.clone()]);
                failing.succeeded(&us, Work::Job);
                failing.succeeded(&us, Work::Job);
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
