//! Durable storage of the archive, jobs, webhooks and tokens. Each method is a whole step in one
//! transaction, such as "append these lines". All SQL is in this module; the rules of jobs and
//! webhooks are in `replay-core`.

mod arrivals;
mod batches;
mod changes;
mod check;
mod copying;
mod counts;
mod database;
mod delivery_records;
mod delivery_reports;
mod duplicates;
mod error;
mod files;
mod handovers;
mod healing;
mod health;
mod history;
mod idempotency;
mod job_batches;
mod job_changes;
mod job_rows;
mod jobs;
mod known_parts;
mod lane_changes;
mod lane_rows;
mod leases;
mod line_numbers;
mod lines;
mod live_batches;
mod live_lane;
mod migration;
mod notices;
mod outage_list;
mod outage_losses;
mod outage_ranges;
mod outage_rows;
mod outages;
mod overview;
mod part_arrivals;
mod part_contents;
mod part_data;
mod partitions;
mod parts;
mod prepared;
mod preview;
mod resumption;
mod runs;
mod schema;
mod sealing;
mod selections;
mod served_regions;
mod settings;
mod slice_reader;
mod slices;
mod snapshots;
mod space;
mod sql;
mod starts;
mod stored_part;
mod tokens;
mod totals;
mod transaction;
mod trimming;
mod undelivered;
mod unfinished_copy;
mod webhook_changes;
mod webhooks;
mod write;

use std::{collections::HashMap, path::Path, sync::Arc};

use replay_core::Region;
use time_range::Timestamp;
use tokio::sync::watch;

pub use crate::archive::SealLimits;
pub use batches::{Batch, Body, Receiver};
pub use changes::{ChangeObserver, TransactionKind};
pub use check::Checked;
pub use copying::{ChunkLimits, CopiedTable, CopyDatabase, CopyError, CopyProgress, Copying};
pub use delivery_records::{DeliveryRecord, Recorded};
pub use delivery_reports::DeliveryReport;
pub use error::{ChangeError, DatabaseError, PartName, StoreError};
pub use handovers::Handover;
pub use history::{HistoryPosition, JobPage, PastJob};
pub use idempotency::{AcceptedPut, KeyedPut};
pub use job_batches::{JobBatch, JobReading};
pub use jobs::CurrentJobs;
pub use leases::{Fence, NodeLeases};
pub use lines::Appended;
pub use live_batches::LiveBatch;
pub use live_lane::{ForwardedRegion, LiveNext, LiveRecord, LiveRequest};
pub use notices::{Heard, Notice};
pub use outage_list::{LaneTotals, OutagePage};
pub use overview::RegionSummary;
pub use prepared::NewLine;
pub use preview::{FULL_BATCH, JobProgress, Selected, SelectedBucket};
pub use runs::{Claimed, Due};
pub use slices::{Claim, Slice, SliceCounts};
pub use space::Space;
pub use sql::PostgresTarget;
pub use tokens::StoredToken;
pub use totals::ArchiveTotals;
pub use trimming::Trimmed;

use database::Database;
use known_parts::KnownParts;
use partitions::KnownDays;
use sql::Sql;

/// The highest sequence numbers that were given to lines of each region.
pub type LastSeqs = HashMap<Region, i64>;

/// The store: a handle that is cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    database: Database,
    known_parts: Arc<KnownParts>,
    known_days: KnownDays,
    /// The highest sequence number of a line of each region, as far as this process knows.
    appends: watch::Sender<LastSeqs>,
    /// The same without the lines that other nodes have appended.
    own_appends: watch::Sender<LastSeqs>,
    /// What is stored with the results of delivery attempts.
    handover: Option<Handover>,
}

impl Store {
    /// The number of threads that a store on PostgreSQL may block while the database does not answer.
    pub const POSTGRES_THREADS: usize = Database::POSTGRES_THREADS;

    /// Opens the database file at `path`, creates it if necessary, and migrates it.
    ///
    /// # Errors
    /// The file cannot be opened, or a newer program has written it; the file is unchanged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Database::open(path).map(Self::with)
    }

    /// Whether the file at `path` is a database of this program, of any version. It is not changed.
    #[must_use]
    pub fn is_archive(path: &Path) -> bool {
        schema::is_archive(path).unwrap_or(false)
    }

    /// Opens the database file at `path` if this version has written it: it is not migrated.
    ///
    /// # Errors
    /// The file cannot be opened, or another version has written it; the file is unchanged.
    pub fn open_current(path: &Path) -> Result<Self, StoreError> {
        schema::check_version(path)?;
        Self::open(path)
    }

    /// Opens a database in memory: an empty one, or a copy of an [`image`](Self::image).
    ///
    /// # Errors
    /// The image is not a database, or a newer program has written it.
    pub fn in_memory(image: Option<&[u8]>) -> Result<Self, StoreError> {
        Database::in_memory(image).map(Self::with)
    }

    /// Connects to a database on PostgreSQL, creates its tables if necessary, and migrates them.
    ///
    /// # Errors
    /// There is no connection, or a newer program has migrated the database, which is unchanged.
    pub async fn connect(target: impl Into<PostgresTarget>) -> Result<Self, StoreError> {
        Database::connect(target.into()).await.map(Self::with)
    }

    /// Connects to a database on PostgreSQL if this version has migrated it: it is not changed.
    ///
    /// # Errors
    /// There is no connection, or another version has migrated the database, or none has.
    pub async fn connect_current(target: impl Into<PostgresTarget>) -> Result<Self, StoreError> {
        let target = target.into();
        Database::check_version(target.clone()).await?;
        Self::connect(target).await
    }

    fn with(database: Database) -> Self {
        Self {
            database,
            known_parts: Arc::default(),
            known_days: KnownDays::default(),
            appends: watch::Sender::default(),
            own_appends: watch::Sender::default(),
            handover: None,
        }
    }

    /// The same store, which tells `observer` of each committed change. Earlier clones do not.
    #[must_use]
    pub fn observed_by(mut self, observer: impl ChangeObserver + 'static) -> Self {
        self.database.observe(Arc::new(observer));
        self
    }

    /// Empties the write-ahead log as soon as no reader needs it. The log may hold deleted secrets.
    pub async fn empty_log(&self) {
        self.database.empty_log().await;
    }

    /// The whole database as the bytes of an SQLite file.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn image(&self) -> Result<Vec<u8>, StoreError> {
        self.database.image().await
    }
}

/// The regions of the rows of a query for labels.
fn regions(db: &Sql<'_>, sql: &str) -> Result<Vec<Region>, StoreError> {
    db.all(sql, &[], |row| read_region(&row.get::<String>(0)?))
}

fn read_region(label: &str) -> Result<Region, StoreError> {
    Region::named(label).ok_or(StoreError::Corrupt("region"))
}

fn read_timestamp(text: &str) -> Result<Timestamp, StoreError> {
    time_range::read_timestamp(text).map_err(|_| StoreError::Corrupt("timestamp"))
}

/// Nanoseconds since 1970, limited to the range of 64 bits: the years 1677 to 2262.
fn nanoseconds(at: Timestamp) -> i64 {
    let limit = if at.timestamp() < 0 { i64::MIN } else { i64::MAX };
    at.timestamp_nanos_opt().unwrap_or(limit)
}

#[cfg(test)]
pub(in crate::store) mod tests;
