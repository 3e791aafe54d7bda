//! What a database offers to several nodes beyond transactions. A database file has one node.

use core::future::Future;
use std::sync::Arc;

use super::{
    super::{
        StoreError,
        sql::{PostgresTarget, Sql},
    },
    Connections, Database,
    deadline::Deadline,
    postgres::PostgresConnections,
};

impl Database {
    /// The number of threads that a database on PostgreSQL may block.
    pub(in crate::store) const POSTGRES_THREADS: usize = PostgresConnections::COUNT;

    /// Runs one transaction that sends notifications and changes nothing.
    pub(in crate::store) async fn notify(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        match &self.connections {
            Connections::Sqlite(_) => Ok(()),
            Connections::Postgres(connections) => connections.notify(step).await,
        }
    }

    /// The address of the database; `None` for a file, which has no other nodes.
    pub(in crate::store) fn postgres_target(&self) -> Option<Arc<PostgresTarget>> {
        match &self.connections {
            Connections::Sqlite(_) => None,
            Connections::Postgres(connections) => Some(connections.target()),
        }
    }

    /// Waits for `held`, which another step of this process holds: on PostgreSQL, for a limited time, since
    /// that step may last as long as the database does not answer.
    ///
    /// # Errors
    /// It takes too long.
    pub(in crate::store) async fn wait_for<T>(
        &self,
        held: impl Future<Output = T>,
    ) -> Result<T, StoreError> {
        let deadline = match &self.connections {
            Connections::Sqlite(_) => Deadline::none(),
            Connections::Postgres(connections) => connections.write_deadline(),
        };
        deadline.limit(async { Ok(held.await) }).await
    }
}
