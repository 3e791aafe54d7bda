//! Copies of databases from each kind to each kind: what is copied, and how an interrupted copy goes on.

use std::collections::BTreeSet;

use super::{
    copies::{Contents, columns, contents, copy, copy_some, left_by, opened},
    databases::{KINDS, empty},
    filled::filled,
    slices::with_slices,
    *,
};
use crate::store::copying::tables::{ALL, Table};

/// The tables that are not copied: the sequence numbers are copied as counters, the locks, leases, nodes and
/// handovers belong to the nodes on one database, and the versions of parts are those of one database.
const NOT_COPIED: [&str; 9] = [
    "archive_lock",
    "handover",
    "lease",
    "node",
    "parts_version",
    "region_sequence",
    "schema_version",
    "sequence",
    "state_lock",
];

on_each_database! {
    every_column_of_every_table_is_copied_or_its_table_is_listed,
    a_copy_of_a_copy_has_every_row_of_the_source,
    a_copy_that_is_interrupted_after_each_chunk_goes_on_where_it_stopped,
    a_running_job_goes_on_in_the_copy_with_the_same_ids_and_bodies,
    numbers_that_were_given_in_the_source_are_not_given_in_the_copy,
}

async fn every_column_of_every_table_is_copied_or_its_table_is_listed() {
    let directory = tempfile::tempdir().unwrap();
    let database = left_by(new_store().await, &directory.path().join("a.db")).await;
    let is_file = matches!(database, CopyDatabase::File(_));
    let store = opened(&database).await.unwrap();
    let mut tables = store.database.read(move |db| columns(db, is_file)).await.unwrap();
    for table in ALL {
        let columns = tables.remove(table.name()).unwrap();
        if let Table::Rows(table) = table {
            let copied: BTreeSet<_> = table.columns().map(|name| (*name).to_owned()).collect();
            assert_eq!(copied, BTreeSet::from_iter(columns), "{}", table.name);
        }
    }
    assert!(tables.remove("part_data").is_some());
    for name in tables.keys() {
        assert!(is_not_copied(name), "{name} is not copied");
    }
}

async fn a_copy_of_a_copy_has_every_row_of_the_source() {
    let directory = tempfile::tempdir().unwrap();
    let source = left_by(filled().await, &directory.path().join("source.db")).await;
    let expected = copied_tables(contents(&source).await);
    let without_rows: Vec<_> = expected.iter().filter(|(_, rows)| rows.is_empty()).collect();
    assert!(without_rows.is_empty(), "{without_rows:?}");
    for kind in KINDS {
        let [first, last] = ["1.db", "2.db"].map(|name| empty(kind, directory.path(), name));
        let tables = copy(&source, &first).await.unwrap();
        assert_eq!(copied_tables(contents(&first).await), expected);
        for table in tables {
            assert_eq!(table.rows, expected[table.name].len() as u64, "{}", table.name);
        }
        copy(&first, &last).await.unwrap();
        assert_eq!(copied_tables(contents(&last).await), expected);
        let checked = opened(&last).await.unwrap().check().await.unwrap();
        assert_eq!(checked.problems, Vec::<String>::new());
    }
    assert_eq!(copied_tables(contents(&source).await), expected, "the source is only read");
}

async fn a_copy_that_is_interrupted_after_each_chunk_goes_on_where_it_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let source = left_by(filled().await, &directory.path().join("source.db")).await;
    for kind in KINDS {
        let target = empty(kind, directory.path(), "target.db");
        let mut chunks = 0;
        while copy_some(&source, &target, 1).await.unwrap() {
            chunks += 1;
        }
        assert!(matches!(opened(&target).await, Err(StoreError::UnfinishedCopy)));
        assert!(chunks > 2 * ALL.len(), "{chunks} chunks");
        copy(&source, &target).await.unwrap();
        let [source, target] = [&source, &target].map(contents);
        assert_eq!(copied_tables(target.await), copied_tables(source.await));
    }
}

async fn a_running_job_goes_on_in_the_copy_with_the_same_ids_and_bodies() {
    let directory = tempfile::tempdir().unwrap();
    let store = with_slices().await;
    for _ in 0..2 {
        let batch = next(&store).await.unwrap();
        record(&store, &batch, acknowledged(&batch), 202).await;
    }
    let batch = next(&store).await.unwrap();
    let halves =
        DeliveryOutcome::TooLarge { middle: batch.middle.unwrap(), end: batch.last.next() };
    record(&store, &batch, halves, 413).await;
    let source = left_by(store, &directory.path().join("source.db")).await;
    let mut targets = Vec::new();
    for kind in KINDS {
        let target = empty(kind, directory.path(), "target.db");
        copy(&source, &target).await.unwrap();
        targets.push(target);
    }
    let expected = deliver(&opened(&source).await.unwrap()).await;
    assert_eq!(expected.len(), 9, "seven batches and two halves");
    for target in targets {
        let target = opened(&target).await.unwrap();
        assert_eq!(deliver(&target).await, expected);
        assert_eq!(target.job(&us()).await.unwrap().status(), JobStatus::Completed);
    }
}

async fn numbers_that_were_given_in_the_source_are_not_given_in_the_copy() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_with_lines(3).await;
    // The part with the highest id is deleted.
    assert_eq!(store.trim(&us(), at(99)).await.unwrap().lines, 3);
    let source = left_by(store, &directory.path().join("source.db")).await;
    for kind in KINDS {
        let target = empty(kind, directory.path(), "target.db");
        copy(&source, &target).await.unwrap();
        let target = opened(&target).await.unwrap();
        target.append(&us(), lines(1)).await.unwrap();
        assert_eq!(target.last_seq().await.unwrap(), 4);
        let sql = "SELECT id FROM part_data";
        let ids = target.database.read(|db| db.all(sql, &[], |row| row.get::<i64>(0)));
        assert_eq!(ids.await.unwrap(), [2]);
    }
}

/// Delivers the rest of the job; returns the ids and the bodies.
async fn deliver(store: &Store) -> Vec<(String, Vec<u8>)> {
    let mut sent = Vec::new();
    while let Some(batch) = next(store).await {
        sent.push((batch.webhook_id(), batch.body.text()));
        record(store, &batch, acknowledged(&batch), 202).await;
    }
    sent
}

/// Whether a table is not copied. There are locks for each region.
fn is_not_copied(table: &str) -> bool {
    let kinds = ["archive_lock_", "state_lock_"];
    NOT_COPIED.contains(&table) || kinds.iter().any(|kind| table.starts_with(kind))
}

fn copied_tables(mut contents: Contents) -> Contents {
    contents.retain(|table, _| !is_not_copied(table));
    // Only PostgreSQL has this column.
    for row in contents.get_mut("part_data").into_iter().flatten() {
        row.remove("day");
    }
    contents
}
