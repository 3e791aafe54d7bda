//! A primary that is killed, and its synchronous standby that is promoted: nothing that was answered is
//! taken back.

use core::time::Duration;

use replay_tests::{
    batches::{acknowledged, listed},
    lines::SeededRandom,
    own_postgres::OwnServer,
    polling::until,
    process::{ServerDir, window},
    receiver::{Receiver, Reply},
    unavailable::{assert_unavailable, settled},
};

#[tokio::test]
async fn a_promoted_standby_has_every_acknowledged_line_and_the_job_completes() {
    let (mut primary, window) = (OwnServer::new(), window());
    let standby = primary.synchronous_standby();
    let data_dir = ServerDir::with_database(OwnServer::url_of(&[&primary, &standby]));
    let server = data_dir.serve(&["--batch-lines", "5", "--in-flight", "2"]).await;
    let receiver = Receiver::replying(|_| {
        Reply::Delayed(Duration::from_millis(20), Box::new(Reply::Status(200)))
    })
    .await;
    let lines = window.filled(2_000);
    let (old, late) = lines.split_at(1_000);
    server.api.ingest(old).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window).await;
    let job = server.api.job_id().await;
    let some = SeededRandom::from_environment().below(100);
    receiver.wait_for_requests(1 + some).await;
    let fixed = listed(&data_dir, &job).await;
    let mut stored = 0;
    for (number, lines) in late.chunks(10).enumerate() {
        if number == 20 {
            primary.kill();
        }
        let response = server.api.try_ingest(lines).await.unwrap();
        if response.code != 202 {
            assert_unavailable(&response);
            break;
        }
        stored += lines.len();
    }
    assert_unavailable(&server.api.get("v2/audit-log-replay-job").await);
    standby.promote();
    assert_eq!(settled(&server.api).await["status"], "completed");
    assert_eq!(listed(&data_dir, &job).await, fixed, "the batches are other ones");
    let requests = receiver.requests();
    let delivered = acknowledged(&requests, &job);
    assert_eq!(delivered.len(), fixed.len());
    let text: String = fixed.iter().map(|batch| delivered[batch.id.as_str()]).collect();
    assert!(text == window.replayed(old), "the lines are not those of the window");
    let second = Receiver::accepting().await;
    assert_eq!(server.api.replay_to(&second, window).await["status"], "completed");
    let text = second.acknowledged_text();
    let missing = lines[..1_000 + stored].iter().find(|line| !text.contains(&line.text));
    assert_eq!(missing, None, "an acknowledged line is missing");
}

#[tokio::test]
async fn a_job_that_was_answered_as_completed_is_completed_on_the_promoted_standby() {
    let window = window();
    for _ in 0..3 {
        let mut primary = OwnServer::new();
        let standby = primary.synchronous_standby();
        let data_dir = ServerDir::with_database(OwnServer::url_of(&[&primary, &standby]));
        let server = data_dir.serve(&["--batch-lines", "5"]).await;
        let receiver = Receiver::accepting().await;
        server.api.ingest(&window.filled(50)).await;
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window).await;
        assert_eq!(server.api.settled().await["status"], "completed");
        // Only synchronous commits have reached the standby for certain.
        primary.kill();
        standby.promote();
        let job = until("the database is back", async || {
            let response = server.api.get("v2/audit-log-replay-job").await;
            (response.code == 200).then(|| response.json())
        })
        .await;
        assert_eq!(job["status"], "completed", "{job}");
    }
}
