//! The notices of the nodes on one database on PostgreSQL.

use replay_core::NodeId;
use tokio::sync::mpsc;

use super::{databases::new_database, *};

#[tokio::test]
async fn a_node_hears_of_the_changes_of_another_one() {
    let config = new_database();
    let [one, other] = [&config; 2].map(|config| Store::connect(config.clone()));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    let (sender, mut heard) = mpsc::unbounded_channel();
    let listening = tokio::spawn(async move { one.listen(sender).await });
    assert_eq!(heard.recv().await, Some(Heard::Connected));
    let mut next = async || match heard.recv().await {
        Some(Heard::Notice(notice)) => notice,
        heard => panic!("{heard:?}"),
    };
    enable(&other).await;
    assert_eq!(next().await, Notice::Webhook(us()));
    submit(&other, at(0), at(9)).await;
    assert_eq!(next().await, Notice::Job(us()));
    other.resume(&us(), JobId(2), None, at(0), at(9)).await.unwrap_err();
    other.stop(&us(), "cancelled", at(9)).await.unwrap();
    assert_eq!(next().await, Notice::Job(us()), "a refused change is no change");
    other.append(&us(), lines(3)).await.unwrap();
    other.tell_appends(other.own_appends().borrow().clone()).await.unwrap();
    assert_eq!(next().await, Notice::Lines { region: us(), last_seq: 3 });
    other.release_leases(NodeId(1)).await.unwrap();
    assert_eq!(next().await, Notice::Leases);
    end_connections(&other).await;
    assert!(listening.await.unwrap().unwrap_err().is_unavailable());
}

#[tokio::test]
async fn observers_are_told_once_of_lines_that_another_node_has_appended() {
    let store = Store::connect(new_database()).await.unwrap();
    let (mut known, own) = (store.appends(), store.own_appends());
    store.note_appends(&us(), 7);
    assert!(known.has_changed().unwrap());
    assert_eq!(known.borrow_and_update().get(&us()), Some(&7));
    for last_seq in [6, 7] {
        store.note_appends(&us(), last_seq);
    }
    assert!(!known.has_changed().unwrap());
    assert!(own.borrow().is_empty());
}

/// Ends every connection to the database of the store but one.
async fn end_connections(store: &Store) {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    store.database.read(|db| db.one(sql, &[], |row| row.get::<i64>(0))).await.unwrap();
}
