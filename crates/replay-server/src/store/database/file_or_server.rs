//! What is done to a database file only, or to a database on PostgreSQL only.

use tokio::task::spawn_blocking;

use super::{
    super::{
        StoreError, schema,
        sql::{PostgresConnection, PostgresTarget},
    },
    Connections, Database,
};

impl Database {
    /// Checks that this version has migrated a database on PostgreSQL, without changing it.
    pub(in crate::store) async fn check_version(target: PostgresTarget) -> Result<(), StoreError> {
        let check =
            move || PostgresConnection::open(&target)?.transact(schema::postgres::check_version);
        spawn_blocking(check).await.unwrap_or(Err(StoreError::Interrupted))
    }

    /// Whether the database is a file, or in memory: then it has one node.
    pub(in crate::store) const fn is_file(&self) -> bool {
        matches!(self.connections, Connections::Sqlite(_))
    }

    /// Uses a connection to PostgreSQL outside of a step. If it takes long, no step waits for it. `None` if
    /// the database is a file.
    pub(in crate::store) async fn on_postgres<T: Send + 'static>(
        &self,
        is_long: bool,
        step: impl FnOnce(&mut PostgresConnection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        match &self.connections {
            Connections::Sqlite(_) => Ok(None),
            Connections::Postgres(connections) => {
                connections.run_apart(is_long, step).await.map(Some)
            }
        }
    }

    /// The number of round trips to the database that were made; `None` if the database is a file.
    pub(in crate::store) fn round_trips(&self) -> Option<u64> {
        match &self.connections {
            Connections::Sqlite(_) => None,
            Connections::Postgres(connections) => Some(connections.round_trips()),
        }
    }

    /// The size of the database file; `None` if there is none.
    pub(in crate::store) fn file_bytes(&self) -> Option<u64> {
        match &self.connections {
            Connections::Sqlite(connections) => connections.file_bytes(),
            Connections::Postgres(_) => None,
        }
    }

    /// Moves the write-ahead log of a file into it and empties the log, as soon as no reader needs it.
    pub(in crate::store) async fn empty_log(&self) {
        if let Connections::Sqlite(connections) = &self.connections {
            connections.empty_log().await;
        }
    }

    /// Empties the write-ahead log unless a reader needs it; returns whether it is empty.
    pub(in crate::store) async fn empty_log_once(&self) -> Result<bool, StoreError> {
        match &self.connections {
            Connections::Sqlite(connections) => connections.empty_log_once().await,
            Connections::Postgres(_) => Ok(true),
        }
    }

    /// The whole database as the bytes of an SQLite file.
    pub(in crate::store) async fn image(&self) -> Result<Vec<u8>, StoreError> {
        match &self.connections {
            Connections::Sqlite(connections) => connections.image().await,
            Connections::Postgres(_) => Err(StoreError::OnlyOfFiles),
        }
    }
}
