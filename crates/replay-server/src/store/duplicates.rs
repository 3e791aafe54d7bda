//! Finds the lines of an append that the archive already has, by the fingerprints of its parts. A part
//! is opened only to compare bytes.

use std::collections::HashMap;

use super::{
    StoreError,
    known_parts::{KnownPart, KnownRegion},
    part_contents,
    parts::StoredPart,
    prepared::{PreparedLine, PreparedLines},
    sql::Sql,
};
use crate::archive::{Index, Line, day_of};

/// How many indexes are read at once.
const INDEXES: usize = 256;

/// The size of the parts that are opened at once, except for a larger one.
const OPEN_BYTES: u64 = 4 * 1024 * 1024;

/// Marks the lines that the region already has as duplicates. Returns the first damaged part that could
/// not be compared; lines are not taken for duplicates because of it.
pub(super) fn mark(
    db: &Sql<'_>,
    region: &mut KnownRegion,
    prepared: &mut PreparedLines,
) -> Result<Option<StoreError>, StoreError> {
    let (by_day, lines) = (prepared.by_day(), &mut prepared.lines);
    let day = |of_day: &Vec<usize>| of_day.first().map(|index| day_of(lines[*index].event_ns));
    let by_day: HashMap<_, _> =
        by_day.iter().filter_map(|of_day| Some((day(of_day)?, of_day))).collect();
    let mut reached = Vec::new();
    for (day, known) in region.days() {
        let Some(of_day) = by_day.get(&day) else { continue };
        let parts = known.iter_mut().map(|known| (within(of_day, lines, known), known));
        reached.extend(parts.filter(|(within, _)| !within.is_empty()));
    }
    let (mut damage, mut candidates) = (None, Vec::new());
    for chunk in reached.chunks_mut(INDEXES) {
        damage = damage.or(learn(db, chunk)?);
        for (within, known) in chunk {
            candidates.extend(Candidates::of(known, within, lines));
            known.forget_if_many();
        }
    }
    let mut rest = candidates.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(count_to_open(rest));
        let parts: Vec<_> = now.iter().map(|candidates| candidates.part).collect();
        for (candidates, archived) in now.iter().zip(part_contents::lines_of_each(db, &parts)?) {
            match archived {
                Ok(archived) => candidates.compare(&archived, lines),
                Err(error) if error.is_damage() => drop(damage.get_or_insert(error)),
                Err(error) => return Err(error),
            }
        }
        rest = later;
    }
    Ok(damage)
}

/// The number of the first parts that may be opened at once; at least one.
fn count_to_open(candidates: &[Candidates]) -> usize {
    let mut bytes = 0;
    let is_too_much = |candidates: &Candidates| {
        bytes += candidates.part.extent.bytes;
        bytes > OPEN_BYTES
    };
    candidates.iter().position(is_too_much).unwrap_or(candidates.len()).max(1)
}

/// Reads the fingerprints of the parts of which they are not known. Returns the first damaged part.
fn learn(
    db: &Sql<'_>,
    reached: &mut [(&[usize], &mut KnownPart)],
) -> Result<Option<StoreError>, StoreError> {
    let mut unknown: Vec<_> =
        reached.iter_mut().filter(|(_, known)| known.fingerprints().is_none()).collect();
    let parts: Vec<_> = unknown.iter().map(|(_, known)| known.part).collect();
    let mut damage = None;
    for ((_, known), index) in unknown.iter_mut().zip(part_contents::index_of_each(db, &parts)?) {
        let fingerprints = |index: Index| index.fingerprints().map_err(|_| known.part.damaged());
        match index.and_then(fingerprints) {
            Ok(fingerprints) => known.learn(fingerprints),
            Err(error) if error.is_damage() => drop(damage.get_or_insert(error)),
            Err(error) => return Err(error),
        }
    }
    Ok(damage)
}

/// The lines that a part may have.
struct Candidates {
    part: StoredPart,
    indices: Vec<usize>,
}

impl Candidates {
    /// `within` are the indices of lines with an event time inside the part. `None` without candidates.
    fn of(known: &KnownPart, within: &[usize], lines: &[PreparedLine]) -> Option<Self> {
        let fingerprints = known.fingerprints()?;
        let may_be_duplicate = |index: &&usize| {
            let line = &lines[**index];
            !line.is_duplicate && fingerprints.may_contain(line.fingerprint)
        };
        let indices: Vec<_> = within.iter().filter(may_be_duplicate).copied().collect();
        (!indices.is_empty()).then_some(Self { part: known.part, indices })
    }

    fn compare(&self, archived: &[Line], lines: &mut [PreparedLine]) {
        for index in &self.indices {
            let line = &mut lines[*index];
            line.is_duplicate |= has(archived, line);
        }
    }
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
