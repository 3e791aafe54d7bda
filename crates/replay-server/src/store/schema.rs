//! The schema's versions and the migration from each to the next. A released version's script never
//! changes; a change of the schema is a new script.

use rusqlite::Transaction;

use super::StoreError;

/// The scripts that lead to each version, from the empty database on.
const VERSIONS: [&str; 3] =
    [include_str!("schema/1.sql"), include_str!("schema/2.sql"), include_str!("schema/3.sql")];

/// Identifies the file as a replay archive to `file` and other tools: `RPLY`.
const APPLICATION_ID: i64 = 0x5250_4C59;

/// Brings the database to the latest version.
///
/// # Errors
/// The database was written by a newer program, or a script fails; the caller rolls back.
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
