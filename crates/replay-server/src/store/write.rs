//! A write transaction, and the actions that follow its commit. It knows no table.

use core::{
    cell::{Cell, RefCell},
    fmt,
    ops::Deref,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{StoreError, changes::Change, files::Files};

/// An open transaction; it is rolled back unless its step succeeds.
pub(super) struct Write<'a> {
    tx: Transaction<'a>,
    changes: RefCell<Vec<Change>>,
    after_commit: RefCell<Vec<AfterCommit>>,
    deletes_secret: Cell<bool>,
}

/// What is done after a commit, on the thread of the transaction.
type AfterCommit = Box<dyn FnOnce() + Send>;

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

impl fmt::Debug for Write<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write").field("tx", &self.tx).finish_non_exhaustive()
    }
}

impl Write<'_> {
    /// Logs `change` after the commit.
    pub(super) fn log_after_commit(&self, change: Change) {
        self.changes.borrow_mut().push(change);
    }

    /// Runs `action` after the commit, before another transaction begins.
    pub(super) fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(action));
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
    let write = Write {
        tx,
        changes: RefCell::default(),
        after_commit: RefCell::default(),
        deletes_secret: Cell::new(false),
    };
    let result = step(&write);
    // A refusal that was decided on replaced files is not valid either.
    if let Some(files) = files {
        files.check()?;
    }
    let value = result?;
    let Write { tx, changes, after_commit, deletes_secret } = write;
    tx.commit().map_err(StoreError::from)?;
    for action in after_commit.into_inner() {
        action();
    }
    Ok(Committed {
        value,
        changes: changes.into_inner(),
        deleted_secret: deletes_secret.into_inner(),
    })
}
