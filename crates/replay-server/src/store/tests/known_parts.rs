//! What a process knows of the parts of the archive: those of committed transactions, of which it reads only
//! the new ones.

use super::{
    databases::{new_database, two_processes},
    *,
};
use crate::{
    archive::{EncodedPart, Line, PartKind},
    store::{sql::PartsChange, write::Write},
};
use replay_core::snapshot::Position;

on_each_database! {
    a_part_is_known_only_once_its_transaction_is_committed,
}

async fn a_part_is_known_only_once_its_transaction_is_committed() {
    let directory = tempfile::tempdir().unwrap();
    let [store, other] = two_processes(directory.path()).await;
    store.append(&us(), lines(1)).await.unwrap();
    let mut known = store.known_parts.lock(&us()).await;
    let failing = store.database.write_archive(move |tx| {
        known.begin(tx, PartsChange::Adds)?;
        let part = EncodedPart::of(&[archived("a", 7)], PartKind::Recent).unwrap();
        lines::insert(tx, &mut known, &[part])?;
        Err::<(), _>(StoreError::Interrupted)
    });
    assert!(matches!(failing.await, Err(StoreError::Interrupted)));
    // SQLite gives the id of the part to another one now.
    assert_eq!(other.append(&us(), vec![line(0, "b")]).await.unwrap().accepted, 1);
    let again = vec![line(0, "a"), line(0, "b"), line(0, "line 0")];
    let appended = store.append(&us(), again).await.unwrap();
    assert_eq!(appended, Appended { accepted: 1, duplicates: 2 });
    assert_eq!(store.check().await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_node_reads_only_the_parts_that_another_one_has_added_or_replaced() {
    let config = new_database();
    let one = Store::connect(config.clone()).await.unwrap();
    let other = Store::connect(config).await.unwrap();
    for store in [&one, &other] {
        for number in 0..6 {
            let known = vec![line(0, &format!("known {number}")), line(9, "known")];
            store.append(&us(), known).await.unwrap();
        }
    }
    // From here on, a node that reads a known part finds that it is damaged.
    hide(&one).await;
    assert_eq!(one.append(&us(), vec![line(1, "new"), line(8, "new")]).await.unwrap().accepted, 2);
    let again = vec![line(1, "new"), line(2, "newer")];
    let appended = other.append(&us(), again.clone()).await.unwrap();
    assert_eq!((appended, other.damage()), (Appended { accepted: 1, duplicates: 1 }, None));
    // Blocks replace the parts.
    show(&one).await;
    assert!(one.seal(&us(), BLOCKS).await.unwrap());
    let appended = other.append(&us(), again).await.unwrap();
    assert_eq!((appended, other.damage()), (Appended { accepted: 0, duplicates: 2 }, None));
    let last = lines_of_known().into_iter().chain([line(5, "last")]).collect();
    let appended = other.append(&us(), last).await.unwrap();
    assert_eq!((appended, other.damage()), (Appended { accepted: 1, duplicates: 6 }, None));
    assert_eq!(one.check().await.unwrap().problems, Vec::<String>::new());
}

const BLOCKS: SealLimits = blocks_of(3);

fn lines_of_known() -> Vec<NewLine> {
    (0..6).map(|number| line(0, &format!("known {number}"))).collect()
}

/// Moves the texts and indexes of all parts to a table of their own.
async fn hide(store: &Store) {
    let sql =
        "WITH moved AS (DELETE FROM part_data RETURNING *) INSERT INTO hidden SELECT * FROM moved";
    let hide = |tx: &Write<'_>| {
        execute(tx, "CREATE TABLE hidden (LIKE part_data)")?;
        execute(tx, sql)
    };
    store.database.write(hide).await.unwrap();
}

/// Moves them back.
async fn show(store: &Store) {
    let show = |tx: &Write<'_>| execute(tx, "INSERT INTO part_data SELECT * FROM hidden");
    store.database.write(show).await.unwrap();
}

fn archived(text: &str, seq: i64) -> Line {
    Line { position: Position { event_ns: nanoseconds(at(0)), seq }, text: text.to_owned().into() }
}
