//! A job that another PUT replaces before it starts sends nothing.

use replay_server::engine::{Deliveries, Next};
use replay_tests::{
    app_state::region,
    in_process::{InProcessServer, Settings, window},
    lines::{SeededRandom, Window},
    receiver::Receiver,
    stepping::step,
};

#[tokio::test]
async fn a_job_that_was_replaced_before_it_started_never_sends() {
    // Replaced while accepted, and while pending.
    for steps in [0, 1] {
        let (server, receiver) =
            (InProcessServer::without_engine_tasks().await, Receiver::accepting().await);
        let lines = server.archive(30).await;
        let (us, mut deliveries) = (region("us"), Deliveries::default());
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window()).await;
        for _ in 0..steps {
            step(&server.engine, &us, &mut deliveries).await;
        }
        let later = Window { start: lines[20].at, end: window().end };
        server.api.replay(later).await;
        assert_eq!(server.api.job().await["status"], "accepted");
        while step(&server.engine, &us, &mut deliveries).await != Next::Settled {}
        assert_eq!(server.api.job().await["status"], "completed");
        assert_eq!(receiver.acknowledged_text(), later.replayed(&lines));
    }
}

#[tokio::test]
async fn a_job_that_was_cancelled_before_it_started_never_sends() {
    for steps in [0, 1] {
        let (server, receiver) =
            (InProcessServer::without_engine_tasks().await, Receiver::accepting().await);
        server.archive(30).await;
        let (us, mut deliveries) = (region("us"), Deliveries::default());
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window()).await;
        for _ in 0..steps {
            step(&server.engine, &us, &mut deliveries).await;
        }
        let cancelled = server.api.cancel().await;
        assert_eq!((cancelled.code, &cancelled.json()["status"]), (202, &"failed".into()));
        assert_eq!(step(&server.engine, &us, &mut deliveries).await, Next::Settled);
        assert_eq!(receiver.connections(), 0);
    }
}

#[tokio::test]
async fn an_older_job_sends_nothing_after_a_newer_one_has_sent() {
    let server = InProcessServer::start(Settings::default()).await;
    let receiver = Receiver::accepting().await;
    let lines = server.archive(60).await;
    server.api.point_at(&receiver.url()).await;
    let (mut random, mut last) = (SeededRandom::from_environment(), 0);
    for (number, line) in lines.iter().enumerate() {
        // One line for each job, so that the received lines identify the job.
        let response = server.api.put(Window { start: line.at, end: line.at }).await;
        assert!([202, 409].contains(&response.code), "{response:?}");
        if response.code == 202 {
            last = number;
        }
        if random.below(4) == 0 {
            server.api.settled().await;
        }
    }
    server.api.settled().await;
    let number = |body: String| lines.iter().position(|line| body == format!("{}\n", line.text));
    let sent: Vec<_> =
        receiver.requests().into_iter().map(|one| number(one.body).unwrap()).collect();
    assert!(sent.is_sorted_by(|one, next| one < next), "{sent:?}");
    assert_eq!(sent.last(), Some(&last));
}
