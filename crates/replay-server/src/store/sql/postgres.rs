//! Statements in a transaction on PostgreSQL. It knows no table.

mod connection;
mod errors;
mod target;
mod text;
mod upkeep;
mod value;

use core::{cell::RefCell, fmt, ops::ControlFlow};
use std::collections::HashMap;

use postgres::{
    Portal, Row, Statement, Transaction,
    types::{ToSql, Type},
};

use super::{super::StoreError, Backend, Sql, value::Value};

pub(in crate::store) use connection::{Access, PostgresConnection};
pub use target::PostgresTarget;
pub(super) use value::value;

/// An open transaction on a connection to PostgreSQL.
pub(in crate::store) struct PostgresTransaction<'a> {
    transaction: RefCell<Transaction<'a>>,
    /// The prepared statements of the connection by their texts.
    statements: &'a RefCell<HashMap<String, Statement>>,
}

/// What a step needs of a transaction. The lifetime of the connection is not part of it.
pub(super) trait Statements: fmt::Debug {
    /// The types of the parameters of a statement.
    fn types(&self, sql: &str) -> Result<Vec<Type>, StoreError>;

    /// Executes a statement for several items.
    fn execute_batch(&self, batch: &Batch<'_>) -> Result<(), StoreError>;

    /// All rows of a statement for several items.
    fn rows_of_batch(&self, batch: &Batch<'_>) -> Result<Vec<Row>, StoreError>;

    /// Executes a statement; returns the number of rows that it has changed.
    fn execute(&self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError>;

    /// All rows of a statement.
    fn rows(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;

    /// Executes a statement whose rows are fetched in portions.
    fn open(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Portal, StoreError>;

    /// The next rows of a statement; fewer than [`PORTION`] at its end.
    fn fetch(&self, portal: &Portal) -> Result<Vec<Row>, StoreError>;
}

/// A statement whose parameters are the columns of several items, as arrays.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    sql: String,
    columns: Vec<Vec<&'a Value<'a>>>,
}

impl Batch<'_> {
    fn references(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect()
    }
}

/// A transaction on PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Postgres<'a>(&'a dyn Statements);

/// The number of rows that are fetched together.
const PORTION: u16 = 128;

impl<'a> From<&'a PostgresTransaction<'_>> for Sql<'a> {
    fn from(transaction: &'a PostgresTransaction<'_>) -> Self {
        Self { backend: Backend::Postgres(Postgres(transaction)) }
    }
}

impl Postgres<'_> {
    pub(super) fn execute(self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError> {
        self.0.execute(sql, parameters)
    }

    pub(super) fn execute_each<'v, const N: usize>(
        self,
        sql: &str,
        items: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let items: Vec<_> = items.into_iter().collect();
        if let Some(batch) = self.batch(sql, &items)? {
            return self.0.execute_batch(&batch);
        }
        for parameters in &items {
            self.0.execute(sql, parameters)?;
        }
        Ok(())
    }

    pub(super) fn rows_of_each<'v, const N: usize>(
        self,
        sql: &str,
        items: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<Vec<Row>, StoreError> {
        let items: Vec<_> = items.into_iter().collect();
        if let Some(batch) = self.batch(sql, &items)? {
            return self.0.rows_of_batch(&batch);
        }
        let mut rows = Vec::new();
        for parameters in &items {
            rows.extend(self.0.rows(sql, parameters)?);
        }
        Ok(rows)
    }

    /// One statement for several items, if there is one.
    fn batch<'v, const N: usize>(
        self,
        sql: &str,
        items: &'v [[Value<'v>; N]],
    ) -> Result<Option<Batch<'v>>, StoreError> {
        if items.len() < 2 {
            return Ok(None);
        }
        let Some(sql) = text::with_arrays(sql, &self.0.types(sql)?) else { return Ok(None) };
        let column = |number: usize| items.iter().map(|item| &item[number]).collect();
        Ok(Some(Batch { sql, columns: (0..N).map(column).collect() }))
    }

    pub(super) fn rows(self, sql: &str, parameters: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.0.rows(sql, parameters)
    }

    pub(super) fn each(
        self,
        sql: &str,
        parameters: &[Value<'_>],
        mut visit: impl FnMut(&Row) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let portal = self.0.open(sql, parameters)?;
        loop {
            let rows = self.0.fetch(&portal)?;
            for row in &rows {
                if visit(row)?.is_break() {
                    return Ok(());
                }
            }
            if rows.len() < usize::from(PORTION) {
                return Ok(());
            }
        }
    }
}

impl PostgresTransaction<'_> {
    /// Commits it.
    ///
    /// # Errors
    /// PostgreSQL fails. If the connection was lost, the transaction may be committed.
    pub(in crate::store) fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.into_inner().commit()?)
    }

    fn statement(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.transaction.borrow_mut().prepare(&text::numbered(sql))?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Statements for PostgresTransaction<'_> {
    fn types(&self, sql: &str) -> Result<Vec<Type>, StoreError> {
        Ok(self.statement(sql)?.params().to_vec())
    }

    fn execute_batch(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let statement = self.statement(&batch.sql)?;
        self.transaction.borrow_mut().execute(&statement, &batch.references())?;
        Ok(())
    }

    fn rows_of_batch(&self, batch: &Batch<'_>) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(&batch.sql)?;
        Ok(self.transaction.borrow_mut().query(&statement, &batch.references())?)
    }

    fn execute(&self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        Ok(self.transaction.borrow_mut().execute(&statement, &references(parameters))?)
    }

    fn rows(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql)?;
        Ok(self.transaction.borrow_mut().query(&statement, &references(parameters))?)
    }

    fn open(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Portal, StoreError> {
        let statement = self.statement(sql)?;
        Ok(self.transaction.borrow_mut().bind(&statement, &references(parameters))?)
    }

    fn fetch(&self, portal: &Portal) -> Result<Vec<Row>, StoreError> {
        Ok(self.transaction.borrow_mut().query_portal(portal, PORTION.into())?)
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
