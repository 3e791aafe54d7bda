//! Reads the rows of a table in the order of its key, and inserts them. It knows no table by name, and no
//! meaning of a column.

use core::ops::ControlFlow;

use super::{
    super::{
        StoreError,
        sql::{Row, Sql, values},
    },
    limits::ChunkLimits,
    stored_value::StoredValue,
};

/// A table whose rows are copied as they are.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct RowTable {
    /// Its name.
    pub(in crate::store) name: &'static str,
    /// The columns of its primary key, in their order.
    pub(super) key: &'static [&'static str],
    /// The other columns.
    pub(super) others: &'static [&'static str],
}

/// The values of a row: those of the key, then the others.
pub(super) type StoredRow = Vec<StoredValue>;

impl RowTable {
    /// The key of the last row; `None` if there is none.
    pub(super) fn last(&self, db: &Sql<'_>) -> Result<Option<StoredRow>, StoreError> {
        let key = quoted(self.key.iter());
        let descending = format!("{} DESC", quoted(self.key.iter()).replace(", ", " DESC, "));
        let sql = format!("SELECT {key} FROM {} ORDER BY {descending} LIMIT 1", self.name);
        db.optional(&sql, &[], |row| read(row, self.key.len()))
    }

    /// The rows after a key, or the first ones.
    pub(super) fn after(
        &self,
        db: &Sql<'_>,
        last: Option<&[StoredValue]>,
        limits: ChunkLimits,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let (key, columns) = (quoted(self.key.iter()), quoted(self.columns()));
        let mut parameters: Vec<_> = last.into_iter().flatten().map(StoredValue::value).collect();
        let condition = match parameters.len() {
            0 => String::new(),
            keys => format!("WHERE ({key}) > ({})", placeholders(keys)),
        };
        parameters.extend(values![limits.rows.max(1)]);
        let sql = format!(
            "SELECT {columns} FROM {} {condition} ORDER BY {key} LIMIT ?{}",
            self.name,
            parameters.len()
        );
        let (mut rows, mut bytes) = (Vec::new(), 0);
        db.each(&sql, &parameters, |row| {
            let row = read(row, self.columns().count())?;
            bytes += row.iter().map(StoredValue::size).sum::<u64>();
            rows.push(row);
            let is_full = bytes >= limits.bytes;
            Ok(if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(rows)
    }

    /// Inserts rows.
    pub(super) fn insert(&self, tx: &Sql<'_>, rows: &[StoredRow]) -> Result<(), StoreError> {
        let (columns, placeholders) =
            (quoted(self.columns()), placeholders(self.columns().count()));
        let sql = format!("INSERT INTO {} ({columns}) VALUES ({placeholders})", self.name);
        let rows: Vec<Vec<_>> =
            rows.iter().map(|row| row.iter().map(StoredValue::value).collect()).collect();
        tx.execute_rows(&sql, &rows)
    }

    /// The values of the key of a row.
    pub(super) fn key_of<'a>(&self, row: &'a StoredRow) -> &'a [StoredValue] {
        &row[..self.key.len()]
    }

    /// All columns.
    pub(in crate::store) fn columns(&self) -> impl Iterator<Item = &'static &'static str> {
        self.key.iter().chain(self.others)
    }
}

fn read(row: &Row<'_>, columns: usize) -> Result<StoredRow, StoreError> {
    (0..columns).map(|column| row.get(column)).collect()
}

/// The names in quotes: some are keywords of SQL.
fn quoted<'a>(names: impl Iterator<Item = &'a &'a str>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn placeholders(count: usize) -> String {
    (1..=count).map(|number| format!("?{number}")).collect::<Vec<_>>().join(", ")
}
