//! The table `part`: inserts, finds, reads and deletes parts of the archive, with their texts and
//! indexes. It knows no job.

use bytes::Bytes;
use replay_core::{
    Region,
    job::Amount,
    snapshot::{Extent, Position},
};

use super::{
    StoreError,
    error::PartName,
    part_data,
    sql::{Kind, Row, Sql, Value, values},
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

/// Inserts parts; returns their ids.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    parts: &[EncodedPart],
) -> Result<Vec<i64>, StoreError> {
    match tx.kind() {
        Kind::Sqlite => {
            let ids = part_data::next_ids(tx, parts.len())?;
            insert_as(tx, region, ids.iter().copied().zip(parts))?;
            Ok(ids)
        }
        Kind::Postgres => part_data::insert_together(tx, region, parts),
    }
}

/// Inserts parts with their ids.
pub(super) fn insert_as<'a>(
    tx: &Write<'_>,
    region: &Region,
    parts: impl Iterator<Item = (i64, &'a EncodedPart)> + Clone,
) -> Result<(), StoreError> {
    part_data::insert(tx, parts.clone())?;
    tx.execute_each(
        "INSERT INTO part (region, last_ns, id, last_seq, first_ns, first_seq, min_seq, max_seq,
                           lines, bytes, is_block, text_checksum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        parts.map(|(id, EncodedPart { extent, seqs: (min_seq, max_seq), text_checksum, .. })| {
            values![
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
            ]
        }),
    )
}

/// Deletes parts whose lines other parts have now.
pub(super) fn delete(
    tx: &Write<'_>,
    region: &Region,
    parts: &[StoredPart],
) -> Result<(), StoreError> {
    delete_rows(tx, region, parts)?;
    part_data::delete(tx, parts)
}

/// Deletes parts that the retention does not keep.
pub(super) fn delete_expired(
    tx: &Write<'_>,
    region: &Region,
    parts: &[StoredPart],
) -> Result<(), StoreError> {
    delete_rows(tx, region, parts)?;
    part_data::delete_expired(tx, parts)
}

fn delete_rows(tx: &Write<'_>, region: &Region, parts: &[StoredPart]) -> Result<(), StoreError> {
    tx.execute_each(
        "DELETE FROM part WHERE (region, last_ns, id)
                                IN (VALUES (?1, CAST(?2 AS BIGINT), CAST(?3 AS BIGINT)))",
        parts.iter().map(|part| values![region.as_str(), part.extent.last.event_ns, part.id]),
    )
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

/// The ids of all parts of the region.
pub(super) fn ids(db: &Sql<'_>, region: &Region) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT id FROM part WHERE region = ?1";
    db.all(sql, &values![region.as_str()], |row| row.get(0))
}

/// The parts of the region with a higher id than `id`.
pub(super) fn later(db: &Sql<'_>, region: &Region, id: i64) -> Result<Vec<StoredPart>, StoreError> {
    select(db, "id > ?2", &values![region.as_str(), id])
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

/// The index and the stored text of a part, which is gzip in a block.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn content(db: &Sql<'_>, part: &StoredPart) -> Result<(Index, Bytes), StoreError> {
    part.content(part_data::read(db, CONTENT, part, read_content))
}

/// The lines of a part in the order of their positions.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn lines(db: &Sql<'_>, part: &StoredPart) -> Result<Vec<Line>, StoreError> {
    part.lines(content(db, part)?)
}

/// The lines of each part.
///
/// # Errors
/// The database fails. That of a part is [`StoreError::DamagedPart`], or the database fails.
pub(super) fn lines_of_each(
    db: &Sql<'_>,
    parts: &[StoredPart],
) -> Result<Vec<Result<Vec<Line>, StoreError>>, StoreError> {
    let read = part_data::read_each(db, CONTENT, parts, read_content)?;
    let lines = |(part, read): (&StoredPart, _)| part.lines(part.content(read)?);
    Ok(parts.iter().zip(read).map(lines).collect())
}

/// The index of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn index(db: &Sql<'_>, part: &StoredPart) -> Result<Index, StoreError> {
    part.index(part_data::read(db, INDEX, part, read_index))
}

/// The index of each part.
///
/// # Errors
/// The database fails. That of a part is [`StoreError::DamagedPart`], or the database fails.
pub(super) fn index_of_each(
    db: &Sql<'_>,
    parts: &[StoredPart],
) -> Result<Vec<Result<Index, StoreError>>, StoreError> {
    let read = part_data::read_each(db, INDEX, parts, read_index)?;
    Ok(parts.iter().zip(read).map(|(part, index)| part.index(index)).collect())
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
    let verified = content(db, part)
        .and_then(|(index, _)| index.positions(&part.extent).map_err(|_| part.damaged()));
    match verified {
        Err(StoreError::DamagedPart(_)) if !exists(db, region, part)? => Ok(()),
        verified => verified.map(|_| ()),
    }
}

/// The columns that [`read_index`] reads.
const INDEX: &str = "id, positions, fingerprints, index_checksum";

/// The columns that [`read_content`] reads.
const CONTENT: &str = "id, positions, fingerprints, index_checksum, text";

fn read_index(row: &Row<'_>) -> Result<Index, StoreError> {
    Ok(Index { positions: row.get(1)?, fingerprints: row.get(2)?, checksum: row.get(3)? })
}

fn read_content(row: &Row<'_>) -> Result<(Index, Vec<u8>), StoreError> {
    Ok((read_index(row)?, row.get(4)?))
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

    /// The index that was read, if it is that of this part.
    fn index(&self, read: Result<Option<Index>, StoreError>) -> Result<Index, StoreError> {
        read.map_err(|error| self.unreadable(error))?
            .filter(|index| index.verify(&self.extent, self.seqs).is_ok())
            .ok_or_else(|| self.damaged())
    }

    /// The index and the text that were read, if they are those of this part.
    fn content(
        &self,
        read: Result<Option<(Index, Vec<u8>)>, StoreError>,
    ) -> Result<(Index, Bytes), StoreError> {
        let (index, text) = read.map_err(|error| self.unreadable(error))?.unzip();
        let text = text.filter(|text| checksum(text) == self.text_checksum);
        let text = text.ok_or_else(|| self.damaged())?;
        Ok((self.index(Ok(index))?, text.into()))
    }

    fn lines(&self, (index, text): (Index, Bytes)) -> Result<Vec<Line>, StoreError> {
        index.lines(&self.extent, text).map_err(|_| self.damaged())
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
