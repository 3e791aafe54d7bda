//! A PostgreSQL server for tests: one for each test process, with a database for each test. It ends with
//! the process.

use core::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use std::{
    env,
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::Instant,
};

use postgres::{Config, NoTls};

/// A running server. Its directory is removed when this process ends.
#[derive(Debug)]
pub struct Server {
    directory: PathBuf,
    /// Ends the server when its input is closed.
    _shell: Child,
}

/// `initdb` and `postgres` refuse to run as root; as root, they run as `nobody`.
const NOBODY: u32 = 65_534;

/// The longest wait for the server to accept connections.
pub const START: Duration = Duration::from_mins(1);

/// How a server is reached by TLS, at `localhost`.
#[derive(Clone, Copy, Debug)]
pub struct Tls<'a> {
    /// The port.
    pub port: u16,
    /// The certificate in PEM.
    pub certificate: &'a str,
    /// Its key in PEM.
    pub key: &'a str,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(None));

/// A new and empty database of the server.
///
/// # Panics
/// If PostgreSQL is not installed, or does not start.
pub fn new_database() -> Config {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let config = SERVER.config();
    let created = {
        let (config, name) = (config.clone(), name.clone());
        // The client blocks, which a thread of a runtime must not.
        thread::spawn(move || {
            let mut client = config.connect(NoTls).unwrap();
            client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        })
    };
    created.join().unwrap();
    database(&name)
}

/// A database of the server.
///
/// # Panics
/// As [`new_database`].
pub fn database(name: &str) -> Config {
    let mut config = SERVER.config();
    config.dbname(name);
    config
}

impl Server {
    /// Starts a server; without TLS, it is only reached at its socket.
    ///
    /// # Panics
    /// If PostgreSQL is not installed, or does not start.
    pub fn start(tls: Option<Tls<'_>>) -> Self {
        let programs = programs();
        let directory = new_directory();
        let data = directory.join("data");
        initialize(&data);
        // A static value is not dropped: the shell ends the server when its input does.
        let script = r#"
            program=$0 data=$1 folder=$2
            shift
            "$program" -D "$data" -k "$@" -c fsync=off -c max_connections=300 &
            cat
            kill -QUIT $!
            wait
            rm -r "$folder""#;
        let log = fs::File::create(directory.join("log")).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).arg(programs.join("postgres")).arg(&data).arg(&directory);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        run_as_owner(&mut shell, &directory);
        match tls {
            Some(tls) => shell.args(tls.write_into(&directory, is_root())),
            None => shell.args(["-c", "listen_addresses="]),
        };
        // Signals to the group of the tests, such as that of Ctrl+C, are not for the shell.
        let server = Self { _shell: shell.process_group(0).spawn().unwrap(), directory };
        server.await_start(tls.map_or(5432, |tls| tls.port));
        server
    }

    fn await_start(&self, port: u16) {
        let (mut config, started_at) = (self.config(), Instant::now());
        config.port(port);
        let connect = move || {
            while let Err(error) = config.connect(NoTls) {
                assert!(started_at.elapsed() < START, "{error}");
                thread::yield_now();
            }
        };
        thread::spawn(connect).join().unwrap();
    }

    fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(&self.directory).user("postgres").dbname("postgres");
        config
    }
}

impl Tls<'_> {
    /// Writes the files; returns the options of the server.
    fn write_into(self, directory: &Path, is_root: bool) -> Vec<String> {
        let mut options =
            vec!["-c".to_owned(), "listen_addresses=localhost".to_owned(), "-c".to_owned()];
        options.push(format!("port={}", self.port));
        options.extend(["-c".to_owned(), "ssl=on".to_owned()]);
        for (name, text) in [("ssl_cert_file", self.certificate), ("ssl_key_file", self.key)] {
            let path = directory.join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            if is_root {
                chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
            options.extend(["-c".to_owned(), format!("{name}={}", path.display())]);
        }
        options
    }
}

/// A new directory that a server can use.
///
/// # Panics
/// If it cannot be created.
pub fn new_directory() -> PathBuf {
    let directory = tempfile::Builder::new().prefix("postgres").tempdir().unwrap().keep();
    if is_root() {
        chown(&directory, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    directory
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Runs a program in a directory as the user that it belongs to.
pub fn run_as_owner(command: &mut Command, directory: &Path) {
    command.current_dir(directory);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
}

/// Creates the files of a server.
///
/// # Panics
/// If PostgreSQL is not installed, or fails.
pub fn initialize(data: &Path) {
    let mut initdb = Command::new(programs().join("initdb"));
    initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]);
    initdb.args(["--locale=C", "--pgdata"]).arg(data);
    run_as_owner(&mut initdb, data.parent().unwrap());
    let output = initdb.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The folder of the server's programs: that of `initdb` on PATH, or where Debian has the latest version.
///
/// # Panics
/// If PostgreSQL is not installed.
pub fn programs() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    // A link on PATH may stand for one program of a folder with all of them.
    let initdb =
        env::split_paths(&path).find_map(|folder| folder.join("initdb").canonicalize().ok());
    let on_path = initdb.and_then(|initdb| initdb.parent().map(Path::to_owned));
    on_path.or_else(|| latest(Path::new("/usr/lib/postgresql"))).expect("PostgreSQL is installed")
}

fn latest(versions: &Path) -> Option<PathBuf> {
    let version = |entry: &fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    Some(versions.max_by_key(version)?.path().join("bin"))
}
