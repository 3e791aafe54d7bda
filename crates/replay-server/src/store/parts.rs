//! The tables `part` and `part_data`: inserts, finds, reads and deletes parts of the archive. It
//! knows no job.

use bytes::Bytes;
use replay_core::{
    Region,
    job::Amount,
    snapshot::{Extent, Position},
};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, named_params};

use super::{StoreError, error::PartName, write::Write};
use crate::archive::{DAY_NS, EncodedPart, Index, Line, checksum};

/// A part that is stored, without its lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct StoredPart {
    /// Unique in the database, and never used again.
    pub(super) id: i64,
    /// What is known of its lines.
    pub(super) extent: Extent,
    /// The lowest and the highest sequence number of its lines.
    pub(super) seqs: (i64, i64),
    text_checksum: i64,
}

/// An archive's range of event times in nanoseconds, both ends inclusive, and the highest sequence
/// number to read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Reach {
    pub(super) first_ns: i64,
    pub(super) last_ns: i64,
    pub(super) high_water_seq: i64,
}

/// Inserts a part; returns its id.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    part: &EncodedPart,
) -> Result<i64, StoreError> {
    let EncodedPart { extent, seqs: (min_seq, max_seq), index, text, text_checksum } = part;
    tx.prepare_cached(
        "INSERT INTO part_data (index_checksum, positions, fingerprints, text) VALUES (?, ?, ?, ?)",
    )?
    .execute((index.checksum, &index.positions, &index.fingerprints, text))?;
    let id = tx.last_insert_rowid();
    tx.prepare_cached(
        "INSERT INTO part (region, last_ns, id, last_seq, first_ns, first_seq, min_seq, max_seq,
                           lines, bytes, is_block, text_checksum)
         VALUES (:region, :last_ns, :id, :last_seq, :first_ns, :first_seq, :min_seq, :max_seq,
                 :lines, :bytes, :is_block, :text_checksum)",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":last_ns": extent.last.event_ns,
        ":id": id,
        ":last_seq": extent.last.seq,
        ":first_ns": extent.first.event_ns,
        ":first_seq": extent.first.seq,
        ":min_seq": min_seq,
        ":max_seq": max_seq,
        ":lines": extent.lines,
        ":bytes": extent.bytes,
        ":is_block": extent.is_block,
        ":text_checksum": text_checksum,
    })?;
    Ok(id)
}

/// Deletes a part; returns whether it existed.
pub(super) fn delete(
    tx: &Write<'_>,
    region: &Region,
    part: &StoredPart,
) -> Result<bool, StoreError> {
    let deleted = tx
        .prepare_cached("DELETE FROM part WHERE region = ? AND last_ns = ? AND id = ?")?
        .execute((region.as_str(), part.extent.last.event_ns, part.id))?;
    tx.prepare_cached("DELETE FROM part_data WHERE id = ?")?.execute([part.id])?;
    Ok(deleted == 1)
}

/// Whether a part is still stored.
pub(super) fn exists(
    db: &Connection,
    region: &Region,
    part: &StoredPart,
) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM part WHERE region = ? AND last_ns = ? AND id = ?")?
        .exists((region.as_str(), part.extent.last.event_ns, part.id))?)
}

/// The parts that may have lines in `reach`, in the order of their first lines.
pub(super) fn reached(
    db: &Connection,
    region: &Region,
    reach: Reach,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut statement = select(
        db,
        // A part has lines of one day, so that the key limits the search on both sides.
        "last_ns BETWEEN :first_ns AND :latest_ns AND first_ns <= :last_ns AND min_seq <= :seq",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":region": region.as_str(),
            ":first_ns": reach.first_ns,
            ":last_ns": reach.last_ns,
            ":latest_ns": reach.last_ns.saturating_add(DAY_NS),
            ":seq": reach.high_water_seq,
        },
        StoredPart::read,
    )?;
    in_order(rows)
}

/// Every part of the region in the order of their first lines.
pub(super) fn all(db: &Connection, region: &Region) -> Result<Vec<StoredPart>, StoreError> {
    let mut statement = select(db, "true")?;
    in_order(statement.query_map(named_params! { ":region": region.as_str() }, StoredPart::read)?)
}

/// The number and size of the recent lines.
pub(super) fn recent_amount(db: &Connection, region: &Region) -> Result<Amount, StoreError> {
    let mut sum = db.prepare_cached(
        "SELECT ifnull(sum(lines), 0), ifnull(sum(bytes), 0) FROM part
         WHERE region = ? AND is_block = 0",
    )?;
    Ok(sum.query_row([region.as_str()], |row| {
        Ok(Amount { lines: count(row, 0)?, bytes: count(row, 1)? })
    })?)
}

/// The regions that have parts.
pub(super) fn regions(db: &Connection) -> Result<Vec<Region>, StoreError> {
    super::regions(db, "SELECT DISTINCT region FROM part ORDER BY region")
}

/// The stored text of a part, which is gzip in a block.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn text(db: &Connection, part: &StoredPart) -> Result<Bytes, StoreError> {
    let text: Option<Vec<u8>> = db
        .prepare_cached("SELECT text FROM part_data WHERE id = ?")?
        .query_row([part.id], |row| row.get(0))
        .optional()
        .map_err(|error| part.unreadable(error))?;
    let text = text.filter(|text| checksum(text) == part.text_checksum);
    text.map(Bytes::from).ok_or_else(|| part.damaged())
}

/// The index of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn index(db: &Connection, part: &StoredPart) -> Result<Index, StoreError> {
    db.prepare_cached("SELECT positions, fingerprints, index_checksum FROM part_data WHERE id = ?")?
        .query_row([part.id], |row| {
            let (positions, fingerprints, checksum) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Index { positions, fingerprints, checksum })
        })
        .optional()
        .map_err(|error| part.unreadable(error))?
        .filter(|index: &Index| index.verify(&part.extent, part.seqs).is_ok())
        .ok_or_else(|| part.damaged())
}

/// The lines of a part in the order of their positions.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn lines(db: &Connection, part: &StoredPart) -> Result<Vec<Line>, StoreError> {
    let (index, text) = (index(db, part)?, text(db, part)?);
    index.lines(&part.extent, text).map_err(|_| part.damaged())
}

/// The positions of the lines of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn positions(db: &Connection, part: &StoredPart) -> Result<Vec<Position>, StoreError> {
    index(db, part)?.positions(&part.extent).map_err(|_| part.damaged())
}

/// Compares the checksums of a part, if it is still stored.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn verify(
    db: &Connection,
    region: &Region,
    part: &StoredPart,
) -> Result<(), StoreError> {
    match positions(db, part).and_then(|_| text(db, part)) {
        Err(StoreError::DamagedPart(_)) if !exists(db, region, part)? => Ok(()),
        verified => verified.map(|_| ()),
    }
}

impl StoredPart {
    /// A part that was inserted with this id.
    pub(super) fn new(id: i64, part: &EncodedPart) -> Self {
        let EncodedPart { extent, seqs, text_checksum, .. } = *part;
        Self { id, extent, seqs, text_checksum }
    }

    /// The name for messages.
    pub(super) fn name(&self) -> PartName {
        PartName { id: self.id, is_block: self.extent.is_block }
    }

    /// The error that names this part.
    pub(super) fn damaged(&self) -> StoreError {
        StoreError::DamagedPart(self.name())
    }

    /// The error of reading this part: damage of the file is damage of the part.
    fn unreadable(&self, error: rusqlite::Error) -> StoreError {
        let error = StoreError::from(error);
        if error.is_damage() { self.damaged() } else { error }
    }

    /// Reads a row of [`select`].
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let extent = Extent {
            first: Position { event_ns: row.get(1)?, seq: row.get(2)? },
            last: Position { event_ns: row.get(3)?, seq: row.get(4)? },
            lines: count(row, 5)?,
            bytes: count(row, 6)?,
            is_block: row.get(7)?,
        };
        let seqs = (row.get(8)?, row.get(9)?);
        Ok(Self { id: row.get(0)?, extent, seqs, text_checksum: row.get(10)? })
    }
}

/// A number that is not negative. A damaged one is 0, which the checksum of the part detects.
fn count(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(index)?).unwrap_or_default())
}

/// The statement that reads the parts of `:region` with this condition.
pub(super) fn select<'a>(
    db: &'a Connection,
    condition: &str,
) -> Result<CachedStatement<'a>, StoreError> {
    Ok(db.prepare_cached(&format!(
        "SELECT id, first_ns, first_seq, last_ns, last_seq, lines, bytes, is_block, min_seq,
                max_seq, text_checksum
         FROM part WHERE region = :region AND {condition}"
    ))?)
}

fn in_order(
    rows: impl Iterator<Item = rusqlite::Result<StoredPart>>,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut parts = rows.collect::<Result<Vec<_>, _>>()?;
    parts.sort_unstable_by_key(|part| (part.extent.first, part.id));
    Ok(parts)
}
