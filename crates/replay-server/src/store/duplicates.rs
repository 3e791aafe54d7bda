//! Finds the lines of an append that the archive already has. It keeps the range and the
//! fingerprints of every part in memory, and opens a part only to compare bytes. The store is the
//! truth: this is built anew whenever it may differ from it.

use std::collections::HashMap;

use replay_core::Region;

use super::{
    StoreError,
    parts::{self, StoredPart},
    prepared::{PreparedLine, PreparedLines},
    sql::{Sql, Versions},
};
use crate::archive::{Fingerprints, Line, day_of};

/// What is known of every part.
#[derive(Debug, Default)]
pub(super) struct KnownParts {
    regions: HashMap<Region, KnownRegion>,
    /// The number of fingerprints in memory.
    fingerprints: usize,
}

/// What is known of the parts of a region.
#[derive(Debug, Default)]
struct KnownRegion {
    days: HashMap<i64, Vec<KnownPart>>,
    /// The version of the region's parts that these are; `None` before the parts are read and while a
    /// transaction of this process changes them.
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
    /// Reads the parts of a region if they are not those of the database any more; returns the version to
    /// [`finish`](Self::finish) with. Until then they count as unknown, so that a failed transaction
    /// leaves nothing wrong behind.
    pub(super) fn begin(&mut self, db: &Sql<'_>, region: &Region) -> Result<i64, StoreError> {
        let Versions { before, after } = db.change_parts(region)?;
        let known = self.regions.entry(region.clone()).or_default();
        if known.version.take() != Some(before) {
            // An id is never given twice, so that the fingerprints of known parts are still right.
            let mut fingerprints: HashMap<i64, Fingerprints> = core::mem::take(&mut known.days)
                .into_values()
                .flatten()
                .filter_map(|known| Some((known.part.id, known.fingerprints?)))
                .collect();
            self.fingerprints -= fingerprints.values().map(Fingerprints::len).sum::<usize>();
            for part in parts::all(db, region)? {
                self.add(region, part, fingerprints.remove(&part.id));
            }
        }
        Ok(after)
    }

    /// Records that the transaction which makes `version` of the region is committed.
    pub(super) fn finish(&mut self, region: &Region, version: i64) {
        if let Some(known) = self.regions.get_mut(region) {
            known.version = Some(version);
        }
    }

    /// Adds a part that was inserted, after [`begin`](Self::begin) of its region.
    pub(super) fn add(
        &mut self,
        region: &Region,
        part: StoredPart,
        fingerprints: Option<Fingerprints>,
    ) {
        let Some(known) = self.regions.get_mut(region) else { return };
        self.fingerprints += fingerprints.as_ref().map_or(0, Fingerprints::len);
        let day = day_of(part.extent.last.event_ns);
        known.days.entry(day).or_default().push(KnownPart { part, fingerprints });
    }

    /// Whether a part is stored, after [`begin`](Self::begin) of its region.
    pub(super) fn has(&self, region: &Region, part: &StoredPart) -> bool {
        let day = day_of(part.extent.last.event_ns);
        let of_day = self.regions.get(region).and_then(|known| known.days.get(&day));
        of_day.is_some_and(|parts| parts.iter().any(|known| known.part.id == part.id))
    }

    /// Removes a part that was deleted.
    pub(super) fn remove(&mut self, region: &Region, part: &StoredPart) {
        let day = day_of(part.extent.last.event_ns);
        let Some(KnownRegion { days, .. }) = self.regions.get_mut(region) else { return };
        let Some(known) = days.get_mut(&day) else { return };
        if let Some(index) = known.iter().position(|known| known.part.id == part.id) {
            let removed = known.swap_remove(index);
            self.fingerprints -= removed.fingerprints.as_ref().map_or(0, Fingerprints::len);
        }
        if known.is_empty() {
            days.remove(&day);
        }
    }

    /// Marks the lines that the region already has as duplicates. Returns the first damaged part that
    /// could not be compared; lines are not taken for duplicates because of it.
    pub(super) fn mark_duplicates(
        &mut self,
        db: &Sql<'_>,
        prepared: &mut PreparedLines,
    ) -> Result<Option<StoreError>, StoreError> {
        let Some(region) = self.regions.get_mut(&prepared.region) else { return Ok(None) };
        let (by_day, lines) = (prepared.by_day(), &mut prepared.lines);
        let mut damage = None;
        for of_day in by_day {
            let day = of_day.first().map(|index| day_of(lines[*index].event_ns));
            let Some(known) = day.and_then(|day| region.days.get_mut(&day)) else { continue };
            for known in known {
                let within = within(&of_day, lines, known);
                if within.is_empty() {
                    continue;
                }
                match mark(db, known, within, lines, &mut self.fingerprints) {
                    Err(error) if error.is_damage() => drop(damage.get_or_insert(error)),
                    marked => marked?,
                }
                if self.fingerprints > MOST_FINGERPRINTS {
                    self.fingerprints -= known.forget();
                }
            }
        }
        Ok(damage)
    }
}

impl KnownPart {
    /// Drops the fingerprints; returns their number.
    fn forget(&mut self) -> usize {
        self.fingerprints.take().map_or(0, |fingerprints| fingerprints.len())
    }

    fn fingerprints(
        &mut self,
        db: &Sql<'_>,
        total: &mut usize,
    ) -> Result<&Fingerprints, StoreError> {
        let fingerprints = if let Some(fingerprints) = self.fingerprints.take() {
            fingerprints
        } else {
            let index = parts::index(db, &self.part)?;
            let read = index.fingerprints().map_err(|_| self.part.damaged())?;
            *total += read.len();
            read
        };
        Ok(self.fingerprints.insert(fingerprints))
    }
}

/// Marks the lines that a part has. `within` are the indices of lines with an event time inside it.
fn mark(
    db: &Sql<'_>,
    known: &mut KnownPart,
    within: &[usize],
    lines: &mut [PreparedLine],
    total: &mut usize,
) -> Result<(), StoreError> {
    let fingerprints = known.fingerprints(db, total)?;
    let may_be_duplicate = |index: &&usize| {
        let line = &lines[**index];
        !line.is_duplicate && fingerprints.may_contain(line.fingerprint)
    };
    let candidates: Vec<_> = within.iter().filter(may_be_duplicate).copied().collect();
    if candidates.is_empty() {
        return Ok(());
    }
    let archived = parts::lines(db, &known.part)?;
    for index in candidates {
        lines[index].is_duplicate = has(&archived, &lines[index]);
    }
    Ok(())
}

/// The indices of the lines with an event time inside the part. `by_time` are indices in the order of
/// event times.
fn within<'a>(by_time: &'a [usize], lines: &[PreparedLine], known: &KnownPart) -> &'a [usize] {
    let (first, last) = (known.part.extent.first.event_ns, known.part.extent.last.event_ns);
    let start = by_time.partition_point(|index| lines[*index].event_ns < first);
    let count = by_time[start..].partition_point(|index| lines[*index].event_ns <= last);
    &by_time[start..start + count]
}

/// Whether the archived lines, which are in the order of event times, have this line.
fn has(archived: &[Line], line: &PreparedLine) -> bool {
    let start = archived.partition_point(|archived| archived.position.event_ns < line.event_ns);
    archived[start..]
        .iter()
        .take_while(|archived| archived.position.event_ns == line.event_ns)
        .any(|archived| archived.text == line.text)
}
