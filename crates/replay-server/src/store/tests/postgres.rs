//! The store on PostgreSQL: waits for locks, failures of the database, and several nodes.

use std::borrow::Cow;

use super::{
    databases::new_database,
    processes::{hold, run_apart, until_waiting},
    *,
};
use crate::store::sql::{Access, values};

const STATE: Access = Access::Write {
    locks: Cow::Borrowed("LOCK TABLE state_lock IN EXCLUSIVE MODE"),
    is_synced: true,
};

const SEAL: SealLimits = blocks_of(3);

#[tokio::test]
async fn a_write_that_has_waited_sees_what_was_committed_meanwhile() {
    let config = new_database();
    let store = Store::connect(config.clone()).await.unwrap();
    let other = hold(config, STATE, "INSERT INTO global_put VALUES (1, 'other')").await;
    let sql = "UPDATE global_put SET put_id = 'seen'";
    let write = tokio::spawn({
        let store = store.clone();
        async move { store.database.write(move |tx| tx.execute(sql, &[])).await }
    });
    until_waiting(&store).await;
    store.append(&us(), lines(1)).await.unwrap();
    assert!(!write.is_finished(), "an append does not wait for it");
    drop(other);
    assert_eq!(write.await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn the_lock_of_a_frozen_process_ends_and_a_wait_for_it_is_limited() {
    let mut config = new_database();
    config.options("-c idle_in_transaction_session_timeout=500ms");
    drop(Store::connect(config.clone()).await.unwrap());
    let other = hold(config.clone(), STATE, "SELECT 1").await;
    let mut impatient = config.clone();
    impatient.options("-c lock_timeout=1ms");
    let store = Store::connect(impatient).await.unwrap();
    let error = store.set_served_regions(vec![us()]).await.unwrap_err();
    assert!(error.is_unavailable() && !error.is_damage(), "{error}");
    let store = Store::connect(config).await.unwrap();
    store.set_served_regions(vec![us()]).await.unwrap();
    drop(other);
}

#[tokio::test]
async fn a_step_that_loses_its_connection_changes_nothing_and_the_next_one_succeeds() {
    let store = Store::connect(new_database()).await.unwrap();
    store.append(&us(), lines(2)).await.unwrap();
    for sql in ["DELETE FROM part", "UPDATE region_sequence SET last_seq = 99"] {
        let lose = store.database.write_archive(move |tx| {
            execute(tx, sql)?;
            execute(tx, "SELECT pg_terminate_backend(pg_backend_pid())")
        });
        let error = lose.await.unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        let appended = store.append(&us(), lines(2)).await.unwrap();
        assert_eq!(appended, Appended { accepted: 0, duplicates: 2 });
        assert_eq!(store.last_seq().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn at_most_one_step_fails_after_all_connections_were_lost() {
    let config = new_database();
    let store = Store::connect(config.clone()).await.unwrap();
    let read = || async { tokio::join!(store.last_seq(), store.last_seq(), store.last_seq()) };
    let (a, b, c) = read().await;
    assert_eq!([a.unwrap(), b.unwrap(), c.unwrap()], [0; 3]);
    let lose = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    run_apart(config, lose).await;
    if let Err(error) = store.last_seq().await {
        assert!(error.is_unavailable(), "{error}");
    }
    let (a, b, c) = read().await;
    assert_eq!([a.unwrap(), b.unwrap(), c.unwrap()], [0; 3]);
}

#[tokio::test]
async fn a_refused_statement_leaves_the_connection_usable_and_changes_nothing() {
    let store = Store::connect(new_database()).await.unwrap();
    let twice = store.database.write(|tx| {
        let sql = "INSERT INTO global_put VALUES (1, ?1)";
        tx.execute(sql, &values!["a"])?;
        tx.execute(sql, &values!["b"])
    });
    let error = twice.await.unwrap_err();
    assert!(!error.is_unavailable() && !error.is_damage(), "{error}");
    assert_eq!(error.summary(), "PostgreSQL answered with the error 23505");
    let sql = "SELECT count(*) FROM global_put";
    let count = store.database.read(|db| db.one(sql, &[], |row| row.get::<i64>(0)));
    assert_eq!(count.await.unwrap(), 0);
}

#[tokio::test]
async fn a_step_that_ignores_a_failed_statement_is_not_committed() {
    let store = Store::connect(new_database()).await.unwrap();
    let ignoring = store.database.write(|tx| {
        let sql = "INSERT INTO global_put VALUES (1, 'a')";
        tx.execute(sql, &[])?;
        tx.execute(sql, &[]).unwrap_err();
        Ok::<_, StoreError>(())
    });
    let error = ignoring.await.unwrap_err();
    assert_eq!(error.summary(), "PostgreSQL answered with the error 25P02");
    store.try_to_write().await.unwrap();
}

#[tokio::test]
async fn a_database_that_accepts_no_writes_is_unavailable() {
    let config = new_database();
    drop(Store::connect(config.clone()).await.unwrap());
    let sql =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',
                                          current_database()); END $$";
    run_apart(config.clone(), sql).await;
    let error = Store::connect(config).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
}

#[tokio::test]
async fn a_database_that_refuses_the_user_or_is_absent_is_unavailable() {
    let (mut other_user, mut absent) = (new_database(), new_database());
    other_user.user("absent");
    absent.dbname("absent");
    for (config, summary) in [
        (other_user, "the database refuses the user or the password"),
        (absent, "there is no such database"),
    ] {
        let error = Store::connect(config).await.unwrap_err();
        assert_eq!((error.is_unavailable(), error.summary()), (true, summary.to_owned()));
    }
}

#[tokio::test]
async fn nodes_that_start_together_create_the_schema_once() {
    let config = new_database();
    let open = || Store::connect(config.clone());
    let (a, b, c) = tokio::join!(open(), open(), open());
    for store in [a.unwrap(), b.unwrap(), c.unwrap()] {
        store.append(&us(), lines(1)).await.unwrap();
        assert_eq!(store.last_seq().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let config = new_database();
    drop(Store::connect(config.clone()).await.unwrap());
    run_apart(config.clone(), "UPDATE schema_version SET version = 99").await;
    assert!(matches!(Store::connect(config).await, Err(StoreError::Newer)));
}

#[tokio::test]
async fn appends_of_two_nodes_at_the_same_time_archive_each_line_once() {
    let config = new_database();
    let one = Store::connect(config.clone()).await.unwrap();
    let other = Store::connect(config).await.unwrap();
    let mut appends = tokio::task::JoinSet::new();
    for first in 0..20 {
        let store = if first % 2 == 0 { one.clone() } else { other.clone() };
        appends.spawn(async move {
            let lines = lines(first + 10).split_off(usize::try_from(first).unwrap());
            let appended = store.append(&us(), lines).await.unwrap();
            store.seal(&us(), SEAL).await.unwrap();
            appended
        });
    }
    let appended = appends.join_all().await;
    assert_eq!(appended.iter().map(|appended| appended.accepted).sum::<usize>(), 29);
    assert_eq!(appended.iter().map(|appended| appended.duplicates).sum::<usize>(), 20 * 10 - 29);
    let checked = one.check().await.unwrap();
    assert_eq!((checked.problems, checked.lines), (Vec::new(), 29));
    assert_eq!(other.last_seq().await.unwrap(), 29);
}

#[tokio::test]
async fn a_nul_character_in_a_text_is_replaced() {
    let store = Store::connect(new_database()).await.unwrap();
    let sql = "INSERT INTO global_put VALUES (1, ?1) RETURNING put_id";
    let write =
        store.database.write(move |tx| tx.one(sql, &values!["a\0b"], |row| row.get::<String>(0)));
    assert_eq!(write.await.unwrap(), "a\u{FFFD}b");
}
