//! What a step may ask of a database, whichever it is: statements with parameters, and their rows. It
//! knows no table. A statement is text that every supported database understands, with the parameters
//! `?1`, `?2` and so on; booleans are stored as the integers 0 and 1.

mod postgres;
mod row;
mod sqlite;
mod sqlite_file;
mod upkeep;
mod value;

use core::ops::ControlFlow;

use super::StoreError;

pub use postgres::PostgresTarget;
pub(super) use postgres::{Access, PostgresConnection, PostgresListener, RoundTrips};
pub(super) use row::Row;
pub(super) use upkeep::{DamageSearch, Generated, Pages, PartsChange, PartsVersion, Versions};
pub(super) use value::{Column, Value, values};

use postgres::Postgres;
use sqlite::Sqlite;

/// A connection to a database, inside a transaction or not. Statements are prepared once and kept.
#[derive(Debug)]
pub(super) struct Sql<'a> {
    backend: Backend<'a>,
}

/// The kind of a database, for the few statements that differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

#[derive(Clone, Copy, Debug)]
enum Backend<'a> {
    Sqlite(Sqlite<'a>),
    Postgres(Postgres<'a>),
}

impl Sql<'_> {
    /// The kind of the database.
    pub(super) const fn kind(&self) -> Kind {
        match self.backend {
            Backend::Sqlite(_) => Kind::Sqlite,
            Backend::Postgres(_) => Kind::Postgres,
        }
    }

    /// Executes a statement without rows; returns the number of rows that it has changed.
    pub(super) fn execute(&self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.execute(sql, parameters),
            Backend::Postgres(db) => db.execute(sql, parameters),
        }
    }

    /// Executes a statement without rows once for the parameters of each item. No item may change what
    /// another one has changed: on PostgreSQL, all items of a statement with `VALUES` take one round trip.
    pub(super) fn execute_each<'v, const N: usize>(
        &self,
        sql: &str,
        items: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.execute_each(sql, items),
            Backend::Postgres(db) => db.execute_each(sql, items),
        }
    }

    /// Like [`execute_each`](Self::execute_each), for rows whose length is not known at compile time.
    pub(super) fn execute_rows(
        &self,
        sql: &str,
        rows: &[Vec<Value<'_>>],
    ) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => rows.iter().try_for_each(|row| db.execute(sql, row).map(drop)),
            Backend::Postgres(db) => db.execute_rows(sql, rows),
        }
    }

    /// Visits the rows of a statement until `visit` breaks. They are not kept in memory, and `visit` may
    /// use the database. A statement that changes rows has changed all of them before the first visit.
    pub(super) fn each(
        &self,
        sql: &str,
        parameters: &[Value<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.each(sql, parameters, |row| visit(&Row::of_sqlite(row))),
            Backend::Postgres(db) => db.each(sql, parameters, |row| visit(&Row::of_postgres(row))),
        }
    }

    /// The first row of a statement; `None` without rows.
    pub(super) fn optional<T>(
        &self,
        sql: &str,
        parameters: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let (mut read, mut first) = (Some(read), None);
        self.each_of_few(sql, parameters, |row| {
            if let Some(read) = read.take() {
                first = Some(read(row)?);
            }
            Ok(ControlFlow::Break(()))
        })?;
        Ok(first)
    }

    /// The first row of a statement that always has one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        parameters: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.optional(sql, parameters, read)?.ok_or(StoreError::MissingRow)
    }

    /// All rows of a statement.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        parameters: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each_of_few(sql, parameters, |row| {
            rows.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }

    /// All rows of a statement for the parameters of each item. On PostgreSQL, all items of a statement
    /// with `VALUES` take one round trip.
    pub(super) fn all_of_each<'v, T, const N: usize>(
        &self,
        sql: &str,
        items: impl IntoIterator<Item = [Value<'v>; N]>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        match self.backend {
            Backend::Sqlite(_) => {
                for parameters in items {
                    all.extend(self.all(sql, &parameters, &mut read)?);
                }
            }
            Backend::Postgres(db) => {
                for row in db.rows_of_each(sql, items)? {
                    all.push(read(&Row::of_postgres(&row))?);
                }
            }
        }
        Ok(all)
    }

    /// Like [`each`](Self::each), for rows that fit into memory: on PostgreSQL, they take one round trip.
    fn each_of_few(
        &self,
        sql: &str,
        parameters: &[Value<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let Backend::Postgres(db) = self.backend else {
            return self.each(sql, parameters, visit);
        };
        for row in db.rows(sql, parameters)? {
            if visit(&Row::of_postgres(&row))?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
