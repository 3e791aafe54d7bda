//! Where a command finds its store: in a data directory, or in a database on PostgreSQL.

use std::{env, io, path::PathBuf};

use thiserror::Error;

use crate::{
    data_dir::{DataDir, DataDirError},
    database_url::DatabaseUrl,
    store::{PostgresTarget, Store, StoreError},
};

/// Why a store cannot be opened.
#[derive(Debug, Error)]
pub enum StoreLocationError {
    /// The options do not name one store.
    #[error("name the data directory with --data, or a database with --database")]
    NotNamed,
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The password file or the file of certificates cannot be used.
    #[error("a file that --database names cannot be used: {0}")]
    File(#[from] io::Error),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The location of a store.
#[derive(Clone, Debug)]
pub enum StoreLocation {
    /// A data directory, or a backup.
    Data(PathBuf),
    /// A database on PostgreSQL.
    Database(Box<DatabaseUrl>),
}

impl StoreLocation {
    /// Reads the path of a data directory, or the URL of a database.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the URL.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Database(Box::new(DatabaseUrl::read(text)?)))
        } else {
            Ok(Self::Data(text.into()))
        }
    }

    /// The location that the options name.
    ///
    /// # Errors
    /// They name none, or two.
    pub fn of(
        data: Option<PathBuf>,
        database: Option<DatabaseUrl>,
    ) -> Result<Self, StoreLocationError> {
        match (data, database) {
            (Some(data), None) => Ok(Self::Data(data)),
            (None, Some(database)) => Ok(Self::Database(Box::new(database))),
            (None, None) | (Some(_), Some(_)) => Err(StoreLocationError::NotNamed),
        }
    }

    /// Opens the store, and creates it if necessary.
    ///
    /// # Errors
    /// It cannot be opened, or a newer program has written it.
    pub async fn open(&self) -> Result<Store, StoreLocationError> {
        match self {
            Self::Data(path) => Ok(DataDir::open(path)?.store()?),
            Self::Database(url) => connect(url).await,
        }
    }

    /// Opens the store if there is one of this version; no other one is changed.
    ///
    /// # Errors
    /// There is none, or it cannot be opened.
    pub async fn open_current(&self) -> Result<Store, StoreLocationError> {
        match self {
            Self::Data(path) => Ok(DataDir::open_existing(path)?.current_store()?),
            Self::Database(url) => Ok(Store::connect_current(target(url)?).await?),
        }
    }
}

/// Connects to a database on PostgreSQL. The password may be in the environment.
///
/// # Errors
/// There is no connection, or a newer program has migrated the database.
pub(crate) async fn connect(url: &DatabaseUrl) -> Result<Store, StoreLocationError> {
    Ok(Store::connect(target(url)?).await?)
}

/// What connections to a database on PostgreSQL need. The password may be in the environment.
///
/// # Errors
/// The password file or the file of certificates cannot be read.
pub(crate) fn target(url: &DatabaseUrl) -> io::Result<PostgresTarget> {
    let password = env::var("PGPASSWORD").ok();
    url.target(password.as_deref())
}
