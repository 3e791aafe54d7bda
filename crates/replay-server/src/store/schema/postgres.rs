//! The versions of the schema for PostgreSQL, apart from those for SQLite. The script of a released
//! version never changes; a change of the schema is a new script.

use core::cmp::Ordering;

use postgres::Transaction;

use super::super::StoreError;

/// The scripts that create version 1 and migrate each version to the next.
const VERSIONS: [&str; 1] = [include_str!("postgres/1.sql")];

/// Serializes migrations by nodes that start together: `replay` in ASCII.
const LOCK: i64 = 0x7265_706C_6179;

/// Migrates the database to the latest version.
///
/// # Errors
/// [`StoreError::Newer`] if a newer program has migrated the database, or a script fails; the caller
/// rolls back.
pub(in crate::store) fn migrate(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    let version = version(tx)?;
    let scripts = VERSIONS.get(version..).ok_or(StoreError::Newer)?;
    if scripts.is_empty() {
        return Ok(());
    }
    for script in scripts {
        tx.batch_execute(script)?;
    }
    let latest = i64::try_from(VERSIONS.len()).map_err(|_| StoreError::Newer)?;
    tx.execute("UPDATE schema_version SET version = $1", &[&latest])?;
    Ok(())
}

/// Checks that this version has migrated the database, without changing it.
///
/// # Errors
/// [`StoreError::Older`] or [`StoreError::Newer`] if another version has, [`StoreError::NoArchive`] if
/// none has, or the database fails.
pub(in crate::store) fn check_version(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    match version(tx)? {
        0 => Err(StoreError::NoArchive),
        version => match version.cmp(&VERSIONS.len()) {
            Ordering::Less => Err(StoreError::Older),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(StoreError::Newer),
        },
    }
}

fn version(tx: &mut Transaction<'_>) -> Result<usize, StoreError> {
    let table = tx.query_one("SELECT to_regclass('schema_version') IS NOT NULL", &[])?;
    if !table.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let row = tx.query_one("SELECT version FROM schema_version", &[])?;
    usize::try_from(row.try_get::<_, i64>(0)?).map_err(|_| StoreError::Corrupt("version"))
}
