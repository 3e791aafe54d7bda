//! Finds the lines of an append that the archive already has. It keeps the range and the
//! fingerprints of every part in memory, and opens a part only to compare bytes. The store is the
//! truth: this is built anew whenever it may differ from it.

use std::collections::HashMap;

use replay_core::Region;
use rusqlite::Connection;

use super::{
    StoreError,
    parts::{self, StoredPart},
    prepared::PreparedLine,
};
use crate::archive::{Fingerprints, day_of};

/// What is known of every part.
#[derive(Debug, Default)]
pub(super) struct KnownParts {
    days: HashMap<Region, HashMap<i64, Vec<KnownPart>>>,
    /// The number of fingerprints in memory.
    fingerprints: usize,
    /// The database's version of the changes by other connections; `None` before the parts are read
    /// and while a transaction of this process changes them.
    version: Option<i64>,
}

#[derive(Debug)]
struct KnownPart {
    part: StoredPart,
    /// `None` until they are needed.
    fingerprints: Option<Fingerprints>,
}

/// The maximum number of fingerprints in memory, of four bytes each.
const MOST_FINGERPRINTS: usize = 16_000_000;

impl KnownParts {
    /// Reads the parts if they are not those of the database any more. Until [`finish`](Self::finish)
    /// they count as unknown, so that a failed transaction leaves nothing wrong behind.
    pub(super) fn begin(&mut self, db: &Connection) -> Result<i64, StoreError> {
        let version = db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.version.take() != Some(version) {
            *self = Self::default();
            for region in parts::regions(db)? {
                for part in parts::all(db, &region)? {
                    self.add(&region, part, None);
                }
            }
        }
        Ok(version)
    }

    /// Records that the transaction which began at `version` is committed.
    pub(super) fn finish(&mut self, version: i64) {
        self.version = Some(version);
    }

    /// Adds a part that was inserted.
    pub(super) fn add(
        &mut self,
        region: &Region,
        part: StoredPart,
        fingerprints: Option<Fingerprints>,
    ) {
        self.fingerprints += fingerprints.as_ref().map_or(0, Fingerprints::len);
        if !self.days.contains_key(region) {
            self.days.insert(region.clone(), HashMap::new());
        }
        if let Some(days) = self.days.get_mut(region) {
            let day = day_of(part.extent.last.event_ns);
            days.entry(day).or_default().push(KnownPart { part, fingerprints });
        }
    }

    /// Removes a part that was deleted.
    pub(super) fn remove(&mut self, region: &Region, part: &StoredPart) {
        let day = day_of(part.extent.last.event_ns);
        let Some(days) = self.days.get_mut(region) else { return };
        let Some(known) = days.get_mut(&day) else { return };
        if let Some(index) = known.iter().position(|known| known.part.id == part.id) {
            let removed = known.swap_remove(index);
            self.fingerprints -= removed.fingerprints.as_ref().map_or(0, Fingerprints::len);
        }
        if known.is_empty() {
            days.remove(&day);
        }
    }

    /// Marks the lines that the region already has as duplicates. `by_time` are the lines in the
    /// order of their event times. Returns the first damaged part that could not be compared; lines
    /// are not taken for duplicates because of it.
    pub(super) fn mark_duplicates(
        &mut self,
        db: &Connection,
        region: &Region,
        by_time: &mut [&mut PreparedLine],
    ) -> Result<Option<StoreError>, StoreError> {
        if self.fingerprints > MOST_FINGERPRINTS {
            self.forget_fingerprints();
        }
        let Some(days) = self.days.get_mut(region) else { return Ok(None) };
        let mut damage = None;
        for lines in by_time.chunk_by_mut(|a, b| day_of(a.event_ns) == day_of(b.event_ns)) {
            let Some(known) = lines.first().and_then(|line| days.get_mut(&day_of(line.event_ns)))
            else {
                continue;
            };
            for known in known {
                let lines = within(lines, known);
                if lines.is_empty() {
                    continue;
                }
                let fingerprints = match known.fingerprints(db, &mut self.fingerprints) {
                    Ok(fingerprints) => fingerprints,
                    Err(error) if error.is_damage() => {
                        damage.get_or_insert(error);
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let may_be_duplicate = |line: &&mut &mut PreparedLine| {
                    !line.is_duplicate && fingerprints.may_contain(line.fingerprint)
                };
                let mut candidates: Vec<_> = lines.iter_mut().filter(may_be_duplicate).collect();
                if candidates.is_empty() {
                    continue;
                }
                match parts::lines(db, &known.part) {
                    Ok(archived) => compare(&mut candidates, &archived),
                    Err(error) if error.is_damage() => drop(damage.get_or_insert(error)),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(damage)
    }

    fn forget_fingerprints(&mut self) {
        let parts = self.days.values_mut().flat_map(HashMap::values_mut).flatten();
        parts.for_each(|part| part.fingerprints = None);
        self.fingerprints = 0;
    }
}

impl KnownPart {
    fn fingerprints(
        &mut self,
        db: &Connection,
        total: &mut usize,
    ) -> Result<&Fingerprints, StoreError> {
        let fingerprints = match self.fingerprints.take() {
            Some(fingerprints) => fingerprints,
            None => {
                let index = parts::index(db, &self.part)?;
                let read = index.fingerprints().map_err(|_| self.part.damaged())?;
                *total += read.len();
                read
            }
        };
        Ok(self.fingerprints.insert(fingerprints))
    }
}

/// The lines with an event time inside the part.
fn within<'a, 'b>(
    lines: &'a mut [&'b mut PreparedLine],
    known: &KnownPart,
) -> &'a mut [&'b mut PreparedLine] {
    let (first, last) = (known.part.extent.first.event_ns, known.part.extent.last.event_ns);
    let start = lines.partition_point(|line| line.event_ns < first);
    let end = start + lines[start..].partition_point(|line| line.event_ns <= last);
    &mut lines[start..end]
}

/// Marks the candidates that are among the archived lines, which are in the order of event times.
fn compare(candidates: &mut [&mut &mut PreparedLine], archived: &[crate::archive::Line]) {
    for line in candidates {
        let start = archived.partition_point(|archived| archived.position.event_ns < line.event_ns);
        line.is_duplicate = archived[start..]
            .iter()
            .take_while(|archived| archived.position.event_ns == line.event_ns)
            .any(|archived| archived.text == line.text);
    }
}
