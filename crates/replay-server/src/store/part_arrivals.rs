//! Finds parts by the sequence numbers of their lines, in the order of arrival.

use core::ops::ControlFlow;

use replay_core::{Region, outage::SeqRange};

use super::{
    StoreError,
    parts::{StoredPart, select, select_text},
    sql::{Sql, values},
};

/// The parts that may have lines with these sequence numbers.
pub(super) fn with_lines(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut parts = blocks(db, region, range)?;
    each_recent(db, region, range, |part| {
        parts.push(part);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(parts)
}

/// The blocks that may have lines with these sequence numbers, in the order of their first arrivals.
pub(super) fn blocks(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<StoredPart>, StoreError> {
    let condition = "is_block = 1 AND max_seq >= ?2 AND min_seq <= ?3 ORDER BY min_seq";
    select(db, condition, &values![region.as_str(), range.first, range.last])
}

/// Visits the parts of recent lines that may have lines with these sequence numbers, in the order of
/// their last arrivals, until `visit` breaks. Parts of different appends do not overlap; those of one append
/// may.
pub(super) fn each_recent(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
    mut visit: impl FnMut(StoredPart) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let sql = select_text("is_block = 0 AND max_seq >= ?2 AND min_seq <= ?3 ORDER BY max_seq");
    db.each(&sql, &values![region.as_str(), range.first, range.last], |row| {
        visit(StoredPart::read(row)?)
    })
}

/// The parts of recent lines up to this sequence number, oldest first.
pub(super) fn recent(
    db: &Sql<'_>,
    region: &Region,
    last_seq: i64,
) -> Result<Vec<StoredPart>, StoreError> {
    let mut parts = Vec::new();
    each_recent(db, region, SeqRange { first: 0, last: last_seq }, |part| {
        if part.seqs.1 > last_seq {
            return Ok(ControlFlow::Break(()));
        }
        parts.push(part);
        Ok(ControlFlow::Continue(()))
    })?;
    parts.sort_unstable_by_key(|part| part.id);
    Ok(parts)
}
