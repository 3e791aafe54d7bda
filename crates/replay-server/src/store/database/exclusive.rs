//! A database that one process has for itself: a connection for one step after another, on the thread
//! of the caller. It knows no table.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{
    super::{
        StoreError, schema,
        settings::{Mode, configure, prepare, try_to_empty_log},
        sql::{Access, PostgresConnection, PostgresTarget, Sql},
        transaction::commit,
        write::Write,
    },
    access::Scope,
    locks::Locks,
};

/// A database. One on PostgreSQL has no other connection of this program once it is locked; who opens a
/// file has to hold the lock of its directory.
#[derive(Debug)]
pub(in crate::store) enum Exclusive {
    /// A file.
    Sqlite(Connection),
    /// A database on PostgreSQL.
    Postgres(Box<PostgresConnection>),
}

impl Exclusive {
    /// Opens a file. It is created if it does not exist; nothing is written to it before a step does.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(in crate::store) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::configured(Connection::open(path)?)
    }

    /// Opens a file for reads.
    ///
    /// # Errors
    /// There is no file, or it cannot be opened.
    pub(in crate::store) fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        Self::configured(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
    }

    fn configured(connection: Connection) -> Result<Self, StoreError> {
        configure(&connection)?;
        Ok(Self::Sqlite(connection))
    }

    /// Connects to a database on PostgreSQL, without the right to use it alone.
    ///
    /// # Errors
    /// There is no connection.
    pub(in crate::store) fn connect(target: &PostgresTarget) -> Result<Self, StoreError> {
        Ok(Self::Postgres(Box::new(PostgresConnection::open_alone(target)?)))
    }

    /// What distinguishes a database on PostgreSQL from others; `None` for a file.
    ///
    /// # Errors
    /// The database fails.
    pub(in crate::store) fn name(&mut self) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            // The time of the start, in microseconds, distinguishes a server from others.
            Self::Postgres(_) => self.read(|db| {
                let sql = "SELECT CAST(current_database() AS TEXT) || ' '
                                  || CAST(pg_postmaster_start_time() AS TEXT)";
                db.one(sql, &[], |row| row.get(0)).map(Some)
            }),
        }
    }

    /// Excludes other connections of this program to a database on PostgreSQL, from now on.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if there are some, or the database fails.
    pub(in crate::store) fn lock(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(connection) => connection.lock_alone(),
        }
    }

    /// Checks that this version has written the database, without changing it.
    ///
    /// # Errors
    /// [`StoreError::Older`] or [`StoreError::Newer`] if another version has, [`StoreError::NoArchive`]
    /// if none has, or the database cannot be read.
    pub(in crate::store) fn check_version(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => schema::check_version_of(connection),
            Self::Postgres(connection) => connection.transact(schema::postgres::check_version),
        }
    }

    /// Creates the tables, or migrates them.
    ///
    /// # Errors
    /// A newer program has written the database, or it fails.
    pub(in crate::store) fn migrate(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => prepare(connection),
            Self::Postgres(connection) => connection.run(schema::postgres::migrate),
        }
    }

    /// Runs a read.
    ///
    /// # Errors
    /// The step or the database fails.
    pub(in crate::store) fn read<T>(
        &mut self,
        step: impl FnOnce(&Sql<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => step(&Sql::from(&*connection.transaction()?)),
            Self::Postgres(connection) => {
                let transaction = connection.begin(Access::ReadAtOneMoment)?;
                let value = step(&Sql::from(&transaction))?;
                transaction.commit()?;
                Ok(value)
            }
        }
    }

    /// Runs one transaction. If it is synced, it is on the disk when this returns, with all before it.
    ///
    /// # Errors
    /// The step or the database fails; nothing is changed.
    pub(in crate::store) fn write<T>(
        &mut self,
        is_synced: bool,
        step: impl FnOnce(&Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                Mode { is_synced, overwrites: false }.set(connection)?;
                Ok(commit(connection, None, step)?.value)
            }
            Self::Postgres(connection) => {
                let locks = Locks { scope: Scope::Claims, region: None };
                let access = Access::Write { locks: locks.to_string().into(), is_synced };
                let transaction = connection.begin(access)?;
                let write = Write::new(Sql::from(&transaction));
                let value = step(&write)?;
                drop(write);
                transaction.commit()?;
                Ok(value)
            }
        }
    }

    /// Uses the connection to PostgreSQL outside of the steps; does nothing to a file.
    ///
    /// # Errors
    /// The step or the database fails.
    pub(in crate::store) fn on_postgres(
        &mut self,
        step: impl FnOnce(&mut PostgresConnection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(connection) => step(connection),
        }
    }

    /// Leaves no write-ahead log beside a file.
    pub(in crate::store) fn empty_log(&mut self) {
        if let Self::Sqlite(connection) = self {
            // If this fails, closing the file empties the log.
            let _ = try_to_empty_log(connection);
        }
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        if let Self::Postgres(connection) = self {
            // Without a connection there is no lock.
            let _ = connection.unlock();
        }
    }
}
