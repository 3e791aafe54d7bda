//! The tables `part` and `part_data`: inserts, finds, reads and deletes parts of the archive. It
//! knows no job.

use bytes::Bytes;
use replay_core::{
    Region,
    job::Amount,
    snapshot::{Extent, Position},
};

use super::{
    StoreError,
    error::PartName,
    sql::{Row, Sql, Value, values},
    write::Write,
};
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
    let id = tx.one(
        "INSERT INTO part_data (index_checksum, positions, fingerprints, text)
         VALUES (?1, ?2, ?3, ?4) RETURNING id",
        &values![
            index.checksum,
            index.positions.as_slice(),
            index.fingerprints.as_slice(),
            text.as_slice(),
        ],
        |row| row.get(0),
    )?;
    tx.execute(
        "INSERT INTO part (region, last_ns, id, last_seq, first_ns, first_seq, min_seq, max_seq,
                           lines, bytes, is_block, text_checksum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        &values![
            region.as_str(),
            extent.last.event_ns,
            id,
            extent.last.seq,
            extent.first.event_ns,
            extent.first.seq,
            *min_seq,
            *max_seq,
            extent.lines,
            extent.bytes,
            extent.is_block,
            *text_checksum,
        ],
    )?;
    Ok(id)
}

/// Deletes a part; returns whether it existed.
pub(super) fn delete(
    tx: &Write<'_>,
    region: &Region,
    part: &StoredPart,
) -> Result<bool, StoreError> {
    let deleted = tx.execute(
        "DELETE FROM part WHERE region = ?1 AND last_ns = ?2 AND id = ?3",
        &values![region.as_str(), part.extent.last.event_ns, part.id],
    )?;
    tx.execute("DELETE FROM part_data WHERE id = ?1", &values![part.id])?;
    Ok(deleted == 1)
}

/// Whether a part is still stored.
pub(super) fn exists(db: &Sql<'_>, region: &Region, part: &StoredPart) -> Result<bool, StoreError> {
    let found = db.optional(
        "SELECT 1 FROM part WHERE region = ?1 AND last_ns = ?2 AND id = ?3",
        &values![region.as_str(), part.extent.last.event_ns, part.id],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// The parts that may have lines in `reach`, in the order of their first lines.
pub(super) fn reached(
    db: &Sql<'_>,
    region: &Region,
    reach: Reach,
) -> Result<Vec<StoredPart>, StoreError> {
    let parts = select(
        db,
        // A part has lines of one day, so that the key limits the search on both sides.
        "last_ns BETWEEN ?2 AND ?3 AND first_ns <= ?4 AND min_seq <= ?5",
        &values![
            region.as_str(),
            reach.first_ns,
            reach.last_ns.saturating_add(DAY_NS),
            reach.last_ns,
            reach.high_water_seq,
        ],
    )?;
    Ok(in_order(parts))
}

/// Every part of the region in the order of their first lines.
pub(super) fn all(db: &Sql<'_>, region: &Region) -> Result<Vec<StoredPart>, StoreError> {
    Ok(in_order(select(db, "true", &values![region.as_str()])?))
}

/// The number and size of the recent lines.
pub(super) fn recent_amount(db: &Sql<'_>, region: &Region) -> Result<Amount, StoreError> {
    db.one(
        "SELECT CAST(coalesce(sum(lines), 0) AS BIGINT), CAST(coalesce(sum(bytes), 0) AS BIGINT)
         FROM part WHERE region = ?1 AND is_block = 0",
        &values![region.as_str()],
        |row| Ok(Amount { lines: count(row, 0)?, bytes: count(row, 1)? }),
    )
}

/// The regions that have parts.
pub(super) fn regions(db: &Sql<'_>) -> Result<Vec<Region>, StoreError> {
    super::regions(db, "SELECT DISTINCT region FROM part ORDER BY region")
}

/// The stored text of a part, which is gzip in a block.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn text(db: &Sql<'_>, part: &StoredPart) -> Result<Bytes, StoreError> {
    let sql = "SELECT text FROM part_data WHERE id = ?1";
    let text = db
        .optional(sql, &values![part.id], |row| row.get::<Vec<u8>>(0))
        .map_err(|error| part.unreadable(error))?;
    let text = text.filter(|text| checksum(text) == part.text_checksum);
    text.map(Bytes::from).ok_or_else(|| part.damaged())
}

/// The index of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn index(db: &Sql<'_>, part: &StoredPart) -> Result<Index, StoreError> {
    let sql = "SELECT positions, fingerprints, index_checksum FROM part_data WHERE id = ?1";
    let index = db.optional(sql, &values![part.id], |row| {
        Ok(Index { positions: row.get(0)?, fingerprints: row.get(1)?, checksum: row.get(2)? })
    });
    index
        .map_err(|error| part.unreadable(error))?
        .filter(|index| index.verify(&part.extent, part.seqs).is_ok())
        .ok_or_else(|| part.damaged())
}

/// The lines of a part in the order of their positions.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn lines(db: &Sql<'_>, part: &StoredPart) -> Result<Vec<Line>, StoreError> {
    let (index, text) = (index(db, part)?, text(db, part)?);
    index.lines(&part.extent, text).map_err(|_| part.damaged())
}

/// The positions of the lines of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn positions(db: &Sql<'_>, part: &StoredPart) -> Result<Vec<Position>, StoreError> {
    index(db, part)?.positions(&part.extent).map_err(|_| part.damaged())
}

/// Compares the checksums of a part, if it is still stored.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn verify(db: &Sql<'_>, region: &Region, part: &StoredPart) -> Result<(), StoreError> {
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
    fn unreadable(&self, error: StoreError) -> StoreError {
        if error.is_damage() { self.damaged() } else { error }
    }

    /// Reads a row of [`select`].
    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
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
fn count(row: &Row<'_>, index: usize) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.get::<i64>(index)?).unwrap_or_default())
}

/// The parts of the region `?1` with this condition.
pub(super) fn select(
    db: &Sql<'_>,
    condition: &str,
    parameters: &[Value<'_>],
) -> Result<Vec<StoredPart>, StoreError> {
    db.all(&select_text(condition), parameters, StoredPart::read)
}

/// The statement that reads the parts of the region `?1` with this condition.
pub(super) fn select_text(condition: &str) -> String {
    format!(
        "SELECT id, first_ns, first_seq, last_ns, last_seq, lines, bytes, is_block, min_seq,
                max_seq, text_checksum
         FROM part WHERE region = ?1 AND {condition}"
    )
}

fn in_order(mut parts: Vec<StoredPart>) -> Vec<StoredPart> {
    parts.sort_unstable_by_key(|part| (part.extent.first, part.id));
    parts
}
