//! A database that does not answer, or cannot be reached: a server answers in bounded time, says what is
//! wrong, and goes on afterwards.

use core::time::Duration;

use replay_tests::{
    client::{ApiClient, ApiResponse},
    own_postgres::OwnServer,
    polling::until,
    process::{ServerDir, stderr_of_failure, window},
    receiver::Receiver,
};
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

/// The longest time until each of many requests is answered, on a loaded machine.
const BOUND: Duration = Duration::from_secs(40);

/// The longest time until the report is answered.
const REPORT: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_server_whose_database_hangs_answers_every_request_and_goes_on_afterwards() {
    let database = OwnServer::new();
    let data_dir = ServerDir::with_database(OwnServer::url_of(&[&database]));
    let server = data_dir.serve(&[]).await;
    let (window, receiver) = (window(), Receiver::accepting().await);
    let lines = window.filled(20);
    server.api.point_at(&receiver.url()).await;
    server.api.ingest(&lines[..10]).await;
    database.suspend();
    let mut requests = JoinSet::new();
    for number in 0..30 {
        let (api, line) = (server.api.clone(), lines[10..].to_vec());
        requests.spawn(async move {
            match number % 3 {
                0 => api.get("v2/audit-log-replay-job").await,
                1 => api.put(window).await,
                _ => api.try_ingest(&line).await.unwrap(),
            }
        });
    }
    let asked_at = Instant::now();
    let report = report(&server.api).await;
    assert!(asked_at.elapsed() < REPORT, "{:?}", asked_at.elapsed());
    assert_eq!(report["ready"], false, "{report}");
    assert_eq!(report["database"], "the database takes too long to write");
    let answers = timeout(BOUND, requests.join_all()).await.expect("a request is not answered");
    for ApiResponse { code, retry_after, .. } in answers {
        assert_eq!((code, retry_after.is_some()), (503, true));
    }
    database.resume();
    until("the server is ready", async || {
        (self::report(&server.api).await["ready"] == true).then_some(())
    })
    .await;
    assert_eq!(server.api.job().await["status"], "unconfigured", "nothing was half done");
    server.api.ingest(&lines[10..]).await;
    server.api.replay(window).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(server.api.progress().await["delivered_lines"], 20);
}

#[tokio::test]
async fn the_report_says_in_plain_words_why_the_database_cannot_be_used() {
    let mut database = OwnServer::new();
    let data_dir = ServerDir::with_database(OwnServer::url_of(&[&database]));
    let server = data_dir.serve(&[]).await;
    database.execute("ALTER SYSTEM SET default_transaction_read_only = on");
    database.execute("SELECT pg_reload_conf()");
    let reason = until("no write is accepted", async || reason(&server.api).await).await;
    assert_eq!(
        reason,
        "nothing can be written: the database accepts no writes: it may be a standby"
    );
    database.stop();
    let is_lost = |reason: &String| reason.contains("connection");
    let reason =
        until("the database is stopped", async || self::reason(&server.api).await.filter(is_lost));
    assert_eq!(reason.await, "nothing can be written: there is no connection to PostgreSQL");
    assert_eq!(server.api.get_root("/healthz").await.code, 200);
}

#[tokio::test]
async fn a_start_on_a_database_that_hangs_fails_in_bounded_time() {
    let database = OwnServer::new();
    let data_dir = ServerDir::with_database(OwnServer::url_of(&[&database]));
    database.suspend();
    let stderr = stderr_of_failure(data_dir.serve_command(&[])).await;
    assert!(stderr.contains("the database does not answer"), "{stderr}");
    database.resume();
    data_dir.serve(&[]).await.stop().await;
}

/// What the report says of the database, unless that is ready.
async fn reason(api: &ApiClient) -> Option<String> {
    let report = report(api).await;
    report["database"].as_str().filter(|text| *text != "ok").map(str::to_owned)
}

async fn report(api: &ApiClient) -> Value {
    api.get_root("/readyz").await.json()
}
