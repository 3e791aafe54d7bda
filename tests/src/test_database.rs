//! A database on PostgreSQL for one test: its address, and statements on it by its operator.

use std::thread;

use postgres::{Config, NoTls, config::Host};

use crate::postgres::new_database;

/// An empty database.
#[derive(Debug)]
pub struct TestDatabase {
    config: Config,
}

impl Default for TestDatabase {
    fn default() -> Self {
        Self::new()
    }
}

impl TestDatabase {
    /// Creates a database.
    pub fn new() -> Self {
        Self { config: new_database() }
    }

    /// The value of `--database` for it.
    pub fn url(&self) -> String {
        let Some(Host::Unix(folder)) = self.config.get_hosts().first() else { panic!("a folder") };
        let folder = folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{}", self.name())
    }

    /// Ends every connection to it.
    pub fn end_connections(&self) {
        self.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name()
        ));
    }

    /// Lets it accept writes from now on, or not; connections end.
    pub fn accept_writes(&self, accepts: bool) {
        let (name, refuses) = (self.name(), !accepts);
        self.execute(&format!(
            "ALTER DATABASE {name} SET default_transaction_read_only = {refuses}"
        ));
        self.end_connections();
    }

    fn name(&self) -> &str {
        self.config.get_dbname().unwrap()
    }

    /// Executes statements on another database of the same server.
    fn execute(&self, sql: &str) {
        let (mut config, sql) = (self.config.clone(), sql.to_owned());
        config.dbname("postgres");
        // The client blocks, which a thread of a runtime must not.
        let run = move || config.connect(NoTls).unwrap().batch_execute(&sql).unwrap();
        thread::spawn(run).join().unwrap();
    }
}
