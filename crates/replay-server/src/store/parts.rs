//! The table `part`: inserts, finds, reads and deletes parts of the archive, with their texts and
//! indexes. It knows no job.

use replay_core::{Region, job::Amount};

use super::{
    StoreError, part_data,
    sql::{Kind, Sql, Value, values},
    stored_part::count,
    write::Write,
};
use crate::archive::{DAY_NS, EncodedPart};

pub(super) use super::stored_part::StoredPart;

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
