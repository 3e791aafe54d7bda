//! The digest of the rows of a table, which is the same for the same rows in each kind of database. It
//! knows no table.

use sha2::{Digest as _, Sha256};

use super::super::sql::Value;

/// What rows are compared by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Digest {
    /// Their number.
    pub(super) rows: u64,
    /// The size of their values.
    pub(super) bytes: u64,
    /// The SHA-256 of their values.
    sha256: [u8; 32],
}

/// Makes a digest of rows that follow each other.
#[derive(Debug, Default)]
pub(super) struct Writer {
    rows: u64,
    bytes: u64,
    sha256: Sha256,
}

impl Writer {
    /// Adds a row.
    pub(super) fn add<'a>(&mut self, row: impl IntoIterator<Item = Value<'a>>) {
        self.rows += 1;
        for value in row {
            match value {
                Value::Null => self.put(0, &[]),
                Value::Integer(number) => self.put(1, &number.to_le_bytes()),
                // PostgreSQL stores U+FFFD instead of a NUL character.
                Value::Text(text) if text.contains('\0') => {
                    self.put(2, text.replace('\0', "\u{FFFD}").as_bytes());
                }
                Value::Text(text) => self.put(2, text.as_bytes()),
                Value::Blob(bytes) => self.put(3, bytes),
            }
        }
    }

    /// The digest of all rows that were added.
    pub(super) fn finish(self) -> Digest {
        Digest { rows: self.rows, bytes: self.bytes, sha256: self.sha256.finalize().into() }
    }

    /// The kind and the length make the text of each row unambiguous.
    fn put(&mut self, kind: u8, bytes: &[u8]) {
        let length = bytes.len() as u64;
        self.bytes += length;
        self.sha256.update([kind]);
        self.sha256.update(length.to_le_bytes());
        self.sha256.update(bytes);
    }
}
