//! The statements that create, attach, detach and drop the partitions of `part` and `part_data`. Other nodes
//! may do the same at the same time, or may have been interrupted.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};
use postgres::Transaction;

use super::super::{StoreError, sql::PostgresConnection};
use crate::archive::DAY_NS;

/// A table with partitions, in the order in which they are dropped: no part is listed without its text.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Table {
    Part,
    PartData,
}

/// The partition of a table for a UTC day since 1970.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Partition {
    table: Table,
    day: i64,
}

/// Whether a table for a day is a partition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Attached,
    /// Its detachment was interrupted.
    Detaching,
    Detached,
}

/// Serializes the creation of partitions, and the last step of dropping one: `partadd` in ASCII.
const CREATION_LOCK: i64 = 0x0070_6172_7461_6464;

/// Held by the node that drops partitions: `partdrop` in ASCII.
const DROP_LOCK: i64 = 0x7061_7274_6472_6F70;

/// Creates the partitions for these days that are missing.
pub(super) fn create(tx: &mut Transaction<'_>, days: &BTreeSet<i64>) -> Result<(), StoreError> {
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&CREATION_LOCK])?;
    let states = states(tx)?;
    for table in [Table::Part, Table::PartData] {
        for day in days {
            let partition = Partition { table, day: *day };
            // `CREATE TABLE … PARTITION OF` would wait for all readers of the table.
            match states.get(&partition) {
                Some(State::Attached) => continue,
                Some(State::Detaching) => tx.batch_execute(&partition.finish_detaching())?,
                Some(State::Detached) => {}
                None => tx.batch_execute(&partition.create())?,
            }
            tx.batch_execute(&partition.attach())?;
        }
    }
    Ok(())
}

/// Drops the partitions of the days before `day` that have no part; returns the number of days. Does
/// nothing while another node does it.
pub(super) fn drop_empty(
    connection: &mut PostgresConnection,
    day: i64,
) -> Result<usize, StoreError> {
    let locked = connection.transact(|tx| {
        let row = tx.query_one("SELECT pg_try_advisory_lock($1)", &[&DROP_LOCK])?;
        Ok(row.try_get::<_, bool>(0)?)
    });
    if !locked? {
        return Ok(0);
    }
    let dropped = drop_empty_alone(connection, day);
    connection.transact(|tx| {
        tx.execute("SELECT pg_advisory_unlock($1)", &[&DROP_LOCK])?;
        Ok(())
    })?;
    dropped
}

fn drop_empty_alone(connection: &mut PostgresConnection, day: i64) -> Result<usize, StoreError> {
    let states = connection.transact(states)?;
    let mut dropped = 0;
    for (partition, state) in states.into_iter().filter(|(partition, _)| partition.day < day) {
        match state {
            State::Attached if connection.transact(|tx| partition.is_needed(tx))? => continue,
            State::Attached => connection.execute_alone(&partition.detach())?,
            State::Detaching => connection.execute_alone(&partition.finish_detaching())?,
            State::Detached => {}
        }
        let is_dropped = connection.transact(|tx| partition.drop_detached(tx))?;
        dropped += usize::from(is_dropped && partition.table == Table::PartData);
    }
    Ok(dropped)
}

/// The tables for days.
fn states(tx: &mut Transaction<'_>) -> Result<BTreeMap<Partition, State>, StoreError> {
    let rows = tx.query(
        "SELECT CAST(relname AS TEXT), inhdetachpending
         FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
         WHERE relkind = 'r' AND relname LIKE 'part%'
           AND relnamespace = (SELECT relnamespace FROM pg_class
                               WHERE oid = CAST('part' AS regclass))",
        &[],
    )?;
    let mut states = BTreeMap::new();
    for row in rows {
        let Some(partition) = Partition::named(row.try_get(0)?) else { continue };
        let state = match row.try_get(1)? {
            Some(false) => State::Attached,
            Some(true) => State::Detaching,
            None => State::Detached,
        };
        states.insert(partition, state);
    }
    Ok(states)
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::PartData => "part_data",
        }
    }
}

impl Partition {
    /// Reads the name of a table.
    fn named(name: &str) -> Option<Self> {
        [Table::Part, Table::PartData].into_iter().find_map(|table| {
            let date = name.strip_prefix(table.name())?.strip_prefix('_')?;
            let date = NaiveDate::parse_from_str(date, "%Y_%m_%d").ok()?;
            let day = date.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days();
            Some(Self { table, day })
        })
    }

    fn create(self) -> String {
        format!("CREATE TABLE {self} (LIKE {} INCLUDING ALL)", self.table.name())
    }

    fn attach(self) -> String {
        let values = match self.table {
            Table::Part => {
                let first_ns = self.day.saturating_mul(DAY_NS);
                format!("FROM ({first_ns}) TO ({})", first_ns.saturating_add(DAY_NS))
            }
            Table::PartData => format!("IN ({})", self.day),
        };
        format!("ALTER TABLE {} ATTACH PARTITION {self} FOR VALUES {values}", self.table.name())
    }

    fn detach(self) -> String {
        format!("ALTER TABLE {} DETACH PARTITION {self} CONCURRENTLY", self.table.name())
    }

    fn finish_detaching(self) -> String {
        format!("ALTER TABLE {} DETACH PARTITION {self} FINALIZE", self.table.name())
    }

    /// Whether the day has a part.
    fn is_needed(self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        match self.table {
            Table::Part => {
                let sql = format!("SELECT 1 FROM {self} LIMIT 1");
                Ok(tx.query_opt(&sql, &[])?.is_some())
            }
            Table::PartData => {
                let parts = Self { table: Table::Part, ..self };
                Ok(states(tx)?.contains_key(&parts))
            }
        }
    }

    /// Drops a table that was detached. Returns `false` if it has become a partition again: lines may
    /// have been stored before it was detached.
    fn drop_detached(self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        tx.execute("SELECT pg_advisory_xact_lock($1)", &[&CREATION_LOCK])?;
        if states(tx)?.get(&self) != Some(&State::Detached) {
            return Ok(false);
        }
        let is_needed = self.is_needed(tx)?;
        let sql = if is_needed { self.attach() } else { format!("DROP TABLE {self}") };
        tx.batch_execute(&sql)?;
        Ok(!is_needed)
    }
}

/// The name of its table.
impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = DateTime::from_timestamp_nanos(self.day.saturating_mul(DAY_NS));
        write!(f, "{}_{}", self.table.name(), first.format("%Y_%m_%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_read_from_its_name() {
        for (day, name) in [(0, "part_1970_01_01"), (20_783, "part_2026_11_26")] {
            let partition = Partition { table: Table::Part, day };
            assert_eq!(partition.to_string(), name);
            assert_eq!(Partition::named(name), Some(partition));
        }
        let data = Partition { table: Table::PartData, day: -1 };
        assert_eq!(data.to_string(), "part_data_1969_12_31");
        assert_eq!(Partition::named("part_data_1969_12_31"), Some(data));
        for other in ["part", "part_data", "part_recent", "part_data_1", "parts_version"] {
            assert_eq!(Partition::named(other), None);
        }
    }
}
