//! Slices: claims, cursors, and the completion of a job.

use super::*;
use crate::archive::SealLimits;

on_each_database! {
    slices_have_every_line_once_in_order_and_complete_the_job_in_any_order,
    the_result_of_an_earlier_claim_changes_nothing,
    slices_and_batches_depend_on_nothing_that_happens_after_the_start,
}

const BLOCKS: SealLimits = blocks_of(10);

async fn slices_have_every_line_once_in_order_and_complete_the_job_in_any_order() {
    let store = with_slices().await;
    let Claimed { receiver, mut slices } = claim(&store).await;
    assert!(slices.len() > 2, "{slices:?}");
    slices.reverse();
    let mut texts_by_slice = Vec::new();
    for mut slice in slices {
        let mut slice_texts = Vec::new();
        while !slice.is_completed() {
            assert_eq!(store.job(&us()).await.unwrap().status(), JobStatus::Running);
            let batches = store.next_batches(&us(), JobId(1), slice, Arc::clone(&receiver)).await;
            for batch in batches.unwrap() {
                slice_texts.extend(texts(&batch));
                record(&store, &batch, acknowledged(&batch), 202).await;
                slice.cursor = batch.cursor;
            }
        }
        texts_by_slice.insert(0, slice_texts);
    }
    let expected: Vec<_> = (0..100).map(|n| format!("line {n}")).collect();
    assert_eq!(texts_by_slice.concat(), expected);
    let job = store.job(&us()).await.unwrap();
    assert_eq!(job.status(), JobStatus::Completed);
    let progress = job.configured().unwrap().progress.clone().unwrap();
    assert_eq!((Some(progress.delivered), progress.delivered.lines), (progress.total, 100));
}

async fn the_result_of_an_earlier_claim_changes_nothing() {
    let store = with_slices().await;
    let Claimed { receiver, slices } = claim(&store).await;
    let batches = store.next_batches(&us(), JobId(1), slices[0], receiver).await.unwrap();
    let again = claim(&store).await;
    for batch in &batches {
        record(&store, batch, acknowledged(batch), 202).await;
    }
    let unchanged = claim(&store).await.slices[0];
    assert_eq!(unchanged.cursor, again.slices[0].cursor);
    let job = store.job(&us()).await.unwrap();
    assert_eq!(job.configured().unwrap().progress.as_ref().unwrap().delivered.lines, 0);
}

async fn slices_and_batches_depend_on_nothing_that_happens_after_the_start() {
    let store = with_slices().await;
    let before = claim(&store).await.slices;
    let late = (0..100).map(|n| line(n / 10, &format!("late {n}"))).collect();
    store.append(&us(), late).await.unwrap();
    while store.seal(&us(), BLOCKS).await.unwrap() {}
    while store.merge(&us(), BLOCKS).await.unwrap() {}
    let after = claim(&store).await.slices;
    let bounds = |slices: &[Slice]| -> Vec<_> {
        slices.iter().map(|slice| (slice.start, slice.end)).collect()
    };
    assert_eq!(bounds(&before), bounds(&after));
    let ids = delivered(&store).await;
    let expected: Vec<_> =
        (0..10).map(|n| format!("{}-{}-{}", JobId(1), n * 10 + 1, n * 10 + 10)).collect();
    assert_eq!(ids, expected);
}

/// A running job of a hundred lines in ten blocks.
pub(super) async fn with_slices() -> Store {
    let store = store_with_lines(0).await;
    let lines = (0..100).map(|n| line(n / 10, &format!("line {n}"))).collect();
    store.append(&us(), lines).await.unwrap();
    while store.seal(&us(), BLOCKS).await.unwrap() {}
    submit(&store, at(0), at(9)).await;
    start(&store).await.unwrap();
    store
}

async fn claim(store: &Store) -> Claimed {
    store.claim(&us(), JobId(1), "test").await.unwrap()
}
