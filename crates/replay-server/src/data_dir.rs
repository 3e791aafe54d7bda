//! The directory that holds everything a server keeps: only its owner may read it and its files, and
//! only one server at a time works on it.

use core::fmt;
use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::store::{Store, StoreError};

/// A data directory that is open to its owner only.
#[derive(Clone, Debug)]
pub struct DataDir {
    path: PathBuf,
}

/// The right to serve from a data directory; gone with the process that holds it.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a data directory cannot be used.
#[derive(Debug)]
pub enum DataDirError {
    /// The file system said no.
    Io(PathBuf, io::Error),
    /// There are files in it that are not a server's, so its mode is not ours to change.
    Foreign(PathBuf),
    /// Another server is using it.
    InUse(PathBuf),
    /// The database file at this path is damaged.
    Damaged(PathBuf, StoreError),
    /// The database file at this path cannot be used.
    Store(PathBuf, StoreError),
}

impl DataDir {
    /// Opens the directory at `path`, making it where there is none.
    ///
    /// # Errors
    /// When it cannot be made private, or belongs to something else.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let io = |error| DataDirError::Io(path.to_owned(), error);
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
        let dir = Self { path: path.to_owned() };
        let mode = fs::metadata(path).map_err(io)?.permissions().mode();
        if mode & 0o077 != 0 {
            let empty = fs::read_dir(path).map_err(io)?.next().is_none();
            if !empty && !dir.database().exists() {
                return Err(DataDirError::Foreign(path.to_owned()));
            }
            fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(io)?;
        }
        Ok(dir)
    }

    /// Takes the right to serve from it.
    ///
    /// # Errors
    /// When another process has it.
    pub fn lock(&self) -> Result<Lock, DataDirError> {
        let path = self.path.join("lock");
        let io = |error| DataDirError::Io(path.clone(), error);
        let file =
            File::options().create(true).append(true).mode(PRIVATE).open(&path).map_err(io)?;
        make_private(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(self.path.clone())),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// Opens the store in it; other processes may have it open too.
    ///
    /// # Errors
    /// When the database cannot be opened, or made private.
    pub fn store(&self) -> Result<Store, DataDirError> {
        self.make_database_private()?;
        Store::open(&self.database()).map_err(|error| {
            if error.is_damage() {
                DataDirError::Damaged(self.database(), error)
            } else {
                DataDirError::Store(self.database(), error)
            }
        })
    }

    /// Writes a small file to the disk and deletes it again.
    ///
    /// # Errors
    /// Why it cannot be written, without its path.
    pub(crate) fn try_to_write(&self) -> io::Result<()> {
        let path = self.path.join("probe");
        let written = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(PRIVATE)
            .open(&path)
            .and_then(|mut file| file.write_all(&[0; 4_096]).and_then(|()| file.sync_all()));
        let removed = fs::remove_file(&path);
        written.and(removed)
    }

    /// The folder in it for bodies that are not archived yet, made where there is none. Its files
    /// have no name, so they are gone with the process.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn spool(&self) -> Result<PathBuf, DataDirError> {
        let path = self.path.join("spool");
        match DirBuilder::new().recursive(true).mode(0o700).create(&path) {
            Ok(()) => Ok(path),
            Err(error) => Err(DataDirError::Io(path, error)),
        }
    }

    /// SQLite gives the mode of the database file to the files that it makes beside it.
    fn make_database_private(&self) -> Result<(), DataDirError> {
        let path = self.database();
        let io = |error| DataDirError::Io(path.clone(), error);
        // A file that exists is not opened: closing it would end SQLite's locks in this process.
        match File::options().create_new(true).write(true).mode(PRIVATE).open(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io(error)),
        }
        for suffix in ["", "-wal", "-shm"] {
            let mut path = path.clone().into_os_string();
            path.push(suffix);
            make_private(Path::new(&path)).map_err(io)?;
        }
        Ok(())
    }

    fn database(&self) -> PathBuf {
        self.path.join("replay.db")
    }
}

/// The mode of a file that only its owner may read and write.
const PRIVATE: u32 = 0o600;

/// Gives the file at `path` the mode [`PRIVATE`], if there is one.
fn make_private(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o777 == PRIVATE => Ok(()),
        Ok(_) => fs::set_permissions(path, Permissions::from_mode(PRIVATE)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

impl fmt::Display for DataDirError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Foreign(path) => write!(
                f,
                "{}: is not a data directory, and others may look into it; name a new one",
                path.display()
            ),
            Self::InUse(path) => write!(f, "{}: another server is using it", path.display()),
            Self::Damaged(path, error) => write!(
                f,
                "{}: the database file is damaged ({}); restore it from a backup, or move it and \
                 its -wal file away to start with an empty archive",
                path.display(),
                error.summary()
            ),
            Self::Store(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl core::error::Error for DataDirError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_is_private_also_when_it_was_there_before() {
        let parent = tempfile::tempdir().unwrap();
        let (fresh, empty) = (parent.path().join("a/b"), parent.path().join("c"));
        fs::create_dir(&empty).unwrap();
        fs::set_permissions(&empty, Permissions::from_mode(0o755)).unwrap();
        for path in [fresh, empty] {
            DataDir::open(&path).unwrap().store().unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn the_spool_is_a_private_folder_also_when_it_was_there_before() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        for _ in 0..2 {
            let spool = data.spool().unwrap();
            assert_eq!(spool.parent(), Some(dir.path()));
            assert_eq!(fs::metadata(&spool).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn somebody_elses_directory_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("letter"), "dear").unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::Foreign(_))));
        assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn only_one_server_works_on_a_data_directory() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let lock = data.lock().unwrap();
        assert!(matches!(data.lock(), Err(DataDirError::InUse(_))));
        drop(lock);
        data.lock().unwrap();
    }
}
