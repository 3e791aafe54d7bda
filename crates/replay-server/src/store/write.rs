//! A write transaction, and the actions that follow its commit. It knows no table.

use core::{
    cell::{Cell, RefCell},
    ops::Deref,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{StoreError, changes::Change, files::Files};

/// An open transaction; it is rolled back unless its step succeeds.
#[derive(Debug)]
pub(super) struct Write<'a> {
    tx: Transaction<'a>,
    changes: RefCell<Vec<Change>>,
    deletes_secret: Cell<bool>,
}

/// A committed transaction.
#[derive(Debug)]
pub(super) struct Committed<T> {
    /// The result of the step.
    pub(super) value: T,
    /// The changes to log.
    pub(super) changes: Vec<Change>,
    /// Whether a secret was deleted, which the write-ahead log still holds.
    pub(super) deleted_secret: bool,
}

impl Write<'_> {
    /// Logs `change` after the commit.
    pub(super) fn log_after_commit(&self, change: Change) {
        self.changes.borrow_mut().push(change);
    }

    /// Records that a secret was deleted.
    pub(super) fn mark_deleted_secret(&self) {
        self.deletes_secret.set(true);
    }
}

impl<'a> Deref for Write<'a> {
    type Target = Transaction<'a>;

    fn deref(&self) -> &Self::Target {
        &self.tx
    }
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
    let write = Write { tx, changes: RefCell::default(), deletes_secret: Cell::new(false) };
    let result = step(&write);
    // A refusal that was decided on replaced files is not valid either.
    if let Some(files) = files {
        files.check()?;
    }
    let value = result?;
    let Write { tx, changes, deletes_secret } = write;
    tx.commit().map_err(StoreError::from)?;
    Ok(Committed {
        value,
        changes: changes.into_inner(),
        deleted_secret: deletes_secret.into_inner(),
    })
}
