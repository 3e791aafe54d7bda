//! Marks a database into which a copy was begun and not finished: by a table that is in no version of the
//! schema. It knows no other table.

use super::{StoreError, sql::Sql};

/// The table.
const MARK: &str = "unfinished_copy";

/// Whether a copy into the database is unfinished.
pub(super) fn exists(db: &Sql<'_>) -> Result<bool, StoreError> {
    db.has_table(MARK)
}

/// Refuses a database into which a copy is unfinished.
///
/// # Errors
/// [`StoreError::UnfinishedCopy`], or the database fails.
pub(super) fn check(db: &Sql<'_>) -> Result<(), StoreError> {
    if exists(db)? { Err(StoreError::UnfinishedCopy) } else { Ok(()) }
}

/// Marks the database.
pub(super) fn begin(tx: &Sql<'_>) -> Result<(), StoreError> {
    tx.execute(&format!("CREATE TABLE {MARK} (one BIGINT)"), &[]).map(drop)
}

/// Removes the mark.
pub(super) fn end(tx: &Sql<'_>) -> Result<(), StoreError> {
    tx.execute(&format!("DROP TABLE {MARK}"), &[]).map(drop)
}
