//! Parts of the archive: sealing, merging, duplicates, counts and damage.

use std::collections::HashMap;

use super::databases::two_processes;
use super::*;
use crate::archive::SealLimits;
use replay_core::job::Amount;

on_each_database! {
    sealing_changes_neither_the_order_nor_the_batches_of_a_running_job,
    blocks_that_were_sealed_before_the_start_are_sent_as_they_are_stored,
    less_than_a_block_stays_recent_and_merging_keeps_every_line,
    a_duplicate_is_recognized_wherever_the_first_copy_is,
    a_duplicate_of_a_line_that_another_process_archived_is_recognized,
    a_damaged_block_is_named_and_leaves_the_other_lines_readable,
    the_totals_of_a_region_are_those_of_its_blocks_and_its_recent_lines,
}

const BLOCKS: SealLimits = blocks_of(3);

async fn sealing_changes_neither_the_order_nor_the_batches_of_a_running_job() {
    let mut ids = Vec::new();
    for seal_after in [None, Some(0), Some(1), Some(2)] {
        let store = store_with_lines(0).await;
        for minutes in [[5, 1, 3], [2, 0, 8], [7, 4, 6]] {
            let lines = minutes.map(|minute| line(minute, &format!("{minute} {minutes:?}")));
            store.append(&us(), lines.to_vec()).await.unwrap();
        }
        submit(&store, at(0), at(9)).await;
        let limits = Limits { batch: BatchLimits { lines: 2, bytes: 1_000 }, ..LIMITS };
        store.advance(&us(), JobId(1), Step::Schedule, at(9)).await.unwrap();
        store.start(&us(), JobId(1), limits, at(-99), at(9)).await.unwrap();
        let mut sent = Vec::new();
        while let Some(batch) = next(&store).await {
            if seal_after == Some(sent.len()) {
                store.append(&us(), vec![line(2, "late"), line(9, "late")]).await.unwrap();
                while store.seal(&us(), BLOCKS).await.unwrap() {}
            }
            let again = next(&store).await.unwrap();
            assert_eq!(again.webhook_id(), batch.webhook_id());
            let batch = again;
            sent.push((batch.webhook_id(), texts(&batch)));
            record(&store, &batch, acknowledged(&batch), 202).await;
        }
        ids.push(sent);
    }
    assert_eq!(ids[0].len(), 5);
    assert!(ids.iter().all(|sent| *sent == ids[0]), "{ids:#?}");
}

async fn blocks_that_were_sealed_before_the_start_are_sent_as_they_are_stored() {
    let store = store_with_lines(9).await;
    while store.seal(&us(), BLOCKS).await.unwrap() {}
    let batch = replayed(&store).await;
    assert!(matches!(batch.body, Body::Gzip(_)), "{batch:?}");
    assert_eq!(texts(&batch), ["line 0", "line 1", "line 2"]);
    assert_eq!(batch.middle, Some(batch.first.next()));
    let ids = delivered(&store).await;
    let expected = ["1-3", "4-6", "7-9"].map(|seqs| format!("{}-{seqs}", JobId(1)));
    assert_eq!(ids, expected);
}

async fn less_than_a_block_stays_recent_and_merging_keeps_every_line() {
    let store = store_with_lines(0).await;
    for round in 0..6 {
        let lines = (0..4).map(|n| line(n * 2, &format!("{round} {n}")));
        store.append(&us(), lines.collect()).await.unwrap();
        while store.seal(&us(), BLOCKS).await.unwrap() {}
        assert!(store.recent_lines(&us()).await.unwrap().lines < 3);
    }
    let mut merges = 0;
    while store.merge(&us(), BLOCKS).await.unwrap() {
        merges += 1;
        assert!(merges < 20, "merging does not end");
    }
    assert!(merges > 0);
    let checked = store.check().await.unwrap();
    assert_eq!((checked.problems, checked.lines), (Vec::new(), 24));
    let batch = replayed(&store).await;
    let expected: Vec<_> = (0..6).map(|round| format!("{round} 0")).collect();
    assert_eq!(texts(&batch), expected[..3], "lines of one time are in order of arrival");
}

async fn a_duplicate_is_recognized_wherever_the_first_copy_is() {
    let store = store_with_lines(9).await;
    store.seal(&us(), BLOCKS).await.unwrap();
    let mut again = lines(12);
    again.push(line(10, "line 10"));
    again.push(line(3, "line 4"));
    let appended = store.append(&us(), again.clone()).await.unwrap();
    assert_eq!(appended, Appended { accepted: 4, duplicates: 10 });
    // A store that was opened again reads the fingerprints from the database.
    let store = restarted(&store).await;
    let appended = store.append(&us(), again).await.unwrap();
    assert_eq!(appended, Appended { accepted: 0, duplicates: 14 });
}

async fn a_duplicate_of_a_line_that_another_process_archived_is_recognized() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = two_processes(directory.path()).await;
    for (store, accepted) in [(&one, 5), (&other, 0), (&one, 0)] {
        assert_eq!(store.append(&us(), lines(5)).await.unwrap().accepted, accepted);
    }
    assert_eq!(other.append(&us(), lines(8)).await.unwrap().accepted, 3);
    assert!(one.seal(&us(), BLOCKS).await.unwrap());
    assert_eq!(other.append(&us(), lines(8)).await.unwrap().accepted, 0);
    assert_eq!(one.check().await.unwrap().problems, Vec::<String>::new());
}

async fn a_damaged_block_is_named_and_leaves_the_other_lines_readable() {
    let store = store_with_lines(9).await;
    while store.seal(&us(), BLOCKS).await.unwrap() {}
    let damage = "UPDATE part_data SET text = fingerprints
                  WHERE id = (SELECT id FROM part WHERE first_ns = (
                      SELECT first_ns FROM part ORDER BY first_ns LIMIT 1 OFFSET 1))";
    store.database.write(move |tx| execute(tx, damage)).await.unwrap();
    let sql = "SELECT id FROM part ORDER BY first_ns LIMIT 1 OFFSET 1";
    let id = store.database.read(|db| db.one(sql, &[], |row| row.get::<i64>(0))).await.unwrap();
    let name = format!("block {id} of the archive is damaged");
    assert_eq!(store.check().await.unwrap().problems[0], name);
    let batch = replayed(&store).await;
    assert_eq!(texts(&batch), ["line 0", "line 1", "line 2"]);
    record(&store, &batch, acknowledged(&batch), 202).await;
    let Due::Deliver { job, .. } = store.due(&us()).await.unwrap() else { panic!() };
    let Claimed { receiver, slices } = store.claim(&us(), job, "test").await.unwrap();
    let error = store.next_batches(&us(), job, slices[0], receiver).await.unwrap_err();
    assert!(error.is_damage() && error.summary() == name, "{error}");
    assert_eq!(store.damage(), Some(name.as_str()));
    // A line that the damaged block may have is archived rather than lost.
    let appended = store.append(&us(), lines(9)).await.unwrap();
    assert_eq!(appended, Appended { accepted: 3, duplicates: 6 });
}

#[tokio::test]
async fn a_block_is_not_sealed_from_lines_that_were_deleted_meanwhile() {
    let store = store_with_lines(9).await;
    let image = store.image().await.unwrap();
    assert!(store.seal(&us(), BLOCKS).await.unwrap());
    let store = Store::in_memory(Some(&image)).unwrap();
    assert_eq!(store.trim(&us(), at(9)).await.unwrap().lines, 9);
    assert!(!store.seal(&us(), BLOCKS).await.unwrap());
    assert_eq!(store.check().await.unwrap().lines, 0);
}

async fn the_totals_of_a_region_are_those_of_its_blocks_and_its_recent_lines() {
    let store = store_with_lines(0).await;
    assert_eq!(store.archive_totals().await.unwrap(), HashMap::new());
    let texts = ["b", "aaa", "cc", "dddd"];
    let lines = [5, 2, 8, 9].into_iter().zip(texts).map(|(minute, text)| line(minute, text));
    store.append(&us(), lines.collect()).await.unwrap();
    store.append(&us(), vec![line(4, "late")]).await.unwrap();
    store.append(&eu(), vec![line(1, "other")]).await.unwrap();
    let totals = |recent_us| {
        let us_totals = ArchiveTotals {
            amount: Amount { lines: 5, bytes: 14 },
            recent_lines: recent_us,
            oldest_at: Some(at(2)),
        };
        let eu_totals = ArchiveTotals {
            amount: Amount { lines: 1, bytes: 5 },
            recent_lines: 1,
            oldest_at: Some(at(1)),
        };
        HashMap::from([(us(), us_totals), (eu(), eu_totals)])
    };
    assert_eq!(store.archive_totals().await.unwrap(), totals(5));
    while store.seal(&us(), BLOCKS).await.unwrap() {}
    let recent = store.recent_lines(&us()).await.unwrap().lines;
    assert!(recent < 3);
    assert_eq!(store.archive_totals().await.unwrap(), totals(recent));
}
