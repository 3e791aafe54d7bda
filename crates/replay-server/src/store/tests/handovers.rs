//! What a node stores for the one that takes its deliveries over, on PostgreSQL.

use super::{databases::new_database, *};
use crate::store::handovers::{self, Sender};

#[tokio::test]
async fn the_next_node_finds_the_rest_of_a_wait() {
    let store = enabled().await;
    assert_eq!(store.job_handover(&us()).await.unwrap(), Handover::default());
    save(&store, Sender::Job, WAIT).await;
    let found = store.job_handover(&us()).await.unwrap();
    assert!(found.wait <= WAIT.wait && found.wait + found.age >= WAIT.wait, "{found:?}");
    assert_eq!((found.failures, found.ahead_lines), (3, 100));
    assert_eq!(store.live_handover(&us()).await.unwrap(), Handover::default());
    age(&store, 60).await;
    let found = store.job_handover(&us()).await.unwrap();
    assert_eq!((found.wait, found.failures), (Duration::ZERO, 3));
    age(&store, 60).await;
    let found = store.job_handover(&us()).await.unwrap();
    assert_eq!((found.wait, found.failures), (Duration::ZERO, 0));
}

#[tokio::test]
async fn a_pause_that_the_receiver_asks_the_live_lane_for_holds_for_the_job() {
    let store = enabled().await;
    save(&store, Sender::Live, WAIT).await;
    assert_eq!(store.job_handover(&us()).await.unwrap(), Handover::default());
    save(&store, Sender::Live, Handover { is_requested: true, ..WAIT }).await;
    let found = store.job_handover(&us()).await.unwrap();
    assert!(!found.wait.is_zero());
    assert_eq!((found.failures, found.ahead_lines), (0, 0));
}

#[tokio::test]
async fn a_wait_for_an_earlier_webhook_does_not_hold() {
    let store = enabled().await;
    save(&store, Sender::Job, WAIT).await;
    let url = "https://other.example".to_owned();
    let endpoint = Some(Endpoint { origin: url.clone(), url });
    let patch = Patch { endpoint, ..Patch::default() };
    store.patch_webhook(&us(), patch, OutageId(0), at(1)).await.unwrap();
    assert_eq!(store.job_handover(&us()).await.unwrap(), Handover::default());
}

#[tokio::test]
async fn no_handover_is_stored_on_sqlite() {
    let store = Store::in_memory(None).unwrap();
    assert_eq!(store.with_handover(Some(WAIT)).handover, None);
    assert_eq!(store.job_handover(&us()).await.unwrap(), Handover::default());
}

const WAIT: Handover = Handover {
    wait: Duration::from_mins(1),
    is_requested: false,
    failures: 3,
    ahead_lines: 100,
    age: Duration::ZERO,
};

async fn enabled() -> Store {
    let store = Store::connect(new_database()).await.unwrap();
    enable(&store).await;
    store
}

async fn save(store: &Store, sender: Sender, handover: Handover) {
    let save = move |tx: &write::Write<'_>| handovers::save(tx, &us(), sender, &handover);
    store.database.write(save).await.unwrap();
}

/// Makes every handover older.
async fn age(store: &Store, seconds: i64) {
    let sql = "UPDATE handover SET stored_at = stored_at - ?1";
    let age = move |tx: &write::Write<'_>| tx.execute(sql, &sql::values![seconds * 1_000]);
    store.database.write(age).await.unwrap();
}
