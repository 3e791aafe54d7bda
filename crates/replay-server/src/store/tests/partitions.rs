//! The partitions of the archive by day, and the retention of whole days.

use super::{
    databases::new_database,
    processes::{hold, run_apart},
    *,
};
use crate::store::sql::Access;

on_each_database! {
    whole_days_past_the_retention_are_removed_and_the_other_lines_stay,
}

async fn whole_days_past_the_retention_are_removed_and_the_other_lines_stay() {
    let store = store_with_days(&new_store().await).await;
    store.append(&eu(), vec![on(0, 1, "eu 0"), on(1, 1, "eu 1")]).await.unwrap();
    while store.seal(&us(), BLOCKS).await.unwrap() {}
    submit(&store, day(1), day(2)).await;
    for region in [us(), eu()] {
        while store.trim(&region, day(2)).await.unwrap().lines > 0 {}
    }
    store.drop_empty_days(day(2)).await.unwrap();
    let checked = store.check().await.unwrap();
    assert_eq!((checked.problems, checked.lines), (Vec::new(), 6));
    let batch = started(&store).await;
    assert_eq!(texts(&batch), ["day 1, 0", "day 1, 1", "day 1, 2"]);
    let again = vec![on(1, 1, "day 1, 1"), on(2, 9, "new")];
    assert_eq!(store.append(&us(), again).await.unwrap().accepted, 1);
}

#[tokio::test]
async fn the_partitions_of_a_day_are_dropped_once_no_region_has_a_part_of_it() {
    let store = store_with_days(&Store::connect(new_database()).await.unwrap()).await;
    store.append(&eu(), vec![on(0, 1, "eu 0")]).await.unwrap();
    assert_eq!(partitions(&store).await.len(), 6);
    while store.trim(&us(), day(1)).await.unwrap().lines > 0 {}
    assert_eq!(store.drop_empty_days(day(1)).await.unwrap(), 0);
    while store.trim(&eu(), day(1)).await.unwrap().lines > 0 {}
    assert_eq!(store.drop_empty_days(day(1)).await.unwrap(), 1);
    let left = ["part_2026_11_24", "part_2026_11_25"];
    let left_data = ["part_data_2026_11_24", "part_data_2026_11_25"];
    assert_eq!(partitions(&store).await, [left, left_data].concat());
    assert_eq!(store.drop_empty_days(day(1)).await.unwrap(), 0);
    assert_eq!(store.check().await.unwrap().lines, 6);
}

#[tokio::test]
async fn an_append_to_a_day_that_another_node_has_dropped_succeeds_when_it_is_repeated() {
    let config = new_database();
    let one = store_with_days(&Store::connect(config.clone()).await.unwrap()).await;
    let other = Store::connect(config).await.unwrap();
    while other.trim(&us(), day(1)).await.unwrap().lines > 0 {}
    assert_eq!(other.drop_empty_days(day(1)).await.unwrap(), 1);
    let late = || vec![on(0, 5, "late")];
    let error = one.append(&us(), late()).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    assert_eq!(one.append(&us(), late()).await.unwrap().accepted, 1);
    assert_eq!(other.check().await.unwrap().lines, 7);
}

#[tokio::test]
async fn nodes_that_store_the_first_lines_of_a_day_at_once_make_one_partition() {
    let config = new_database();
    let open = || Store::connect(config.clone());
    let stores = [open().await.unwrap(), open().await.unwrap(), open().await.unwrap()];
    let mut appends = tokio::task::JoinSet::new();
    for (number, store) in stores.iter().cloned().enumerate() {
        for of in 0..4 {
            let store = store.clone();
            let lines = vec![on(of, 1, &format!("{number}"))];
            appends.spawn(async move { store.append(&us(), lines).await.unwrap().accepted });
        }
    }
    assert_eq!(appends.join_all().await, [1; 12]);
    assert_eq!(partitions(&stores[0]).await.len(), 8);
    assert_eq!(stores[0].check().await.unwrap().lines, 12);
}

#[tokio::test]
async fn an_interrupted_detachment_is_finished_and_readers_do_not_wait_for_it() {
    let mut config = new_database();
    let store = store_with_days(&Store::connect(config.clone()).await.unwrap()).await;
    while store.trim(&us(), day(1)).await.unwrap().lines > 0 {}
    let reader = hold(config.clone(), Access::ReadAtOneMoment, "SELECT FROM part").await;
    config.options("-c lock_timeout=100ms");
    let impatient = Store::connect(config).await.unwrap();
    let error = impatient.drop_empty_days(day(1)).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    let sql = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending";
    let pending = || store.database.read(|db| db.one(sql, &[], |row| row.get::<i64>(0)));
    assert_eq!(pending().await.unwrap(), 1);
    assert_eq!(store.check().await.unwrap().lines, 6);
    assert_eq!(store.append(&us(), vec![on(3, 1, "new")]).await.unwrap().accepted, 1);
    drop(reader);
    assert_eq!(store.drop_empty_days(day(1)).await.unwrap(), 1);
    assert_eq!((pending().await.unwrap(), partitions(&store).await.len()), (0, 6));
}

#[tokio::test]
async fn lines_can_be_stored_in_a_day_whose_detachment_was_interrupted() {
    let mut config = new_database();
    let store = store_with_days(&Store::connect(config.clone()).await.unwrap()).await;
    while store.trim(&us(), day(1)).await.unwrap().lines > 0 {}
    let reader = hold(config.clone(), Access::ReadAtOneMoment, "SELECT FROM part").await;
    config.options("-c lock_timeout=100ms");
    let impatient = Store::connect(config.clone()).await.unwrap();
    impatient.drop_empty_days(day(1)).await.unwrap_err();
    // The first node knows the day, the other one does not.
    assert_eq!(store.append(&us(), vec![on(0, 5, "late")]).await.unwrap().accepted, 1);
    drop(reader);
    config.options("");
    let other = Store::connect(config).await.unwrap();
    assert_eq!(other.append(&us(), vec![on(0, 6, "later")]).await.unwrap().accepted, 1);
    assert_eq!(store.drop_empty_days(day(1)).await.unwrap(), 0);
    let checked = store.check().await.unwrap();
    assert_eq!((checked.problems, checked.lines), (Vec::new(), 8));
}

#[tokio::test]
async fn a_detached_partition_with_a_part_is_attached_again() {
    let config = new_database();
    let store = store_with_days(&Store::connect(config.clone()).await.unwrap()).await;
    for table in ["part", "part_data"] {
        let sql = format!("ALTER TABLE {table} DETACH PARTITION {table}_2026_11_23");
        run_apart(config.clone(), sql.leak()).await;
        assert_eq!(store.drop_empty_days(day(1)).await.unwrap(), 0);
        let checked = store.check().await.unwrap();
        assert_eq!((checked.problems, checked.lines), (Vec::new(), 9));
    }
}

const BLOCKS: SealLimits = blocks_of(3);

/// The same store with an enabled webhook and three lines of each of three days.
async fn store_with_days(store: &Store) -> Store {
    enable(store).await;
    for of in 0..3 {
        let lines = (0..3).map(|minute| on(of, minute, &format!("day {of}, {minute}")));
        store.append(&us(), lines.collect()).await.unwrap();
    }
    store.clone()
}

fn day(number: i64) -> Timestamp {
    "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::days(number)
}

fn on(number: i64, minute: i64, text: &str) -> NewLine {
    NewLine { event_at: day(number) + TimeDelta::minutes(minute), ..line(0, text) }
}

/// The names of the partitions in alphabetical order.
async fn partitions(store: &Store) -> Vec<String> {
    let sql =
        "SELECT CAST(relname AS TEXT) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
               WHERE relkind = 'r' ORDER BY relname";
    store.database.read(|db| db.all(sql, &[], |row| row.get(0))).await.unwrap()
}
