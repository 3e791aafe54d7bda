//! The space of the database file: pages that are free, and how they are given back to the file
//! system, while other processes may use it; and copies of the whole file.

use std::path::PathBuf;

use rusqlite::Connection;

use super::{Store, StoreError};

/// The size of the database file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Space {
    /// The size of the file, in bytes.
    pub file_bytes: u64,
    /// The part of it that is free, in bytes.
    pub free_bytes: u64,
}

/// The number of pages that one transaction gives back, so that other writers get their turn.
const STEP_PAGES: u64 = 2_000;

impl Store {
    /// The size of the database file.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn space(&self) -> Result<Space, StoreError> {
        let file_bytes = self.database.file_bytes();
        self.database
            .read(move |db| {
                let value = |name| db.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
                let (page_bytes, pages) = (value("page_size")?, value("page_count")?);
                Ok(Space {
                    file_bytes: file_bytes.unwrap_or(pages * page_bytes),
                    free_bytes: value("freelist_count")? * page_bytes,
                })
            })
            .await
    }

    /// Gives all free pages back to the file system, and empties the write-ahead log. Returns `false`
    /// if readers or writers need the log now: then the file shrinks later.
    ///
    /// # Errors
    /// The database fails; pages that were given back before stay so.
    pub async fn release_all_space(&self) -> Result<bool, StoreError> {
        while self.release_pages().await? > 0 {}
        self.database.empty_log_once().await
    }

    /// Gives a limited number of free pages back; returns how many are left.
    async fn release_pages(&self) -> Result<u64, StoreError> {
        self.database
            .write_archive_lazily(move |tx| {
                tx.prepare(&format!("PRAGMA incremental_vacuum({STEP_PAGES})"))?
                    .query([])
                    .and_then(|mut rows| {
                        // Each row that is stepped over has freed a page.
                        while rows.next()?.is_some() {}
                        Ok(())
                    })?;
                Ok(tx.pragma_query_value(None, "freelist_count", |row| row.get(0))?)
            })
            .await
    }

    /// Copies the database as it is at one moment into an empty file. The live lanes of the copy have
    /// ids of their own: the original gives the next sequence numbers to other lines, and a `webhook-id`
    /// must not stand for both.
    ///
    /// # Errors
    /// The database cannot be read, or the file cannot be written.
    pub async fn back_up(&self, file: PathBuf) -> Result<(), StoreError> {
        self.database
            .read_separately(move |db: &Connection| {
                // `VACUUM INTO` wants text.
                let file = file.to_str().ok_or(StoreError::PathNotUtf8)?;
                db.execute("VACUUM INTO ?", [file])?;
                let renew = "UPDATE lane SET id = lower(hex(randomblob(16))),
                                             first_seq = NULL, last_seq = NULL";
                Ok(Connection::open(file)?.execute_batch(renew)?)
            })
            .await
    }
}
