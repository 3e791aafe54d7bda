//! Limits how many bodies of a region are archived at the same time. Regions do not wait for each other,
//! and small bodies do not wait for large ones.

use std::collections::HashMap;

use replay_core::Region;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The slots of every region.
#[derive(Debug)]
pub struct Slots(HashMap<Region, RegionSlots>);

#[derive(Debug)]
struct RegionSlots {
    small: Semaphore,
    large: Semaphore,
}

impl Slots {
    /// The maximum text size of a small body.
    const SMALL_LIMIT_BYTES: u64 = 1024 * 1024;

    /// The number of slots for small bodies, per region.
    const SMALL: usize = 4;

    /// The number of slots for large bodies, per region: the next lines of a body are read while others
    /// are written, and two bodies would take twice the memory.
    const LARGE: usize = 1;

    /// Free slots for each of `regions`.
    pub fn new<'a>(regions: impl IntoIterator<Item = &'a Region>) -> Self {
        let slots = || RegionSlots {
            small: Semaphore::new(Self::SMALL),
            large: Semaphore::new(Self::LARGE),
        };
        Self(regions.into_iter().map(|region| (region.clone(), slots())).collect())
    }

    /// Waits for a slot of the region for a body with `text_bytes` of text; `None` for an unknown region.
    pub(crate) async fn acquire(
        &self,
        region: &Region,
        text_bytes: u64,
    ) -> Option<SemaphorePermit<'_>> {
        let RegionSlots { small, large } = self.0.get(region)?;
        let slots = if text_bytes <= Self::SMALL_LIMIT_BYTES { small } else { large };
        slots.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::{future::Future, pin::pin, task::Poll};

    const SMALL: u64 = 1024 * 1024;
    const LARGE: u64 = SMALL + 1;

    #[tokio::test]
    async fn small_bodies_and_other_regions_do_not_wait_for_large_bodies() {
        let [us, eu] = ["us", "eu"].map(|label| Region::named(label).unwrap());
        let slots = Slots::new([&us, &eu]);
        let held = slots.acquire(&us, LARGE).await;
        let mut waiting = pin!(slots.acquire(&us, LARGE));
        assert!(is_pending(waiting.as_mut()).await, "a second large body does not wait");
        for (region, text_bytes) in [(&us, SMALL), (&us, 0), (&eu, LARGE), (&eu, SMALL)] {
            assert!(slots.acquire(region, text_bytes).await.is_some());
        }
        drop(held);
        assert!(waiting.await.is_some());
    }

    #[tokio::test]
    async fn an_unknown_region_has_no_slots() {
        let [us, eu] = ["us", "eu"].map(|label| Region::named(label).unwrap());
        assert!(Slots::new([&us]).acquire(&eu, SMALL).await.is_none());
    }

    async fn is_pending(mut future: core::pin::Pin<&mut impl Future>) -> bool {
        core::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending()))
            .await
    }
}
