//! The table `part_data`: the texts and the indexes of parts. It is the only table whose columns differ
//! between the databases: that of PostgreSQL is partitioned by the UTC day of the lines. What differs in
//! the statements about parts is in this file.

use std::collections::HashMap;

use replay_core::Region;

use super::{
    StoreError,
    sql::{Kind, Row, Sql, Value, values},
    stored_part::StoredPart,
    write::Write,
};
use crate::archive::{EncodedPart, day_of};

/// The next ids on SQLite. None is ever given twice.
pub(super) fn next_ids(tx: &Write<'_>, count: usize) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'part_data'";
    let last: i64 = tx.optional(sql, &[], |row| row.get(0))?.unwrap_or(0);
    Ok((last + 1..).take(count).collect())
}

/// Inserts parts into `part` and `part_data` of PostgreSQL in one round trip; returns their ids.
pub(super) fn insert_together(
    tx: &Write<'_>,
    region: &Region,
    parts: &[EncodedPart],
) -> Result<Vec<i64>, StoreError> {
    let items = parts.iter().map(|part| {
        let EncodedPart { extent, seqs: (min_seq, max_seq), index, text, text_checksum } = part;
        values![
            region.as_str(),
            extent.last.event_ns,
            extent.last.seq,
            extent.first.event_ns,
            extent.first.seq,
            *min_seq,
            *max_seq,
            extent.lines,
            extent.bytes,
            extent.is_block,
            *text_checksum,
            day_of(extent.last.event_ns),
            index.checksum,
            index.positions.as_slice(),
            index.fingerprints.as_slice(),
            text.as_slice(),
        ]
    });
    let mut ids = tx.all_of_each(
        "WITH new (id, region, last_ns, last_seq, first_ns, first_seq, min_seq, max_seq, lines, bytes,
                   is_block, text_checksum, day, index_checksum, positions, fingerprints, text) AS (
             VALUES (nextval('part_id'), CAST(?1 AS TEXT), CAST(?2 AS BIGINT), CAST(?3 AS BIGINT),
                     CAST(?4 AS BIGINT), CAST(?5 AS BIGINT), CAST(?6 AS BIGINT), CAST(?7 AS BIGINT),
                     CAST(?8 AS BIGINT), CAST(?9 AS BIGINT), CAST(?10 AS BIGINT), CAST(?11 AS BIGINT),
                     CAST(?12 AS BIGINT), CAST(?13 AS BIGINT), CAST(?14 AS BYTEA),
                     CAST(?15 AS BYTEA), CAST(?16 AS BYTEA))
         ), data AS (
             INSERT INTO part_data (id, day, index_checksum, positions, fingerprints, text)
             SELECT id, day, index_checksum, positions, fingerprints, text FROM new
         )
         INSERT INTO part (region, last_ns, id, last_seq, first_ns, first_seq, min_seq, max_seq,
                           lines, bytes, is_block, text_checksum)
         SELECT region, last_ns, id, last_seq, first_ns, first_seq, min_seq, max_seq,
                lines, bytes, is_block, text_checksum FROM new
         RETURNING id",
        items,
        |row| row.get(0),
    )?;
    // PostgreSQL returns the rows in any order; the ids were given in the order of the parts.
    ids.sort_unstable();
    Ok(ids)
}

/// Inserts the texts and indexes of parts with their ids.
pub(super) fn insert<'a>(
    tx: &Write<'_>,
    parts: impl Iterator<Item = (i64, &'a EncodedPart)>,
) -> Result<(), StoreError> {
    match tx.kind() {
        Kind::Sqlite => tx.execute_each(
            "INSERT INTO part_data (id, index_checksum, positions, fingerprints, text)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            parts.map(|(id, EncodedPart { index, text, .. })| {
                let (positions, fingerprints) = (index.positions.as_slice(), &*index.fingerprints);
                values![id, index.checksum, positions, fingerprints, text.as_slice()]
            }),
        ),
        Kind::Postgres => tx.execute_each(
            "INSERT INTO part_data (id, day, index_checksum, positions, fingerprints, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            parts.map(|(id, EncodedPart { extent, index, text, .. })| {
                let (positions, fingerprints) = (index.positions.as_slice(), &*index.fingerprints);
                let day = day_of(extent.last.event_ns);
                values![id, day, index.checksum, positions, fingerprints, text.as_slice()]
            }),
        ),
    }
}

/// Deletes the texts and indexes of parts.
pub(super) fn delete(tx: &Write<'_>, parts: &[StoredPart]) -> Result<(), StoreError> {
    match tx.kind() {
        Kind::Sqlite => tx.execute_each(
            "DELETE FROM part_data WHERE id = ?1",
            parts.iter().map(|part| values![part.id]),
        ),
        Kind::Postgres => {
            tx.execute_each(&format!("DELETE FROM part_data WHERE {IS_OF_KEYS}"), keys(parts))
        }
    }
}

/// Deletes the texts and indexes of parts that the retention has removed. PostgreSQL drops them with their
/// partition.
pub(super) fn delete_expired(tx: &Write<'_>, parts: &[StoredPart]) -> Result<(), StoreError> {
    match tx.kind() {
        Kind::Sqlite => delete(tx, parts),
        Kind::Postgres => Ok(()),
    }
}

/// Reads some columns of a part; `None` if it is not stored.
pub(super) fn read<T>(
    db: &Sql<'_>,
    columns: &str,
    part: &StoredPart,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let day = day_of(part.extent.last.event_ns);
    let (condition, parameters): (_, &[Value<'_>]) = match db.kind() {
        Kind::Sqlite => ("id = ?1", &values![part.id]),
        Kind::Postgres => ("id = ?1 AND day = ?2", &values![part.id, day]),
    };
    db.optional(&format!("SELECT {columns} FROM part_data WHERE {condition}"), parameters, read)
}

/// Reads some columns of each part, like [`read`]. `columns` begins with the id.
pub(super) fn read_each<T>(
    db: &Sql<'_>,
    columns: &str,
    parts: &[StoredPart],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<Result<Option<T>, StoreError>>, StoreError> {
    match db.kind() {
        Kind::Sqlite => Ok(parts.iter().map(|part| self::read(db, columns, part, &read)).collect()),
        Kind::Postgres => {
            let sql = format!("SELECT {columns} FROM part_data WHERE {IS_OF_KEYS}");
            let rows = db.all_of_each(&sql, keys(parts), |row| Ok((row.get(0)?, read(row)?)))?;
            let mut by_id: HashMap<i64, T> = rows.into_iter().collect();
            Ok(parts.iter().map(|part| Ok(by_id.remove(&part.id))).collect())
        }
    }
}

/// The number of rows without a row in `part`, apart from those that the retention has removed.
pub(super) fn count_unlisted(db: &Sql<'_>) -> Result<u64, StoreError> {
    match db.kind() {
        Kind::Sqlite => {
            let sql = "SELECT count(*) FROM part_data WHERE id NOT IN (SELECT id FROM part)";
            db.one(sql, &[], |row| row.get(0))
        }
        // Rows that the retention has removed stay until their partition is dropped.
        Kind::Postgres => Ok(0),
    }
}

/// The condition that a row of PostgreSQL is that of one of the [`keys`].
const IS_OF_KEYS: &str = "(id, day) IN (VALUES (CAST(?1 AS BIGINT), CAST(?2 AS BIGINT)))";

/// The keys of parts on PostgreSQL.
fn keys(parts: &[StoredPart]) -> impl Iterator<Item = [Value<'static>; 2]> {
    parts.iter().map(|part| values![part.id, day_of(part.extent.last.event_ns)])
}
