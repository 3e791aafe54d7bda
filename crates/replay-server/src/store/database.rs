//! The SQLite connections: opening, durability of commits, and running steps on blocking threads. It
//! knows no table.

use core::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use std::{path::Path, sync::Arc};

use rusqlite::{Connection, OpenFlags};
use tokio::{sync::Mutex, time::sleep};

use super::{
    ChangeError, StoreError,
    files::Files,
    schema,
    write::{Write, commit},
};

/// A connection for writes and one for reads, so that neither waits for the other.
#[derive(Clone, Debug)]
pub(super) struct Database {
    writer: Arc<Mutex<Connection>>,
    reader: Arc<Mutex<Connection>>,
    /// `None` for a database in memory.
    files: Option<Arc<Files>>,
    /// Set once a step has found damage.
    damaged: Arc<AtomicBool>,
}

/// The error of a step: a [`StoreError`], or a refusal. Nothing was changed in both cases.
pub(super) trait StepError: From<StoreError> + Send + 'static {
    /// The failure of the database, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

/// The longest wait for the lock of another connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The wait before the next attempt to empty the write-ahead log after readers prevented it.
const EMPTY_LOG_AGAIN: Duration = Duration::from_secs(1);

impl Database {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut writer = Connection::open(path)?;
        prepare(&mut writer)?;
        let files = Files::of(path)?;
        let reader = Connection::open(path)?;
        configure(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self {
            writer: Arc::new(Mutex::new(writer)),
            reader: Arc::new(Mutex::new(reader)),
            files: Some(Arc::new(files)),
            damaged: Arc::default(),
        })
    }

    pub(super) fn in_memory(image: Option<&[u8]>) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        if let Some(image) = image {
            connection.deserialize_read_exact("main", image, image.len(), false)?;
        }
        prepare(&mut connection)?;
        let connection = Arc::new(Mutex::new(connection));
        Ok(Self {
            writer: Arc::clone(&connection),
            reader: connection,
            files: None,
            damaged: Arc::default(),
        })
    }

    /// Runs a read; writes may be committed meanwhile.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.blocking(&self.reader, move |db| step(db)).await
    }

    /// Runs a long read on a new connection, so that other reads do not wait for it.
    pub(super) async fn read_separately<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(files) = &self.files else { return self.read(step).await };
        let connection =
            Connection::open_with_flags(files.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        self.blocking(&Arc::new(Mutex::new(connection)), move |db| step(db)).await
    }

    /// Runs one transaction, which is on disk when this returns. If it fails, nothing is changed.
    pub(super) async fn write<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact("FULL", step).await
    }

    /// Runs one transaction that survives a crash of this process, and a power failure only after a
    /// later [`write`](Self::write). For steps that may safely be repeated.
    pub(super) async fn write_lazily<T: Send + 'static, E: StepError>(
        &self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.transact("NORMAL", step).await
    }

    async fn transact<T: Send + 'static, E: StepError>(
        &self,
        synchronous: &'static str,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let database = self.clone();
        // The actions after the commit run even if the caller's future is dropped.
        self.blocking(&self.writer, move |db| {
            db.pragma_update(None, "synchronous", synchronous).map_err(StoreError::from)?;
            let committed = commit(db, database.files.as_deref(), step)?;
            for change in &committed.changes {
                change.log();
            }
            if committed.deleted_secret && !try_to_empty_log(db) {
                tokio::spawn(async move { database.empty_log().await });
            }
            Ok(committed.value)
        })
        .await
    }

    /// Moves the write-ahead log into the database file and empties it, as soon as no reader needs
    /// it.
    pub(super) async fn empty_log(&self) {
        let emptied = || async {
            let step = |db: &mut Connection| Ok::<_, StoreError>(try_to_empty_log(db));
            self.blocking(&self.writer, step).await.unwrap_or(false)
        };
        while !emptied().await {
            sleep(EMPTY_LOG_AGAIN).await;
        }
    }

    /// The whole database as the bytes of an SQLite file.
    pub(super) async fn image(&self) -> Result<Vec<u8>, StoreError> {
        self.blocking(&self.writer, |db| Ok(db.serialize("main")?.to_vec())).await
    }

    /// Whether a step has found damage since the database was opened.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Records that the database is damaged.
    pub(super) fn note_damage(&self) {
        self.damaged.store(true, Ordering::Relaxed);
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
            && error.store_error().is_some_and(StoreError::is_damage)
        {
            self.note_damage();
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

fn prepare(db: &mut Connection) -> Result<(), StoreError> {
    configure(db)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    commit(db, None, |tx| schema::migrate(tx)).map(|_| ())
}

/// Tries to empty the write-ahead log; returns whether it is empty now.
fn try_to_empty_log(db: &Connection) -> bool {
    // With a busy timeout, writes would wait for the readers that prevent it.
    let emptied = db.busy_timeout(Duration::ZERO).and_then(|()| {
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
    });
    let restored = db.busy_timeout(BUSY_TIMEOUT);
    matches!((emptied, restored), (Ok(false), Ok(())))
}

fn configure(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}
