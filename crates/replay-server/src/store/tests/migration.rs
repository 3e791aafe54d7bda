//! Databases that other versions of the program wrote.

use super::*;
use crate::store::migration::convert_step;
use replay_core::LaneId;

#[tokio::test]
async fn a_job_of_a_version_1_database_continues_in_the_middle() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    std::fs::write(&path, include_bytes!("../schema/fixtures/1.db")).unwrap();
    let store = Store::open(&path).unwrap();
    let job = store.job(&us()).await.unwrap();
    let progress = job.configured().unwrap().progress.clone().unwrap();
    assert_eq!(progress.endpoint, "http://127.0.0.1:43059/audit");
    assert_eq!(progress.delivered.lines, 4);
    assert_eq!(progress.total.unwrap().lines, 6);
    let batch = next(&store).await.unwrap();
    assert_eq!(batch.webhook_id(), "61490d4168296b8c639341cc343854e8-5-6");
    assert!(texts(&batch)[0].ends_with("request=/v2/line/4 act=GET status=200"));
    record(&store, &batch, acknowledged(&batch), 202).await;
    assert_eq!(store.job(&us()).await.unwrap().status(), JobStatus::Completed);
    assert_eq!(store.tokens().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_job_of_a_version_3_database_continues_with_the_same_webhook_ids() {
    let (_dir, store) = of_version_3();
    let ids = delivered(&store).await;
    let expected = ["16-17", "18-19", "20-23", "24-27", "28-31", "32-35", "36-36"];
    let expected: Vec<_> = expected.iter().map(|seqs| format!("{}-{seqs}", JobId(7))).collect();
    assert_eq!(ids, expected);
    let job = store.job(&us()).await.unwrap();
    let progress = job.configured().unwrap().progress.clone().unwrap();
    assert_eq!(job.status(), JobStatus::Completed);
    assert_eq!(Some(progress.delivered), progress.total);
}

#[tokio::test]
async fn a_job_of_a_version_4_database_continues_and_its_region_can_be_forwarded() {
    let (_dir, store) = of_version(include_bytes!("../schema/fixtures/4.db"));
    let job = store.job(&us()).await.unwrap().configured().unwrap().clone();
    assert_eq!((job.delivery_id(), job.request.kinds, job.request.requester), (job.id, None, None));
    let ids = delivered(&store).await;
    let expected = ["13-14", "15-18", "19-22", "23-26", "27-30", "31-34", "35-36"];
    assert_eq!(ids, expected.map(|seqs| format!("75ca41e2f237d87ccc52670c16d59390-{seqs}")));
    assert_eq!(store.job(&us()).await.unwrap().status(), JobStatus::Completed);
    let (new_lane, new_outage) = (LaneId(1), OutageId(1));
    let region = ForwardedRegion { region: us(), new_lane, new_outage };
    store.set_forwarding(vec![region], true, at(0)).await.unwrap();
    store.append(&us(), lines(1)).await.unwrap();
    let next = store.next_live(&us(), LIMITS.batch, new_outage, at(0)).await.unwrap();
    let LiveNext::Send(request) = next else { panic!("nothing is sent") };
    assert_eq!(request.batch.webhook_id(), format!("{new_lane}-37-37"));
}

#[tokio::test]
async fn the_archive_of_a_version_3_database_is_sealed_counted_and_known() {
    let (_dir, store) = of_version_3();
    let problems = store.check().await.unwrap();
    assert_eq!(problems.problems, Vec::<String>::new());
    assert_eq!(problems.lines, 39);
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let again = crate::sample::lines(&us(), 36, TimeDelta::days(3), now).collect();
    let appended = store.append(&us(), again).await.unwrap();
    assert_eq!(appended, Appended { accepted: 0, duplicates: 36 });
    let new = store.append(&us(), lines(1)).await.unwrap();
    assert_eq!(new, Appended { accepted: 1, duplicates: 0 });
}

#[tokio::test]
async fn a_conversion_goes_on_after_every_step_at_which_it_was_interrupted() {
    let mut db = rusqlite::Connection::open_in_memory().unwrap();
    for script in [include_str!("../schema/1.sql"), include_str!("../schema/2.sql")] {
        db.execute_batch(script).unwrap();
    }
    db.execute_batch(
        "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
         INSERT INTO line (region, event_ns, digest, text)
         SELECT iif(n % 3, 'us', 'eu'), 1795262400000000000 + (n * 7919 % 5000) * 60000000000,
                CAST(n AS BLOB), CAST('line ' || n AS BLOB) FROM n",
    )
    .unwrap();
    db.execute_batch(include_str!("../schema/3.sql")).unwrap();
    schema::define_functions(&db).unwrap();
    db.execute_batch(include_str!("../schema/4.sql")).unwrap();
    db.pragma_update(None, "user_version", 4).unwrap();
    let (regions, mut steps) = ([eu(), us()], 0);
    while transaction::commit(&mut db, None, |tx| convert_step(tx, &regions, 1_200))
        .unwrap()
        .value
        .is_some()
    {
        steps += 1;
        // The process is killed: the next one opens the file.
        let image = db.serialize("main").unwrap().to_vec();
        let store = Store::in_memory(Some(&image)).unwrap();
        let checked = store.check().await.unwrap();
        assert_eq!((checked.problems, checked.lines), (Vec::new(), 5_000), "after {steps} steps");
    }
    assert!(steps > 4, "{steps}");
}

#[tokio::test]
async fn jobs_of_version_1_keep_their_ids_and_share_them_as_put_id() {
    let store = of_version_1(GLOBAL_JOB_OF_VERSION_1);
    let current = store.jobs(vec![us(), eu()]).await.unwrap();
    assert_eq!(current.last_global, Some(PutId(1)));
    for (region, job) in current.jobs {
        let job = job.configured().unwrap();
        assert_eq!((job.id, job.put_id), (JobId(1), PutId(1)), "{region}");
    }
}

#[tokio::test]
async fn a_running_job_of_version_1_keeps_its_cursor_its_split_and_its_webhook_ids() {
    let store = of_version_1(GLOBAL_JOB_OF_VERSION_1);
    let batch = next(&store).await.unwrap();
    assert_eq!(batch.webhook_id(), format!("{}-2-3", JobId(1)));
    record(&store, &batch, acknowledged(&batch), 202).await;
    let batch = next(&store).await.unwrap();
    assert_eq!(batch.webhook_id(), format!("{}-4-4", JobId(1)));
}

#[tokio::test]
async fn a_requested_stop_of_version_1_is_carried_out() {
    let script = format!(
        "{GLOBAL_JOB_OF_VERSION_1}
         UPDATE job SET reason = 'cancelled' WHERE status = 'running';"
    );
    let store = of_version_1(&script);
    let job = store.job(&us()).await.unwrap();
    let job = job.configured().unwrap();
    assert_eq!((job.stop_requested.as_deref(), &job.reason), (Some("cancelled"), &None));
    let end = Due::End(JobId(1), Step::Fail("cancelled".to_owned()));
    assert_eq!(store.due(&us()).await.unwrap(), end);
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    drop(Store::open(&path).unwrap());
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Newer)));
}

/// The small database that version 3 wrote: a job of two days of samples is running, some of its
/// lines were acknowledged, and one of its batches was split.
fn of_version_3() -> (tempfile::TempDir, Store) {
    of_version(include_bytes!("../schema/fixtures/3.db"))
}

/// A file that another version wrote, opened.
fn of_version(file: &[u8]) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    std::fs::write(&path, file).unwrap();
    let store = Store::open(&path).unwrap();
    (dir, store)
}

/// A database of version 1 with the rows that the script inserts, migrated.
fn of_version_1(script: &str) -> Store {
    let mut db = rusqlite::Connection::open_in_memory().unwrap();
    db.execute_batch(include_str!("../schema/1.sql")).unwrap();
    db.execute_batch(script).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    Store::in_memory(Some(&db.serialize("main").unwrap())).unwrap()
}

/// A PUT to `global` made a job in two regions. The job of `us` is running: its first of four lines
/// was acknowledged, and a batch of it ends after the third.
const GLOBAL_JOB_OF_VERSION_1: &str = "
    INSERT INTO line (region, event_ns, digest, text) VALUES
        ('us', 1763899200000000000, x'01', x'61'), ('us', 1763899200000000000, x'02', x'62'),
        ('us', 1763899201000000000, x'03', x'63'), ('us', 1763899202000000000, x'04', x'64');
    INSERT INTO webhook VALUES
        ('us', 1, 'https://a.example', 'https://a.example', NULL, 1, 'cef', 0, NULL);
    INSERT INTO job VALUES
        ('us', '00000000000000000000000000000001', '2025-11-23T12:00:00Z', '2025-11-23T13:00:00Z',
         'running', NULL, '2025-11-23T13:00:00Z', '2025-11-23T13:00:01Z'),
        ('eu', '00000000000000000000000000000001', '2025-11-23T12:00:00Z', '2025-11-23T13:00:00Z',
         'completed', NULL, '2025-11-23T13:00:00Z', '2025-11-23T13:00:01Z');
    INSERT INTO run VALUES
        ('us', '00000000000000000000000000000001', 4, 1, 10, 1000, 1763899200000000000, 1);
    INSERT INTO cut VALUES ('us', 1763899201000000000, 3);
    INSERT INTO global_put VALUES (1, '00000000000000000000000000000001');";
