//! Connections to PostgreSQL that are cut in the middle of a step, or after a commit whose answer is lost:
//! what was committed is not made again, and nothing is half-done.

use std::collections::HashSet;

use replay_tests::{
    batches::{acknowledged, listed},
    database_relay::DatabaseRelay,
    forwarding::lines_now,
    polling::until,
    process::{ServerDir, window},
    receiver::{ReceivedRequest, Receiver},
    test_database::TestDatabase,
    unavailable::{ingest, is_handled, settled},
};

#[tokio::test]
async fn a_change_is_made_once_although_the_answer_to_its_commit_is_lost() {
    deliver_everything(|relay| relay.lose_commits(8)).await;
}

#[tokio::test]
async fn a_step_that_loses_its_connection_is_made_again() {
    deliver_everything(|relay| relay.lose_requests(150)).await;
}

/// Lets a server ingest, forward and replay lines while it loses connections. Asserts that each line is
/// delivered by the lane and by the job, and that no request is made twice.
async fn deliver_everything(lose: impl Fn(&DatabaseRelay)) {
    let (database, window) = (TestDatabase::new(), window());
    let relay = DatabaseRelay::to(&database).await;
    let data_dir = ServerDir::with_database(relay.url().to_owned());
    let receiver = Receiver::accepting().await;
    let server = data_dir.serve(&["--forward", "--batch-lines", "5"]).await;
    server.api.point_at(&receiver.url()).await;
    let old = window.filled(100);
    server.api.ingest(&old).await;
    lose(&relay);
    let put = until("a job is accepted", async || {
        let response = server.api.put(window).await;
        // 409: the answer to the one before is lost, and its job runs.
        is_handled(&response).then_some(response)
    })
    .await;
    assert!(matches!(put.code, 202 | 409), "{put:?}");
    let live = lines_now(1_000..1_040);
    for some in live.chunks(5) {
        ingest(&server.api, some).await;
    }
    let status = settled(&server.api).await;
    until("every line is forwarded", async || {
        (forwarded(&receiver.requests()).len() == live.len()).then_some(())
    })
    .await;
    println!("{} connections were cut", relay.cuts());
    assert!(relay.cuts() > 0);
    relay.lose_commits(0);
    relay.lose_requests(0);
    assert_eq!(status["status"], "completed", "{status}");
    let progress = server.api.progress().await;
    assert_eq!(progress["delivered_lines"], old.len(), "{progress}");
    assert_eq!(server.api.outages().await.len(), 1, "only that of the lines dated before enabling");
    let requests = receiver.requests();
    let job = server.api.job_id().await;
    let of_job: Vec<_> =
        requests.iter().filter(|request| request.job() == Some(&job)).cloned().collect();
    let planned = listed(&data_dir, &job).await;
    assert_eq!(acknowledged(&of_job, &job).len(), planned.len());
    let ids: HashSet<_> = requests.iter().map(|request| request.header("webhook-id")).collect();
    assert_eq!(ids.len(), requests.len(), "a request was made twice");
    let checked = data_dir.stdout_of(&["check"]).await;
    assert!(checked.ends_with("0 problems\n"), "{checked}");
}

/// The lines that were forwarded, each once.
fn forwarded(requests: &[ReceivedRequest]) -> HashSet<&str> {
    let live = requests.iter().filter(|request| request.job().is_none());
    live.flat_map(|request| request.body.lines()).collect()
}
