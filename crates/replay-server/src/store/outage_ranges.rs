//! The sequence numbers of undelivered lines, in the table `outage_range`.

use replay_core::{OutageId, outage::SeqRange};
use rusqlite::{Connection, Row};

use super::StoreError;

/// The undelivered lines of an outage that has ended, in ascending order.
pub(super) fn of(db: &Connection, outage: OutageId) -> Result<Vec<SeqRange>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT first_seq, last_seq FROM outage_range
         WHERE outage = (SELECT number FROM outage WHERE id = ?) ORDER BY first_seq",
    )?;
    let rows = statement.query_map([outage.to_string()], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<SeqRange> {
    Ok(SeqRange { first: row.get(0)?, last: row.get(1)? })
}
