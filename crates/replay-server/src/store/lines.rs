//! Appends lines to the archive: each line once, in the order of arrival. It seals and deletes
//! nothing.

use std::collections::HashMap;

use replay_core::{Region, outage::SeqRange, snapshot::Position};
use tokio::task::spawn_blocking;

use super::{
    LastSeqs, NewLine, Store, StoreError,
    counts::{self, MinuteCounts},
    duplicates,
    known_parts::KnownRegion,
    line_numbers, notices, outage_ranges,
    parts::{self, StoredPart},
    prepared::PreparedLines,
    sql::PartsChange,
    write::Write,
};
use crate::archive::{EncodedPart, Fingerprints, Line, PartKind, day_of};

/// Where lines come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Origin {
    Received,
    Sample,
}

/// The result of an append, in numbers of lines.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Appended {
    /// Lines that were not in the archive before.
    pub accepted: usize,
    /// Lines that the region's archive already had with the same event time and the same bytes.
    pub duplicates: usize,
}

impl Store {
    /// Archives `lines` in their order: all of them, or none.
    ///
    /// # Errors
    /// The database fails; no line is archived.
    pub async fn append(
        &self,
        region: &Region,
        lines: Vec<NewLine>,
    ) -> Result<Appended, StoreError> {
        self.append_by_region(HashMap::from([(region.clone(), lines)]), Origin::Received).await
    }

    /// Archives samples like [`append`](Self::append). Samples are never forwarded.
    ///
    /// # Errors
    /// The database fails; no line is archived.
    pub async fn append_samples(
        &self,
        region: &Region,
        lines: Vec<NewLine>,
    ) -> Result<Appended, StoreError> {
        self.append_by_region(HashMap::from([(region.clone(), lines)]), Origin::Sample).await
    }

    /// Archives each line in its region: all of them, or none.
    ///
    /// # Errors
    /// The database fails; no line is archived.
    pub async fn append_each(&self, lines: Vec<(Region, NewLine)>) -> Result<Appended, StoreError> {
        let mut by_region: HashMap<Region, Vec<NewLine>> = HashMap::new();
        for (region, line) in lines {
            by_region.entry(region).or_default().push(line);
        }
        self.append_by_region(by_region, Origin::Received).await
    }

    async fn append_by_region(
        &self,
        lines: HashMap<Region, Vec<NewLine>>,
        origin: Origin,
    ) -> Result<Appended, StoreError> {
        let prepare = move || {
            let prepare = |(region, lines)| PreparedLines::new(region, lines);
            let mut prepared: Vec<_> = lines.into_iter().map(prepare).collect();
            prepared.sort_by(|a, b| a.region.cmp(&b.region));
            prepared
        };
        let prepared = spawn_blocking(prepare).await.map_err(|_| StoreError::Interrupted)?;
        self.prepare_days(prepared.iter().flat_map(PreparedLines::days).collect()).await?;
        let mut regions = Vec::new();
        for lines in prepared {
            let known = self.database.wait_for(self.known_parts.lock(&lines.region)).await?;
            regions.push((known, lines));
        }
        let database = match regions.as_slice() {
            [(known, _)] => self.database.of(known.region()),
            _ => self.database.clone(),
        };
        let result = database
            .write_archive(move |tx| {
                let (mut appended, mut damage) = (Appended::default(), None);
                let mut last_seqs = LastSeqs::new();
                let mut versions = Vec::new();
                for (mut known, mut lines) in regions {
                    let version = known.begin(tx, PartsChange::Adds)?;
                    damage = damage.or(duplicates::mark(tx, &mut known, &mut lines)?);
                    let given = append(tx, &mut known, lines, &mut appended)?;
                    if let Some(SeqRange { last, .. }) = given {
                        last_seqs.insert(known.region().clone(), last);
                    }
                    if let Some(samples) = given.filter(|_| origin == Origin::Sample) {
                        outage_ranges::insert_samples(tx, known.region(), samples)?;
                    }
                    versions.push((known, version));
                }
                tx.after_commit(move || {
                    for (mut known, version) in versions {
                        known.finish(version);
                    }
                });
                Ok::<_, StoreError>((appended, damage, last_seqs))
            })
            .await;
        if result.is_err() {
            self.known_days.clear();
        }
        let (appended, damage, last_seqs) = result?;
        if let Some(damage) = damage {
            self.database.note_damage(&damage);
        }
        notices::note(&self.appends, last_seqs.clone());
        notices::note(&self.own_appends, last_seqs);
        Ok(appended)
    }
}

/// Appends lines to one region, and counts them in `appended`. Returns the range of their sequence
/// numbers, which may have numbers of other regions in it; `None` if all are duplicates.
fn append(
    tx: &Write<'_>,
    known: &mut KnownRegion,
    prepared: PreparedLines,
    appended: &mut Appended,
) -> Result<Option<SeqRange>, StoreError> {
    let PreparedLines { region, mut lines } = prepared;
    let received = lines.len();
    lines.retain(|line| !line.is_duplicate);
    appended.accepted += lines.len();
    appended.duplicates += received - lines.len();
    if lines.is_empty() {
        return Ok(None);
    }
    let given = line_numbers::give(tx, &region, lines.len())?;
    let (mut minutes, mut new) = (MinuteCounts::default(), Vec::with_capacity(lines.len()));
    let seqs = given.iter().flat_map(|range| range.first..=range.last);
    for (line, seq) in lines.into_iter().zip(seqs) {
        minutes.add(line.event_ns, line.kind, line.text.len());
        let position = Position { event_ns: line.event_ns, seq };
        new.push(Line { position, text: line.text });
    }
    counts::add(tx, &region, &minutes)?;
    new.sort_by_key(|line| line.position);
    let same_day = |a: &Line, b: &Line| day_of(a.position.event_ns) == day_of(b.position.event_ns);
    let parts = new.chunk_by(same_day).filter_map(|day| EncodedPart::of(day, PartKind::Recent));
    insert(tx, known, &parts.collect::<Vec<_>>())?;
    let ends = given.first().zip(given.last());
    Ok(ends.map(|(first, last)| SeqRange { first: first.first, last: last.last }))
}

/// Inserts parts, which are known once the transaction is committed.
pub(super) fn insert(
    tx: &Write<'_>,
    known: &mut KnownRegion,
    parts: &[EncodedPart],
) -> Result<(), StoreError> {
    for (id, part) in parts::insert(tx, known.region(), parts)?.into_iter().zip(parts) {
        known.add(StoredPart::new(id, part), Fingerprints::read(&part.index.fingerprints));
    }
    Ok(())
}
