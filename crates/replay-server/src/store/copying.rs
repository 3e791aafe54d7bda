//! A copy of everything in a database to an empty one: in chunks, so that an interrupted copy goes on
//! where it stopped, and compared at the end. The source is only read.

mod copied_parts;
mod counters;
mod digest;
mod ends;
mod error;
mod limits;
mod rows;
mod stored_value;
pub(super) mod tables;

use super::{StoreError, database::Exclusive, partitions::create_days, sql::Sql, unfinished_copy};

pub use ends::CopyDatabase;
pub use error::CopyError;
pub use limits::ChunkLimits;

use digest::Digest;
use tables::Table;

/// A copy that was begun. No other process uses its databases meanwhile.
#[derive(Debug)]
pub struct Copying {
    source: Exclusive,
    target: Exclusive,
    /// The tables that have rows to copy left; the first one is under way.
    left: &'static [Table],
}

/// What a step has done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CopyProgress {
    /// The table.
    pub table: &'static str,
    /// The number of rows.
    pub rows: u64,
}

/// A table that is the same in both databases.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// The number of its rows.
    pub rows: u64,
    /// The size of their values.
    pub bytes: u64,
}

impl Copying {
    /// Begins a copy, or goes on with one that was interrupted.
    ///
    /// # Errors
    /// The databases are the same, or another process uses one of them; the target has rows and no
    /// unfinished copy; another version has written one of them; or one fails.
    pub fn begin(source: &CopyDatabase, target: &CopyDatabase) -> Result<Self, CopyError> {
        let (source, target) = ends::open(source, target)?;
        Ok(Self { source, target, left: tables::ALL })
    }

    /// Copies the next rows in one transaction; returns `None` when all are copied.
    ///
    /// # Errors
    /// A database fails, or a part of the archive is damaged.
    pub fn step(&mut self, limits: ChunkLimits) -> Result<Option<CopyProgress>, CopyError> {
        while let Some((table, later)) = self.left.split_first() {
            let last = self.target.read(|db| table.last(db)).map_err(CopyError::Target)?;
            let chunk = self.source.read(|db| table.after(db, last.as_ref(), limits));
            let chunk = chunk.map_err(CopyError::Source)?;
            if chunk.last().is_none() {
                self.left = later;
                continue;
            }
            let days = chunk.days();
            let prepare = self.target.on_postgres(|connection| create_days(connection, &days));
            prepare.map_err(CopyError::Target)?;
            // The rows are the position: a copy that was interrupted goes on after the last one.
            let insert = self.target.write(false, |tx| chunk.insert(tx));
            insert.map_err(CopyError::Target)?;
            return Ok(Some(CopyProgress { table: table.name(), rows: chunk.len() as u64 }));
        }
        Ok(None)
    }

    /// Copies the counters, compares all tables, and removes the mark of the target. `report` gets the
    /// progress of the comparison.
    ///
    /// # Errors
    /// A table differs, or a database fails; the target stays marked.
    pub fn finish(
        mut self,
        limits: ChunkLimits,
        mut report: impl FnMut(CopyProgress),
    ) -> Result<Vec<CopiedTable>, CopyError> {
        let counters = self.source.read(counters::load).map_err(CopyError::Source)?;
        self.target.write(false, |tx| counters::save(tx, counters)).map_err(CopyError::Target)?;
        let mut copied = Vec::new();
        for table in tables::ALL {
            let source = compared(&mut self.source, table, limits, &mut report);
            let source = source.map_err(CopyError::Source)?;
            let target = compared(&mut self.target, table, limits, &mut report);
            if source != target.map_err(CopyError::Target)? {
                return Err(CopyError::Differs(table.name()));
            }
            let Digest { rows, bytes, .. } = source;
            copied.push(CopiedTable { name: table.name(), rows, bytes });
        }
        let copied_counters = self.target.read(counters::load).map_err(CopyError::Target)?;
        if self.source.read(counters::load).map_err(CopyError::Source)? != copied_counters {
            return Err(CopyError::Differs(counters::TABLE));
        }
        self.target.write(true, |tx| unfinished_copy::end(tx)).map_err(CopyError::Target)?;
        self.target.empty_log();
        Ok(copied)
    }
}

/// Reads a table in chunks; returns the digest of its rows.
fn compared(
    database: &mut Exclusive,
    table: &Table,
    limits: ChunkLimits,
    report: &mut impl FnMut(CopyProgress),
) -> Result<Digest, StoreError> {
    let mut digest = digest::Writer::default();
    let mut last = None;
    loop {
        let chunk = database.read(|db: &Sql<'_>| table.after(db, last.as_ref(), limits))?;
        let Some(position) = chunk.last() else { return Ok(digest.finish()) };
        chunk.write(&mut digest);
        report(CopyProgress { table: table.name(), rows: chunk.len() as u64 });
        last = Some(position);
    }
}
