//! The values of parameters and columns on PostgreSQL: BIGINT, TEXT and BYTEA, and the types INTEGER and
//! BOOLEAN of some expressions.

use core::error::Error;
use std::borrow::Cow;

use bytes::BytesMut;
use postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

use super::super::value::Value;

/// The value of a column; `None` if it has none that can be read.
pub(in crate::store::sql) fn value(row: &Row, column: usize) -> Option<Value<'_>> {
    match *row.columns().get(column)?.type_() {
        Type::INT8 => read(row, column, Value::Integer),
        Type::INT4 => read(row, column, |number: i32| Value::Integer(number.into())),
        Type::BOOL => read(row, column, |flag: bool| Value::Integer(flag.into())),
        Type::TEXT => read(row, column, |text| Value::Text(Cow::Borrowed(text))),
        Type::BYTEA => read(row, column, Value::Blob),
        _ => None,
    }
}

fn read<'a, T: FromSql<'a>>(
    row: &'a Row,
    column: usize,
    value: impl FnOnce(T) -> Value<'a>,
) -> Option<Value<'a>> {
    let read: Option<T> = row.try_get(column).ok()?;
    Some(read.map_or(Value::Null, value))
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Integer(number), &Type::INT8) => number.to_sql(ty, out),
            (Self::Integer(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            // PostgreSQL stores no NUL character, which SQLite does.
            (Self::Text(text), &Type::TEXT) if text.contains('\0') => {
                text.replace('\0', "\u{FFFD}").to_sql(ty, out)
            }
            (Self::Text(text), &Type::TEXT) => text.to_sql(ty, out),
            (Self::Blob(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            (Self::Integer(_) | Self::Text(_) | Self::Blob(_), _) => {
                Err(format!("a parameter has the type {ty}").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
