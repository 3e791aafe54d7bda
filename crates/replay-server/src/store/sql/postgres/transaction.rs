//! The statements of a step on a connection to PostgreSQL, in a transaction or each by itself.

use core::{cell::RefCell, fmt};
use std::collections::HashMap;

use postgres::{Client, Error, Portal, Row, Statement, Transaction, types::ToSql};

use super::{
    super::{super::StoreError, Backend, Sql, value::Value},
    Batch, PORTION, Parameters, Postgres, RoundTrips, Statements, text,
};

/// An open transaction on a connection to PostgreSQL, or none: then each statement is one.
pub(in crate::store) struct PostgresTransaction<'a> {
    pub(super) executor: RefCell<Executor<'a>>,
    /// The prepared statements of the connection by their texts.
    pub(super) statements: &'a RefCell<HashMap<String, Statement>>,
    pub(super) round_trips: &'a RoundTrips,
}

/// What executes the statements.
pub(super) enum Executor<'a> {
    /// A transaction that only reads.
    Transaction(Transaction<'a>),
    Begun(BegunTransaction<'a>),
    /// A connection without a transaction.
    Client(&'a mut Client),
}

/// A transaction that was begun in one round trip with its settings and locks. It is rolled back unless it
/// is committed.
pub(super) struct BegunTransaction<'a> {
    client: &'a mut Client,
    round_trips: &'a RoundTrips,
    is_open: bool,
}

impl<'a> BegunTransaction<'a> {
    /// Begins a transaction that sees the database at the moment of its first statement after `first`.
    pub(super) fn begin(
        client: &'a mut Client,
        round_trips: &'a RoundTrips,
        first: &str,
    ) -> Result<Self, Error> {
        round_trips.count();
        let begun = Self { client, round_trips, is_open: true };
        let script = format!("BEGIN ISOLATION LEVEL REPEATABLE READ; {first}");
        begun.client.batch_execute(&script)?;
        Ok(begun)
    }

    /// Commits it after a last statement.
    fn commit(mut self, last: &str) -> Result<(), Error> {
        self.round_trips.count();
        // `COMMIT` alone succeeds, and commits nothing, if a statement has failed.
        let committed = self.client.batch_execute(&format!("{last}; COMMIT"));
        self.is_open = committed.is_err();
        committed
    }
}

impl Drop for BegunTransaction<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.round_trips.count();
            // If the connection is lost, the server does it.
            drop(self.client.batch_execute("ROLLBACK"));
        }
    }
}

impl<'a> From<&'a PostgresTransaction<'_>> for Sql<'a> {
    fn from(transaction: &'a PostgresTransaction<'_>) -> Self {
        Self { backend: Backend::Postgres(Postgres(transaction)) }
    }
}

impl PostgresTransaction<'_> {
    /// Commits it.
    ///
    /// # Errors
    /// PostgreSQL fails. If the connection was lost, the transaction may be committed.
    pub(in crate::store) fn commit(self) -> Result<(), StoreError> {
        self.commit_after("SELECT")
    }

    /// Like [`commit`](Self::commit), and waits for the disk and the standby as the session does by default,
    /// whatever the access says.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub(in crate::store) fn commit_synced(self) -> Result<(), StoreError> {
        self.commit_after("SET LOCAL synchronous_commit TO DEFAULT")
    }

    fn commit_after(self, last: &str) -> Result<(), StoreError> {
        match self.executor.into_inner() {
            Executor::Transaction(transaction) => {
                self.round_trips.count();
                transaction.commit()?;
            }
            Executor::Begun(transaction) => transaction.commit(last)?,
            Executor::Client(_) => {}
        }
        Ok(())
    }

    fn statement(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        self.round_trips.count();
        let statement = self.executor.borrow_mut().prepare(&text::numbered(sql))?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn query(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql)?;
        self.round_trips.count();
        Ok(self.executor.borrow_mut().query(&statement, parameters)?)
    }

    fn change(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        self.round_trips.count();
        Ok(self.executor.borrow_mut().execute(&statement, parameters)?)
    }
}

impl Statements for PostgresTransaction<'_> {
    fn parameters(&self, sql: &str) -> Result<Parameters, StoreError> {
        Ok(self.statement(sql)?.params().to_vec())
    }

    fn execute(&self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError> {
        self.change(sql, &references(parameters))
    }

    fn rows(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.query(sql, &references(parameters))
    }

    fn execute_batch(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        self.change(&batch.sql, &batch.references()).map(drop)
    }

    fn rows_of_batch(&self, batch: &Batch<'_>) -> Result<Vec<Row>, StoreError> {
        self.query(&batch.sql, &batch.references())
    }

    fn open(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Option<Portal>, StoreError> {
        let statement = self.statement(sql)?;
        match &mut *self.executor.borrow_mut() {
            Executor::Transaction(transaction) => {
                self.round_trips.count();
                Ok(Some(transaction.bind(&statement, &references(parameters))?))
            }
            Executor::Begun(_) | Executor::Client(_) => Ok(None),
        }
    }

    fn fetch(&self, portal: &Portal) -> Result<Vec<Row>, StoreError> {
        match &mut *self.executor.borrow_mut() {
            Executor::Transaction(transaction) => {
                self.round_trips.count();
                Ok(transaction.query_portal(portal, PORTION.into())?)
            }
            // No portal was opened.
            Executor::Begun(_) | Executor::Client(_) => Ok(Vec::new()),
        }
    }
}

impl Executor<'_> {
    fn prepare(&mut self, sql: &str) -> Result<Statement, Error> {
        match self {
            Self::Transaction(transaction) => transaction.prepare(sql),
            Self::Begun(BegunTransaction { client, .. }) | Self::Client(client) => {
                client.prepare(sql)
            }
        }
    }

    fn query(
        &mut self,
        statement: &Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        match self {
            Self::Transaction(transaction) => transaction.query(statement, parameters),
            Self::Begun(BegunTransaction { client, .. }) | Self::Client(client) => {
                client.query(statement, parameters)
            }
        }
    }

    fn execute(
        &mut self,
        statement: &Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        match self {
            Self::Transaction(transaction) => transaction.execute(statement, parameters),
            Self::Begun(BegunTransaction { client, .. }) | Self::Client(client) => {
                client.execute(statement, parameters)
            }
        }
    }
}

fn references<'a>(parameters: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    parameters.iter().map(|parameter| parameter as &(dyn ToSql + Sync)).collect()
}

impl fmt::Debug for PostgresTransaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTransaction").finish_non_exhaustive()
    }
}
