//! The errors of the store, and a summary of each that may be published.

use core::fmt;

use replay_core::Refusal;

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
    /// The database failed.
    Database(DatabaseError),
    /// A column of an answer has a value of another type than expected.
    UnexpectedValue {
        /// The index of the column.
        column: usize,
    },
    /// An answer that always has a row has none.
    MissingRow,
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
    /// The step is for a database file, and this database is on PostgreSQL.
    OnlyOfFiles,
    /// Another node has claimed the lease of the work that the step belongs to.
    Fenced,
    /// There is no archive in the database.
    NoArchive,
    /// A copy into the database was interrupted.
    UnfinishedCopy,
    /// Another process uses the database, which a copy needs for itself.
    InUse,
    /// A copy from or into the database is under way.
    BeingCopied,
}

/// The error of a database.
#[derive(Debug)]
pub struct DatabaseError {
    /// What follows from it.
    pub(super) kind: FailureKind,
    /// The cause, without paths, SQL and stored values.
    pub(super) summary: String,
    /// The error as the database's library reports it.
    pub(super) cause: Box<dyn core::error::Error + Send + Sync>,
}

/// What follows from the error of a database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FailureKind {
    /// The stored data is damaged.
    Damage,
    /// The database can do nothing for now; a later attempt may succeed.
    Unavailable,
    /// Nothing in particular.
    Other,
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
            Self::Database(error) => error.kind == FailureKind::Damage,
            Self::Corrupt(_) | Self::DamagedFile(_) | Self::DamagedPart(_) => true,
            Self::UnexpectedValue { .. }
            | Self::MissingRow
            | Self::Newer
            | Self::Older
            | Self::PathNotUtf8
            | Self::Replaced
            | Self::Interrupted
            | Self::OnlyOfFiles
            | Self::Fenced
            | Self::NoArchive
            | Self::UnfinishedCopy
            | Self::InUse
            | Self::BeingCopied => false,
        }
    }

    /// Whether the database can do nothing for now: it restarts, is out of reach, lacks space, or is
    /// being copied.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        let is_of_database =
            matches!(self, Self::Database(error) if error.kind == FailureKind::Unavailable);
        is_of_database || matches!(self, Self::BeingCopied)
    }

    /// The cause, without paths, SQL and stored values.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Database(error) => error.summary.clone(),
            Self::UnexpectedValue { .. } | Self::MissingRow => {
                "an unexpected value was read".to_owned()
            }
            Self::DamagedFile(damage) => damage.clone(),
            Self::Corrupt(_)
            | Self::DamagedPart(_)
            | Self::Newer
            | Self::Older
            | Self::PathNotUtf8
            | Self::Replaced
            | Self::Interrupted
            | Self::OnlyOfFiles
            | Self::Fenced
            | Self::NoArchive
            | Self::UnfinishedCopy
            | Self::InUse
            | Self::BeingCopied => self.to_string(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(DatabaseError { cause, .. }) if self.is_damage() => {
                write!(f, "the database file is damaged: {cause}")
            }
            Self::Database(DatabaseError { cause, .. }) => {
                write!(f, "the database failed: {cause}")
            }
            Self::UnexpectedValue { column } => {
                write!(f, "the database failed: column {column} has an unexpected value")
            }
            Self::MissingRow => f.write_str("the database failed: a row is missing"),
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
            Self::OnlyOfFiles => f.write_str("this is done to a database file, and there is none"),
            Self::Fenced => f.write_str("another node has claimed this work"),
            Self::NoArchive => f.write_str("the database has no archive"),
            Self::UnfinishedCopy => f.write_str(
                "a copy into the database was interrupted; the same `copy` command finishes it",
            ),
            Self::InUse => f.write_str("another process uses the database; stop every server on it"),
            Self::BeingCopied => f.write_str("the database is being copied"),
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
