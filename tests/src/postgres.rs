//! A PostgreSQL server for tests: one for each test process, with a database for each test. It ends with
//! the process.

use core::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use std::{
    env, fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::Instant,
};

use postgres::{Config, NoTls};

/// The running server. Its directory is removed when this process ends.
#[derive(Debug)]
struct Server {
    directory: PathBuf,
    /// Ends the server when its input is closed.
    _shell: Child,
}

/// `initdb` and `postgres` refuse to run as root; as root, they run as `nobody`.
const NOBODY: u32 = 65_534;

/// The longest wait for the server to accept connections.
const START: Duration = Duration::from_mins(1);

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

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
    fn start() -> Self {
        let programs = programs();
        let directory = tempfile::Builder::new().prefix("postgres").tempdir().unwrap().keep();
        let is_root = fs::metadata(&directory).unwrap().uid() == 0;
        if is_root {
            chown(&directory, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = directory.join("data");
        let user = |command: &mut Command| {
            command.current_dir(&directory);
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
        };
        let mut initdb = Command::new(programs.join("initdb"));
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]);
        initdb.args(["--locale=C", "--pgdata"]).arg(&data);
        user(&mut initdb);
        let output = initdb.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // A static value is not dropped: the shell ends the server when its input does.
        let script = r#"
            "$0" -D "$1" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=300 &
            cat
            kill -QUIT $!
            wait
            rm -r "$2""#;
        let log = fs::File::create(directory.join("log")).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).arg(programs.join("postgres")).arg(&data).arg(&directory);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        user(&mut shell);
        // Signals to the group of the tests, such as that of Ctrl+C, are not for the shell.
        let server = Self { _shell: shell.process_group(0).spawn().unwrap(), directory };
        server.await_start();
        server
    }

    fn await_start(&self) {
        let (config, started_at) = (self.config(), Instant::now());
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

/// The folder of the server's programs: that of `initdb` on PATH, or where Debian has the latest version.
fn programs() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    on_path.or_else(|| latest(Path::new("/usr/lib/postgresql"))).expect("PostgreSQL is installed")
}

fn latest(versions: &Path) -> Option<PathBuf> {
    let version = |entry: &fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    Some(versions.max_by_key(version)?.path().join("bin"))
}
