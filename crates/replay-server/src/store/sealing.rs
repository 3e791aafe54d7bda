//! Seals recent lines into blocks and merges blocks. The lines and their order stay the same; only
//! the parts that have them change, each time in one transaction.

use std::collections::BTreeMap;

use replay_core::{Region, job::Amount};
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    LastSeqs, Store, StoreError, lane_rows,
    line_numbers::{last_of_all, last_seq},
    lines::insert,
    part_arrivals, part_contents,
    parts::{self, StoredPart},
    sql::{PartsChange, Sql},
};
use crate::archive::{
    Candidate, EncodedPart, Line, SealLimits, amount, day_of, parts_to_merge, seal,
};

/// Parts whose lines get into other parts.
#[derive(Debug, Default)]
struct Replaced {
    parts: Vec<StoredPart>,
    lines: Vec<Line>,
    /// The first damaged part that was left out.
    damage: Option<StoreError>,
}

/// How many parts are read at once. Their text is in memory twice meanwhile.
const PARTS: usize = 32;

impl Store {
    /// The highest sequence numbers of lines of each region, as far as this process knows; they change
    /// with each append of lines.
    #[must_use]
    pub fn appends(&self) -> watch::Receiver<LastSeqs> {
        self.appends.subscribe()
    }

    /// The highest sequence number that was given to a line.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_seq(&self) -> Result<i64, StoreError> {
        self.database.read(last_of_all).await
    }

    /// The highest sequence number that was given to a line of the region, or a higher one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_seq_of(&self, region: &Region) -> Result<i64, StoreError> {
        let region = region.clone();
        self.database.read(move |db| last_seq(db, &region)).await
    }

    /// The number and size of the recent lines of the region.
    ///
    /// # Errors
    /// The database fails.
    pub async fn recent_lines(&self, region: &Region) -> Result<Amount, StoreError> {
        let region = region.clone();
        self.database.read(move |db| parts::recent_amount(db, &region)).await
    }

    /// Seals recent lines of the region if they fill a block; the latest ones stay recent, less than
    /// a block, and those that the live lane has not passed. Returns whether lines were sealed. Damaged parts stay as they are.
    ///
    /// # Errors
    /// The database fails; nothing is changed.
    pub async fn seal(&self, region: &Region, limits: SealLimits) -> Result<bool, StoreError> {
        let read = {
            let region = region.clone();
            self.database.read_at_one_moment(move |db| {
                // One moment: a part that is trimmed between two reads would look damaged.
                let mut chosen = Vec::new();
                let mut amount = Amount::default();
                let passed_seq = passed_seq(db, &region)?;
                for part in part_arrivals::recent(db, &region, passed_seq)? {
                    if limits.is_round(amount) {
                        break;
                    }
                    amount += Amount { lines: part.extent.lines, bytes: part.extent.bytes };
                    chosen.push(part);
                }
                if !limits.is_block(amount) {
                    return Ok(Replaced::default());
                }
                read_intact(db, &chosen)
            })
        };
        let replaced = self.note_damage_of(read.await?);
        if !limits.is_block(amount(&replaced.lines)) {
            return Ok(false);
        }
        self.replace(region, replaced, limits, true).await
    }

    /// Merges some blocks of the region if too many overlap, or too many neighbours are small.
    /// Returns whether blocks were merged. Damaged blocks stay as they are.
    ///
    /// # Errors
    /// The database fails; nothing is changed.
    pub async fn merge(&self, region: &Region, limits: SealLimits) -> Result<bool, StoreError> {
        let read = {
            let region = region.clone();
            self.database.read_at_one_moment(move |db| {
                let mut days: BTreeMap<i64, Vec<StoredPart>> = BTreeMap::new();
                for part in parts::all(db, &region)? {
                    if part.extent.is_block {
                        days.entry(day_of(part.extent.last.event_ns)).or_default().push(part);
                    }
                }
                for blocks in days.into_values() {
                    let candidate =
                        |part: &StoredPart| Candidate { id: part.id, extent: part.extent };
                    let candidates: Vec<_> = blocks.iter().map(candidate).collect();
                    let ids = parts_to_merge(&candidates, &limits);
                    if ids.is_empty() {
                        continue;
                    }
                    let chosen = blocks.into_iter().filter(|block| ids.contains(&block.id));
                    let replaced = read_intact(db, &chosen.collect::<Vec<_>>())?;
                    if replaced.parts.len() > 1 {
                        return Ok(replaced);
                    }
                }
                Ok(Replaced::default())
            })
        };
        let replaced = self.note_damage_of(read.await?);
        if replaced.parts.is_empty() {
            return Ok(false);
        }
        self.replace(region, replaced, limits, false).await
    }

    fn note_damage_of(&self, replaced: Replaced) -> Replaced {
        if let Some(damage) = &replaced.damage {
            self.database.note_damage(damage);
        }
        replaced
    }

    /// Replaces parts by new ones with the same lines. Returns `false`, and changes nothing, if one
    /// of them was deleted since it was read.
    async fn replace(
        &self,
        region: &Region,
        replaced: Replaced,
        limits: SealLimits,
        keep_rest: bool,
    ) -> Result<bool, StoreError> {
        let Replaced { parts: old, mut lines, .. } = replaced;
        let encode = move || {
            lines.sort_by_key(|line| line.position);
            seal(&lines, &limits, keep_rest)
        };
        let sealed = spawn_blocking(encode).await.map_err(|_| StoreError::Interrupted)?;
        let mut known = self.known_parts.lock(region).await;
        self.database
            .of(region)
            .write_archive_lazily(move |tx| {
                let version = known.begin(tx, PartsChange::Deletes)?;
                if !old.iter().all(|part| known.has(part)) {
                    tx.after_commit(move || known.finish(version));
                    return Ok(false);
                }
                parts::delete(tx, known.region(), &old)?;
                for part in &old {
                    known.remove(part);
                }
                let new: Vec<EncodedPart> =
                    sealed.blocks.into_iter().chain(sealed.recent).collect();
                insert(tx, &mut known, &new)?;
                tx.after_commit(move || known.finish(version));
                Ok(true)
            })
            .await
    }
}

/// The highest sequence number of lines that may be sealed: the live lane has passed them, or an outage
/// has them.
fn passed_seq(db: &Sql<'_>, region: &Region) -> Result<i64, StoreError> {
    let last_seq = last_seq(db, region)?;
    let lane = lane_rows::load(db, region)?;
    Ok(lane.map_or(last_seq, |lane| lane.passed_seq(last_seq)))
}

/// Reads the lines of `parts`; damaged parts are left out.
fn read_intact(db: &Sql<'_>, parts: &[StoredPart]) -> Result<Replaced, StoreError> {
    let mut replaced = Replaced::default();
    for parts in parts.chunks(PARTS) {
        for (part, lines) in parts.iter().zip(part_contents::lines_of_each(db, parts)?) {
            match lines {
                Ok(lines) => {
                    replaced.parts.push(*part);
                    replaced.lines.extend(lines);
                }
                Err(error @ StoreError::DamagedPart(_)) => {
                    replaced.damage.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(replaced)
}
