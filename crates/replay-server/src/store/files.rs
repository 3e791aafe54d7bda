//! The database file and its write-ahead log: checks that the files at their paths are still the ones
//! that were opened. Writes to a file that was moved, deleted or emptied would be lost.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::StoreError;

/// The files of an open database, identified by device and inode.
#[derive(Debug)]
pub(super) struct Files {
    database: Opened,
    log: Opened,
}

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    id: FileId,
}

#[derive(Debug, Eq, PartialEq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl Files {
    /// The files of the database that was opened at `path` in WAL mode.
    ///
    /// # Errors
    /// [`StoreError::Replaced`] if one of them is missing.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        // SQLite keeps the log beside the target of a symbolic link.
        let mut log = OsString::from(fs::canonicalize(path).map_err(|_| StoreError::Replaced)?);
        log.push("-wal");
        Ok(Self { database: Opened::at(path.to_owned())?, log: Opened::at(log.into())? })
    }

    /// The path of the database file.
    pub(super) fn path(&self) -> &Path {
        &self.database.path
    }

    /// Checks that both files are still in place, and that the database file was not emptied.
    ///
    /// # Errors
    /// [`StoreError::Replaced`] if one of them is not.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        // SQLite deletes the log of an empty database file when it opens it the next time.
        let emptied = fs::metadata(self.path()).is_ok_and(|metadata| metadata.len() == 0);
        let in_place = self.database.is_in_place() && self.log.is_in_place();
        if in_place && !emptied { Ok(()) } else { Err(StoreError::Replaced) }
    }
}

impl Opened {
    fn at(path: PathBuf) -> Result<Self, StoreError> {
        let id = FileId::at(&path).ok_or(StoreError::Replaced)?;
        Ok(Self { path, id })
    }

    fn is_in_place(&self) -> bool {
        FileId::at(&self.path).is_some_and(|id| id == self.id)
    }
}

impl FileId {
    fn at(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}
