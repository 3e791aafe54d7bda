//! The locks of writes on PostgreSQL: which writes wait for each other, and the order in which sequence
//! numbers are committed.

use std::borrow::Cow;

use super::{
    databases::new_database,
    lanes::{forward, live_texts, next_live, range, send, split},
    processes::{hold, until_waiting},
    *,
};
use crate::store::sql::Access;
use replay_core::{
    NodeId,
    lease::{Work, WorkKind},
};

#[tokio::test]
async fn a_write_waits_for_another_one_to_its_region_and_not_for_one_to_another_region() {
    let config = new_database();
    let store = connected(&config).await;
    let locks = "LOCK TABLE state_lock IN ROW EXCLUSIVE MODE;
                 LOCK TABLE state_lock_us IN EXCLUSIVE MODE;
                 LOCK TABLE archive_lock IN ROW EXCLUSIVE MODE;
                 LOCK TABLE archive_lock_us IN EXCLUSIVE MODE";
    let other = hold(config, locked(locks), "SELECT 1").await;
    let append = tokio::spawn(appended(store.clone(), us()));
    let patching = tokio::spawn({
        let store = store.clone();
        async move { patch(&store, us()).await }
    });
    until_waiting(&store).await;
    patch(&store, eu()).await;
    assert_eq!(appended(store.clone(), eu()).await, 3);
    assert!(!patching.is_finished() && !append.is_finished());
    drop(other);
    patching.await.unwrap();
    assert_eq!(append.await.unwrap(), 3);
}

#[tokio::test]
async fn a_write_to_all_regions_waits_for_one_to_a_region() {
    let config = new_database();
    let store = connected(&config).await;
    let locks = "LOCK TABLE state_lock IN ROW EXCLUSIVE MODE;
                 LOCK TABLE state_lock_us IN EXCLUSIVE MODE";
    let other = hold(config, locked(locks), "SELECT 1").await;
    let write = tokio::spawn({
        let store = store.clone();
        async move { store.set_served_regions(vec![us()]).await.unwrap() }
    });
    until_waiting(&store).await;
    assert!(!write.is_finished());
    drop(other);
    write.await.unwrap();
}

#[tokio::test]
async fn the_check_of_readiness_waits_for_no_write() {
    let config = new_database();
    let store = connected(&config).await;
    let locks = "LOCK TABLE state_lock, archive_lock IN EXCLUSIVE MODE";
    let _other = hold(config, locked(locks), "SELECT 1").await;
    store.try_to_write().await.unwrap();
}

#[tokio::test]
async fn numbers_that_are_committed_after_higher_ones_are_not_skipped_and_not_in_a_snapshot() {
    let config = new_database();
    let store = connected(&config).await;
    forward(&store, true).await;
    for region in [us(), eu()] {
        let timeframe = Timeframe::new(at(0), at(9)).unwrap();
        let submission = Submission::to_region(region.clone(), JobId(1), timeframe);
        store.submit(submission, at(9)).await.unwrap();
        store.advance(&region, JobId(1), Step::Schedule, at(9)).await.unwrap();
    }
    // Lines of `us` have got their numbers, and their text cannot be stored yet.
    store.prepare_day(at(0)).await.unwrap();
    let lock = "LOCK TABLE part_data_2026_11_23 IN SHARE MODE";
    let other = hold(config.clone(), locked(lock), "SELECT 1").await;
    let append = tokio::spawn(appended(store.clone(), us()));
    until_waiting(&store).await;
    let tomorrow = vec![line(24 * 60, "tomorrow")];
    assert_eq!(store.append(&eu(), tomorrow).await.unwrap().accepted, 1);
    assert_eq!((store.last_seq().await.unwrap(), append.is_finished()), (4, false));
    for region in [us(), eu()] {
        store.start(&region, JobId(1), LIMITS, at(-99), at(9)).await.unwrap();
    }
    assert_eq!(next_live(&store).await, LiveNext::Nothing);
    assert_eq!(store.last_seq_of(&us()).await.unwrap(), 0);
    drop(other);
    assert_eq!(append.await.unwrap(), 3);
    assert_eq!(next(&store).await, None, "the snapshot has gained lines");
    let batch = send(&store).await;
    assert_eq!(batch.range, range(1, 3), "the live lane has skipped lines");
    assert_eq!(live_texts(&batch), split("0 1 2"));
}

#[tokio::test]
async fn an_append_gets_its_sequence_numbers_after_the_commit_of_the_append_before_it() {
    let config = new_database();
    let store = connected(&config).await;
    submit(&store, at(0), at(9)).await;
    store.advance(&us(), JobId(1), Step::Schedule, at(9)).await.unwrap();
    let locks = "LOCK TABLE archive_lock IN ROW EXCLUSIVE MODE;
                 LOCK TABLE archive_lock_us IN EXCLUSIVE MODE";
    let give = "INSERT INTO region_sequence
                SELECT 'us', max(nextval('line_seq')) FROM generate_series(1, 5)";
    let other = hold(config, locked(locks), give).await;
    let append = tokio::spawn(appended(store.clone(), us()));
    until_waiting(&store).await;
    // The snapshot has no sequence number that is given and not committed.
    store.start(&us(), JobId(1), LIMITS, at(-99), at(9)).await.unwrap();
    assert_eq!((store.last_seq().await.unwrap(), append.is_finished()), (0, false));
    drop(other);
    assert_eq!(append.await.unwrap(), 3);
    assert_eq!(store.last_seq().await.unwrap(), 8);
    assert_eq!(next(&store).await, None);
}

#[tokio::test]
async fn no_write_fails_because_of_others_at_the_same_time() {
    let config = new_database();
    let open = || Store::connect(config.clone());
    let (one, other) = (open().await.unwrap(), open().await.unwrap());
    let mut writes = tokio::task::JoinSet::new();
    for (number, store) in [(1, one.clone()), (2, other)] {
        for region in [us(), eu(), Region::named("au").unwrap()] {
            writes.spawn(change_often(store.clone(), region, number));
        }
        writes.spawn(async move {
            let node = NodeId(number);
            for round in 0..10 {
                store.set_served_regions(vec![us(), eu()]).await.unwrap();
                store.renew_leases(node, works()).await.unwrap();
                store.claim_leases(node, works()).await.unwrap();
                store.trim_idempotency_keys(at(0)).await.unwrap();
                let each = [us(), eu()].map(|region| (region, line(0, &format!("{node} {round}"))));
                store.append_each(each.to_vec()).await.unwrap();
            }
        });
    }
    writes.join_all().await;
    let checked = one.check().await.unwrap();
    assert_eq!((checked.problems, checked.lines), (Vec::new(), 2 * 3 * 10 * 4 + 2 * 2 * 10));
}

/// Changes everything of a region again and again.
async fn change_often(store: Store, region: Region, number: u128) {
    for round in 0..10 {
        store.patch_webhook(&region, enabled_webhook(), OutageId(0), at(0)).await.unwrap();
        let lines = (0..4).map(|minute| line(minute * 1_000, &format!("{number} {round}")));
        store.append(&region, lines.collect()).await.unwrap();
        store.seal(&region, BLOCKS).await.unwrap();
        store.merge(&region, BLOCKS).await.unwrap();
        store.trim(&region, at(0)).await.unwrap();
        store.drop_empty_days(at(0)).await.unwrap();
        let id = JobId(number * 1_000 + round);
        let timeframe = Timeframe::new(at(0), at(9)).unwrap();
        let submission = Submission::to_region(region.clone(), id, timeframe);
        store.submit(submission, at(9)).await.unwrap();
        store.advance(&region, id, Step::Schedule, at(9)).await.unwrap();
    }
}

const BLOCKS: SealLimits = blocks_of(3);

fn works() -> Arc<[Work]> {
    WorkKind::ALL.map(|kind| Work { kind, region: us() }).into()
}

fn locked(locks: &'static str) -> Access {
    Access::Write { locks: Cow::Borrowed(locks), is_synced: true }
}

/// A store on which the webhook of each region is enabled.
async fn connected(config: &::postgres::Config) -> Store {
    let store = Store::connect(config.clone()).await.unwrap();
    for region in [us(), eu()] {
        patch(&store, region).await;
    }
    store
}

async fn patch(store: &Store, region: Region) {
    store.patch_webhook(&region, enabled_webhook(), OutageId(0), at(0)).await.unwrap();
}

/// Appends three lines; returns how many were accepted.
async fn appended(store: Store, region: Region) -> usize {
    let lines = (0..3).map(|minute| line(minute, &minute.to_string()));
    store.append(&region, lines.collect()).await.unwrap().accepted
}
