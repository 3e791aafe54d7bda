//! Finds parts by the sequence numbers of their lines, in the order of arrival.

use replay_core::{Region, outage::SeqRange};
use rusqlite::{Connection, named_params};

use super::{
    StoreError,
    parts::{StoredPart, select},
};

/// The parts that may have lines with these sequence numbers.
pub(super) fn with_lines(
    db: &Connection,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut parts = blocks(db, region, range)?;
    each_recent(db, region, range, |part| {
        parts.push(part);
        Ok(true)
    })?;
    Ok(parts)
}

/// The blocks that may have lines with these sequence numbers, in the order of their first arrivals.
pub(super) fn blocks(
    db: &Connection,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut statement =
        select(db, "is_block = 1 AND max_seq >= :first AND min_seq <= :last ORDER BY min_seq")?;
    let parameters = named_params! {
        ":region": region.as_str(),
        ":first": range.first,
        ":last": range.last,
    };
    let rows = statement.query_map(parameters, StoredPart::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Visits the parts of recent lines that may have lines with these sequence numbers, in the order of
/// their last arrivals, while `visit` returns `true`. Parts of different appends do not overlap.
pub(super) fn each_recent(
    db: &Connection,
    region: &Region,
    range: SeqRange,
    mut visit: impl FnMut(StoredPart) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut statement =
        select(db, "is_block = 0 AND max_seq >= :first AND min_seq <= :last ORDER BY max_seq")?;
    let parameters = named_params! {
        ":region": region.as_str(),
        ":first": range.first,
        ":last": range.last,
    };
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        if !visit(StoredPart::read(row)?)? {
            break;
        }
    }
    Ok(())
}

/// The parts of recent lines up to this sequence number, oldest first.
pub(super) fn recent(
    db: &Connection,
    region: &Region,
    last_seq: i64,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut parts = Vec::new();
    each_recent(db, region, SeqRange { first: 0, last: last_seq }, |part| {
        let is_passed = part.seqs.1 <= last_seq;
        if is_passed {
            parts.push(part);
        }
        Ok(is_passed)
    })?;
    parts.sort_unstable_by_key(|part| part.id);
    Ok(parts)
}
