//! The sequence numbers of lines. On SQLite they are counted in the table `sequence`. On PostgreSQL they
//! come from a sequence object, so that appends to different regions do not wait for each other: numbers
//! of different regions may be committed in another order than they were given. Those of one region are
//! given and committed in the same order, since appends to a region exclude each other. So a region's
//! last number in `region_sequence`, which changes with the append that it was given to, says which lines
//! of the region there are: later ones have higher numbers.

use replay_core::{Region, outage::SeqRange};

use super::{
    StoreError,
    sql::{Kind, Sql, values},
    write::Write,
};

/// The highest sequence number of the lines of a region, or a higher one. Lines that the region gets
/// later have still higher ones.
pub(super) fn last_seq(db: &Sql<'_>, region: &Region) -> Result<i64, StoreError> {
    match db.kind() {
        Kind::Sqlite => last_of_all(db),
        Kind::Postgres => db.one(
            "SELECT greatest(sequence.last_seq, region_sequence.last_seq)
             FROM sequence LEFT JOIN region_sequence ON region = ?1",
            &values![region.as_str()],
            |row| row.get(0),
        ),
    }
}

/// The highest sequence number of all lines.
pub(super) fn last_of_all(db: &Sql<'_>) -> Result<i64, StoreError> {
    let sql = match db.kind() {
        Kind::Sqlite => "SELECT last_seq FROM sequence",
        Kind::Postgres => {
            "SELECT greatest(last_seq, (SELECT max(last_seq) FROM region_sequence)) FROM sequence"
        }
    };
    db.one(sql, &[], |row| row.get(0))
}

/// Gives sequence numbers to new lines of a region, in ascending order and mostly in one range.
pub(super) fn give(
    tx: &Write<'_>,
    region: &Region,
    count: usize,
) -> Result<Vec<SeqRange>, StoreError> {
    match tx.kind() {
        Kind::Sqlite => {
            let sql = "UPDATE sequence SET last_seq = last_seq + ?1
                       RETURNING last_seq - ?1 + 1, last_seq";
            let given = tx.one(sql, &values![count], |row| {
                Ok(SeqRange { first: row.get(0)?, last: row.get(1)? })
            })?;
            Ok(vec![given])
        }
        // In a range without gaps, each number has the same difference to its row number.
        Kind::Postgres => tx.all(
            "WITH given AS (SELECT nextval('line_seq') AS seq FROM generate_series(1, ?2)),
                  noted AS (INSERT INTO region_sequence (region, last_seq)
                            SELECT ?1, max(seq) FROM given
                            ON CONFLICT (region) DO UPDATE SET last_seq = excluded.last_seq)
             SELECT min(seq), max(seq)
             FROM (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS difference FROM given) AS placed
             GROUP BY difference ORDER BY min(seq)",
            &values![region.as_str(), count],
            |row| Ok(SeqRange { first: row.get(0)?, last: row.get(1)? }),
        ),
    }
}

/// Makes `last` the highest number that was given: new lines get higher ones.
pub(super) fn set_last(tx: &Write<'_>, last: i64) -> Result<(), StoreError> {
    tx.execute("UPDATE sequence SET last_seq = ?1", &values![last])?;
    // The lowest value of a sequence is 1.
    if tx.kind() == Kind::Postgres && last > 0 {
        tx.execute("SELECT setval('line_seq', ?1)", &values![last])?;
    }
    Ok(())
}
