//! The counters of numbers that are never given twice: of lines, parts and outages.

use super::super::{
    StoreError, line_numbers,
    sql::{Generated, Sql},
    write::Write,
};

/// The table of the highest sequence number.
pub(super) const TABLE: &str = "sequence";

const PARTS: Generated = Generated { table: "part_data", column: "id" };
const OUTAGES: Generated = Generated { table: "outage", column: "number" };

/// The highest numbers that were given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Counters {
    /// To a line.
    pub(super) seq: i64,
    /// To a part of the archive.
    part: i64,
    /// To an outage.
    outage: i64,
}

pub(super) fn load(db: &Sql<'_>) -> Result<Counters, StoreError> {
    Ok(Counters {
        seq: line_numbers::last_of_all(db)?,
        part: db.last_generated(PARTS)?,
        outage: db.last_generated(OUTAGES)?,
    })
}

pub(super) fn save(tx: &Write<'_>, counters: Counters) -> Result<(), StoreError> {
    let Counters { seq, part, outage } = counters;
    line_numbers::set_last(tx, seq)?;
    tx.set_last_generated(PARTS, part)?;
    tx.set_last_generated(OUTAGES, outage)
}
