//! Appends lines to the archive: each line once, in the order of arrival. It seals and deletes
//! nothing.

use std::collections::HashMap;

use replay_core::{Region, outage::SeqRange, snapshot::Position};
use tokio::task::spawn_blocking;

use super::{
    LastSeqs, NewLine, Store, StoreError,
    counts::{self, MinuteCounts},
    duplicates::KnownParts,
    outage_ranges,
    parts::{self, StoredPart},
    prepared::PreparedLines,
    sql::{Sql, values},
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
            lines.into_iter().map(prepare).collect::<Vec<_>>()
        };
        let prepared = spawn_blocking(prepare).await.map_err(|_| StoreError::Interrupted)?;
        self.prepare_days(prepared.iter().flat_map(PreparedLines::days).collect()).await?;
        let mut known = self.known_parts.clone().lock_owned().await;
        let result = self
            .database
            .write_archive(move |tx| {
                let (mut appended, mut damage) = (Appended::default(), None);
                let mut last_seqs = LastSeqs::new();
                let mut versions = Vec::new();
                for mut lines in prepared {
                    let version = known.begin(tx, &lines.region)?;
                    versions.push((lines.region.clone(), version));
                    let first = last_seq(tx)? + 1;
                    let found = append(tx, &mut known, &mut lines, &mut appended)?;
                    damage = damage.or(found);
                    let last = last_seq(tx)?;
                    if first > last {
                        continue;
                    }
                    last_seqs.insert(lines.region.clone(), last);
                    if origin == Origin::Sample {
                        let samples = SeqRange { first, last };
                        outage_ranges::insert_samples(tx, &lines.region, samples)?;
                    }
                }
                tx.after_commit(move || {
                    for (region, version) in versions {
                        known.finish(&region, version);
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
        self.appends.send_if_modified(|known| {
            let has_new_lines = !last_seqs.is_empty();
            known.extend(last_seqs);
            has_new_lines
        });
        Ok(appended)
    }
}

/// Appends lines to one region, and counts them in `appended`. Returns the first damaged part that
/// could not be compared.
fn append(
    tx: &Write<'_>,
    known: &mut KnownParts,
    prepared: &mut PreparedLines,
    appended: &mut Appended,
) -> Result<Option<StoreError>, StoreError> {
    let region = prepared.region.clone();
    let damage = known.mark_duplicates(tx, prepared)?;
    let lines = &mut prepared.lines;
    let received = lines.len();
    lines.retain(|line| !line.is_duplicate);
    appended.accepted += lines.len();
    appended.duplicates += received - lines.len();
    if lines.is_empty() {
        return Ok(damage);
    }
    let mut minutes = MinuteCounts::default();
    let mut seq = last_seq(tx)?;
    let mut new = Vec::with_capacity(lines.len());
    for line in lines {
        seq += 1;
        minutes.add(line.event_ns, line.kind, line.text.len());
        let position = Position { event_ns: line.event_ns, seq };
        new.push(Line { position, text: line.text.clone() });
    }
    tx.execute("UPDATE sequence SET last_seq = ?1", &values![seq])?;
    counts::add(tx, &region, &minutes)?;
    new.sort_by_key(|line| line.position);
    let same_day = |a: &Line, b: &Line| day_of(a.position.event_ns) == day_of(b.position.event_ns);
    let parts = new.chunk_by(same_day).filter_map(|day| EncodedPart::of(day, PartKind::Recent));
    insert(tx, known, &region, &parts.collect::<Vec<_>>())?;
    Ok(damage)
}

/// Inserts parts, which are known from then on.
pub(super) fn insert(
    tx: &Write<'_>,
    known: &mut KnownParts,
    region: &Region,
    parts: &[EncodedPart],
) -> Result<(), StoreError> {
    for (id, part) in parts::insert(tx, region, parts)?.into_iter().zip(parts) {
        let fingerprints = Fingerprints::read(&part.index.fingerprints);
        known.add(region, StoredPart::new(id, part), fingerprints);
    }
    Ok(())
}

/// The highest sequence number that was given to a line.
pub(super) fn last_seq(db: &Sql<'_>) -> Result<i64, StoreError> {
    db.one("SELECT last_seq FROM sequence", &[], |row| row.get(0))
}
