//! Which databases on PostgreSQL a command opens that must not change their schema.

use super::{databases::new_database, processes::run_apart, *};
use crate::store::sql::PostgresConnection;
use tokio::task::spawn_blocking;

#[tokio::test]
async fn an_empty_database_is_refused_and_stays_empty() {
    let config = new_database();
    let refused = Store::connect_current(config.clone()).await.unwrap_err();
    assert!(matches!(refused, StoreError::NoArchive), "{refused}");
    let tables = spawn_blocking(move || {
        PostgresConnection::open(&config.into()).unwrap().transact(|tx| {
            let sql = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
            Ok(tx.query_one(sql, &[])?.get::<_, i64>(0))
        })
    });
    assert_eq!(tables.await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_and_one_of_this_version_is_opened() {
    let config = new_database();
    let store = Store::connect(config.clone()).await.unwrap();
    store.append(&us(), lines(1)).await.unwrap();
    let store = Store::connect_current(config.clone()).await.unwrap();
    assert_eq!(store.last_seq().await.unwrap(), 1);
    run_apart(config.clone(), "UPDATE schema_version SET version = 99").await;
    let refused = Store::connect_current(config).await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer), "{refused}");
}
