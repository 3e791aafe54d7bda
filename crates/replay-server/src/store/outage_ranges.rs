//! The sequence numbers of undelivered lines and of samples, in the tables `outage_range` and
//! `sample_range`.

use replay_core::{OutageId, Region, outage::SeqRange};

use super::{
    StoreError,
    sql::{Row, Sql, values},
    write::Write,
};

/// The undelivered lines of an outage that has ended, in ascending order.
pub(super) fn of(db: &Sql<'_>, outage: OutageId) -> Result<Vec<SeqRange>, StoreError> {
    db.all(
        "SELECT first_seq, last_seq FROM outage_range
         WHERE outage = (SELECT number FROM outage WHERE id = ?1) ORDER BY first_seq",
        &values![outage.to_string()],
        read,
    )
}

/// The undelivered lines of the outages that have ended and are not healed.
pub(super) fn of_unhealed(db: &Sql<'_>, region: &Region) -> Result<Vec<SeqRange>, StoreError> {
    db.all(
        "SELECT first_seq, outage_range.last_seq FROM outage
         JOIN outage_range ON outage_range.outage = outage.number
         WHERE outage.region = ?1 AND healed_at IS NULL AND lines > 0",
        &values![region.as_str()],
        read,
    )
}

/// Inserts undelivered lines of an outage.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    outage: OutageId,
    ranges: &[SeqRange],
) -> Result<(), StoreError> {
    let outage = outage.to_string();
    tx.execute_each(
        "INSERT INTO outage_range (region, last_seq, first_seq, outage)
         VALUES (?1, ?2, ?3, (SELECT number FROM outage WHERE id = ?4))",
        ranges.iter().map(|range| values![region.as_str(), range.last, range.first, &outage]),
    )
}

/// Records that these lines are samples, which are never forwarded.
pub(super) fn insert_samples(
    tx: &Write<'_>,
    region: &Region,
    samples: SeqRange,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sample_range (region, last_seq, first_seq) VALUES (?1, ?2, ?3)",
        &values![region.as_str(), samples.last, samples.first],
    )?;
    Ok(())
}

/// The samples among these lines, in ascending order.
pub(super) fn samples(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<SeqRange>, StoreError> {
    let sql = "SELECT first_seq, last_seq FROM sample_range
               WHERE region = ?1 AND last_seq >= ?2 AND first_seq <= ?3 ORDER BY first_seq";
    db.all(sql, &values![region.as_str(), range.first, range.last], read)
}

/// The lines of `range` that are neither samples nor in an outage that has ended, as ranges in
/// ascending order.
pub(super) fn unlisted(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<SeqRange>, StoreError> {
    let sql = "SELECT first_seq, last_seq FROM outage_range
               WHERE region = ?1 AND last_seq >= ?2 AND first_seq <= ?3";
    let mut listed = db.all(sql, &values![region.as_str(), range.first, range.last], read)?;
    listed.extend(samples(db, region, range)?);
    listed.sort_unstable();
    Ok(without(range, &listed))
}

/// `range` without the ranges of `removed`, which are in ascending order.
fn without(range: SeqRange, removed: &[SeqRange]) -> Vec<SeqRange> {
    let (mut left, mut first) = (Vec::new(), range.first);
    for gap in removed {
        if gap.first > first {
            left.push(SeqRange { first, last: gap.first - 1 });
        }
        first = first.max(gap.last.saturating_add(1));
    }
    if first <= range.last {
        left.push(SeqRange { first, last: range.last });
    }
    left
}

fn read(row: &Row<'_>) -> Result<SeqRange, StoreError> {
    Ok(SeqRange { first: row.get(0)?, last: row.get(1)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_ranges_leave_the_ranges_between_them() {
        let range = |first, last| SeqRange { first, last };
        for (removed, left) in [
            (vec![], vec![range(3, 9)]),
            (vec![range(1, 4), range(6, 6)], vec![range(5, 5), range(7, 9)]),
            (vec![range(3, 5), range(4, 4), range(9, 12)], vec![range(6, 8)]),
            (vec![range(1, 20)], vec![]),
        ] {
            assert_eq!(without(range(3, 9), &removed), left, "{removed:?}");
        }
    }
}
