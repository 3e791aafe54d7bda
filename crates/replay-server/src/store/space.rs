//! The space of the database file: pages that are free, and how they are given back to the file
//! system, while other processes may use it; and copies of the whole file.

use std::path::PathBuf;

use super::{Store, StoreError, sql::Pages};

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
                let Pages { bytes, free_bytes } = db.pages()?;
                Ok(Space { file_bytes: file_bytes.unwrap_or(bytes), free_bytes })
            })
            .await
    }

    /// Gives all free pages back to the file system, and empties the write-ahead log. Returns `false`
    /// if readers or writers need the log now: then the file shrinks later.
    ///
    /// # Errors
    /// The database fails; pages that were given back before stay so.
    pub async fn release_all_space(&self) -> Result<bool, StoreError> {
        if !self.database.is_file() {
            return Ok(true);
        }
        while self.release_pages().await? > 0 {}
        self.database.empty_log_once().await
    }

    /// Gives a limited number of free pages back; returns how many are left.
    async fn release_pages(&self) -> Result<u64, StoreError> {
        self.database.write_archive_lazily(|tx| tx.release_pages(STEP_PAGES)).await
    }

    /// Copies the database as it is at one moment into an empty file. The live lanes of the copy have
    /// ids of their own: the original gives the next sequence numbers to other lines, and a `webhook-id`
    /// must not stand for both.
    ///
    /// # Errors
    /// The database cannot be read, or the file cannot be written.
    pub async fn back_up(&self, file: PathBuf) -> Result<(), StoreError> {
        let renew = "UPDATE lane SET id = lower(hex(randomblob(16))),
                                     first_seq = NULL, last_seq = NULL";
        self.database.read_separately(move |db| db.copy_into(&file, renew)).await
    }
}
