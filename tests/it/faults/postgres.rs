//! A server on PostgreSQL: kills of the server, lost connections, and a database that accepts no writes.

use replay_tests::{
    lines::{Line, SeededRandom},
    polling::until,
    process::{ServerDir, stderr_of_failure, window},
    receiver::Receiver,
    test_database::TestDatabase,
};

use super::killed::{acknowledged_ingests, check, split_batches};

#[tokio::test]
async fn no_line_with_an_acknowledged_ingest_is_lost() {
    acknowledged_ingests(ServerDir::with_database(TestDatabase::new().url())).await;
}

#[tokio::test]
async fn a_job_whose_server_is_killed_while_batches_are_split_completes() {
    split_batches(ServerDir::with_database(TestDatabase::new().url())).await;
}

#[tokio::test]
async fn a_job_completes_while_the_connections_to_the_database_are_lost() {
    let (database, window) = (TestDatabase::new(), window());
    let data_dir = ServerDir::with_database(database.url());
    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    let lines = Line::random_around(1_000, window, &mut SeededRandom::from_environment());
    server.api.ingest(&lines).await;
    let receiver = Receiver::accepting().await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    for round in 1..=5 {
        receiver.wait_for_requests(round * 10).await;
        database.end_connections();
    }
    let settled = until("the job settles", async || {
        let response = server.api.get("v2/audit-log-replay-job").await;
        assert!([200, 503].contains(&response.code), "{response:?}");
        let status = response.json()["status"].as_str().map(str::to_owned);
        status.filter(|status| ["completed", "failed"].contains(&status.as_str()))
    });
    assert_eq!(settled.await, "completed");
    check_any_order(&receiver, &window.replayed(&lines));
    let checked = data_dir.stdout_of(&["check"]).await;
    assert!(checked.ends_with("0 problems\n"), "{checked}");
}

#[tokio::test]
async fn compact_says_how_space_is_given_back() {
    let data_dir = ServerDir::with_database(TestDatabase::new().url());
    let said = stderr_of_failure(data_dir.command(&["compact"])).await;
    assert!(said.contains("VACUUM FULL"), "{said}");
}

#[tokio::test]
async fn requests_are_answered_503_while_the_database_accepts_no_writes() {
    let (database, window) = (TestDatabase::new(), window());
    let data_dir = ServerDir::with_database(database.url());
    let server = data_dir.serve(&[]).await;
    let lines = window.filled(20);
    server.api.ingest(&lines).await;
    database.accept_writes(false);
    let refused = until("writes are refused", async || {
        let response = server.api.try_ingest(&window.filled(30)).await.unwrap();
        (response.code != 202).then_some(response)
    });
    let refused = refused.await;
    assert_eq!((refused.code, refused.retry_after.as_deref()), (503, Some("5")), "{refused:?}");
    let report = server.api.get_root("/readyz").await;
    assert_eq!((report.code, report.json()["ready"].as_bool()), (503, Some(false)));
    database.accept_writes(true);
    let receiver = Receiver::accepting().await;
    until("writes are accepted", async || {
        let response = server.api.put(window).await;
        (response.code != 503).then_some(())
    })
    .await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    check(&receiver.requests(), &window.replayed(&lines));
}

#[tokio::test]
async fn commands_work_on_a_database() {
    let data_dir = ServerDir::with_database(TestDatabase::new().url());
    let sampled = data_dir.stdout_of(&["sample", "--days", "1", "--lines-per-day", "50"]).await;
    assert_eq!(sampled, "us: 50 new lines of 50 over 1 days\n");
    let token = data_dir.stdout_of(&["token", "add", "--role", "org-admin"]).await;
    let (id, _) = token.split_once('\n').unwrap();
    assert!(data_dir.stdout_of(&["token", "list"]).await.contains(id));
    let checked = data_dir.stdout_of(&["check"]).await;
    assert!(checked.starts_with("50 lines") && checked.ends_with("0 problems\n"), "{checked}");
}

/// Checks that every line was acknowledged once, and each `webhook-id` stands for the same bytes.
fn check_any_order(receiver: &Receiver, expected: &str) {
    let mut bodies = std::collections::HashMap::new();
    for request in receiver.requests().iter().filter(|request| request.status == Some(200)) {
        let id = request.header("webhook-id").to_owned();
        let before = bodies.insert(id, request.body.clone());
        assert!(before.is_none_or(|before| before == request.body));
    }
    let mut texts: Vec<_> = bodies.values().flat_map(|body| body.lines()).collect();
    let mut expected: Vec<_> = expected.lines().collect();
    texts.sort_unstable();
    expected.sort_unstable();
    assert!(texts == expected, "the received lines are not the lines of the window");
}
