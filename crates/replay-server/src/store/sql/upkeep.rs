//! What a step may ask of a database beyond statements. Each database does it in its own way.

use std::path::Path;

use replay_core::Region;

use super::{super::StoreError, Backend, Sql, value::values};

/// How thorough a search for damage is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) enum DamageSearch {
    /// Finds one problem, and does not compare indexes with their tables.
    Quick,
    /// Finds several problems.
    Full,
}

/// What a transaction does to the parts of a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) enum PartsChange {
    /// It inserts some.
    Adds,
    /// It deletes some, and may insert others.
    Deletes,
}

/// A version of the parts of a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) struct PartsVersion {
    /// Differs if another process has changed the parts.
    pub(in crate::store) changes: i64,
    /// Differs if another process has deleted parts.
    pub(in crate::store) deletions: i64,
}

/// The versions of the parts of a region before and after a transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) struct Versions {
    /// The version that the transaction finds.
    pub(in crate::store) before: PartsVersion,
    /// The version that the next transaction finds.
    pub(in crate::store) after: PartsVersion,
}

/// The pages of a database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) struct Pages {
    /// The size of all pages, in bytes.
    pub(in crate::store) bytes: u64,
    /// The size of the free ones, in bytes.
    pub(in crate::store) free_bytes: u64,
}

/// A column for which the database generates rising numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) struct Generated {
    /// The table.
    pub(in crate::store) table: &'static str,
    /// The column.
    pub(in crate::store) column: &'static str,
}

impl Sql<'_> {
    /// The versions of the parts of a region before and after this transaction, which changes them.
    pub(in crate::store) fn change_parts(
        &self,
        region: &Region,
        change: PartsChange,
    ) -> Result<Versions, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.change_parts(),
            Backend::Postgres(db) => db.change_parts(region, change),
        }
    }

    /// Writes to the disk without a change of a value.
    pub(in crate::store) fn touch(&self) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.touch(),
            Backend::Postgres(db) => db.touch(),
        }
    }

    /// Sends a notification to every process that listens, once the transaction is committed. SQLite has
    /// no process to send it to.
    pub(in crate::store) fn notify(&self, payload: &str) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(_) => Ok(()),
            Backend::Postgres(db) => db.notify(payload),
        }
    }

    /// Searches the whole database file for damage; returns what was found. PostgreSQL has tools of its
    /// own for this.
    pub(in crate::store) fn find_damage(
        &self,
        search: DamageSearch,
    ) -> Result<Vec<String>, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.find_damage(search),
            Backend::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// The pages of the database.
    pub(in crate::store) fn pages(&self) -> Result<Pages, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.pages(),
            Backend::Postgres(db) => db.pages(),
        }
    }

    /// Gives up to `most` free pages back to the file system; returns how many are left. PostgreSQL
    /// does it by itself.
    pub(in crate::store) fn release_pages(&self, most: u64) -> Result<u64, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.release_pages(most),
            Backend::Postgres(_) => Ok(0),
        }
    }

    /// Whether there is a table with this name.
    pub(in crate::store) fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let sql = match self.backend {
            Backend::Sqlite(_) => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1",
            Backend::Postgres(_) => "SELECT 1 WHERE to_regclass(?1) IS NOT NULL",
        };
        Ok(self.optional(sql, &values![name], |_| Ok(()))?.is_some())
    }

    /// The highest number that was generated for a column.
    pub(in crate::store) fn last_generated(&self, column: Generated) -> Result<i64, StoreError> {
        let Generated { table, column } = column;
        let last = match self.backend {
            Backend::Sqlite(_) => self.optional(
                "SELECT seq FROM sqlite_sequence WHERE name = ?1",
                &values![table],
                |row| row.get(0),
            ),
            Backend::Postgres(_) => self.optional(
                "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(?1, ?2) AS regclass))",
                &values![table, column],
                |row| row.get(0),
            ),
        };
        Ok(last?.flatten().unwrap_or(0))
    }

    /// Lets higher numbers than `last` be generated for a column, whose rows have none above it.
    pub(in crate::store) fn set_last_generated(
        &self,
        column: Generated,
        last: i64,
    ) -> Result<(), StoreError> {
        let Generated { table, column } = column;
        match self.backend {
            Backend::Sqlite(_) => {
                self.execute("DELETE FROM sqlite_sequence WHERE name = ?1", &values![table])?;
                let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
                self.execute(sql, &values![table, last])?;
            }
            // The lowest value of a sequence is 1.
            Backend::Postgres(_) if last > 0 => {
                self.execute(
                    "SELECT setval(CAST(pg_get_serial_sequence(?1, ?2) AS regclass), ?3)",
                    &values![table, column, last],
                )?;
            }
            Backend::Postgres(_) => {}
        }
        Ok(())
    }

    /// Copies the database as it is at one moment into an empty file, and executes a script there.
    ///
    /// # Errors
    /// [`StoreError::OnlyOfFiles`] on PostgreSQL, or the database fails.
    pub(in crate::store) fn copy_into(&self, file: &Path, script: &str) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.copy_into(file, script),
            Backend::Postgres(_) => Err(StoreError::OnlyOfFiles),
        }
    }
}
