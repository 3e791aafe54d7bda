//! The errors of the store, and a summary of each that may be published.

use core::fmt;

use replay_core::Refusal;
use rusqlite::{ErrorCode, ffi::code_to_str};

/// Why a requested change was not made; nothing is changed.
#[derive(Debug)]
pub enum ChangeError {
    /// The request is refused.
    Refused(Refusal),
    /// The store failed.
    Store(StoreError),
}

/// Why the store failed; nothing is changed.
#[derive(Debug)]
pub enum StoreError {
    /// SQLite failed.
    Database(rusqlite::Error),
    /// This stored value is not one that this program writes.
    Corrupt(&'static str),
    /// A check of the file has found this damage.
    DamagedFile(String),
    /// This part of the archive is not the one that was written.
    DamagedPart(PartName),
    /// A newer program has written the database.
    Newer,
    /// An earlier version has written the database, and only `serve` converts it.
    Older,
    /// The path of a file is not UTF-8.
    PathNotUtf8,
    /// The file at the path of the database or its write-ahead log is not the one that was opened.
    Replaced,
    /// The step's thread panicked or was cancelled.
    Interrupted,
}

/// The name of a part of the archive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PartName {
    /// Its id in the database.
    pub id: i64,
    /// Whether it is a block; otherwise it is the recent lines of one append.
    pub is_block: bool,
}

impl StoreError {
    /// Whether the stored data is damaged, so that another attempt fails, too.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            Self::Corrupt(_) | Self::DamagedFile(_) | Self::DamagedPart(_) => true,
            Self::Newer | Self::Older | Self::PathNotUtf8 | Self::Replaced | Self::Interrupted => {
                false
            }
        }
    }

    /// The cause, without paths, SQL and stored values.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Database(error) => match error.sqlite_error() {
                Some(error) => code_to_str(error.extended_code).to_owned(),
                None => "an unexpected value was read".to_owned(),
            },
            Self::DamagedFile(damage) => damage.clone(),
            Self::Corrupt(_)
            | Self::DamagedPart(_)
            | Self::Newer
            | Self::Older
            | Self::PathNotUtf8
            | Self::Replaced
            | Self::Interrupted => self.to_string(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) if self.is_damage() => {
                write!(f, "the database file is damaged: {error}")
            }
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::Corrupt(what) => write!(f, "the database holds no readable {what}"),
            Self::DamagedFile(damage) => write!(f, "the database file is damaged: {damage}"),
            Self::DamagedPart(part) => write!(f, "{part} is damaged"),
            Self::Older => f.write_str(
                "the database was written by an earlier version; `serve` converts it when it starts",
            ),
            Self::PathNotUtf8 => f.write_str("the path of the file is not UTF-8"),
            Self::Newer => f.write_str("the database was written by a newer version"),
            Self::Replaced => f.write_str("the database file is no longer at its path"),
            Self::Interrupted => f.write_str("the database step was interrupted"),
        }
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_block { "block" } else { "part" };
        write!(f, "{kind} {} of the archive", self.id)
    }
}

impl core::error::Error for StoreError {}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => f.write_str("the change was refused"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ChangeError {}

impl From<Refusal> for ChangeError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for ChangeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}
