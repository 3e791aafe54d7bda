//! PostgreSQL servers in folders of their own, for tests and benchmarks: where the programs are, and how
//! they are run. It makes no connections to them, and knows no database.

mod processes;
mod running;

use std::{
    env,
    ffi::OsStr,
    fs, io,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

pub use processes::children;
pub use running::{FolderAtEnd, Running};

/// The files of a server, which is reached at a socket in the same folder as the superuser `postgres`
/// without a password.
#[derive(Clone, Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    is_root: bool,
}

impl Cluster {
    /// Creates the files in a new folder. Others must be able to enter the folders above it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or `initdb` fails.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let cluster = Self::in_folder(folder)?;
        let mut initdb = cluster.program("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]);
        run(initdb.args(["--locale=C", "--pgdata"]).arg(cluster.data()))?;
        Ok(cluster)
    }

    /// Creates the files of a standby of this server, which runs, in a new folder.
    ///
    /// # Errors
    /// `pg_basebackup` fails.
    pub fn create_standby(&self, folder: &Path) -> io::Result<Self> {
        let standby = Self::in_folder(folder)?;
        let mut backup = standby.program("pg_basebackup");
        backup.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]);
        backup.arg("--username=postgres").arg("--host").arg(&self.folder);
        run(backup.arg("--pgdata").arg(standby.data()))?;
        Ok(standby)
    }

    /// Makes a standby, which runs, the server that accepts writes.
    ///
    /// # Errors
    /// `pg_ctl` fails.
    pub fn promote(&self) -> io::Result<()> {
        run(self.program("pg_ctl").args(["promote", "--wait", "--pgdata"]).arg(self.data()))
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
        Self::url_of(&[self], database)
    }

    /// The address of a database of the first of these servers that a client accepts.
    #[must_use]
    pub fn url_of(clusters: &[&Self], database: &str) -> String {
        let hosts: Vec<_> = clusters.iter().map(|cluster| host(&cluster.folder)).collect();
        format!("postgres://postgres@{}/{database}", hosts.join(","))
    }

    /// The command that runs the server in the foreground. It listens at the socket only.
    #[must_use]
    pub fn server(&self) -> Command {
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).arg("-k").arg(&self.folder);
        command.args(["-c", "listen_addresses="]);
        command
    }

    /// Starts the server with more options. It ends with this process at the latest.
    ///
    /// # Errors
    /// The process cannot be started.
    pub fn start(&self, options: &[String], folder: FolderAtEnd) -> io::Result<Running> {
        Running::start(self, options, folder)
    }

    /// Whether the server accepts connections.
    ///
    /// # Errors
    /// `pg_isready` cannot be started.
    pub fn is_ready(&self) -> io::Result<bool> {
        let mut command = self.program("pg_isready");
        Ok(command.arg("--quiet").arg("--host").arg(&self.folder).status()?.success())
    }

    /// The id of the process that listens; `None` if the server does not run.
    #[must_use]
    pub fn listener(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// Makes a file or folder that of the user who runs the programs.
    ///
    /// # Errors
    /// It does not exist.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        if self.is_root { chown(path, Some(NOBODY), Some(NOBODY)) } else { Ok(()) }
    }

    /// A server without files in a new folder, which is given to the user who runs the programs.
    fn in_folder(folder: &Path) -> io::Result<Self> {
        let is_root = fs::metadata(folder)?.uid() == 0;
        let cluster = Self { programs: programs()?, folder: folder.to_owned(), is_root };
        cluster.give(folder)?;
        Ok(cluster)
    }

    /// A command with one of PostgreSQL's programs.
    fn program(&self, name: &str) -> Command {
        self.command(self.programs.join(name))
    }

    /// A command in the folder, by the user who runs PostgreSQL's programs. They refuse to run as root; as
    /// root, they run as `nobody`.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

const NOBODY: u32 = 65_534;

/// The folder of a socket as the host of an address.
#[must_use]
pub fn host(folder: &Path) -> String {
    folder.to_string_lossy().replace('/', "%2F")
}

/// The folder of the programs: that of `initdb` on PATH, or where Debian has the latest version.
///
/// # Errors
/// PostgreSQL is not installed.
pub fn programs() -> io::Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // `initdb` may be a link to the folder of all programs.
    let mut on_path =
        env::split_paths(&path).filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok());
    let on_path = on_path.next().and_then(|initdb| Some(initdb.parent()?.to_owned()));
    let found = on_path.or_else(|| latest(Path::new("/usr/lib/postgresql")));
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "PostgreSQL is not installed"))
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn latest(versions: &Path) -> Option<PathBuf> {
    let version = |entry: &fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    Some(versions.max_by_key(version)?.path().join("bin"))
}
