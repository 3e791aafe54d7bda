//! The databases that the tests of the store run on.

use core::future::Future;
use std::path::Path;

use tokio::task_local;

use crate::store::{CopyDatabase, Store};

#[path = "../../../../../tests/src/postgres.rs"]
#[expect(unreachable_pub, reason = "the module is also one of the crate `replay-tests`")]
mod postgres;

/// Every kind.
pub(in crate::store) const KINDS: [Database; 2] = [Database::Sqlite, Database::Postgres];

/// A kind of database.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Database {
    Sqlite,
    Postgres,
}

pub(in crate::store) use postgres::{database, new_database};

task_local! {
    static DATABASE: Database;
}

/// Runs a test on a kind of database: [`new_store`] opens one of it.
pub(in crate::store) async fn on(database: Database, test: impl Future<Output = ()>) {
    DATABASE.scope(database, test).await;
}

/// The kind that the test runs on; SQLite by default.
fn kind() -> Database {
    DATABASE.try_with(|database| *database).unwrap_or(Database::Sqlite)
}

/// A store on an empty database; that of SQLite is in memory.
pub(in crate::store) async fn new_store() -> Store {
    match kind() {
        Database::Sqlite => Store::in_memory(None).unwrap(),
        Database::Postgres => Store::connect(new_database()).await.unwrap(),
    }
}

/// The store as another process finds it after this one has ended.
pub(in crate::store) async fn restarted(store: &Store) -> Store {
    match kind() {
        Database::Sqlite => Store::in_memory(Some(&store.image().await.unwrap())).unwrap(),
        Database::Postgres => {
            let name = database_name(store).await.unwrap();
            Store::connect(database(&name)).await.unwrap()
        }
    }
}

/// The name of a database on PostgreSQL; `None` for one of SQLite.
pub(in crate::store) async fn database_name(store: &Store) -> Option<String> {
    let sql = "SELECT CAST(current_database() AS TEXT)";
    store.database.read(|db| db.one(sql, &[], |row| row.get::<String>(0))).await.ok()
}

/// An empty database as two processes use it at the same time; that of SQLite is in `directory`.
pub(in crate::store) async fn two_processes(directory: &Path) -> [Store; 2] {
    match kind() {
        Database::Sqlite => {
            let path = directory.join("replay.db");
            [Store::open(&path).unwrap(), Store::open(&path).unwrap()]
        }
        Database::Postgres => {
            let one = new_store().await;
            let other = restarted(&one).await;
            [one, other]
        }
    }
}

/// An empty database of a kind, for a copy.
pub(in crate::store) fn empty(kind: Database, directory: &Path, name: &str) -> CopyDatabase {
    match kind {
        Database::Sqlite => CopyDatabase::File(directory.join(name)),
        Database::Postgres => CopyDatabase::Postgres(Box::new(new_database().into())),
    }
}

/// Makes two tests of each function: one on SQLite and one on PostgreSQL.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        $(
            mod $test {
                use $crate::store::tests::databases::{Database, on};

                #[tokio::test]
                async fn on_sqlite() {
                    on(Database::Sqlite, super::$test()).await;
                }

                #[tokio::test]
                async fn on_postgres() {
                    on(Database::Postgres, super::$test()).await;
                }
            }
        )*
    };
}

pub(in crate::store) use on_each_database;
