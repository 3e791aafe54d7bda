//! A database that stops, is killed, or has a full disk while lines come in and a job runs: requests are
//! answered 503, everything goes on when it is back, and what was answered is kept.

use core::time::Duration;
use replay_tests::{
    batches::{assert_delivered, listed},
    own_postgres::OwnServer,
    polling::until,
    process::{ServerDir, window},
    receiver::{Receiver, Reply},
    test_database::TestDatabase,
    unavailable::{assert_unavailable, ingest, settled},
};

#[tokio::test]
async fn a_job_and_ingests_go_on_after_the_database_was_stopped_or_killed() {
    let (mut database, window) = (OwnServer::new(), window());
    let data_dir = ServerDir::with_database(OwnServer::url_of(&[&database]));
    let server = data_dir.serve(&["--batch-lines", "5"]).await;
    let receiver = Receiver::replying(|_| {
        Reply::Delayed(Duration::from_millis(20), Box::new(Reply::Status(200)))
    })
    .await;
    let lines = window.filled(2_000);
    let (old, late) = lines.split_at(1_000);
    server.api.ingest(old).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    let mut late = late.chunks(10);
    for round in 0..4 {
        receiver.wait_for_requests(10 + round * 30).await;
        for some in late.by_ref().take(5) {
            ingest(&server.api, some).await;
        }
        if round % 2 == 0 {
            database.stop();
        } else {
            database.kill();
        }
        // Nothing is archived without the database.
        let refused = server.api.try_ingest(&window.filled(1)).await.unwrap();
        assert_unavailable(&refused);
        assert_unavailable(&server.api.get("v2/audit-log-replay-job").await);
        assert_unavailable(&server.api.put(window).await);
        database.run();
    }
    late.by_ref().for_each(drop);
    let job = settled(&server.api).await;
    assert_eq!(job["status"], "completed", "{job}");
    let id = server.api.job_id().await;
    let planned = listed(&data_dir, &id).await;
    assert_delivered(&receiver.requests(), &id, &planned, &window.replayed(old));
    let second = Receiver::accepting().await;
    assert_eq!(server.api.replay_to(&second, window).await["status"], "completed");
    let mut replayed: Vec<_> = second.acknowledged_text().lines().map(str::to_owned).collect();
    let mut expected: Vec<_> = lines[..1_200].iter().map(|line| line.text.clone()).collect();
    replayed.sort_unstable();
    expected.sort_unstable();
    assert!(replayed == expected, "the lines are not those that were acknowledged");
    let checked = data_dir.stdout_of(&["check"]).await;
    assert!(checked.ends_with("0 problems\n"), "{checked}");
}

#[tokio::test]
async fn requests_are_answered_503_while_the_disk_is_full_and_the_job_goes_on_afterwards() {
    let (database, window) = (TestDatabase::new(), window());
    let data_dir = ServerDir::with_database(database.url());
    let server = data_dir.serve(&["--batch-lines", "5", "--in-flight", "1"]).await;
    let receiver = Receiver::accepting().await;
    let lines = window.filled(200);
    server.api.ingest(&lines[..100]).await;
    server.api.point_at(&receiver.url()).await;
    // Every table refuses what a disk without space refuses.
    database.execute_on_it(FULL);
    assert_unavailable(&server.api.try_ingest(&lines).await.unwrap());
    assert_unavailable(&server.api.put(window).await);
    assert_eq!(server.api.job().await["status"], "unconfigured");
    let report = server.api.get_root("/readyz").await;
    assert_eq!((report.code, report.json()["ready"].as_bool()), (503, Some(false)));
    database.execute_on_it(FREE);
    server.api.replay(window).await;
    receiver.wait_for_requests(5).await;
    database.execute_on_it(FULL);
    until("a result cannot be stored", async || {
        data_dir.log().contains("no space left on device").then_some(())
    })
    .await;
    database.execute_on_it(FREE);
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines[..100]));
}

/// Makes each write of a row fail.
const FULL: &str = "
    CREATE OR REPLACE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
    DO $$ DECLARE name TEXT; BEGIN
        FOR name IN SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND NOT relispartition
        LOOP
            EXECUTE format('CREATE TRIGGER is_full BEFORE INSERT OR UPDATE ON %I
                            FOR EACH STATEMENT EXECUTE FUNCTION is_full()', name);
        END LOOP;
    END $$";

/// Lets rows be written.
const FREE: &str = "DROP FUNCTION is_full CASCADE";
