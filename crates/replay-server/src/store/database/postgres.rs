//! The PostgreSQL connections of a database: transactions and their locks. It knows no table but those
//! that are only locked.

use core::time::Duration;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use replay_core::Region;

use super::{
    super::{
        StoreError,
        schema::postgres::migrate,
        sql::{Access, PostgresConnection, PostgresTarget, RoundTrips, Sql},
        unfinished_copy,
        write::{Effects, Write},
    },
    access::{Reading, Scope, Writing},
    deadline::Deadline,
    locks::{self, Locks},
    overdue::RunningSteps,
    pool::Pool,
};

/// Connections for writes, for short reads and for long ones, so that none waits for another kind.
///
/// All writes of a [`Scope`] to the same region exclude each other, on whichever node: they see each
/// other's commits, none fails because of another one, and the sequence numbers of a region are committed
/// in order.
#[derive(Debug)]
pub(super) struct PostgresConnections {
    writers: Arc<Pool>,
    readers: Arc<Pool>,
    long_readers: Arc<Pool>,
    /// For renewals of leases, which must not be late.
    lease_writer: Arc<Pool>,
    round_trips: RoundTrips,
    /// The regions whose tables for locks are known to exist.
    lockable: Mutex<HashSet<Region>>,
    /// For notifications and checks of readiness, which wait for no other step.
    notifier: Arc<Pool>,
    target: Arc<PostgresTarget>,
    running: RunningSteps,
}

/// The number of connections for writes: for deliveries and appends of a few regions at the same time.
const WRITERS: usize = 6;

/// The number of connections for reads: one for deliveries, one for sealing, and two for requests.
const READERS: usize = 4;

/// The number of connections for long reads.
const LONG_READERS: usize = 1;

/// How long a short read may take.
const READ_LIMIT: Duration = Duration::from_secs(10);

/// How long a write may take: longer than a lock is awaited.
const WRITE_LIMIT: Duration = Duration::from_secs(15);

impl PostgresConnections {
    /// The number of connections of all pools, and of threads that are blocked if the database hangs.
    pub(super) const COUNT: usize = WRITERS + READERS + LONG_READERS + 2;

    /// Connects, and migrates the database. The first answer of the database is awaited for a limited time,
    /// a migration for as long as it takes.
    pub(super) async fn open(target: PostgresTarget) -> Result<Self, StoreError> {
        let (round_trips, running) = (target.round_trips.clone(), RunningSteps::default());
        let pool = |size| Arc::new(Pool::new(target.clone(), running.clone(), size));
        let writers = pool(WRITERS);
        let check = |connection: &mut PostgresConnection| {
            let transaction = connection.begin(Access::Read)?;
            unfinished_copy::check(&Sql::from(&transaction))?;
            transaction.commit()
        };
        writers.run(running.deadline(READ_LIMIT), check).await?;
        let migrate = |connection: &mut PostgresConnection| connection.run(migrate);
        writers.run(Deadline::none(), migrate).await?;
        Ok(Self {
            writers,
            readers: pool(READERS),
            long_readers: pool(LONG_READERS),
            lease_writer: pool(1),
            round_trips,
            lockable: Mutex::default(),
            notifier: pool(1),
            target: Arc::new(target),
            running,
        })
    }

    /// The number of round trips that were made.
    pub(super) fn round_trips(&self) -> u64 {
        self.round_trips.get()
    }

    /// The deadline of a write that begins now.
    pub(super) fn write_deadline(&self) -> Deadline {
        self.running.deadline(WRITE_LIMIT)
    }

    /// The address of the database.
    pub(super) fn target(&self) -> Arc<PostgresTarget> {
        Arc::clone(&self.target)
    }

    pub(super) async fn notify(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let notify = move |connection: &mut PostgresConnection| {
            let transaction = connection.begin(Access::Read)?;
            step(&Sql::from(&transaction))?;
            transaction.commit()
        };
        self.notifier.run(self.running.deadline(READ_LIMIT), notify).await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        reading: Reading,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pool = if reading.is_long { &self.long_readers } else { &self.readers };
        let access = if reading.is_of_one_moment { Access::ReadAtOneMoment } else { Access::Read };
        let read = move |connection: &mut PostgresConnection| {
            let transaction = connection.begin(access)?;
            let value = step(&Sql::from(&transaction))?;
            transaction.commit()?;
            Ok(value)
        };
        let deadline =
            if reading.is_long { Deadline::none() } else { self.running.deadline(READ_LIMIT) };
        pool.run(deadline, read).await
    }

    /// Uses a connection outside of the steps. No lock of a scope is held.
    pub(super) async fn run_apart<T: Send + 'static>(
        &self,
        is_long: bool,
        step: impl FnOnce(&mut PostgresConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if is_long {
            return self.long_readers.run(Deadline::none(), step).await;
        }
        self.writers.run(self.write_deadline(), step).await
    }

    pub(super) async fn write<T: Send + 'static, E: super::StepError>(
        &self,
        writing: Writing,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
        follow: impl FnOnce(&Effects) + Send + 'static,
    ) -> Result<T, E> {
        let locks = Locks { scope: writing.scope, region: writing.region };
        self.make_lockable(&locks).await?;
        // A crash of the database must not take back the parts that this process remembers.
        let is_synced = writing.is_synced || locks.scope == Scope::Archive;
        let first = format!("{}{locks}", locks::settings(locks.scope));
        let access = Access::Write { locks: first.into(), is_synced };
        let deadline = if locks.scope == Scope::Leases {
            // A step that is overdue must not cost this node its leases.
            Deadline::after(WRITE_LIMIT)
        } else {
            self.write_deadline()
        };
        let write = move |connection: &mut PostgresConnection| {
            let transaction = connection.begin(access)?;
            let write = Write::new(Sql::from(&transaction));
            let value = step(&write)?;
            let requires_sync = write.requires_sync();
            let mut effects = write.into_effects();
            deadline.check()?;
            if requires_sync {
                transaction.commit_synced()?;
            } else {
                transaction.commit()?;
            }
            effects.run_actions();
            follow(&effects);
            Ok(value)
        };
        let pool = match locks.scope {
            Scope::State | Scope::Archive | Scope::Both | Scope::Tokens | Scope::Claims => {
                &self.writers
            }
            Scope::Leases => &self.lease_writer,
            Scope::Probe => &self.notifier,
        };
        pool.run(deadline, write).await
    }

    /// Creates the region's tables for locks, unless they are known to exist.
    async fn make_lockable(&self, locks: &Locks) -> Result<(), StoreError> {
        let Some(region) = &locks.region else { return Ok(()) };
        let known = || self.lockable.lock().unwrap_or_else(PoisonError::into_inner);
        if known().contains(region) {
            return Ok(());
        }
        let script = locks::create(region);
        self.writers
            .run(self.write_deadline(), move |connection| {
                connection.transact(|tx| Ok(tx.batch_execute(&script)?))
            })
            .await?;
        known().insert(region.clone());
        Ok(())
    }
}
