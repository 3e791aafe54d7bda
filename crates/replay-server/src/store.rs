//! The archive and everything a restart must not forget, behind whole steps: append these lines,
//! submit this job, read the next batch. What a step is, and that it is one transaction, is decided
//! here; no SQL leaves this folder, and no rule of a job is made in it.

mod batches;
mod changes;
mod database;
mod error;
mod files;
mod health;
mod job_rows;
mod jobs;
mod lines;
mod runs;
mod schema;
mod served_regions;
mod tokens;
mod webhook_changes;
mod webhooks;
mod write;

use std::path::Path;

use time_range::Timestamp;

pub use batches::{Batch, BatchLimits, Line};
pub use error::{ChangeError, StoreError};
pub use jobs::CurrentJobs;
pub use lines::{Appended, NewLine};
pub use runs::{DeliveryRecord, Due};
pub use tokens::StoredToken;

use database::Database;

/// The store: a handle that is cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens the database file at `path`, making it where there is none.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Database::open(path).map(|database| Self { database })
    }

    /// A store that lives in memory: empty, or the one whose [`image`](Self::image) this is.
    ///
    /// # Errors
    /// When the image is none.
    pub fn in_memory(image: Option<&[u8]>) -> Result<Self, StoreError> {
        Database::in_memory(image).map(|database| Self { database })
    }

    /// Empties the database's write-ahead log as soon as no reader needs it: it may hold secrets
    /// that were deleted.
    pub async fn empty_log(&self) {
        self.database.empty_log().await;
    }

    /// Everything in the store, as one value.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn image(&self) -> Result<Vec<u8>, StoreError> {
        self.database.image().await
    }
}

fn read_timestamp(text: &str) -> Result<Timestamp, StoreError> {
    time_range::read_timestamp(text).map_err(|_| StoreError::Corrupt("moment"))
}

/// Nanoseconds since 1970; what lies beyond 64 bits is as far as they reach. No archived line does.
fn nanoseconds(at: Timestamp) -> i64 {
    let limit = if at.timestamp() < 0 { i64::MIN } else { i64::MAX };
    at.timestamp_nanos_opt().unwrap_or(limit)
}

#[cfg(test)]
mod tests;
