//! The two databases of a copy: opened, checked, and marked before the first row is copied.

use std::path::PathBuf;

use super::{
    super::{PostgresTarget, StoreError, database::Exclusive, sql::Sql, unfinished_copy},
    counters,
    error::CopyError,
    tables,
};

/// A database from or into which a copy is made.
#[derive(Clone, Debug)]
pub enum CopyDatabase {
    /// A database file. Who copies holds the lock of its directory.
    File(PathBuf),
    /// A database on PostgreSQL.
    Postgres(Box<PostgresTarget>),
}

impl CopyDatabase {
    fn open_to_read(&self) -> Result<Exclusive, StoreError> {
        match self {
            Self::File(path) => Exclusive::open_to_read(path),
            Self::Postgres(target) => Exclusive::connect(target),
        }
    }

    fn open(&self) -> Result<Exclusive, StoreError> {
        match self {
            Self::File(path) => Exclusive::open(path),
            Self::Postgres(target) => Exclusive::connect(target),
        }
    }
}

/// Opens the databases. A target without an unfinished copy has to be empty; it is marked.
pub(super) fn open(
    source: &CopyDatabase,
    target: &CopyDatabase,
) -> Result<(Exclusive, Exclusive), CopyError> {
    let mut source = source.open_to_read().map_err(CopyError::Source)?;
    let mut target = target.open().map_err(CopyError::Target)?;
    let source_name = source.name().map_err(CopyError::Source)?;
    let target_name = target.name().map_err(CopyError::Target)?;
    if source_name.is_some() && source_name == target_name {
        return Err(CopyError::Same);
    }
    check_source(&mut source).map_err(CopyError::Source)?;
    target.lock().map_err(CopyError::Target)?;
    if target.read(unfinished_copy::exists).map_err(CopyError::Target)? {
        target.check_version().map_err(CopyError::Target)?;
        return Ok((source, target));
    }
    target.migrate().map_err(CopyError::Target)?;
    if let Some(table) = target.read(first_with_rows).map_err(CopyError::Target)? {
        return Err(CopyError::NotEmpty(table));
    }
    target.write(true, |tx| unfinished_copy::begin(tx)).map_err(CopyError::Target)?;
    Ok((source, target))
}

fn check_source(source: &mut Exclusive) -> Result<(), StoreError> {
    source.lock()?;
    source.check_version()?;
    source.read(unfinished_copy::check)
}

/// The first table that has rows.
fn first_with_rows(db: &Sql<'_>) -> Result<Option<&'static str>, StoreError> {
    for table in tables::ALL {
        if table.last(db)?.is_some() {
            return Ok(Some(table.name()));
        }
    }
    Ok((counters::load(db)?.seq > 0).then_some(counters::TABLE))
}
