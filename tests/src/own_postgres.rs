//! A PostgreSQL server for one test, which can stop, kill, suspend and replace it.

use core::time::Duration;
use std::{fs, process::Command, thread, time::Instant};

use local_postgres::{Cluster, FolderAtEnd, Running, children};
use postgres::{NoTls, SimpleQueryMessage};

use crate::postgres::{START, await_connection, config, new_folder, options};

/// A server that runs until its test ends, unless the test stops it before.
#[derive(Debug)]
pub struct OwnServer {
    cluster: Cluster,
    /// `None` while it is stopped.
    process: Option<Running>,
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
        let cluster = Cluster::create(&new_folder()).unwrap();
        let mut server = Self { cluster, process: None };
        server.run();
        server
    }

    /// Starts a standby of the server, which gets every commit before it is answered.
    ///
    /// # Panics
    /// If the standby does not start.
    #[must_use]
    pub fn synchronous_standby(&self) -> Self {
        let cluster = self.cluster.create_standby(&new_folder()).unwrap();
        let mut standby = Self { cluster, process: None };
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
        self.cluster.promote().unwrap();
    }

    /// Starts it after it was stopped or killed.
    ///
    /// # Panics
    /// If it does not accept connections after a minute.
    pub fn run(&mut self) {
        let started_at = Instant::now();
        loop {
            let process = self.cluster.start(&options(100), FolderAtEnd::Kept);
            self.process = Some(process.unwrap());
            let Err(error) = await_connection(&config(&self.cluster), ATTEMPT) else { return };
            // Processes of a server that was killed may not have ended yet.
            assert!(started_at.elapsed() < START, "PostgreSQL does not start: {error}");
            self.stop();
        }
    }

    /// Stops it at once, as a crash does.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop().unwrap();
        }
    }

    /// Kills all of its processes with SIGKILL.
    ///
    /// # Panics
    /// If it does not run.
    pub fn kill(&mut self) {
        let listener = self.listener();
        let children = children(listener).unwrap();
        signal("KILL", &[listener]);
        // The others would go on for a moment without the listener.
        signal("KILL", &children);
        self.stop();
    }

    /// Suspends all of its processes.
    ///
    /// # Panics
    /// If it does not run.
    pub fn suspend(&self) {
        let listener = self.listener();
        // It must start no process after the others were found.
        signal("STOP", &[listener]);
        signal("STOP", &children(listener).unwrap());
    }

    /// Lets its processes go on.
    ///
    /// # Panics
    /// If it does not run.
    pub fn resume(&self) {
        let listener = self.listener();
        signal("CONT", &children(listener).unwrap());
        signal("CONT", &[listener]);
    }

    /// The value of `--database` for the database of these servers that accepts writes.
    pub fn url_of(servers: &[&Self]) -> String {
        let clusters: Vec<_> = servers.iter().map(|server| &server.cluster).collect();
        Cluster::url_of(&clusters, "postgres")
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
        let (config, sql) = (config(&self.cluster), sql.to_owned());
        // The client blocks, which a thread of a runtime must not.
        let rows = move || {
            let messages = config.connect(NoTls).unwrap().simple_query(&sql).unwrap();
            let first = |message| {
                let SimpleQueryMessage::Row(row) = message else { return None };
                row.get(0).map(str::to_owned)
            };
            messages.into_iter().filter_map(first).collect()
        };
        thread::spawn(rows).join().unwrap()
    }

    fn listener(&self) -> u32 {
        self.cluster.listener().unwrap()
    }
}

/// Sends processes the signal with this name, without `SIG`. Those that have ended are left out.
fn signal(name: &str, processes: &[u32]) {
    for process in processes {
        let kill = format!("kill -s {name} {process} 2>/dev/null || true");
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // The id of a process that was killed may be that of another one now.
        if self.process.is_some()
            && let Some(listener) = self.cluster.listener()
        {
            signal("CONT", &[listener]);
        }
        self.stop();
        // As root, this can remove the files, which belong to the user `nobody`.
        let _ = fs::remove_dir_all(self.cluster.folder());
    }
}
