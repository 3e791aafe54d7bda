//! The process of a PostgreSQL server, which ends with the process of the tests. It does not know what the
//! tests do with the server.

use core::time::Duration;
use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::Instant,
};

use local_postgres::Cluster;
use postgres::{Config, NoTls};

/// The longest wait for a server to accept connections.
pub(crate) const START: Duration = Duration::from_mins(1);

/// What happens to the folder of a server after its end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FolderAtEnd {
    Kept,
    Removed,
}

/// A shell that runs a server, and ends it when its input is closed.
#[derive(Debug)]
pub(crate) struct PostgresProcess(Child);

impl PostgresProcess {
    /// Starts a server with more options.
    pub(crate) fn spawn(cluster: &Cluster, options: &[String], folder: FolderAtEnd) -> Self {
        let at_end = match folder {
            FolderAtEnd::Kept => "",
            FolderAtEnd::Removed => r#"rm -r "$PWD""#,
        };
        // A static value is not dropped, but the input of the shell is closed when this process ends.
        let script = format!(
            r#"
            "$0" "$@" -c fsync=off &
            cat
            kill -QUIT $! 2>/dev/null
            wait
            {at_end}"#
        );
        let log = File::options().append(true).create(true).open(cluster.folder().join("log"));
        let (server, mut shell) = (cluster.server(), cluster.command("sh"));
        shell.arg("-c").arg(script).arg(server.get_program()).args(server.get_args()).args(options);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log.unwrap());
        // Signals to the group of the tests, such as that of Ctrl+C, are not for the shell.
        Self(shell.process_group(0).spawn().unwrap())
    }

    /// Stops the server at once, as a crash does, and waits for its end.
    pub(crate) fn stop(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

/// A new folder for a server.
pub(crate) fn new_folder() -> PathBuf {
    tempfile::Builder::new().prefix("postgres").tempdir().unwrap().keep()
}

/// How the database `postgres` of a server is reached.
pub(crate) fn config(cluster: &Cluster) -> Config {
    let mut config = Config::new();
    config.host_path(cluster.folder()).user("postgres").dbname("postgres");
    config
}

/// Waits until a server accepts connections.
///
/// # Errors
/// It does not in this time.
pub(crate) fn await_connection(config: &Config, limit: Duration) -> Result<(), postgres::Error> {
    let (config, started_at) = (config.clone(), Instant::now());
    let connect = move || loop {
        match config.connect(NoTls) {
            Ok(_) => return Ok(()),
            Err(error) if started_at.elapsed() >= limit => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    };
    // The client blocks, which a thread of a runtime must not.
    thread::spawn(connect).join().unwrap()
}
