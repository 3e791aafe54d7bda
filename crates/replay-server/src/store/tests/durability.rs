//! Which results of delivery attempts are on the disk before they can be read.

use super::{lanes::forwarding, *};
use crate::store::{delivery_records::record_all, lane_changes, lane_rows, write::Write};
use replay_core::outage::{OutageCause, OutageReason};

#[tokio::test]
async fn a_split_of_a_batch_waits_for_the_disk_and_a_failed_attempt_does_not() {
    let store = store_with_lines(4).await;
    submit(&store, at(0), at(9)).await;
    let batch = started(&store).await;
    let halves =
        DeliveryOutcome::TooLarge { middle: batch.middle.unwrap(), end: batch.last.next() };
    for (outcome, is_synced) in [(DeliveryOutcome::Retry, false), (halves, true)] {
        let record = DeliveryRecord { job: batch.job, claim: batch.claim, outcome, attempt: None };
        let recorded =
            waits(&store, move |tx| record_all(tx, &us(), &[record], at(9)).map(drop)).await;
        assert_eq!(recorded, is_synced);
    }
}

#[tokio::test]
async fn the_begin_and_the_end_of_an_outage_wait_for_the_disk() {
    let store = forwarding().await;
    let lane = store.database.read(|db| lane_rows::load(db, &us())).await.unwrap().unwrap();
    let interrupted = lane.stopped(OutageCause::plain(OutageReason::Lag)).lane;
    let begins = lane.lagged();
    let ends = interrupted.enabled(0, at(1));
    for (changes, is_synced) in [(lane.unchanged(), false), (begins, true), (ends, true)] {
        let save = move |tx: &Write<'_>| lane_changes::save(tx, &us(), changes, OutageId(1), at(9));
        assert_eq!(waits(&store, save).await, is_synced);
    }
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_disabled_on_the_disk() {
    let store = store_with_lines(1).await;
    let disable = |tx: &Write<'_>| webhook_changes::disable(tx, &us(), OutageId(1), "gone", at(9));
    assert!(waits(&store, disable).await);
}

/// Whether the commit of a step has to wait for the disk.
async fn waits(
    store: &Store,
    step: impl FnOnce(&Write<'_>) -> Result<(), StoreError> + Send + 'static,
) -> bool {
    let step = move |tx: &Write<'_>| {
        step(tx)?;
        Ok::<_, StoreError>(tx.requires_sync())
    };
    store.database.write_lazily(step).await.unwrap()
}
