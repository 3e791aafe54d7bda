//! Notifications that a region's job may have a step due. They carry no data: the engine reads the
//! store.

use std::{collections::HashMap, sync::Arc};

use replay_core::Region;
use tokio::sync::Notify;

/// One notification for each region.
#[derive(Clone, Debug)]
pub struct Wakeups(Arc<HashMap<Region, Notify>>);

impl Wakeups {
    /// Notifications for `regions`.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Self {
        Self(Arc::new(regions.into_iter().map(|region| (region, Notify::new())).collect()))
    }

    /// Wakes the region's task, now or as soon as it waits. A region without a task is ignored.
    pub fn wake(&self, region: &Region) {
        if let Some(notify) = self.0.get(region) {
            notify.notify_one();
        }
    }

    /// Wakes the tasks of all regions.
    pub fn wake_all(&self) {
        for notify in self.0.values() {
            notify.notify_one();
        }
    }

    /// The regions, in no particular order.
    pub(super) fn regions(&self) -> impl Iterator<Item = &Region> {
        self.0.keys()
    }

    /// Whether the region was woken since the last call.
    pub(super) async fn take(&self, region: &Region) -> bool {
        tokio::select! {
            biased;
            () = self.woken(region) => true,
            () = core::future::ready(()) => false,
        }
    }

    /// Resolves when the region is woken.
    pub(super) async fn woken(&self, region: &Region) {
        match self.0.get(region) {
            Some(notify) => notify.notified().await,
            None => core::future::pending().await,
        }
    }
}
