//! What is known in memory of the parts of each region: their ranges, and the fingerprints of their
//! lines. The store is the truth: what other processes have changed is read before each use.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use replay_core::Region;
use tokio::sync::OwnedMutexGuard;

use super::{
    StoreError,
    parts::{self, StoredPart},
    sql::{PartsChange, PartsVersion, Sql, Versions},
};
use crate::archive::{Fingerprints, day_of};

/// What is known of the parts of all regions.
#[derive(Debug, Default)]
pub(super) struct KnownParts {
    regions: Mutex<HashMap<Region, Arc<tokio::sync::Mutex<KnownRegion>>>>,
    /// The number of fingerprints in memory.
    fingerprints: Arc<AtomicUsize>,
}

/// What is known of the parts of a region.
#[derive(Debug)]
pub(super) struct KnownRegion {
    region: Region,
    days: HashMap<i64, Vec<KnownPart>>,
    /// The version of the parts that are known; `None` before the parts are read, and after a transaction
    /// that may have failed.
    version: Option<PartsVersion>,
    /// The highest id that a part of the region has had. Later parts have higher ones.
    last_id: i64,
    /// What the open transaction changes.
    added: Vec<KnownPart>,
    removed: HashSet<i64>,
    total: Arc<AtomicUsize>,
}

/// A part, and the fingerprints of its lines once they were needed.
#[derive(Debug)]
pub(super) struct KnownPart {
    pub(super) part: StoredPart,
    fingerprints: Option<Fingerprints>,
    /// The number of fingerprints of all parts.
    total: Arc<AtomicUsize>,
}

/// The maximum number of fingerprints in memory, of four bytes each.
const MOST_FINGERPRINTS: usize = 16_000_000;

impl KnownParts {
    /// Locks what is known of a region, before a transaction that changes its parts. A process that locks
    /// several regions does so in their order, so that no two wait for each other.
    pub(super) async fn lock(&self, region: &Region) -> OwnedMutexGuard<KnownRegion> {
        let known = {
            let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(tokio::sync::Mutex::new(self.unread(region)));
            Arc::clone(regions.entry(region.clone()).or_insert_with(new))
        };
        known.lock_owned().await
    }

    fn unread(&self, region: &Region) -> KnownRegion {
        KnownRegion {
            region: region.clone(),
            days: HashMap::new(),
            version: None,
            last_id: 0,
            added: Vec::new(),
            removed: HashSet::new(),
            total: Arc::clone(&self.fingerprints),
        }
    }
}

impl KnownRegion {
    /// The region.
    pub(super) const fn region(&self) -> &Region {
        &self.region
    }

    /// Begins a transaction that changes the parts of the region: reads what other processes have changed.
    /// Returns the version to [`finish`](Self::finish) with.
    pub(super) fn begin(
        &mut self,
        db: &Sql<'_>,
        change: PartsChange,
    ) -> Result<PartsVersion, StoreError> {
        // What a transaction has changed is forgotten if it has failed.
        self.added.clear();
        self.removed.clear();
        let Versions { before, after } = db.change_parts(&self.region, change)?;
        let known = self.version.take();
        if known == Some(before) {
            return Ok(after);
        }
        if known.is_none_or(|known| known.deletions != before.deletions) && self.last_id > 0 {
            let ids: HashSet<_> = parts::ids(db, &self.region)?.into_iter().collect();
            self.retain(|id| ids.contains(&id));
        }
        for part in parts::later(db, &self.region, self.last_id)? {
            self.insert(KnownPart::new(part, None, &self.total));
        }
        Ok(after)
    }

    /// Records that the transaction which makes `version` of the region is committed.
    pub(super) fn finish(&mut self, version: PartsVersion) {
        let removed = core::mem::take(&mut self.removed);
        if !removed.is_empty() {
            self.retain(|id| !removed.contains(&id));
        }
        for part in core::mem::take(&mut self.added) {
            self.insert(part);
        }
        self.version = Some(version);
    }

    /// Whether a part was stored when the transaction began.
    pub(super) fn has(&self, part: &StoredPart) -> bool {
        let day = day_of(part.extent.last.event_ns);
        let of_day = self.days.get(&day);
        of_day.is_some_and(|parts| parts.iter().any(|known| known.part.id == part.id))
    }

    /// Adds a part that the transaction inserts.
    pub(super) fn add(&mut self, part: StoredPart, fingerprints: Option<Fingerprints>) {
        self.added.push(KnownPart::new(part, fingerprints, &self.total));
    }

    /// Removes a part that the transaction deletes.
    pub(super) fn remove(&mut self, part: &StoredPart) {
        self.removed.insert(part.id);
    }

    /// The parts of each UTC day when the transaction began.
    pub(super) fn days(&mut self) -> impl Iterator<Item = (i64, &mut [KnownPart])> {
        self.days.iter_mut().map(|(day, parts)| (*day, parts.as_mut_slice()))
    }

    fn insert(&mut self, known: KnownPart) {
        self.last_id = self.last_id.max(known.part.id);
        self.days.entry(day_of(known.part.extent.last.event_ns)).or_default().push(known);
    }

    fn retain(&mut self, is_kept: impl Fn(i64) -> bool) {
        self.days.retain(|_, parts| {
            parts.retain(|known| is_kept(known.part.id));
            !parts.is_empty()
        });
    }
}

impl KnownPart {
    fn new(part: StoredPart, fingerprints: Option<Fingerprints>, total: &Arc<AtomicUsize>) -> Self {
        let mut known = Self { part, fingerprints: None, total: Arc::clone(total) };
        known.fingerprints = fingerprints.inspect(|new| known.count(new));
        known
    }

    /// The fingerprints of the lines; `None` if they were not read.
    pub(super) const fn fingerprints(&self) -> Option<&Fingerprints> {
        self.fingerprints.as_ref()
    }

    /// Keeps the fingerprints that were read.
    pub(super) fn learn(&mut self, fingerprints: Fingerprints) {
        self.forget();
        self.count(&fingerprints);
        self.fingerprints = Some(fingerprints);
    }

    /// Forgets the fingerprints if there are too many in memory.
    pub(super) fn forget_if_many(&mut self) {
        if self.total.load(Ordering::Relaxed) > MOST_FINGERPRINTS {
            self.forget();
        }
    }

    fn count(&self, fingerprints: &Fingerprints) {
        self.total.fetch_add(fingerprints.len(), Ordering::Relaxed);
    }

    fn forget(&mut self) {
        if let Some(fingerprints) = self.fingerprints.take() {
            self.total.fetch_sub(fingerprints.len(), Ordering::Relaxed);
        }
    }
}

impl Drop for KnownPart {
    fn drop(&mut self) {
        self.forget();
    }
}
