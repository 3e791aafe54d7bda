//! A database on PostgreSQL for one test: its address, and statements on it by its operator.

use core::net::SocketAddr;
use std::{
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use local_postgres::host;
use postgres::{Config, NoTls, SimpleQueryMessage, config::Host};

use crate::postgres::new_database;

/// An open transaction of another client.
#[derive(Debug)]
pub struct Conflict {
    ends: mpsc::Sender<()>,
    thread: thread::JoinHandle<()>,
}

/// An empty database.
#[derive(Debug)]
pub struct TestDatabase {
    config: Config,
}

impl Conflict {
    /// Commits the transaction.
    pub fn commit(self) {
        self.ends.send(()).unwrap();
        self.thread.join().unwrap();
    }
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

    /// How it is reached.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The value of `--database` for it.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The value of `--database` for a new superuser.
    pub fn url_of_new_user(&self, name: &str) -> String {
        let user = self.user(name);
        self.execute(&format!("CREATE ROLE {user} SUPERUSER LOGIN"));
        self.url_of(&user)
    }

    /// The value of `--database` for it behind a relay.
    pub fn url_at(&self, relay: SocketAddr) -> String {
        format!("postgres://postgres@{relay}/{}?sslmode=disable", self.name())
    }

    /// The socket of the server.
    pub fn socket(&self) -> PathBuf {
        self.folder().join(".s.PGSQL.5432")
    }

    fn url_of(&self, user: &str) -> String {
        format!("postgres://{user}@{}/{}", host(self.folder()), self.name())
    }

    fn folder(&self) -> &Path {
        let Some(Host::Unix(folder)) = self.config.get_hosts().first() else { panic!("a folder") };
        folder
    }

    /// The users are those of the server: each database has its own.
    fn user(&self, name: &str) -> String {
        format!("{}_{name}", self.name())
    }

    /// Ends every connection to it.
    pub fn end_connections(&self) {
        self.end_connections_where("true");
    }

    /// Ends the connections of a user of [`url_of_new_user`](Self::url_of_new_user).
    pub fn end_connections_of(&self, name: &str) {
        self.end_connections_where(&format!("usename = '{}'", self.user(name)));
    }

    fn end_connections_where(&self, condition: &str) {
        self.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = '{}' AND {condition}",
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

    /// Executes statements on it.
    pub fn execute_on_it(&self, sql: &str) {
        self.rows(sql);
    }

    /// The rows of a statement, as text.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let (config, sql) = (self.config.clone(), sql.to_owned());
        let rows = move || {
            let messages = config.connect(NoTls).unwrap().simple_query(&sql).unwrap();
            let row = |message| {
                let SimpleQueryMessage::Row(row) = message else { return None };
                let text = |at| row.get(at).unwrap_or_default().to_owned();
                Some((0..row.len()).map(text).collect())
            };
            messages.into_iter().filter_map(row).collect()
        };
        thread::spawn(rows).join().unwrap()
    }

    /// Executes a statement in a transaction that stays open.
    pub fn conflict(&self, sql: &str) -> Conflict {
        let (config, sql) = (self.config.clone(), sql.to_owned());
        let (ends, end) = mpsc::channel();
        let (begins, begun) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut client = config.connect(NoTls).unwrap();
            client.batch_execute(&format!("BEGIN; {sql}")).unwrap();
            begins.send(()).unwrap();
            end.recv().unwrap();
            client.batch_execute("COMMIT").unwrap();
        });
        begun.recv().unwrap();
        Conflict { ends, thread }
    }

    /// The number that a query answers; `None` if it fails, for example because there is no such table.
    pub fn number(&self, sql: &str) -> Option<i64> {
        let (config, sql) = (self.config.clone(), sql.to_owned());
        let query = move || {
            let row = config.connect(NoTls).unwrap().query_one(&sql, &[]).ok()?;
            Some(row.get(0))
        };
        thread::spawn(query).join().unwrap()
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
