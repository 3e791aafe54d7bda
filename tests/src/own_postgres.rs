//! A PostgreSQL server of one test, which stops, kills, suspends and replaces it.

mod processes;

use core::time::Duration;
use std::{
    fs,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

use postgres::{Config, NoTls, SimpleQueryMessage};

use crate::postgres::{START, initialize, new_directory, programs, run_as_owner};

/// A server that runs until its test ends, unless the test stops it before.
#[derive(Debug)]
pub struct OwnServer {
    directory: PathBuf,
    /// Ends the server when its input is closed.
    shell: Option<Child>,
}

/// How long one attempt to start it may take.
const ATTEMPT: Duration = Duration::from_secs(10);

impl Default for OwnServer {
    fn default() -> Self {
        Self::new()
    }
}

impl OwnServer {
    /// Starts a server with the database `postgres`, which is reached at its socket.
    ///
    /// # Panics
    /// If PostgreSQL is not installed, or does not start.
    pub fn new() -> Self {
        let directory = new_directory();
        initialize(&directory.join("data"));
        let mut server = Self { directory, shell: None };
        server.run();
        server
    }

    /// Starts a standby of the server, which gets every commit before it is answered.
    ///
    /// # Panics
    /// If the standby does not start.
    pub fn synchronous_standby(&self) -> Self {
        let directory = new_directory();
        let mut backup = Command::new(programs().join("pg_basebackup"));
        backup.args([
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            "--username=postgres",
        ]);
        backup.arg("--host").arg(&self.directory).arg("--pgdata").arg(directory.join("data"));
        run_as_owner(&mut backup, &directory);
        let output = backup.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut standby = Self { directory, shell: None };
        standby.run();
        self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.execute("SELECT pg_reload_conf()");
        let started_at = Instant::now();
        while self.rows("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").is_empty() {
            assert!(started_at.elapsed() < START, "the standby does not follow");
            thread::yield_now();
        }
        standby
    }

    /// Makes a standby the server that accepts writes.
    ///
    /// # Panics
    /// If it does not accept writes after a minute.
    pub fn promote(&self) {
        let mut promote = Command::new(programs().join("pg_ctl"));
        promote.args(["promote", "--wait", "--pgdata"]).arg(self.data());
        run_as_owner(&mut promote, &self.directory);
        let output = promote.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Starts it after it was stopped or killed.
    ///
    /// # Panics
    /// If it does not accept connections after a minute.
    pub fn run(&mut self) {
        let started_at = Instant::now();
        loop {
            self.spawn();
            let spawned_at = Instant::now();
            while spawned_at.elapsed() < ATTEMPT {
                if self.connect().is_ok() {
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
            // The processes of a server that was killed may not have ended before.
            assert!(started_at.elapsed() < START, "PostgreSQL does not start");
            self.stop();
        }
    }

    /// Stops it at once, as a crash does.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&mut self) {
        if let Some(mut shell) = self.shell.take() {
            drop(shell.stdin.take());
            shell.wait().unwrap();
        }
    }

    /// Kills all of its processes with SIGKILL.
    ///
    /// # Panics
    /// If it does not run.
    pub fn kill(&mut self) {
        let listener = processes::listener(&self.data()).unwrap();
        let children = processes::children(listener);
        processes::signal("KILL", &[listener]);
        // Those without a listener go on for a moment.
        processes::signal("KILL", &children);
        self.stop();
    }

    /// Suspends all of its processes.
    ///
    /// # Panics
    /// If it does not run.
    pub fn suspend(&self) {
        let listener = processes::listener(&self.data()).unwrap();
        // It must start no process after the others were found.
        processes::signal("STOP", &[listener]);
        processes::signal("STOP", &processes::children(listener));
    }

    /// Lets its processes go on.
    ///
    /// # Panics
    /// If it does not run.
    pub fn resume(&self) {
        let listener = processes::listener(&self.data()).unwrap();
        processes::signal("CONT", &processes::children(listener));
        processes::signal("CONT", &[listener]);
    }

    /// The value of `--database` for the database of these servers that accepts writes.
    pub fn url_of(servers: &[&Self]) -> String {
        let folder = |server: &&Self| server.directory.to_str().unwrap().replace('/', "%2F");
        let folders: Vec<_> = servers.iter().map(folder).collect();
        format!("postgres://postgres@{}/postgres", folders.join(","))
    }

    /// Executes statements.
    ///
    /// # Panics
    /// If they fail.
    pub fn execute(&self, sql: &str) {
        self.rows(sql);
    }

    /// The first column of the rows of a statement, as text.
    ///
    /// # Panics
    /// If it fails.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let (config, sql) = (self.config(), sql.to_owned());
        // The client blocks, which a thread of a runtime must not.
        let rows = move || {
            let messages = config.connect(NoTls).unwrap().simple_query(&sql).unwrap();
            let first = |message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            };
            messages.into_iter().filter_map(first).collect()
        };
        thread::spawn(rows).join().unwrap()
    }

    fn connect(&self) -> Result<(), postgres::Error> {
        let config = self.config();
        thread::spawn(move || config.connect(NoTls).map(drop)).join().unwrap()
    }

    fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(&self.directory).user("postgres").dbname("postgres");
        config
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn spawn(&mut self) {
        let script = r#"
            "$0" -D "$1" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=100 &
            cat
            kill -QUIT $! 2>/dev/null
            wait"#;
        let log = fs::File::options().append(true).create(true).open(self.directory.join("log"));
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).arg(programs().join("postgres"));
        shell.arg(self.data()).arg(&self.directory);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log.unwrap());
        run_as_owner(&mut shell, &self.directory);
        // Signals to the group of the tests, such as that of Ctrl+C, are not for the shell.
        self.shell = Some(shell.process_group(0).spawn().unwrap());
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        if let Some(listener) = processes::listener(&self.data()) {
            processes::signal("CONT", &[listener]);
        }
        self.stop();
        // The files belong to nobody if this is root, which can remove them.
        let _ = fs::remove_dir_all(&self.directory);
    }
}
