//! The data directory of a server: only its owner may access it and its files, and only one server at a
//! time serves from it. It does not know what the files contain.

use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::store::{Store, StoreError};

/// A data directory that only its owner may access; or a database file outside of one, like a
/// backup, whose other files are in a directory beside it.
#[derive(Clone, Debug)]
pub struct DataDir {
    path: PathBuf,
    database: PathBuf,
}

/// The exclusive right to serve from a data directory. It ends when this value is dropped or the process
/// ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a data directory cannot be used. Each variant has the path of the directory or file.
#[derive(Debug, Error)]
pub enum DataDirError {
    /// The file system returned an error.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    Io(PathBuf, io::Error),
    /// Others may access the directory, and it contains files but no database. Its mode is left
    /// unchanged.
    #[error("{}: is not a data directory, and others may look into it; name a new one", .0.display())]
    Foreign(PathBuf),
    /// Another server is using it.
    #[error("{}: another server is using it", .0.display())]
    InUse(PathBuf),
    /// The file is not an archive, or an incomplete one.
    #[error("{}: the file is not an archive", .0.display())]
    NoArchive(PathBuf),
    /// There is no database.
    #[error("{}: there is no data directory", .0.display())]
    Missing(PathBuf),
    /// The database file is damaged.
    #[error(
        "{}: the database file is damaged ({}); restore it from a backup, or move it and its -wal \
         file away to start with an empty archive",
        .0.display(),
        .1.summary()
    )]
    Damaged(PathBuf, StoreError),
    /// The database file cannot be opened.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    Store(PathBuf, StoreError),
}

impl DataDir {
    /// Opens the directory at `path`, or creates it. Its mode becomes 0700. If `path` is a file, it is
    /// the database.
    ///
    /// # Errors
    /// [`DataDirError::Foreign`], or [`DataDirError::Io`] if it cannot be created or made private.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        if path.is_file() {
            let mut files = path.as_os_str().to_owned();
            files.push(".files");
            return Ok(Self { path: files.into(), database: path.to_owned() });
        }
        let io = |error| DataDirError::Io(path.to_owned(), error);
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
        let dir = Self { path: path.to_owned(), database: path.join("replay.db") };
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

    /// Opens the directory, or the database file, at `path` if it has a database.
    ///
    /// # Errors
    /// [`DataDirError::Missing`], and those of [`open`](Self::open).
    pub fn open_existing(path: &Path) -> Result<Self, DataDirError> {
        if !path.is_file() && !path.join("replay.db").exists() {
            return Err(DataDirError::Missing(path.to_owned()));
        }
        Self::open(path)
    }

    /// Creates an empty file beside `path` for a backup, which only its owner may access; returns its
    /// path. An unfinished backup there is removed.
    ///
    /// # Errors
    /// [`DataDirError::Io`] if there is a file at `path`, or the other one cannot be created.
    pub fn create_backup_file(path: &Path) -> Result<PathBuf, DataDirError> {
        let io = |error| DataDirError::Io(path.to_owned(), error);
        if path.exists() {
            return Err(io(io::ErrorKind::AlreadyExists.into()));
        }
        for suffix in ["", "-journal"] {
            let mut unfinished = path.as_os_str().to_owned();
            unfinished.push(".unfinished");
            unfinished.push(suffix);
            match fs::remove_file(&unfinished) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
                _ => {}
            }
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        File::options().create_new(true).write(true).mode(PRIVATE).open(&unfinished).map_err(io)?;
        Ok(unfinished.into())
    }

    /// Acquires the exclusive right to serve from the directory.
    ///
    /// # Errors
    /// [`DataDirError::InUse`] while another [`Lock`] exists, or [`DataDirError::Io`] if the lock file
    /// cannot be used.
    pub fn lock(&self) -> Result<Lock, DataDirError> {
        let path = self.path.join("lock");
        let io = |error| DataDirError::Io(path.clone(), error);
        // A database file outside of a data directory has no directory for its other files yet.
        DirBuilder::new().recursive(true).mode(0o700).create(&self.path).map_err(io)?;
        let file =
            File::options().create(true).append(true).mode(PRIVATE).open(&path).map_err(io)?;
        make_private(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(self.path.clone())),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// Opens the store in the directory. Other processes may have it open too.
    ///
    /// # Errors
    /// [`DataDirError::Damaged`] or [`DataDirError::Store`] if the database cannot be opened,
    /// [`DataDirError::Io`] if it cannot be made private.
    pub fn store(&self) -> Result<Store, DataDirError> {
        self.open_store(Store::open)
    }

    /// Opens the store in the directory if this version has written it.
    ///
    /// # Errors
    /// Those of [`store`](Self::store), and [`DataDirError::Store`] if another version has written it.
    pub fn current_store(&self) -> Result<Store, DataDirError> {
        self.open_store(Store::open_current)
    }

    /// The path of the database file, which is created if it is missing. Only its owner may access it.
    ///
    /// # Errors
    /// [`DataDirError::Io`] if it cannot be created or made private.
    pub fn database_file(&self) -> Result<&Path, DataDirError> {
        self.make_database_private()?;
        Ok(&self.database)
    }

    fn open_store(
        &self,
        open: impl Fn(&Path) -> Result<Store, StoreError>,
    ) -> Result<Store, DataDirError> {
        let is_file = self.database.parent() != Some(&self.path);
        if is_file && !Store::is_archive(&self.database) {
            return Err(DataDirError::NoArchive(self.database()));
        }
        self.make_database_private()?;
        open(&self.database()).map_err(|error| {
            if error.is_damage() {
                DataDirError::Damaged(self.database(), error)
            } else {
                DataDirError::Store(self.database(), error)
            }
        })
    }

    /// Writes a small file, syncs it to the disk and deletes it.
    ///
    /// # Errors
    /// The error of the file system, without a path.
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

    /// The folder for request bodies that are not archived yet; it is created if missing. Its files have
    /// no name, so they are deleted when the process ends.
    ///
    /// # Errors
    /// [`DataDirError::Io`] if the folder cannot be created.
    pub fn spool(&self) -> Result<PathBuf, DataDirError> {
        let path = self.path.join("spool");
        match DirBuilder::new().recursive(true).mode(0o700).create(&path) {
            Ok(()) => Ok(path),
            Err(error) => Err(DataDirError::Io(path, error)),
        }
    }

    /// Gives the database and its existing side files the mode 0600. SQLite creates new side files with
    /// the mode of the database.
    fn make_database_private(&self) -> Result<(), DataDirError> {
        let path = self.database();
        let io = |error| DataDirError::Io(path.clone(), error);
        // An existing file is not opened: closing it would release SQLite's locks in this process.
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
        self.database.clone()
    }
}

/// The mode of a file that only its owner may access.
const PRIVATE: u32 = 0o600;

/// Gives the file at `path` the mode [`PRIVATE`], if the file exists.
fn make_private(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o777 == PRIVATE => Ok(()),
        Ok(_) => fs::set_permissions(path, Permissions::from_mode(PRIVATE)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_and_an_existing_data_directory_become_private() {
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
    fn the_spool_is_a_private_folder_when_it_is_created_and_when_it_exists() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        for _ in 0..2 {
            let spool = data.spool().unwrap();
            assert_eq!(spool.parent(), Some(dir.path()));
            assert_eq!(fs::metadata(&spool).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_directory_with_other_files_is_rejected_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("other"), "text").unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::Foreign(_))));
        assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn a_data_directory_has_one_lock_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let lock = data.lock().unwrap();
        assert!(matches!(data.lock(), Err(DataDirError::InUse(_))));
        drop(lock);
        data.lock().unwrap();
    }
}
