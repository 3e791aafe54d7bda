//! Leases on PostgreSQL: claims, renewals, and the fencing of writes.

use replay_core::{
    NodeId,
    lease::{Work, WorkKind},
};

use tokio_util::sync::CancellationToken;

use super::{
    databases::new_database,
    processes::{hold, until_waiting},
    *,
};
use crate::{
    leases::Leases,
    metrics::Metrics,
    store::{sql::Access, write::Write},
};

const ONE: NodeId = NodeId(1);
const OTHER: NodeId = NodeId(2);

#[tokio::test]
async fn a_write_of_a_replaced_node_changes_nothing() {
    let store = connected().await;
    let fence = claim_all(&store, ONE).await.remove(0);
    let fenced = store.fenced(fence);
    fenced.append(&us(), lines(1)).await.unwrap();
    expire(&store).await;
    fenced.append(&us(), lines(2)).await.expect("nobody else has the lease");
    assert_eq!(claim_all(&store, OTHER).await.len(), works().len());
    let last_seq = store.last_seq().await.unwrap();
    let error = fenced.append(&us(), lines(9)).await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced), "{error}");
    let error = fenced.set_served_regions(vec![us()]).await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced), "{error}");
    assert_eq!(store.last_seq().await.unwrap(), last_seq);
    assert!(store.served_regions().await.unwrap().is_empty());
    store.append(&us(), lines(9)).await.expect("the write of no work is not fenced");
}

#[tokio::test]
async fn a_renewal_keeps_the_token_and_a_claim_raises_it() {
    let store = connected().await;
    let first = claim_all(&store, ONE).await;
    let renewed = store.renew_leases(ONE, works()).await.unwrap();
    assert_eq!((renewed.held, renewed.can_claim), (first.clone(), false));
    assert_eq!(claim_all(&store, OTHER).await, [], "they have not expired");
    expire(&store).await;
    let second = claim_all(&store, OTHER).await;
    assert!(second.iter().all(|fence| !first.contains(fence)), "{second:?}");
    assert_eq!(store.renew_leases(ONE, works()).await.unwrap().held, []);
}

#[tokio::test]
async fn the_leases_of_a_node_that_ends_are_claimed_at_once() {
    let store = connected().await;
    claim_all(&store, ONE).await;
    store.release_leases(ONE).await.unwrap();
    assert_eq!(claim_all(&store, OTHER).await.len(), works().len());
    assert_eq!(store.renew_leases(OTHER, works()).await.unwrap().nodes, 1);
}

#[tokio::test]
async fn a_claim_that_waits_does_not_keep_the_renewed_leases_from_their_works() {
    let config = new_database();
    let store = Store::connect(config.clone()).await.unwrap();
    claim_all(&store, ONE).await;
    let access = Access::Write {
        locks: "LOCK TABLE state_lock IN ROW EXCLUSIVE MODE".into(),
        is_synced: true,
    };
    let write = hold(config, access, "SELECT 1").await;
    let (regions, shutdown) = ([us(), eu()], CancellationToken::new());
    let (leases, metrics) = (Leases::shared(&regions), Metrics::new(&regions).unwrap());
    let keep = tokio::spawn(leases.clone().keep(store.clone(), ONE, metrics, shutdown.clone()));
    until_waiting(&store).await;
    assert!(leases.current(WorkKind::Delivery, &us()).is_some());
    assert!(leases.current(WorkKind::Delivery, &eu()).is_none());
    drop(write);
    leases.hold(WorkKind::Delivery, &eu()).await;
    shutdown.cancel();
    keep.await.unwrap();
}

#[tokio::test]
async fn renewals_are_synced_and_a_node_that_stops_during_one_delays_the_others_for_a_short_time() {
    let store = connected().await;
    let settings = |tx: &Write<'_>| {
        let sql = "SELECT current_setting('synchronous_commit') || ' '
                          || current_setting('lock_timeout') || ' '
                          || current_setting('idle_in_transaction_session_timeout')";
        tx.one(sql, &[], |row| row.get::<String>(0))
    };
    assert_eq!(store.database.write_leases(settings).await.unwrap(), "on 4s 3s");
    assert_eq!(store.database.claim_leases(settings).await.unwrap(), "on 1500ms 3s");
    assert!(store.database.write(settings).await.unwrap().ends_with(" 10s 12s"));
}

async fn connected() -> Store {
    Store::connect(new_database()).await.unwrap()
}

/// One work of each kind.
fn works() -> Arc<[Work]> {
    WorkKind::ALL.map(|kind| Work { kind, region: us() }).into()
}

/// Makes a node live, and lets it claim what it can.
async fn claim_all(store: &Store, node: NodeId) -> Vec<Fence> {
    store.renew_leases(node, works()).await.unwrap();
    store.claim_leases(node, works()).await.unwrap()
}

/// Lets every lease expire, and forgets every node.
async fn expire(store: &Store) {
    let expire = |tx: &Write<'_>| {
        tx.execute("UPDATE lease SET expires_at = 0", &[])?;
        tx.execute("DELETE FROM node", &[])
    };
    store.database.write(expire).await.unwrap();
}
