//! The PostgreSQL connections of a database: transactions and their locks. It knows no table but those
//! that are only locked.

use std::sync::Arc;

use super::{
    super::{
        StoreError,
        schema::postgres::migrate,
        sql::{Access, PostgresConnection, PostgresTarget, Sql},
        write::{Effects, Write},
    },
    access::{Reading, Scope, Writing},
    pool::Pool,
};

/// Connections for writes, for short reads and for long ones, so that none waits for another kind.
///
/// All writes of a [`Scope`] hold the lock of its table, on whichever node: they see each other's
/// commits, none fails because of another one, and sequence numbers are committed in order.
#[derive(Debug)]
pub(super) struct PostgresConnections {
    writers: Arc<Pool>,
    readers: Arc<Pool>,
    long_readers: Arc<Pool>,
    /// For leases, which have to be renewed in time.
    lease_writer: Arc<Pool>,
}

/// The number of connections for writes: one for each lock, and one that waits for them.
const WRITERS: usize = 3;

/// The number of connections for reads: one for deliveries, one for sealing, and two for requests.
const READERS: usize = 4;

/// The number of connections for long reads.
const LONG_READERS: usize = 1;

impl PostgresConnections {
    /// Connects, and migrates the database.
    pub(super) async fn open(target: PostgresTarget) -> Result<Self, StoreError> {
        let pool = |size| Arc::new(Pool::new(target.clone(), size));
        let writers = pool(WRITERS);
        writers.run(|connection| connection.run(migrate)).await?;
        Ok(Self {
            writers,
            readers: pool(READERS),
            long_readers: pool(LONG_READERS),
            lease_writer: pool(1),
        })
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
        pool.run(read).await
    }

    /// Uses a connection outside of the steps. No lock of a scope is held.
    pub(super) async fn run_apart<T: Send + 'static>(
        &self,
        is_long: bool,
        step: impl FnOnce(&mut PostgresConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pool = if is_long { &self.long_readers } else { &self.writers };
        pool.run(step).await
    }

    pub(super) async fn write<T: Send + 'static, E: super::StepError>(
        &self,
        writing: Writing,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
        follow: impl FnOnce(&Effects) + Send + 'static,
    ) -> Result<T, E> {
        let access = Access::Write { lock: lock(writing.scope), is_synced: writing.is_synced };
        let write = move |connection: &mut PostgresConnection| {
            let transaction = connection.begin(access)?;
            let write = Write::new(Sql::from(&transaction));
            let value = step(&write)?;
            let mut effects = write.into_effects();
            transaction.commit()?;
            effects.run_actions();
            follow(&effects);
            Ok(value)
        };
        let pool = if writing.scope == Scope::Leases { &self.lease_writer } else { &self.writers };
        pool.run(write).await
    }
}

/// The statement that takes the lock of a scope. Every write that takes both takes them in this order,
/// so that no two writes wait for each other.
const fn lock(scope: Scope) -> &'static str {
    match scope {
        Scope::State => "LOCK TABLE state_lock IN EXCLUSIVE MODE",
        Scope::Archive => "LOCK TABLE archive_lock IN EXCLUSIVE MODE",
        Scope::Both => "LOCK TABLE state_lock, archive_lock IN EXCLUSIVE MODE",
        Scope::Leases => "LOCK TABLE lease IN EXCLUSIVE MODE",
        Scope::Claims => "LOCK TABLE state_lock, archive_lock, lease IN EXCLUSIVE MODE",
    }
}
