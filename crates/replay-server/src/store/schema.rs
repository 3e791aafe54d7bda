//! The versions of the schema for SQLite and the migrations between them. The script of a released version
//! never changes; a change of the schema is a new script.

pub(super) mod postgres;

use core::cmp::Ordering;
use std::path::Path;

use rusqlite::{Connection, Error, OpenFlags, Transaction, functions::FunctionFlags};

use super::{StoreError, nanoseconds, read_timestamp};

/// The scripts that create version 1 and migrate each version to the next.
const VERSIONS: [&str; 5] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
];

/// Identifies the file to tools like `file`: `RPLY` in ASCII.
const APPLICATION_ID: i64 = 0x5250_4C59;

/// Defines the function that the scripts use: `nanoseconds(text)`, the nanoseconds since 1970 of a
/// timestamp.
pub(super) fn define_functions(db: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    Ok(db.create_scalar_function("nanoseconds", 1, flags, |arguments| {
        let text: String = arguments.get(0)?;
        let at = read_timestamp(&text);
        at.map(nanoseconds).map_err(|error| Error::UserFunctionError(Box::new(error)))
    })?)
}

/// Whether this program has written the database file at `path`.
///
/// # Errors
/// The file cannot be read as a database.
pub(super) fn is_archive(path: &Path) -> Result<bool, StoreError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let id: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(id == APPLICATION_ID)
}

/// Checks that this version has written the database file at `path`, without changing it.
///
/// # Errors
/// [`StoreError::Older`] or [`StoreError::Newer`] if another version has, [`StoreError::NoArchive`] if
/// none has, or it cannot be read.
pub(super) fn check_version(path: &Path) -> Result<(), StoreError> {
    check_version_of(&Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Checks that this version has written the database, without changing it.
///
/// # Errors
/// As [`check_version`].
pub(super) fn check_version_of(db: &Connection) -> Result<(), StoreError> {
    let version: usize = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version.cmp(&VERSIONS.len()) {
        Ordering::Less if version == 0 => Err(StoreError::NoArchive),
        Ordering::Less => Err(StoreError::Older),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(StoreError::Newer),
    }
}

/// Migrates the database to the latest version.
///
/// # Errors
/// [`StoreError::Newer`] if a newer program has written the database, or a script fails; the caller
/// rolls back.
pub(super) fn migrate(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let version: usize = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let scripts = VERSIONS.get(version..).ok_or(StoreError::Newer)?;
    if scripts.is_empty() {
        return Ok(());
    }
    for script in scripts {
        tx.execute_batch(script)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", VERSIONS.len())?;
    Ok(())
}
