//! What a database offers to several nodes beyond transactions. A database file has one node.

use std::sync::Arc;

use super::{
    super::{
        StoreError,
        sql::{PostgresTarget, Sql},
    },
    Connections, Database,
};

impl Database {
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

    /// Whether several nodes may use the database.
    pub(in crate::store) const fn has_nodes(&self) -> bool {
        matches!(self.connections, Connections::Postgres(_))
    }
}
