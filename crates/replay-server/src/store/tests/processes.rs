//! Transactions on PostgreSQL beside those of the store under test, like those of other processes.

use std::sync::mpsc;

use super::{Store, execute};
use crate::store::sql::{Access, PostgresConnection, Sql};
use ::postgres::Config;
use tokio::{
    sync::oneshot,
    task::{spawn_blocking, yield_now},
};

/// A transaction of another process, which is committed when this is dropped.
pub(super) struct Held {
    _until_dropped: mpsc::Sender<()>,
}

/// Begins a transaction that has executed a statement.
pub(super) async fn hold(config: Config, access: Access, sql: &'static str) -> Held {
    let (until_dropped, held) = mpsc::channel();
    let (has_begun, begun) = oneshot::channel();
    spawn_blocking(move || {
        let mut connection = PostgresConnection::open(&config.into()).unwrap();
        let transaction = connection.begin(access).unwrap();
        execute(&Sql::from(&transaction), sql).unwrap();
        has_begun.send(()).unwrap();
        assert!(held.recv().is_err(), "nothing is sent");
        // The server may have ended it.
        drop(transaction.commit());
    });
    begun.await.unwrap();
    Held { _until_dropped: until_dropped }
}

/// Executes a statement on a connection of its own.
pub(super) async fn run_apart(config: Config, sql: &'static str) {
    let run = move || {
        let mut connection = PostgresConnection::open(&config.into()).unwrap();
        let access = Access::Write { locks: "".into(), is_synced: true };
        let transaction = connection.begin(access).unwrap();
        execute(&Sql::from(&transaction), sql).unwrap();
        transaction.commit().unwrap();
    };
    spawn_blocking(run).await.unwrap();
}

/// Waits until a transaction of the database waits for a lock.
pub(super) async fn until_waiting(store: &Store) {
    let sql = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
               WHERE datname = current_database() AND NOT granted";
    let waiting = || store.database.read(|db| db.one(sql, &[], |row| row.get::<i64>(0)));
    while waiting().await.unwrap() == 0 {
        yield_now().await;
    }
}
