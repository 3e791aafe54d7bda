//! The SQLite connections: opening, durability of commits, and running steps on blocking threads. It
//! knows no table.

use core::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use rusqlite::{Connection, OpenFlags};
use tokio::{sync::Mutex, time::sleep};

use super::{
    ChangeError, StoreError,
    changes::ChangeObserver,
    files::Files,
    settings::{Mode, configure, prepare, try_to_empty_log},
    sql::Sql,
    transaction::{Committed, commit},
    write::Write,
};

/// A connection for writes and some for reads, so that no read waits for a write, and a short read
/// seldom for a long one.
#[derive(Clone, Debug)]
pub(super) struct Database {
    writer: Arc<Mutex<Connection>>,
    readers: Arc<[Arc<Mutex<Connection>>]>,
    /// `None` for a database in memory.
    files: Option<Arc<Files>>,
    /// The first damage that a step has found.
    damage: Arc<OnceLock<String>>,
    /// Whether commits may not be synced to the disk.
    is_unsynced: Arc<AtomicBool>,
    /// Receives committed changes.
    observer: Option<Arc<dyn ChangeObserver>>,
}

/// The error of a step: a [`StoreError`], or a refusal. Nothing was changed in both cases.
pub(super) trait StepError: From<StoreError> + Send + 'static {
    /// The failure of the database, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

/// The number of connections for reads: one for deliveries, one for sealing, and two for requests.
const READERS: usize = 4;

/// The wait before the next attempt to empty the write-ahead log after readers prevented it.
const EMPTY_LOG_AGAIN: Duration = Duration::from_secs(1);

impl Database {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut writer = Connection::open(path)?;
        prepare(&mut writer)?;
        let files = Files::of(path)?;
        let reader = || {
            let reader = Connection::open(path)?;
            configure(&reader)?;
            reader.pragma_update(None, "query_only", true)?;
            Ok(Arc::new(Mutex::new(reader)))
        };
        let readers = (0..READERS).map(|_| reader()).collect::<Result<_, StoreError>>()?;
        Ok(Self::with(Arc::new(Mutex::new(writer)), readers, Some(Arc::new(files))))
    }

    pub(super) fn in_memory(image: Option<&[u8]>) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        if let Some(image) = image {
            connection.deserialize_read_exact("main", image, image.len(), false)?;
        }
        prepare(&mut connection)?;
        let connection = Arc::new(Mutex::new(connection));
        Ok(Self::with(Arc::clone(&connection), [connection].into(), None))
    }

    fn with(
        writer: Arc<Mutex<Connection>>,
        readers: Arc<[Arc<Mutex<Connection>>]>,
        files: Option<Arc<Files>>,
    ) -> Self {
        Self {
            writer,
            readers,
            files,
            damage: Arc::default(),
            is_unsynced: Arc::default(),
            observer: None,
        }
    }

    /// Tells `observer` of each change that is committed through this handle and its later clones.
    pub(super) fn observe(&mut self, observer: Arc<dyn ChangeObserver>) {
        self.observer = Some(observer);
    }

    /// The size of the database file; `None` for a database in memory.
    pub(super) fn file_bytes(&self) -> Option<u64> {
        let path = self.files.as_ref()?.path();
        std::fs::metadata(path).ok().map(|metadata| metadata.len())
    }

    /// Runs a read of one statement, or of several that need not agree: writes may be committed
    /// meanwhile.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(self.reader()?, move |db| step(&Sql::from(&*db))).await
    }

    /// Runs a read that sees the database as it is at one moment.
    pub(super) async fn read_at_one_moment<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(self.reader()?, move |db| step(&Sql::from(&*db.transaction()?))).await
    }

    /// Like [`read`](Self::read), for a long read: it has a connection of its own, so that other reads
    /// do not wait for it.
    pub(super) async fn read_separately<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(&self.separate()?, move |db| step(&Sql::from(&*db))).await
    }

    /// Like [`read_at_one_moment`](Self::read_at_one_moment), for a long read.
    pub(super) async fn read_separately_at_one_moment<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(&self.separate()?, move |db| step(&Sql::from(&*db.transaction()?))).await
    }

    /// Runs one transaction, which is on disk when this returns. If it fails, nothing is changed.
    pub(super) async fn write<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(Mode { is_synced: true, overwrites: true }, step).await
    }

    /// Runs one transaction that survives a crash of this process, and a power failure only after a
    /// later [`write`](Self::write). For steps that may safely be repeated.
    pub(super) async fn write_lazily<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(Mode { is_synced: false, overwrites: true }, step).await
    }

    /// Like [`write`](Self::write), for lines: deleted values are not overwritten.
    pub(super) async fn write_archive<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(Mode { is_synced: true, overwrites: false }, step).await
    }

    /// Like [`write_lazily`](Self::write_lazily), for lines: deleted values are not overwritten.
    pub(super) async fn write_archive_lazily<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact(Mode { is_synced: false, overwrites: false }, step).await
    }

    async fn transact<T: Send + 'static, E: StepError>(
        &self,
        mode: Mode,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let database = self.clone();
        // The actions after the commit run even if the caller's future is dropped.
        self.blocking(&self.writer, move |db| {
            mode.set(db)?;
            let Committed { value, effects } = commit(db, database.files.as_deref(), step)?;
            if !mode.is_synced {
                database.note_unsynced();
            }
            for change in &effects.changes {
                change.log();
                if let Some(observer) = &database.observer {
                    change.report(&**observer);
                }
            }
            if effects.deleted_secret && !try_to_empty_log(db) {
                tokio::spawn(async move { database.empty_log().await });
            }
            Ok(value)
        })
        .await
    }

    /// Moves the write-ahead log into the database file and empties it, as soon as no reader needs
    /// it.
    pub(super) async fn empty_log(&self) {
        while !self.empty_log_once().await.unwrap_or(false) {
            sleep(EMPTY_LOG_AGAIN).await;
        }
    }

    /// Empties the write-ahead log unless a reader needs it; returns whether it is empty.
    pub(super) async fn empty_log_once(&self) -> Result<bool, StoreError> {
        let step = |db: &mut Connection| Ok::<_, StoreError>(try_to_empty_log(db));
        self.blocking(&self.writer, step).await
    }

    /// The whole database as the bytes of an SQLite file.
    pub(super) async fn image(&self) -> Result<Vec<u8>, StoreError> {
        self.blocking(&self.writer, |db| Ok(db.serialize("main")?.to_vec())).await
    }

    /// The first damage that a step has found since the database was opened, without stored values.
    pub(super) fn damage(&self) -> Option<&str> {
        self.damage.get().map(String::as_str)
    }

    /// Records that the database is damaged.
    pub(super) fn note_damage(&self, error: &StoreError) {
        let summary = if let StoreError::DamagedPart(part) = error {
            format!("{part} is damaged")
        } else {
            "the database file is damaged".to_owned()
        };
        if self.damage.set(summary).is_ok() {
            tracing::error!(
                damage = error.summary(),
                "the database file is damaged; stop the server and restore it from a backup"
            );
        }
    }

    /// Whether commits may not be synced to the disk. Only this resets it: a later transaction syncs
    /// them only if it writes something.
    pub(super) fn take_unsynced(&self) -> bool {
        self.is_unsynced.swap(false, Ordering::Relaxed)
    }

    /// Records that commits are not synced to the disk.
    pub(super) fn note_unsynced(&self) {
        self.is_unsynced.store(true, Ordering::Relaxed);
    }

    /// A connection for reads: one that is free, if there is one.
    fn reader(&self) -> Result<&Arc<Mutex<Connection>>, StoreError> {
        let free = self.readers.iter().find(|reader| reader.try_lock().is_ok());
        free.or(self.readers.last()).ok_or(StoreError::Interrupted)
    }

    /// A new connection for reads; of a database in memory, the only one.
    fn separate(&self) -> Result<Arc<Mutex<Connection>>, StoreError> {
        let Some(files) = &self.files else { return self.reader().cloned() };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Ok(Arc::new(Mutex::new(Connection::open_with_flags(files.path(), flags)?)))
    }

    /// Runs `step` on a blocking thread, in order of arrival for each connection.
    async fn blocking<T: Send + 'static, E: StepError>(
        &self,
        connection: &Arc<Mutex<Connection>>,
        step: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let mut connection = Arc::clone(connection).lock_owned().await;
        let step = tokio::task::spawn_blocking(move || step(&mut connection));
        let result = step.await.map_err(|_| StoreError::Interrupted)?;
        if let Err(error) = &result
            && let Some(error) = error.store_error().filter(|error| error.is_damage())
        {
            self.note_damage(error);
        }
        result
    }
}

impl StepError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl StepError for ChangeError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}
