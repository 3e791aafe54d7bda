//! A row of an answer: its columns by their index.

use super::{super::StoreError, postgres, sqlite, value::Column};

/// A row, while it is visited.
#[derive(Debug)]
pub(in crate::store) struct Row<'a> {
    source: Source<'a>,
}

#[derive(Debug)]
enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl<'a> Row<'a> {
    pub(super) const fn of_sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self { source: Source::Sqlite(row) }
    }

    pub(super) const fn of_postgres(row: &'a ::postgres::Row) -> Self {
        Self { source: Source::Postgres(row) }
    }

    /// Reads a column.
    ///
    /// # Errors
    /// [`StoreError::UnexpectedValue`] if the column has a value of another type.
    pub(in crate::store) fn get<T: Column>(&self, column: usize) -> Result<T, StoreError> {
        let value = match self.source {
            Source::Sqlite(row) => sqlite::value(row, column),
            Source::Postgres(row) => postgres::value(row, column),
        };
        value.and_then(T::read).ok_or(StoreError::UnexpectedValue { column })
    }
}
