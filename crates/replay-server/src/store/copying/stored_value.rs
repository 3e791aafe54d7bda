//! A value that is kept after its row was read. It knows no table.

use std::borrow::Cow;

use super::super::sql::{Column, Value};

/// A value of any type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum StoredValue {
    /// No value.
    Null,
    /// A number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl StoredValue {
    /// The value as a parameter.
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }

    /// Its size, for limits.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Null | Self::Integer(_) => 8,
            Self::Text(text) => text.len() as u64,
            Self::Blob(bytes) => bytes.len() as u64,
        }
    }
}

impl Column for StoredValue {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Text(text) => Self::Text(text.into_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_vec()),
        })
    }
}
