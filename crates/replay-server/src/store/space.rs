//! The space of the database file: pages that are free, and how they are given back to the file
//! system.

use super::{Store, StoreError};

/// The number of pages that one transaction gives back.
const STEP_PAGES: i64 = 2_000;

/// Free pages that are kept, because new lines will use them.
const KEPT_PAGES: i64 = 256;

impl Store {
    /// Gives a limited number of free pages back to the file system, and empties the write-ahead log
    /// if there are no more. Does nothing if few pages are free.
    ///
    /// # Errors
    /// The database fails; nothing is changed.
    pub async fn release_space(&self) -> Result<(), StoreError> {
        let free = self.free_pages().await?;
        if free > KEPT_PAGES {
            self.release_pages(free.min(STEP_PAGES)).await?;
            if free <= STEP_PAGES {
                self.database.empty_log_once().await?;
            }
        }
        Ok(())
    }

    /// The number of free pages.
    async fn free_pages(&self) -> Result<i64, StoreError> {
        self.database
            .read(|db| Ok(db.pragma_query_value(None, "freelist_count", |row| row.get(0))?))
            .await
    }

    async fn release_pages(&self, pages: i64) -> Result<(), StoreError> {
        self.database
            .write_archive_lazily(move |tx| {
                let mut vacuum = tx.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
                let mut rows = vacuum.query([])?;
                // Each row that is stepped over has freed a page.
                while rows.next()?.is_some() {}
                Ok(())
            })
            .await
    }
}
