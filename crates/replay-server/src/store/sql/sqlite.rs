//! Statements on a connection to SQLite, and its errors as those of the store. It knows no table.

use core::{ops::ControlFlow, str};
use std::borrow::Cow;

use rusqlite::{
    Connection, ErrorCode, Row, ToSql,
    ffi::code_to_str,
    params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    super::{
        StoreError,
        error::{DatabaseError, FailureKind},
    },
    Backend, Sql,
    value::Value,
};

/// A connection to SQLite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sqlite<'a>(pub(super) &'a Connection);

impl<'a> From<&'a Connection> for Sql<'a> {
    fn from(db: &'a Connection) -> Self {
        Self { backend: Backend::Sqlite(Sqlite(db)) }
    }
}

impl Sqlite<'_> {
    pub(super) fn execute(self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self.0.prepare_cached(sql)?.execute(params_from_iter(parameters))?;
        Ok(changed as u64)
    }

    pub(super) fn execute_each<'v, const N: usize>(
        self,
        sql: &str,
        items: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        for parameters in items {
            statement.execute(params_from_iter(parameters))?;
        }
        Ok(())
    }

    pub(super) fn each(
        self,
        sql: &str,
        parameters: &[Value<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            if visit(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The value of a column; `None` if there is none that can be read.
pub(super) fn value<'a>(row: &'a Row<'_>, column: usize) -> Option<Value<'a>> {
    match row.get_ref(column).ok()? {
        ValueRef::Null => Some(Value::Null),
        ValueRef::Integer(number) => Some(Value::Integer(number)),
        ValueRef::Text(text) => Some(Value::Text(Cow::Borrowed(str::from_utf8(text).ok()?))),
        ValueRef::Blob(bytes) => Some(Value::Blob(bytes)),
        ValueRef::Real(_) => None,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => FailureKind::Damage,
            Some(_) | None => FailureKind::Other,
        };
        let summary = match error.sqlite_error() {
            Some(error) => code_to_str(error.extended_code),
            None => "an unexpected value was read",
        };
        let summary = summary.to_owned();
        Self::Database(DatabaseError { kind, summary, cause: Box::new(error) })
    }
}
