//! Readiness: checks whether the disk, the database and the engine work, and describes what fails. It
//! repairs nothing.

use core::time::Duration;

use replay_core::Region;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{data_dir::DataDir, engine::FailingRegions, store::Store};

/// Checks the server. A report is cached for a second, so that frequent requests cause no load.
#[derive(Debug)]
pub struct Readiness {
    /// The data directory; `None` for a store in memory.
    data: Option<DataDir>,
    store: Store,
    failing: FailingRegions,
    last: Mutex<Option<CachedReport>>,
}

/// The state of each part: `Err` describes the failure, without paths.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// `Ok` if files can be written in the data directory.
    pub disk: Result<(), String>,
    /// `Ok` if the database can be written, is not damaged, and is still the file at its path.
    pub database: Result<(), String>,
    /// `Ok` if the last step of every region's job succeeded.
    pub engine: Result<(), String>,
}

#[derive(Debug)]
struct CachedReport {
    checked_at: Instant,
    report: Report,
}

/// How long a report is cached.
const CACHE_LIFETIME: Duration = Duration::from_secs(1);

/// How long the check of the disk may take.
const DISK_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the check of the database may take: less than a readiness probe waits for the report.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

impl Readiness {
    /// Checks of a server with this data directory (`None` for a store in memory), store and engine.
    #[must_use]
    pub fn new(data: Option<DataDir>, store: Store, failing: FailingRegions) -> Self {
        Self { data, store, failing, last: Mutex::default() }
    }

    /// The state of the server, at most a second old.
    pub async fn report(&self) -> Report {
        let mut last = self.last.lock().await;
        if let Some(cached) =
            last.as_ref().filter(|last| last.checked_at.elapsed() < CACHE_LIFETIME)
        {
            return cached.report.clone();
        }
        let report = Report {
            disk: self.disk().await,
            database: self.database().await,
            engine: self.engine(),
        };
        *last = Some(CachedReport { checked_at: Instant::now(), report: report.clone() });
        report
    }

    /// Reads the whole database once; later reports include the damage that it finds.
    pub async fn search_for_damage(&self) {
        match self.store.find_damage().await {
            // The store logs damage.
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the database could not be checked for damage"),
        }
    }

    async fn disk(&self) -> Result<(), String> {
        let Some(data) = self.data.clone() else { return Ok(()) };
        let written = tokio::task::spawn_blocking(move || data.try_to_write());
        match timeout(DISK_TIMEOUT, written).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => {
                Err(format!("no file can be written in the data directory: {error}"))
            }
            Ok(Err(_)) => Err("the examination of the disk was interrupted".to_owned()),
            Err(_) => Err("the disk takes too long to write a file".to_owned()),
        }
    }

    async fn database(&self) -> Result<(), String> {
        if let Some(damage) = self.store.damage() {
            return Err(damage.to_owned());
        }
        match timeout(DATABASE_TIMEOUT, self.store.try_to_write()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("nothing can be written: {}", error.summary())),
            Err(_) => Err("the database takes too long to write".to_owned()),
        }
    }

    /// Tasks that have ended are not checked: the process ends with the first of them.
    fn engine(&self) -> Result<(), String> {
        let failing = self.failing.list();
        if failing.is_empty() {
            return Ok(());
        }
        let labels: Vec<_> = failing.iter().map(Region::as_str).collect();
        Err(format!("the jobs or live lanes of these regions cannot go on: {}", labels.join(", ")))
    }
}

impl Report {
    /// Whether every part works.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.disk.is_ok() && self.database.is_ok() && self.engine.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_report_is_cached_for_a_second() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        let store = Store::in_memory(None).unwrap();
        let readiness = Readiness::new(Some(data), store, FailingRegions::default());
        assert!(readiness.report().await.is_ready());
        dir.close().unwrap();
        assert!(readiness.report().await.is_ready());
        tokio::time::advance(CACHE_LIFETIME).await;
        let report = readiness.report().await;
        let disk = "no file can be written in the data directory: \
                    No such file or directory (os error 2)";
        assert_eq!(report.disk, Err(disk.to_owned()));
        assert_eq!((report.database, report.engine), (Ok(()), Ok(())));
    }
}
