//! Leases on PostgreSQL: claims, renewals, and the fencing of writes.

use replay_core::{
    NodeId,
    lease::{Work, WorkKind},
};

use super::{databases::new_database, *};
use crate::store::write::Write;

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
