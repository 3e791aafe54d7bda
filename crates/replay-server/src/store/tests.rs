//! Tests of the store, on each kind of database where it is not about one of them.

mod archive;
mod copies;
mod copying;
mod copying_refused;
mod current;
pub(in crate::store) mod databases;
mod durability;
mod filled;
mod handovers;
mod history;
mod jobs;
mod kinds;
mod known_parts;
mod lanes;
mod leases;
mod locks;
mod migration;
mod not_forwarded;
mod notices;
mod outages;
mod partitions;
mod postgres;
mod processes;
mod round_trips;
mod secrets;
mod slices;

use core::time::Duration;

use super::{sql::Value, *};
use audit_log::Kind;
use chrono::TimeDelta;
use databases::{new_store, on_each_database, restarted};
use replay_core::{
    Job, JobId, JobStatus, OutageId, PutId, Region, Timeframe,
    decisions::{NewJob, Submission},
    delivery::DeliveryOutcome,
    job::Step,
    snapshot::{BatchLimits, Limits},
    webhook::{Attempt, AuthorizationChange, Endpoint, Patch, Secret},
};

on_each_database! {
    a_trim_deletes_the_parts_of_which_every_line_is_before_the_given_time,
    the_counts_are_those_of_the_lines_after_a_trim_inside_a_minute,
    a_trim_keeps_the_lines_that_an_unsettled_job_still_needs,
    a_region_neither_sees_nor_trims_the_lines_of_another,
    a_cursor_and_a_batch_split_survive_a_restart,
    a_completed_job_is_kept_by_its_id_until_it_is_trimmed,
}

async fn a_trim_deletes_the_parts_of_which_every_line_is_before_the_given_time() {
    let store = store_with_lines(3).await;
    assert_eq!(store.trim(&us(), at(1)).await.unwrap().lines, 0, "the part has later lines");
    assert_eq!(store.trim(&us(), at(3)).await.unwrap().lines, 3);
    submit(&store, at(0), at(9)).await;
    assert_eq!(start(&store).await, None);
}

async fn the_counts_are_those_of_the_lines_after_a_trim_inside_a_minute() {
    let store = store_with_lines(0).await;
    for seconds in [[0, 10], [15, 25], [20, 70], [95, 99]] {
        let at = |second| at(0) + TimeDelta::seconds(second);
        let lines = seconds.map(|second| NewLine {
            event_at: at(second),
            ..line(0, &format!("{second} {seconds:?}"))
        });
        store.append(&us(), lines.to_vec()).await.unwrap();
    }
    let before = at(0) + TimeDelta::seconds(30);
    assert_eq!(store.trim(&us(), before).await.unwrap().lines, 4);
    let checked = store.check().await.unwrap();
    assert_eq!((checked.problems, checked.lines), (Vec::new(), 4));
    let all = Timeframe::new(at(0), at(9)).unwrap();
    assert_eq!(store.selected(&us(), all).await.unwrap().total.lines, 4);
}

async fn a_trim_keeps_the_lines_that_an_unsettled_job_still_needs() {
    let store = store_with_lines(0).await;
    for line in lines(4) {
        store.append(&us(), vec![line]).await.unwrap();
    }
    submit(&store, at(1), at(3)).await;
    assert_eq!(store.trim(&us(), at(9)).await.unwrap().lines, 1);
    let batch = started(&store).await;
    assert_eq!(texts(&batch), ["line 1", "line 2", "line 3"]);
    assert_eq!(store.trim(&us(), at(9)).await.unwrap().lines, 0);
    let Job::Configured(job) = store.job(&us()).await.unwrap() else { panic!() };
    store.advance(&us(), job.id, Step::Fail("given up".to_owned()), at(9)).await.unwrap();
    assert_eq!(store.trim(&us(), at(9)).await.unwrap().lines, 3);
}

async fn a_region_neither_sees_nor_trims_the_lines_of_another() {
    let store = store_with_lines(2).await;
    assert_eq!(store.trim(&eu(), at(9)).await.unwrap().lines, 0);
    let again = store.append(&eu(), lines(2)).await.unwrap();
    assert_eq!(again, Appended { accepted: 2, duplicates: 0 });
}

async fn a_cursor_and_a_batch_split_survive_a_restart() {
    let store = store_with_lines(4).await;
    submit(&store, at(0), at(9)).await;
    let batch = started(&store).await;
    let halves =
        DeliveryOutcome::TooLarge { middle: batch.middle.unwrap(), end: batch.last.next() };
    record(&store, &batch, halves, 413).await;
    let store = restarted(&store).await;
    let half = next(&store).await.unwrap();
    assert_eq!(texts(&half), ["line 0", "line 1"]);
    record(&store, &half, acknowledged(&half), 202).await;
    let store = restarted(&store).await;
    assert_eq!(texts(&next(&store).await.unwrap()), ["line 2", "line 3"]);
}

async fn a_completed_job_is_kept_by_its_id_until_it_is_trimmed() {
    let store = store_with_lines(1).await;
    replayed(&store).await;
    store.advance(&us(), JobId(1), Step::Complete, at(9)).await.unwrap();
    assert_eq!(store.trim_jobs(&us(), at(90)).await.unwrap(), 0, "the job is still current");
    submit_as(&store, JobId(2), at(0), at(1)).await;
    let completed = store.job_by_id(&us(), JobId(1)).await.unwrap().unwrap();
    assert_eq!(completed.status, JobStatus::Completed);
    assert_eq!(store.trim_jobs(&us(), at(9)).await.unwrap(), 0, "the job is recent");
    assert_eq!(store.trim_jobs(&us(), at(10)).await.unwrap(), 1);
    assert_eq!(store.job_by_id(&us(), JobId(1)).await.unwrap(), None);
    let sql = "SELECT count(*) FROM run";
    let snapshots = store.database.read(|db| db.one(sql, &[], |row| row.get::<i64>(0)));
    assert_eq!(snapshots.await.unwrap(), 0);
}

#[tokio::test]
async fn a_token_is_found_by_the_index_of_its_digest() {
    let plan = plan(&tokens::by_digest(), 1).await;
    assert!(plan.starts_with("SEARCH token USING INDEX"), "{plan}");
    assert!(plan.ends_with("(sha256=?)"), "{plan}");
}

fn execute(db: &Sql<'_>, sql: &str) -> Result<(), StoreError> {
    db.execute(sql, &[]).map(drop)
}

/// How the database executes a statement with this number of parameters.
async fn plan(sql: &str, parameters: usize) -> String {
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let store = Store::in_memory(None).unwrap();
    let explained = store
        .database
        .read(move |db| db.all(&sql, &vec![Value::Null; parameters], |row| row.get::<String>(3)));
    explained.await.unwrap().concat()
}

const LIMITS: Limits = Limits {
    batch: BatchLimits { lines: 10, bytes: 1_000 },
    slices: 4,
    smallest_slice: 20,
    largest_slice: 1_000,
};

/// A store with an enabled webhook and a line for each of the first minutes.
async fn store_with_lines(count: i64) -> Store {
    let store = new_store().await;
    enable(&store).await;
    store.append(&us(), lines(count)).await.unwrap();
    store
}

async fn enable(store: &Store) {
    store.patch_webhook(&us(), enabled_webhook(), OutageId(0), at(0)).await.unwrap();
}

fn enabled_webhook() -> Patch {
    let origin = "https://a.example".to_owned();
    let endpoint = Some(Endpoint { url: origin.clone(), origin });
    Patch { endpoint, enabled: Some(true), ..Patch::default() }
}

async fn replayed(store: &Store) -> Batch {
    submit(store, at(0), at(9)).await;
    started(store).await
}

async fn submit(store: &Store, start: Timestamp, end: Timestamp) {
    submit_as(store, JobId(1), start, end).await;
}

async fn submit_as(store: &Store, id: JobId, start: Timestamp, end: Timestamp) {
    let timeframe = Timeframe::new(start, end).unwrap();
    let submission = Submission::to_region(us(), id, timeframe);
    store.submit(submission, at(9)).await.unwrap();
}

async fn started(store: &Store) -> Batch {
    start(store).await.unwrap()
}

async fn start(store: &Store) -> Option<Batch> {
    store.advance(&us(), JobId(1), Step::Schedule, at(9)).await.unwrap();
    store.start(&us(), JobId(1), LIMITS, at(-99), at(9)).await.unwrap();
    next(store).await
}

/// The next batch of the first slice that has one.
async fn next(store: &Store) -> Option<Batch> {
    let Due::Deliver { job: id, .. } = store.due(&us()).await.unwrap() else { return None };
    let Claimed { receiver, slices } = store.claim(&us(), id, "test").await.unwrap();
    let slice = slices.into_iter().find(|slice| !slice.is_completed())?;
    let batches = store.next_batches(&us(), id, slice, receiver).await.unwrap();
    batches.into_iter().next()
}

/// Acknowledges batches until none is left; returns their webhook-ids.
async fn delivered(store: &Store) -> Vec<String> {
    let mut ids = Vec::new();
    while let Some(batch) = next(store).await {
        ids.push(batch.webhook_id());
        record(store, &batch, acknowledged(&batch), 202).await;
    }
    ids
}

fn lines(count: i64) -> Vec<NewLine> {
    (0..count).map(|minute| line(minute, &format!("line {minute}"))).collect()
}

fn line(minute: i64, text: &str) -> NewLine {
    NewLine { event_at: at(minute), kind: Kind::Other, text: text.to_owned().into() }
}

fn texts(batch: &Batch) -> Vec<String> {
    String::from_utf8(batch.body.text()).unwrap().lines().map(str::to_owned).collect()
}

async fn record(store: &Store, batch: &Batch, outcome: DeliveryOutcome, code: u16) {
    let attempt = Attempt { at: at(9), code: Some(code), message: None };
    let (job, claim) = (batch.job, batch.claim);
    let record = DeliveryRecord { job, claim, outcome, attempt: Some(attempt) };
    store.record_deliveries(&us(), vec![record], at(9)).await.unwrap();
}

fn acknowledged(batch: &Batch) -> DeliveryOutcome {
    DeliveryOutcome::Acknowledged { cursor: batch.cursor, delivered: batch.amount }
}

fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

/// Limits for blocks of this many short lines.
const fn blocks_of(lines: usize) -> SealLimits {
    SealLimits { lines, bytes: 10_000, round_lines: 100, round_bytes: 10_000, overlaps: 2 }
}

fn us() -> Region {
    Region::named("us").unwrap()
}

fn eu() -> Region {
    Region::named("eu").unwrap()
}
