//! The number of round trips to PostgreSQL of ingest and delivery.

use super::{databases::new_database, *};
use crate::store::slices::load as slice_rows;

#[tokio::test]
async fn an_ingest_takes_at_most_ten_round_trips_however_many_lines_it_has() {
    let config = new_database();
    let one = Store::connect(config.clone()).await.unwrap();
    let other = Store::connect(config).await.unwrap();
    for text in ["first", "second"] {
        // The statements are prepared, and the partitions are made.
        one.append(&us(), week(100, &format!("{text} of one"))).await.unwrap();
        other.append(&us(), week(100, &format!("{text} of other"))).await.unwrap();
    }
    for count in [1, 1_000, 20_000] {
        // The second node reads what the first one has added.
        for (store, node) in [(&one, "one"), (&other, "other")] {
            let text = format!("{node} {count}");
            let (trips, appended) =
                round_trips(store, store.append(&us(), week(count, &text))).await;
            assert_eq!(appended.unwrap().accepted, count);
            assert!(trips <= 10, "{trips} round trips for {count} lines of node {node}");
        }
    }
}

#[tokio::test]
async fn a_read_of_one_statement_is_one_round_trip() {
    let store = Store::connect(new_database()).await.unwrap();
    store.last_seq().await.unwrap();
    assert_eq!(round_trips(&store, store.last_seq()).await.0, 1);
}

#[tokio::test]
async fn batches_are_read_in_seven_round_trips_and_a_result_is_stored_in_eight() {
    const BLOCKS: SealLimits = SealLimits {
        lines: 1_000,
        bytes: 1_000_000,
        round_lines: 100_000,
        round_bytes: 100_000_000,
        overlaps: 2,
    };
    let store = Store::connect(new_database()).await.unwrap();
    let us = us();
    enable(&store).await;
    let lines = (0..4_000).map(|second| NewLine {
        event_at: at(0) + TimeDelta::milliseconds(second),
        ..line(0, &second.to_string())
    });
    store.append(&us, lines.collect()).await.unwrap();
    while store.seal(&us, BLOCKS).await.unwrap() {}
    submit(&store, at(0), at(9)).await;
    store.advance(&us, JobId(1), Step::Schedule, at(9)).await.unwrap();
    let batch = BatchLimits { lines: 1_000, bytes: 900_000 };
    let limits = Limits { batch, slices: 1, smallest_slice: 10_000, largest_slice: 10_000 };
    store.start(&us, JobId(1), limits, at(-99), at(9)).await.unwrap();
    let Claimed { receiver, .. } = store.claim(&us, JobId(1), "test").await.unwrap();
    let mut counts = Vec::new();
    loop {
        let claimed =
            store.database.read(|db| slice_rows(db, &super::us(), JobId(1))).await.unwrap();
        let reading = store.next_batches(&us, JobId(1), claimed[0], Arc::clone(&receiver));
        let (read, batches) = round_trips(&store, reading).await;
        let batches = batches.unwrap();
        let Some(batch) = batches.first() else { break };
        let recording = record(&store, batch, acknowledged(batch), 202);
        let (recorded, ()) = round_trips(&store, recording).await;
        counts.push((read, recorded));
    }
    assert_eq!(counts.len(), 4);
    // The first round prepares the statements, and the last one finds that the job is complete.
    assert_eq!(counts[1..3], [(7, 8); 2], "round trips of reading and of recording");
}

/// The number of round trips that `step` makes, and its result.
async fn round_trips<T>(store: &Store, step: impl Future<Output = T>) -> (u64, T) {
    let before = store.round_trips().unwrap();
    let result = step.await;
    (store.round_trips().unwrap() - before, result)
}

/// Lines spread over a week.
fn week(count: usize, text: &str) -> Vec<NewLine> {
    let minutes = (0_i64..).map(|number| number * 7_919 % (7 * 24 * 60));
    let lines = minutes.zip(0..count).map(|(minute, n)| line(minute, &format!("{text} {n}")));
    lines.collect()
}
