//! The command that copies an archive: it opens the source and the target, logs the progress, and prints what
//! was copied. What is copied, and how, is decided by the store.

use core::time::Duration;
use std::{fs, io::Write, time::Instant};

use tokio::task::spawn_blocking;

use crate::{
    data_dir::{DataDir, DataDirError, Lock},
    serve::FatalError,
    store::{ChunkLimits, CopiedTable, CopyDatabase, CopyError, CopyProgress, Copying},
    store_location::{StoreLocation, target},
};

/// How often the progress is logged.
const LOG_INTERVAL: Duration = Duration::from_secs(5);

/// Copies everything from one location to another one, compares it, and lists the tables in `out`.
///
/// # Errors
/// The locations are the same, or a server runs on one of them; the target is not empty; another version
/// has written one of them; one fails; or the target differs from the source. If it does not differ, the
/// copy goes on when it is called again.
pub async fn copy(
    from: StoreLocation,
    to: StoreLocation,
    out: &mut (impl Write + Send),
) -> Result<(), FatalError> {
    let (source, target) = (End::source(&from)?, End::target(&to)?);
    if source.is_same_file(&target) {
        return Err(CopyError::Same.into());
    }
    let locks = [source.lock()?, target.lock()?];
    // The connections block, which a task of the runtime must not.
    let copied = spawn_blocking(move || copy_all(&source.database, &target.database)).await??;
    drop(locks);
    let (mut rows, mut bytes) = (0, 0);
    for table in &copied {
        writeln!(out, "{}: {} rows, {} bytes", table.name, table.rows, table.bytes)?;
        rows += table.rows;
        bytes += table.bytes;
    }
    writeln!(out, "copied and compared {} tables: {rows} rows, {bytes} bytes", copied.len())?;
    Ok(())
}

fn copy_all(source: &CopyDatabase, target: &CopyDatabase) -> Result<Vec<CopiedTable>, CopyError> {
    let limits = ChunkLimits::DEFAULT;
    let mut copying = Copying::begin(source, target)?;
    let mut log = ProgressLog::new("copying");
    while let Some(progress) = copying.step(limits)? {
        log.add(progress);
    }
    let mut log = ProgressLog::new("comparing");
    copying.finish(limits, |progress| log.add(progress))
}

/// The source or the target of a copy.
struct End {
    database: CopyDatabase,
    /// The data directory of a file.
    data: Option<DataDir>,
}

impl End {
    fn source(location: &StoreLocation) -> Result<Self, FatalError> {
        match location {
            StoreLocation::Data(path) => Self::of_directory(DataDir::open_existing(path)?),
            StoreLocation::Database(_) => Self::target(location),
        }
    }

    fn target(location: &StoreLocation) -> Result<Self, FatalError> {
        match location {
            StoreLocation::Data(path) => Self::of_directory(DataDir::open(path)?),
            StoreLocation::Database(url) => {
                let database = CopyDatabase::Postgres(Box::new(target(url)?));
                Ok(Self { database, data: None })
            }
        }
    }

    fn of_directory(data: DataDir) -> Result<Self, FatalError> {
        let database = CopyDatabase::File(data.database_file()?.to_owned());
        Ok(Self { database, data: Some(data) })
    }

    /// The right to use a data directory, which no server has meanwhile.
    fn lock(&self) -> Result<Option<Lock>, DataDirError> {
        self.data.as_ref().map(DataDir::lock).transpose()
    }

    /// Whether both are the same file. The store knows whether they are the same on PostgreSQL.
    fn is_same_file(&self, other: &Self) -> bool {
        match (&self.database, &other.database) {
            (CopyDatabase::File(from), CopyDatabase::File(to)) => {
                let paths = (fs::canonicalize(from), fs::canonicalize(to));
                matches!(paths, (Ok(from), Ok(to)) if from == to)
            }
            (CopyDatabase::File(_) | CopyDatabase::Postgres(_), _) => false,
        }
    }
}

/// Logs how far a part of the work is.
struct ProgressLog {
    work: &'static str,
    rows: u64,
    logged_at: Instant,
}

impl ProgressLog {
    fn new(work: &'static str) -> Self {
        Self { work, rows: 0, logged_at: Instant::now() }
    }

    fn add(&mut self, progress: CopyProgress) {
        let CopyProgress { table, rows } = progress;
        self.rows += rows;
        if self.logged_at.elapsed() >= LOG_INTERVAL {
            tracing::info!(table, rows = self.rows, "{}", self.work);
            self.logged_at = Instant::now();
        }
    }
}
