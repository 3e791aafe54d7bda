//! The sealing task: seals recent lines into blocks, merges blocks, and gives free space back to the
//! file system while no lines arrive. It decides when; the store decides which.

use core::time::Duration;
use std::{collections::HashSet, io};

use replay_core::{Region, lease::WorkKind};
use tokio::{
    runtime::Builder,
    sync::watch,
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    leases::Leases,
    store::{LastSeqs, SealLimits, Store, StoreError},
};

/// How often recent lines that fill a block are sealed. More lines than a round are sealed at once.
const INTERVAL: Duration = Duration::from_secs(1);

/// The time after an append before the recent lines are counted, so that many small appends cost
/// little.
const APPENDS_TOGETHER: Duration = Duration::from_millis(50);

/// The number of intervals without new lines after which free space is given back.
const IDLE_INTERVALS: u32 = 2;

/// Seals, merges and gives space back in each region while `leases` allow it, until `shutdown`. It
/// blocks the thread.
///
/// The work has a runtime of its own with one thread for it. On the threads of requests, the
/// allocator would keep the memory of a round for each of them.
///
/// # Errors
/// The runtime cannot be built.
pub(crate) fn run(
    store: Store,
    leases: Leases,
    regions: Vec<Region>,
    limits: SealLimits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build()?;
    runtime.block_on(seal_continuously(store, leases, regions, limits, shutdown));
    Ok(())
}

async fn seal_continuously(
    store: Store,
    leases: Leases,
    regions: Vec<Region>,
    limits: SealLimits,
    shutdown: CancellationToken,
) {
    let mut interval = interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut appends = store.appends();
    let mut sealing = Sealing {
        store,
        leases,
        limits,
        unmerged: regions.iter().cloned().collect(),
        failing: HashSet::new(),
        last_seq: 0,
    };
    let mut idle_intervals = 0;
    loop {
        let is_interval = tokio::select! {
            _ = interval.tick() => true,
            () = some_appends(&mut appends) => false,
            () = shutdown.cancelled() => return,
        };
        if is_interval {
            idle_intervals = if sealing.has_new_lines().await { 0 } else { idle_intervals + 1 };
        }
        // New lines are sealed between any two merges, so that neither waits long for the other.
        let mut any_block = is_interval;
        while sealing.seal_and_merge(&regions, any_block, &shutdown).await {
            // Small rounds would have to be merged again.
            any_block = false;
        }
        if is_interval && idle_intervals >= IDLE_INTERVALS {
            sealing.tidy(idle_intervals == IDLE_INTERVALS).await;
        }
    }
}

/// Resolves some time after lines were appended, so that many small appends cost little.
async fn some_appends(appends: &mut watch::Receiver<LastSeqs>) {
    if appends.changed().await.is_err() {
        core::future::pending::<()>().await;
    }
    sleep(APPENDS_TOGETHER).await;
}

struct Sealing {
    store: Store,
    leases: Leases,
    limits: SealLimits,
    /// The regions in which blocks may have to be merged.
    unmerged: HashSet<Region>,
    /// The regions whose last attempt failed.
    failing: HashSet<Region>,
    /// The highest sequence number when new lines were last looked for.
    last_seq: i64,
}

impl Sealing {
    /// Whether lines were appended since the last call. A database that cannot be read is not idle.
    async fn has_new_lines(&mut self) -> bool {
        let Ok(last_seq) = self.store.last_seq().await else { return true };
        core::mem::replace(&mut self.last_seq, last_seq) != last_seq
    }

    /// Gives free space back, if there is much of it or lines have just stopped arriving.
    async fn tidy(&self, is_first: bool) {
        const MUCH_BYTES: u64 = 1024 * 1024;
        let tidied = async {
            if is_first || self.store.space().await?.free_bytes >= MUCH_BYTES {
                self.store.release_all_space().await?;
            }
            Ok::<_, StoreError>(())
        };
        // Damage and a full disk are reported by others; the next interval tries again.
        if let Err(error) = tidied.await {
            tracing::debug!(%error, "free space could not be given back");
        }
    }

    /// Logs when a region begins to fail. Damage is logged by the store.
    fn log(&mut self, region: &Region, sealed: Result<(), StoreError>) {
        match sealed {
            Ok(()) => {
                self.failing.remove(region);
            }
            Err(error) => {
                if self.failing.insert(region.clone()) && !error.is_damage() {
                    tracing::error!(%region, %error, "recent lines could not be sealed; trying again");
                }
            }
        }
    }

    /// Seals in each region, and merges once in each. Returns whether blocks were merged, so that more
    /// may have to be.
    async fn seal_and_merge(
        &mut self,
        regions: &[Region],
        any_block: bool,
        shutdown: &CancellationToken,
    ) -> bool {
        let mut has_merged = false;
        for region in regions {
            if shutdown.is_cancelled() {
                return false;
            }
            let Some(hold) = self.leases.current(WorkKind::Upkeep, region) else {
                // Blocks of another node may have to be merged once this one has the lease.
                self.unmerged.insert(region.clone());
                continue;
            };
            let store = hold.store(&self.store);
            let result = match self.seal(&store, region, any_block, shutdown).await {
                Ok(()) => self.merge_once(&store, region).await,
                Err(error) => Err(error),
            };
            if let Err(StoreError::Fenced) = result {
                hold.give_up();
                continue;
            }
            has_merged |= *result.as_ref().unwrap_or(&false);
            self.log(region, result.map(drop));
        }
        has_merged
    }

    /// Seals while recent lines fill a round, or a block if `any_block`.
    async fn seal(
        &mut self,
        store: &Store,
        region: &Region,
        any_block: bool,
        shutdown: &CancellationToken,
    ) -> Result<(), StoreError> {
        while !shutdown.is_cancelled() {
            let recent = store.recent_lines(region).await?;
            let is_due = self.limits.is_round(recent) || any_block && self.limits.is_block(recent);
            if !is_due || !store.seal(region, self.limits).await? {
                break;
            }
            self.unmerged.insert(region.clone());
        }
        Ok(())
    }

    /// Merges some blocks of the region, if some have to be; returns whether it did.
    async fn merge_once(&mut self, store: &Store, region: &Region) -> Result<bool, StoreError> {
        let has_merged = self.unmerged.contains(region) && store.merge(region, self.limits).await?;
        if !has_merged {
            self.unmerged.remove(region);
        }
        Ok(has_merged)
    }
}
