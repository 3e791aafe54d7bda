//! The database of a store: the durability of commits, what follows them, and the damage that is found.
//! It knows no table.

mod access;
mod condition;
mod deadline;
mod exclusive;
mod file_or_server;
mod guard;
mod locks;
mod nodes;
mod overdue;
mod pool;
mod postgres;
mod sqlite;
mod step_error;

use core::sync::atomic::AtomicBool;
use std::{
    path::Path,
    sync::{Arc, OnceLock},
    time::Instant,
};

use replay_core::Region;

use super::{
    StoreError,
    changes::{ChangeObserver, TransactionKind},
    sql::{PostgresTarget, Sql},
    write::{Effects, Write},
};

use self::{
    access::{Reading, Scope, Writing},
    postgres::PostgresConnections,
    sqlite::SqliteConnections,
};
pub(super) use self::{exclusive::Exclusive, guard::Guard, step_error::StepError};

/// A database; a handle that is cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Database {
    connections: Connections,
    /// The first damage that a step has found.
    damage: Arc<OnceLock<String>>,
    /// Whether commits may not be synced to the disk.
    is_unsynced: Arc<AtomicBool>,
    /// Receives committed changes.
    observer: Option<Arc<dyn ChangeObserver>>,
    /// What each transaction that writes begins with.
    guard: Option<Arc<dyn Guard>>,
    /// The only region that is changed through this handle.
    region: Option<Region>,
}

#[derive(Clone, Debug)]
enum Connections {
    Sqlite(Arc<SqliteConnections>),
    Postgres(Arc<PostgresConnections>),
}

impl Database {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::with(Connections::Sqlite(Arc::new(SqliteConnections::open(path)?))))
    }

    pub(super) fn in_memory(image: Option<&[u8]>) -> Result<Self, StoreError> {
        Ok(Self::with(Connections::Sqlite(Arc::new(SqliteConnections::in_memory(image)?))))
    }

    pub(super) async fn connect(target: PostgresTarget) -> Result<Self, StoreError> {
        let connections = PostgresConnections::open(target).await?;
        Ok(Self::with(Connections::Postgres(Arc::new(connections))))
    }

    fn with(connections: Connections) -> Self {
        Self {
            connections,
            damage: Arc::default(),
            is_unsynced: Arc::default(),
            observer: None,
            guard: None,
            region: None,
        }
    }

    /// Tells `observer` of each change that is committed through this handle and its later clones.
    pub(super) fn observe(&mut self, observer: Arc<dyn ChangeObserver>) {
        self.observer = Some(observer);
    }

    /// Makes each write through this handle and its later clones only if `guard` allows it.
    pub(super) fn guard(&mut self, guard: Arc<dyn Guard>) {
        self.guard = Some(guard);
    }

    /// The same database for writes that change only what belongs to a region. On PostgreSQL, they do not
    /// wait for such writes to other regions.
    pub(super) fn of(&self, region: &Region) -> Self {
        Self { region: Some(region.clone()), ..self.clone() }
    }

    /// Runs a read of one statement, or of several that need not agree: writes may be committed
    /// meanwhile.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_read(Reading { is_of_one_moment: false, is_long: false }, step).await
    }

    /// Runs a read that sees the database as it is at one moment.
    pub(super) async fn read_at_one_moment<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_read(Reading { is_of_one_moment: true, is_long: false }, step).await
    }

    /// Like [`read`](Self::read), for a long read: it has a connection of its own, so that other reads
    /// do not wait for it.
    pub(super) async fn read_separately<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_read(Reading { is_of_one_moment: false, is_long: true }, step).await
    }

    /// Like [`read_at_one_moment`](Self::read_at_one_moment), for a long read.
    pub(super) async fn read_separately_at_one_moment<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_read(Reading { is_of_one_moment: true, is_long: true }, step).await
    }

    /// Runs one transaction that changes no lines, and is on disk when this returns. If it fails,
    /// nothing is changed.
    pub(super) async fn write<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(true, Scope::State, step).await
    }

    /// Runs one transaction that changes no lines. It survives a crash of this process, and a power failure
    /// only after a later [`write`](Self::write). For steps that may safely be repeated.
    pub(super) async fn write_lazily<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(false, Scope::State, step).await
    }

    /// Like [`write`](Self::write), for lines, and nothing else.
    pub(super) async fn write_archive<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(true, Scope::Archive, step).await
    }

    /// Like [`write_lazily`](Self::write_lazily), for lines, and nothing else.
    pub(super) async fn write_archive_lazily<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(false, Scope::Archive, step).await
    }

    /// Like [`write_archive`](Self::write_archive), for lines and everything else but secrets.
    pub(super) async fn write_all<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(true, Scope::Both, step).await
    }

    /// Like [`write`](Self::write), for tokens, and nothing else.
    pub(super) async fn write_tokens<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.transact(true, Scope::Tokens, step).await
    }

    /// Like [`write_lazily`](Self::write_lazily), for tokens, and nothing else.
    pub(super) async fn write_tokens_lazily<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.transact(false, Scope::Tokens, step).await
    }

    /// Commits a transaction that writes to the disk and changes no value.
    pub(super) async fn try_to_write(&self) -> Result<(), StoreError> {
        self.transact(true, Scope::Probe, |tx: &Write<'_>| tx.touch()).await
    }

    /// Runs one transaction that changes leases without claiming any. It is synced: a primary that a standby
    /// has replaced must not renew leases.
    pub(super) async fn write_leases<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.transact(true, Scope::Leases, step).await
    }

    /// Runs one transaction that claims leases. No other write is between its guard and its commit
    /// meanwhile.
    pub(super) async fn claim_leases<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.transact(true, Scope::Claims, step).await
    }

    async fn run_read<T: Send + 'static>(
        &self,
        reading: Reading,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let began_at = Instant::now();
        let result = match &self.connections {
            Connections::Sqlite(connections) => connections.read(reading, step).await,
            Connections::Postgres(connections) => connections.read(reading, step).await,
        };
        self.measured(TransactionKind::Read, began_at);
        self.noted(result)
    }

    async fn transact<T: Send + 'static, E: StepError>(
        &self,
        is_synced: bool,
        scope: Scope,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let database = self.clone();
        let writing = Writing { is_synced, scope, region: self.region.clone() };
        let follow = move |effects: &Effects| database.follow(is_synced, effects);
        let guard = self.guard.clone();
        let step = move |tx: &Write<'_>| {
            if let Some(guard) = guard {
                guard.check(tx)?;
            }
            step(tx)
        };
        let began_at = Instant::now();
        let result = match &self.connections {
            Connections::Sqlite(connections) => connections.write(writing, step, follow).await,
            Connections::Postgres(connections) => connections.write(writing, step, follow).await,
        };
        self.measured(TransactionKind::Write, began_at);
        self.noted(result)
    }

    fn measured(&self, kind: TransactionKind, began_at: Instant) {
        if let Some(observer) = &self.observer {
            observer.transaction_ended(kind, began_at.elapsed());
        }
    }

    /// Does what follows a commit, on the thread of the transaction.
    fn follow(&self, is_synced: bool, effects: &Effects) {
        if !is_synced {
            self.note_unsynced();
        }
        for change in &effects.changes {
            change.log();
            if let Some(observer) = &self.observer {
                change.report(&**observer);
            }
        }
    }
}
