//! What a step may ask of a database beyond statements. Each database does it in its own way.

use std::path::Path;

use super::{super::StoreError, Backend, Sql};

/// How thorough a search for damage is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) enum DamageSearch {
    /// Finds one problem, and does not compare indexes with their tables.
    Quick,
    /// Finds several problems.
    Full,
}

/// The pages of a database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::store) struct Pages {
    /// The size of all pages, in bytes.
    pub(in crate::store) bytes: u64,
    /// The size of the free ones, in bytes.
    pub(in crate::store) free_bytes: u64,
}

impl Sql<'_> {
    /// A number that differs from an earlier one if another connection has changed the database since.
    pub(in crate::store) fn version_of_others(&self) -> Result<i64, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.version_of_others(),
        }
    }

    /// Writes to the disk without a change of a value.
    pub(in crate::store) fn touch(&self) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.touch(),
        }
    }

    /// Searches the whole database for damage; returns what was found.
    pub(in crate::store) fn find_damage(
        &self,
        search: DamageSearch,
    ) -> Result<Vec<String>, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.find_damage(search),
        }
    }

    /// The pages of the database.
    pub(in crate::store) fn pages(&self) -> Result<Pages, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.pages(),
        }
    }

    /// Gives up to `most` free pages back to the file system; returns how many are left.
    pub(in crate::store) fn release_pages(&self, most: u64) -> Result<u64, StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.release_pages(most),
        }
    }

    /// Copies the database as it is at one moment into an empty file, and executes a script there.
    pub(in crate::store) fn copy_into(&self, file: &Path, script: &str) -> Result<(), StoreError> {
        match self.backend {
            Backend::Sqlite(db) => db.copy_into(file, script),
        }
    }
}
