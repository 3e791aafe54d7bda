//! Requests to slow the replay of a region down: the receiver has asked the live lane for a pause. The
//! region's job learns of them before its next request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use replay_core::Region;
use tokio::time::Instant;

/// The pauses that the jobs of the regions have to make, shared between the senders of the engine.
#[derive(Clone, Debug, Default)]
pub struct SlowDowns(Arc<Mutex<HashMap<Region, Instant>>>);

impl SlowDowns {
    /// Makes the region's job wait until then, and send fewer requests at a time after that.
    pub fn slow_down(&self, region: &Region, until: Instant) {
        let mut pauses = self.lock();
        let pause = pauses.entry(region.clone()).or_insert(until);
        *pause = until.max(*pause);
    }

    /// The end of a pause that was requested since the last call; `None` if it has ended.
    pub(super) fn take(&self, region: &Region, now: Instant) -> Option<Instant> {
        self.lock().remove(region).filter(|until| *until > now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Region, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_longest_pause_of_a_region_is_taken_once_unless_it_has_ended() {
        let (slow_downs, now) = (SlowDowns::default(), Instant::now());
        let [us, eu] = ["us", "eu"].map(|label| Region::named(label).unwrap());
        for seconds in [3, 7, 5] {
            slow_downs.slow_down(&us, now + Duration::from_secs(seconds));
        }
        assert_eq!(slow_downs.take(&eu, now), None);
        assert_eq!(slow_downs.take(&us, now), Some(now + Duration::from_secs(7)));
        assert_eq!(slow_downs.take(&us, now), None);
        slow_downs.slow_down(&us, now);
        assert_eq!(slow_downs.take(&us, now), None);
    }
}
