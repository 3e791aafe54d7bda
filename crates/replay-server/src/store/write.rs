//! A write transaction, and the actions that follow its commit. It knows no table.

use core::{
    cell::{Cell, RefCell},
    fmt,
    ops::Deref,
};

use super::{changes::Change, sql::Sql};

/// An open transaction; it is rolled back unless its step succeeds.
pub(super) struct Write<'a> {
    sql: Sql<'a>,
    changes: RefCell<Vec<Change>>,
    after_commit: RefCell<Vec<AfterCommit>>,
    deletes_secret: Cell<bool>,
    requires_sync: Cell<bool>,
}

/// What is done after a commit, on the thread of the transaction.
type AfterCommit = Box<dyn FnOnce() + Send>;

/// What follows the commit of a transaction.
pub(super) struct Effects {
    /// The changes to log.
    pub(super) changes: Vec<Change>,
    /// Whether a secret was deleted, which the write-ahead log of SQLite still holds.
    pub(super) deleted_secret: bool,
    actions: Vec<AfterCommit>,
}

impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Effects").field("changes", &self.changes).finish_non_exhaustive()
    }
}

impl Effects {
    /// Runs the actions that were left for the time after the commit.
    pub(super) fn run_actions(&mut self) {
        for action in self.actions.drain(..) {
            action();
        }
    }
}

impl fmt::Debug for Write<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write").field("sql", &self.sql).finish_non_exhaustive()
    }
}

impl<'a> Write<'a> {
    /// The transaction that is open on this connection.
    pub(super) fn new(sql: Sql<'a>) -> Self {
        Self {
            sql,
            changes: RefCell::default(),
            after_commit: RefCell::default(),
            deletes_secret: Cell::new(false),
            requires_sync: Cell::new(false),
        }
    }

    /// Takes what follows the commit.
    pub(super) fn into_effects(self) -> Effects {
        Effects {
            changes: self.changes.into_inner(),
            actions: self.after_commit.into_inner(),
            deleted_secret: self.deletes_secret.into_inner(),
        }
    }

    /// Logs `change` after the commit.
    pub(super) fn log_after_commit(&self, change: Change) {
        self.changes.borrow_mut().push(change);
    }

    /// Runs `action` after the commit, before another transaction begins.
    pub(super) fn after_commit(&self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(action));
    }

    /// Makes the commit on PostgreSQL wait for the disk and the standby, also in a step that is written lazily:
    /// clients may rely on the change as soon as it can be read.
    pub(super) fn require_sync(&self) {
        self.requires_sync.set(true);
    }

    /// Whether the commit has to wait for the disk and the standby.
    pub(super) const fn requires_sync(&self) -> bool {
        self.requires_sync.get()
    }

    /// Records that a secret was deleted.
    pub(super) fn mark_deleted_secret(&self) {
        self.deletes_secret.set(true);
    }
}

impl<'a> Deref for Write<'a> {
    type Target = Sql<'a>;

    fn deref(&self) -> &Self::Target {
        &self.sql
    }
}
