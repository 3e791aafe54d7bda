use core::time::Duration;

use super::*;
use chrono::TimeDelta;
use replay_core::{
    Job, JobId, JobStatus, Region, Timeframe,
    job::Step,
    webhook::{Attempt, AuthorizationChange, Endpoint, Patch, Secret},
};

#[tokio::test]
async fn trimming_forgets_what_nobody_can_ask_for_any_more() {
    let store = store_with_lines(3).await;
    assert_eq!(store.trim(&us(), at(1)).await.unwrap(), 1);
    assert_eq!(store.trim(&us(), at(1)).await.unwrap(), 0);
    assert_eq!(texts(&replayed(&store).await), ["line 1", "line 2"]);
}

#[tokio::test]
async fn trimming_spares_what_an_unsettled_job_still_needs() {
    let store = store_with_lines(4).await;
    submit(&store, at(1), at(3)).await;
    assert_eq!(store.trim(&us(), at(9)).await.unwrap(), 1);
    let batch = started(&store).await;
    assert_eq!(texts(&batch), ["line 1", "line 2", "line 3"]);
    assert_eq!(store.trim(&us(), at(9)).await.unwrap(), 0);
    let Job::Configured(job) = store.job(&us()).await.unwrap() else { panic!() };
    store.advance(&us(), job.id, Step::Fail("given up".to_owned()), at(9)).await.unwrap();
    assert_eq!(store.trim(&us(), at(9)).await.unwrap(), 3);
}

#[tokio::test]
async fn a_region_neither_sees_nor_trims_the_lines_of_another() {
    let store = store_with_lines(2).await;
    let eu = Region::named("eu").unwrap();
    assert_eq!(store.trim(&eu, at(9)).await.unwrap(), 0);
    let again = store.append(&eu, lines(2)).await.unwrap();
    assert_eq!(again, Appended { accepted: 2, duplicates: 0 });
}

#[tokio::test]
async fn a_cursor_and_a_cut_outlive_the_process() {
    let store = store_with_lines(4).await;
    submit(&store, at(0), at(9)).await;
    let batch = started(&store).await;
    let places = [batch.middle().unwrap(), batch.end];
    store.settle(&us(), batch.job, Outcome::TooLarge(places), attempt(413)).await.unwrap();
    let store = Store::in_memory(Some(&store.image().await.unwrap())).unwrap();
    let half = next(&store).await.unwrap();
    assert_eq!(texts(&half), ["line 0", "line 1"]);
    store.settle(&us(), half.job, acknowledged(&half), attempt(202)).await.unwrap();
    let store = Store::in_memory(Some(&store.image().await.unwrap())).unwrap();
    assert_eq!(texts(&next(&store).await.unwrap()), ["line 2", "line 3"]);
}

#[tokio::test]
async fn a_secret_is_kept_no_longer_than_a_job_that_froze_it() {
    let store = store_with_lines(1).await;
    let holds = async |secret: &str| {
        let image = store.image().await.unwrap();
        image.windows(secret.len()).any(|bytes| bytes == secret.as_bytes())
    };
    set_secret(&store, "Bearer first").await;
    submit(&store, at(0), at(9)).await;
    started(&store).await;
    set_secret(&store, "Bearer second").await;
    assert!(holds("Bearer first").await && holds("Bearer second").await);
    store.advance(&us(), JobId(1), Step::Complete, at(9)).await.unwrap();
    assert!(!holds("Bearer first").await && holds("Bearer second").await);
}

#[tokio::test]
async fn a_replaced_secret_is_neither_in_the_database_file_nor_in_its_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("replay.db")).unwrap();
    enable(&store).await;
    set_secret(&store, "Bearer first").await;
    assert!(on_disk(dir.path(), "Bearer first"));
    set_secret(&store, "Bearer second").await;
    assert!(!on_disk(dir.path(), "Bearer first"));
    assert!(on_disk(dir.path(), "Bearer second"));
}

#[tokio::test]
async fn a_replaced_secret_leaves_the_log_once_a_reader_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    let store = Store::open(&path).unwrap();
    enable(&store).await;
    set_secret(&store, "Bearer first").await;
    let reader = rusqlite::Connection::open(&path).unwrap();
    let reading = reader.unchecked_transaction().unwrap();
    let webhooks: i64 =
        reading.query_row("SELECT count(*) FROM webhook", [], |row| row.get(0)).unwrap();
    assert_eq!(webhooks, 1);
    set_secret(&store, "Bearer second").await;
    assert!(on_disk(dir.path(), "Bearer first"));
    drop(reading);
    let left = async {
        while on_disk(dir.path(), "Bearer first") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), left).await.unwrap();
}

#[test]
fn a_secret_that_was_left_in_the_log_is_gone_after_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    // A reader prevents that the log is emptied, and that it is deleted with the last connection.
    let reader = rusqlite::Connection::open(&path).unwrap();
    let process = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reading = process().block_on(async {
        let store = Store::open(&path).unwrap();
        enable(&store).await;
        set_secret(&store, "Bearer first").await;
        let reading = reader.unchecked_transaction().unwrap();
        reading.query_row("SELECT count(*) FROM webhook", [], |_| Ok(())).unwrap();
        set_secret(&store, "Bearer second").await;
        reading
    });
    drop(reading);
    assert!(on_disk(dir.path(), "Bearer first"));
    process().block_on(async { Store::open(&path).unwrap().empty_log().await });
    assert!(!on_disk(dir.path(), "Bearer first"));
}

#[tokio::test]
async fn a_step_of_a_job_that_was_replaced_does_nothing() {
    let store = store_with_lines(1).await;
    submit(&store, at(0), at(1)).await;
    let stale = JobId(7);
    store.advance(&us(), stale, Step::Schedule, at(9)).await.unwrap();
    store.start(&us(), stale, LIMITS, at(9)).await.unwrap();
    assert_eq!(store.job(&us()).await.unwrap().status(), JobStatus::Accepted);
}

#[tokio::test]
async fn an_error_of_reading_lines_is_told_apart_from_an_error_of_reading_the_job() {
    let store = store_with_lines(1).await;
    replayed(&store).await;
    let change = |sql: &'static str| store.database.write(move |tx| Ok(tx.execute_batch(sql)?));
    change("ALTER TABLE line RENAME TO gone").await.unwrap();
    let summary = "SQL logic error".to_owned();
    let expected = Due::Unreadable { id: JobId(1), damaged: false, summary };
    assert_eq!(store.due(&us()).await.unwrap(), expected);
    change("ALTER TABLE job RENAME TO gone_too").await.unwrap();
    assert!(matches!(store.due(&us()).await, Err(StoreError::Database(_))));
}

#[tokio::test]
async fn the_next_batch_is_found_by_its_place_and_never_by_reading_the_archive() {
    let plan = plan(batches::NEXT_LINES).await;
    for place in ["region=? AND event_ns=? AND rowid>?", "region=? AND event_ns>?"] {
        assert!(plan.contains(&format!("USING INDEX line_in_order ({place}")), "{plan}");
    }
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn a_token_is_found_by_the_index_of_its_digest() {
    let plan = plan(&tokens::by_digest()).await;
    assert!(plan.starts_with("SEARCH token USING INDEX"), "{plan}");
    assert!(plan.ends_with("(sha256=?)"), "{plan}");
}

#[tokio::test]
async fn a_database_of_version_1_goes_on_in_the_middle_of_its_job() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    std::fs::write(&path, include_bytes!("schema/fixtures/1.db")).unwrap();
    let store = Store::open(&path).unwrap();
    let job = store.job(&us()).await.unwrap();
    let progress = job.configured().unwrap().progress.clone().unwrap();
    assert_eq!(progress.endpoint, "http://127.0.0.1:43059/audit");
    assert_eq!(progress.delivered_lines, 4);
    let batch = next(&store).await.unwrap();
    assert_eq!(batch.webhook_id(), "61490d4168296b8c639341cc343854e8-5-6");
    let lines: Vec<_> = batch.lines.iter().map(|line| line.text.as_slice()).collect();
    assert!(lines[0].ends_with(b"request=/v2/line/4 act=GET status=200"));
    store.settle(&us(), batch.job, acknowledged(&batch), attempt(202)).await.unwrap();
    assert!(matches!(store.due(&us()).await.unwrap(), Due::End(_, Step::Complete)));
    assert_eq!(store.tokens().await.unwrap().len(), 1);
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    drop(Store::open(&path).unwrap());
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Newer)));
}

/// How the database executes a statement.
async fn plan(sql: &str) -> String {
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let store = Store::in_memory(None).unwrap();
    let explained = store.database.read(move |db| {
        let mut statement = db.prepare(&sql)?;
        let mut rows = statement.raw_query();
        let mut plan = String::new();
        while let Some(row) = rows.next()? {
            plan += &row.get::<_, String>(3)?;
        }
        Ok(plan)
    });
    explained.await.unwrap()
}

const LIMITS: BatchLimits = BatchLimits { lines: 10, bytes: 1_000 };

/// A store with an enabled webhook and a line for each of the first minutes.
async fn store_with_lines(count: i64) -> Store {
    let store = Store::in_memory(None).unwrap();
    enable(&store).await;
    store.append(&us(), lines(count)).await.unwrap();
    store
}

async fn enable(store: &Store) {
    let origin = "https://a.example".to_owned();
    let endpoint = Some(Endpoint { url: origin.clone(), origin });
    let patch = Patch { endpoint, enabled: Some(true), ..Patch::default() };
    store.patch_webhook(&us(), patch, at(0)).await.unwrap().unwrap();
}

async fn set_secret(store: &Store, secret: &str) {
    let secret = Secret::new(secret.to_owned()).unwrap();
    let authorization = Some(AuthorizationChange::Set(secret));
    let patch = Patch { authorization, ..Patch::default() };
    store.patch_webhook(&us(), patch, at(0)).await.unwrap().unwrap();
}

/// Whether a file of the database holds the text.
fn on_disk(dir: &Path, text: &str) -> bool {
    ["replay.db", "replay.db-wal"].into_iter().any(|name| {
        let bytes = std::fs::read(dir.join(name)).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

async fn replayed(store: &Store) -> Batch {
    submit(store, at(0), at(9)).await;
    started(store).await
}

async fn submit(store: &Store, start: Timestamp, end: Timestamp) {
    let timeframe = Timeframe::new(start, end).unwrap();
    let put = Submission { id: JobId(1), targets: vec![us()], global: false, timeframe };
    store.submit(put, at(9)).await.unwrap().unwrap();
}

async fn started(store: &Store) -> Batch {
    store.advance(&us(), JobId(1), Step::Schedule, at(9)).await.unwrap();
    store.start(&us(), JobId(1), LIMITS, at(9)).await.unwrap();
    next(store).await.unwrap()
}

async fn next(store: &Store) -> Option<Batch> {
    let Due::Send(batch) = store.due(&us()).await.unwrap() else { return None };
    Some(batch)
}

fn lines(count: i64) -> Vec<NewLine> {
    let line =
        |minute| NewLine { event_at: at(minute), text: format!("line {minute}").into_bytes() };
    (0..count).map(line).collect()
}

fn texts(batch: &Batch) -> Vec<&str> {
    batch.lines.iter().map(|line| str::from_utf8(&line.text).unwrap()).collect()
}

fn acknowledged(batch: &Batch) -> Outcome {
    Outcome::Acknowledged { end: batch.end, lines: batch.lines.len() }
}

fn attempt(code: u16) -> Attempt {
    Attempt { at: at(9), code: Some(code), message: None }
}

fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

fn us() -> Region {
    Region::named("us").unwrap()
}
