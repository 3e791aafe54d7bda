//! PostgreSQL servers in folders of their own, for tests and benchmarks: where the programs are, and how
//! they are run. It starts no process that keeps running, and knows no database.

use std::{
    env, fs, io,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

/// The files of a server, which is reached at a socket in the same folder as the superuser `postgres`
/// without a password.
#[derive(Clone, Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    is_root: bool,
}

impl Cluster {
    /// Creates the files in a folder that exists. Others must be able to enter the folders above it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or `initdb` fails.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let cluster = Self::in_folder(folder)?;
        cluster.give(folder)?;
        let mut initdb = cluster.program("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]);
        let output = initdb.args(["--locale=C", "--pgdata"]).arg(cluster.data()).output()?;
        if output.status.success() {
            return Ok(cluster);
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// A server whose files are made by other means, such as a backup of another server.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or the folder does not exist.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        let is_root = fs::metadata(folder)?.uid() == 0;
        Ok(Self { programs: programs()?, folder: folder.to_owned(), is_root })
    }

    /// The folder, which has the socket.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The address of a database of the server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{database}")
    }

    /// The command that runs the server in the foreground. It listens at the socket only.
    #[must_use]
    pub fn server(&self) -> Command {
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).arg("-k").arg(&self.folder);
        command.args(["-c", "listen_addresses="]);
        command
    }

    /// Whether the server accepts connections.
    ///
    /// # Errors
    /// `pg_isready` cannot be started.
    pub fn is_ready(&self) -> io::Result<bool> {
        let mut command = self.program("pg_isready");
        Ok(command.arg("--quiet").arg("--host").arg(&self.folder).status()?.success())
    }

    /// A command with one of PostgreSQL's programs. They refuse to run as root; as root, they run as
    /// `nobody`.
    #[must_use]
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder);
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// Makes a file or folder that of the user who runs the programs.
    ///
    /// # Errors
    /// It does not exist.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        if self.is_root { chown(path, Some(NOBODY), Some(NOBODY)) } else { Ok(()) }
    }
}

const NOBODY: u32 = 65_534;

/// The folder of the programs: that of `initdb` on PATH, or where Debian has the latest version.
///
/// # Errors
/// PostgreSQL is not installed.
pub fn programs() -> io::Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // A link does not have the other programs beside it.
    let mut on_path =
        env::split_paths(&path).filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok());
    let on_path = on_path.next().and_then(|initdb| Some(initdb.parent()?.to_owned()));
    let found = on_path.or_else(|| latest(Path::new("/usr/lib/postgresql")));
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "PostgreSQL is not installed"))
}

fn latest(versions: &Path) -> Option<PathBuf> {
    let version = |entry: &fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    Some(versions.max_by_key(version)?.path().join("bin"))
}
