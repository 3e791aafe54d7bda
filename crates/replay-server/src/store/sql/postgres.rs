//! Statements on PostgreSQL. It knows no table.

mod connection;
mod errors;
mod listener;
mod round_trips;
mod target;
mod text;
mod transaction;
mod upkeep;
mod value;

use core::{fmt, ops::ControlFlow};

use postgres::{
    Portal, Row,
    types::{ToSql, Type},
};

use super::{super::StoreError, value::Value};

pub(in crate::store) use connection::{Access, PostgresConnection};
pub(in crate::store) use listener::PostgresListener;
pub(in crate::store) use round_trips::RoundTrips;
pub use target::PostgresTarget;
pub(super) use value::value;

use transaction::PostgresTransaction;

/// The types of the parameters of a statement.
type Parameters = Vec<Type>;

/// What a step needs of a transaction, without the lifetime of the connection.
pub(super) trait Statements: fmt::Debug {
    /// The types of the parameters of a statement.
    fn parameters(&self, sql: &str) -> Result<Parameters, StoreError>;

    /// Executes a statement for several items.
    fn execute_batch(&self, batch: &Batch<'_>) -> Result<(), StoreError>;

    /// All rows of a statement for several items.
    fn rows_of_batch(&self, batch: &Batch<'_>) -> Result<Vec<Row>, StoreError>;

    /// Executes a statement; returns the number of rows that it has changed.
    fn execute(&self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError>;

    /// All rows of a statement.
    fn rows(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;

    /// Executes a statement whose rows are fetched in portions; `None` where this is not possible.
    fn open(&self, sql: &str, parameters: &[Value<'_>]) -> Result<Option<Portal>, StoreError>;

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
        self.execute_rows(sql, &items)
    }

    pub(super) fn execute_rows<'v>(
        self,
        sql: &str,
        items: &[impl AsRef<[Value<'v>]>],
    ) -> Result<(), StoreError> {
        if let Some(batch) = self.batch(sql, items)? {
            return self.0.execute_batch(&batch);
        }
        for parameters in items {
            self.0.execute(sql, parameters.as_ref())?;
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

    /// One statement for all items, if it can be written so. It is used for a single item, too, so that only
    /// one statement is prepared.
    fn batch<'a, 'v: 'a>(
        self,
        sql: &str,
        items: &'a [impl AsRef<[Value<'v>]>],
    ) -> Result<Option<Batch<'a>>, StoreError> {
        if items.is_empty() {
            return Ok(None);
        }
        let types = self.0.parameters(sql)?;
        let Some(sql) = text::with_arrays(sql, &types) else { return Ok(None) };
        let column = |number: usize| items.iter().map(|item| &item.as_ref()[number]).collect();
        Ok(Some(Batch { sql, columns: (0..types.len()).map(column).collect() }))
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
        let Some(portal) = self.0.open(sql, parameters)? else {
            for row in self.0.rows(sql, parameters)? {
                if visit(&row)?.is_break() {
                    break;
                }
            }
            return Ok(());
        };
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
