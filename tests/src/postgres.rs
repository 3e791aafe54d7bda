//! A PostgreSQL server for tests: one for each test process, with a database for each test. It ends with
//! the process.

use core::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::LazyLock,
    thread,
    time::Instant,
};

use local_postgres::{Cluster, FolderAtEnd, Running};
use postgres::{Config, NoTls};

/// A running server. Its folder is removed when this process ends.
#[derive(Debug)]
pub struct Server {
    cluster: Cluster,
    _process: Running,
}

/// The longest wait for a server to accept connections.
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
    let config = config(&SERVER.cluster);
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
    let mut config = config(&SERVER.cluster);
    config.dbname(name);
    config
}

impl Server {
    /// Starts a server; without TLS, it is only reached at its socket.
    ///
    /// # Panics
    /// If PostgreSQL is not installed, or does not start.
    pub fn start(tls: Option<Tls<'_>>) -> Self {
        let cluster = Cluster::create(&new_folder()).unwrap();
        let mut options = options(300);
        let mut config = config(&cluster);
        if let Some(tls) = tls {
            options.extend(tls.write_into(&cluster));
            config.port(tls.port);
        }
        let process = cluster.start(&options, FolderAtEnd::Removed).unwrap();
        await_connection(&config, START).unwrap();
        Self { cluster, _process: process }
    }
}

impl Tls<'_> {
    /// Writes the files; returns the options of the server.
    fn write_into(self, cluster: &Cluster) -> Vec<String> {
        let mut options =
            vec!["-c".to_owned(), "listen_addresses=localhost".to_owned(), "-c".to_owned()];
        options.push(format!("port={}", self.port));
        options.extend(["-c".to_owned(), "ssl=on".to_owned()]);
        for (name, text) in [("ssl_cert_file", self.certificate), ("ssl_key_file", self.key)] {
            let path = cluster.folder().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            cluster.give(&path).unwrap();
            options.extend(["-c".to_owned(), format!("{name}={}", path.display())]);
        }
        options
    }
}

/// The options of a server with this number of connections. It need not survive a loss of power.
pub fn options(connections: usize) -> Vec<String> {
    let settings = ["fsync=off".to_owned(), format!("max_connections={connections}")];
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// A new folder for a server.
///
/// # Panics
/// If it cannot be created.
pub fn new_folder() -> PathBuf {
    tempfile::Builder::new().prefix("postgres").tempdir().unwrap().keep()
}

/// How the database `postgres` of a server is reached.
pub fn config(cluster: &Cluster) -> Config {
    let mut config = Config::new();
    config.host_path(cluster.folder()).user("postgres").dbname("postgres");
    config
}

/// Waits until a server accepts connections.
///
/// # Errors
/// It does not in this time.
pub fn await_connection(config: &Config, limit: Duration) -> Result<(), postgres::Error> {
    let (config, started_at) = (config.clone(), Instant::now());
    let connect = move || {
        loop {
            match config.connect(NoTls) {
                Ok(_) => return Ok(()),
                Err(error) if started_at.elapsed() >= limit => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    };
    // The client blocks, which a thread of a runtime must not.
    thread::spawn(connect).join().unwrap()
}
