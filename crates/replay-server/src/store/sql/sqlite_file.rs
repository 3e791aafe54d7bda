//! What SQLite knows of its file: changes by other processes, damage, and free pages, and
//! copies of it.

use std::path::Path;

use rusqlite::Connection;

use super::{
    super::StoreError,
    sqlite::Sqlite,
    upkeep::{DamageSearch, Pages, PartsVersion, Versions},
};

impl Sqlite<'_> {
    pub(super) fn change_parts(self) -> Result<Versions, StoreError> {
        // It changes with the commits of other connections only.
        let version = self.0.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let version = PartsVersion { changes: version, deletions: version };
        Ok(Versions { before: version, after: version })
    }

    pub(super) fn touch(self) -> Result<(), StoreError> {
        let version: i64 = self.0.pragma_query_value(None, "user_version", |row| row.get(0))?;
        // SQLite writes the page even if the value is the same.
        Ok(self.0.pragma_update(None, "user_version", version)?)
    }

    pub(super) fn find_damage(self, search: DamageSearch) -> Result<Vec<String>, StoreError> {
        let mut statement = self.0.prepare(match search {
            DamageSearch::Quick => "PRAGMA quick_check(1)",
            DamageSearch::Full => "PRAGMA integrity_check(10)",
        })?;
        let found = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut found = found.collect::<Result<Vec<_>, _>>()?;
        found.retain(|problem| problem != "ok");
        Ok(found)
    }

    pub(super) fn pages(self) -> Result<Pages, StoreError> {
        let value = |name| self.0.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
        let page_bytes = value("page_size")?;
        Ok(Pages {
            bytes: value("page_count")? * page_bytes,
            free_bytes: value("freelist_count")? * page_bytes,
        })
    }

    pub(super) fn release_pages(self, most: u64) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare(&format!("PRAGMA incremental_vacuum({most})"))?;
        let mut rows = statement.query([])?;
        // Each row that is stepped over has freed a page.
        while rows.next()?.is_some() {}
        Ok(self.0.pragma_query_value(None, "freelist_count", |row| row.get(0))?)
    }

    pub(super) fn copy_into(self, file: &Path, script: &str) -> Result<(), StoreError> {
        // `VACUUM INTO` wants text.
        let file = file.to_str().ok_or(StoreError::PathNotUtf8)?;
        self.0.execute("VACUUM INTO ?1", [file])?;
        Ok(Connection::open(file)?.execute_batch(script)?)
    }
}
