//! The commit of a write transaction on SQLite. It knows no table.

use rusqlite::{Connection, TransactionBehavior};

use super::{
    StoreError,
    files::Files,
    sql::Sql,
    write::{Effects, Write},
};

/// A committed transaction.
#[derive(Debug)]
pub(super) struct Committed<T> {
    /// The result of the step.
    pub(super) value: T,
    /// What follows from it.
    pub(super) effects: Effects,
}

/// Runs `step` in one transaction and commits it. `files` is `None` for a database in memory.
///
/// # Errors
/// The step or SQLite fails, or the files were replaced; nothing is changed.
pub(super) fn commit<T, E: From<StoreError>>(
    db: &mut Connection,
    files: Option<&Files>,
    step: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<Committed<T>, E> {
    let tx =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
    let write = Write::new(Sql::from(&*tx));
    let result = step(&write);
    // A refusal that was decided on replaced files is not valid either.
    if let Some(files) = files {
        files.check()?;
    }
    let value = result?;
    let mut effects = write.into_effects();
    tx.commit().map_err(StoreError::from)?;
    effects.run_actions();
    Ok(Committed { value, effects })
}
