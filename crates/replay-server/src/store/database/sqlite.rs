//! The SQLite connections of a database: opening, and running steps on blocking threads. It knows no
//! table.

use core::time::Duration;
use std::{path::Path, sync::Arc};

use rusqlite::{Connection, OpenFlags};
use tokio::{sync::Mutex, task::spawn_blocking, time::sleep};

use super::{
    super::{
        StoreError,
        files::Files,
        settings::{Mode, configure, prepare, try_to_empty_log},
        sql::Sql,
        transaction::{Committed, commit},
        unfinished_copy,
        write::{Effects, Write},
    },
    access::{Reading, Scope, Writing},
};

/// A connection for writes and some for reads, so that no read waits for a write, and a short read
/// seldom for a long one.
#[derive(Debug)]
pub(super) struct SqliteConnections {
    writer: Arc<Mutex<Connection>>,
    readers: Box<[Arc<Mutex<Connection>>]>,
    /// `None` for a database in memory.
    files: Option<Files>,
}

/// The number of connections for reads: one for deliveries, one for sealing, and two for requests.
const READERS: usize = 4;

/// The wait before the next attempt to empty the write-ahead log after readers prevented it.
const EMPTY_LOG_AGAIN: Duration = Duration::from_secs(1);

impl SqliteConnections {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut writer = Connection::open(path)?;
        unfinished_copy::check(&Sql::from(&writer))?;
        prepare(&mut writer)?;
        let files = Some(Files::of(path)?);
        let reader = || {
            let reader = Connection::open(path)?;
            configure(&reader)?;
            reader.pragma_update(None, "query_only", true)?;
            Ok(Arc::new(Mutex::new(reader)))
        };
        let readers = (0..READERS).map(|_| reader()).collect::<Result<_, StoreError>>()?;
        Ok(Self { writer: Arc::new(Mutex::new(writer)), readers, files })
    }

    pub(super) fn in_memory(image: Option<&[u8]>) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        if let Some(image) = image {
            connection.deserialize_read_exact("main", image, image.len(), false)?;
        }
        prepare(&mut connection)?;
        let connection = Arc::new(Mutex::new(connection));
        Ok(Self { writer: Arc::clone(&connection), readers: Box::new([connection]), files: None })
    }

    /// The size of the database file; `None` for a database in memory.
    pub(super) fn file_bytes(&self) -> Option<u64> {
        let path = self.files.as_ref()?.path();
        std::fs::metadata(path).ok().map(|metadata| metadata.len())
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        reading: Reading,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = if reading.is_long { self.separate()? } else { self.reader()? };
        blocking(&connection, move |db| {
            if reading.is_of_one_moment {
                step(&Sql::from(&*db.transaction()?))
            } else {
                step(&Sql::from(&*db))
            }
        })
        .await
    }

    pub(super) async fn write<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        self: &Arc<Self>,
        writing: Writing,
        step: impl FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
        follow: impl FnOnce(&Effects) + Send + 'static,
    ) -> Result<T, E> {
        let this = Arc::clone(self);
        let overwrites = matches!(writing.scope, Scope::State | Scope::Tokens);
        let mode = Mode { is_synced: writing.is_synced, overwrites };
        // The actions after the commit run even if the caller's future is dropped.
        blocking(&self.writer, move |db| {
            mode.set(db)?;
            let Committed { value, effects } = commit(db, this.files.as_ref(), step)?;
            follow(&effects);
            if effects.deleted_secret && !try_to_empty_log(db) {
                tokio::spawn(async move { this.empty_log().await });
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
        blocking(&self.writer, step).await
    }

    /// The whole database as the bytes of an SQLite file.
    pub(super) async fn image(&self) -> Result<Vec<u8>, StoreError> {
        blocking(&self.writer, |db| Ok(db.serialize("main")?.to_vec())).await
    }

    /// A connection for reads: one that is free, if there is one.
    fn reader(&self) -> Result<Arc<Mutex<Connection>>, StoreError> {
        let free = self.readers.iter().find(|reader| reader.try_lock().is_ok());
        free.or(self.readers.last()).cloned().ok_or(StoreError::Interrupted)
    }

    /// A new connection for reads; of a database in memory, the only one.
    fn separate(&self) -> Result<Arc<Mutex<Connection>>, StoreError> {
        let Some(files) = &self.files else { return self.reader() };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Ok(Arc::new(Mutex::new(Connection::open_with_flags(files.path(), flags)?)))
    }
}

/// Runs `step` on a blocking thread, in order of arrival for each connection.
async fn blocking<T: Send + 'static, E: From<StoreError> + Send + 'static>(
    connection: &Arc<Mutex<Connection>>,
    step: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let mut connection = Arc::clone(connection).lock_owned().await;
    let step = spawn_blocking(move || step(&mut connection));
    step.await.map_err(|_| StoreError::Interrupted)?
}
