//! Changes while a job runs: other PUTs, a cancel, another webhook.

use core::time::Duration;

use replay_tests::{
    client::failure,
    in_process::{InProcessServer, Settings, window},
    lines::{Line, Window},
    polling::until,
    receiver::{Gate, Receiver, Reply},
};
use serde_json::json;

#[tokio::test]
async fn a_put_while_a_job_runs_is_refused_and_the_job_continues() {
    let running = Running::start().await;
    let before = running.server.api.job().await;
    let other = Window { start: window().start, end: window().start };
    let refused = running.server.api.put(other).await;
    assert_eq!(refused.code, 409, "{refused:?}");
    assert_eq!(running.server.api.job().await, before);
    running.gate.open();
    assert_eq!(running.server.api.settled().await["status"], "completed");
    assert_eq!(running.receiver.acknowledged_text(), window().replayed(&running.lines));
}

#[tokio::test]
async fn a_cancelled_job_ends_although_its_receiver_hangs_and_sends_nothing_after() {
    let running = Running::start().await;
    let api = &running.server.api;
    let cancelled = api.cancel().await;
    assert_eq!((cancelled.code, &cancelled.json()["status"]), (202, &json!("running")));
    let reason = "it was cancelled after 0 of 30 lines were acknowledged";
    assert_eq!(failure(&api.settled().await), reason);
    assert_eq!(running.receiver.requests().len(), 1);
    let health = api.health().await;
    assert_eq!((health.code, health.message), (None, None), "it is no delivery attempt");
    running.sent_nothing_more().await;
    assert_eq!(api.cancel().await.code, 409);
}

#[tokio::test]
async fn a_cancel_during_the_wait_for_a_retry_ends_the_job_at_once() {
    const CANCELLED: &str = "it was cancelled after 0 of 30 lines were acknowledged";
    for (code, headers) in [(503, ""), (429, ""), (429, "retry-after: 300\r\n")] {
        let settings = Settings { wait: Duration::from_hours(1), ..Settings::default() };
        let server = InProcessServer::start(settings).await;
        server.archive(30).await;
        let receiver = Receiver::replying(move |_| Reply::Full(code, headers, "")).await;
        server.api.point_at(&receiver.url()).await;
        server.api.replay(window()).await;
        until("the webhook is inactive", async || {
            (server.api.health().await.status == "inactive").then_some(())
        })
        .await;
        assert_eq!(server.api.job().await["status"], "running");
        assert_eq!(server.api.cancel().await.code, 202);
        assert_eq!(failure(&server.api.settled().await), CANCELLED);
        assert_eq!(receiver.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_new_endpoint_and_authorization_apply_to_the_next_job_only() {
    let running = Running::start().await;
    let api = &running.server.api;
    let next = Receiver::accepting().await;
    let webhook = json!({ "endpoint": next.url(), "authorization": "new" });
    let bare = api.patch(json!({ "endpoint": next.url() })).await;
    let fault = &bare.json()["invalid_parameters"][0]["field"];
    assert_eq!((bare.code, fault), (400, &json!("authorization")));
    assert_eq!(api.patch(webhook).await.code, 200);
    running.gate.open();
    assert_eq!(api.settled().await["status"], "completed");
    assert_eq!(running.receiver.acknowledged_text(), window().replayed(&running.lines));
    let requests = running.receiver.requests();
    assert!(requests.iter().all(|request| request.header("authorization") == "old"));
    assert_eq!(next.connections(), 0);

    api.replay(window()).await;
    assert_eq!(api.settled().await["status"], "completed");
    assert_eq!(next.acknowledged_text(), window().replayed(&running.lines));
    assert!(next.requests().iter().all(|request| request.header("authorization") == "new"));
    running.sent_nothing_more().await;
}

#[tokio::test]
async fn a_disabled_webhook_fails_the_job_although_its_receiver_hangs() {
    let running = Running::start().await;
    let api = &running.server.api;
    assert_eq!(api.patch(json!({ "enabled": false })).await.code, 200);
    let reason = "the webhook was disabled after 0 of 30 lines were acknowledged";
    assert_eq!(failure(&api.settled().await), reason);
    running.sent_nothing_more().await;
    assert_eq!(api.put(window()).await.code, 400);
}

#[tokio::test]
async fn enabling_the_webhook_again_does_not_resume_the_job() {
    let running = Running::start().await;
    let api = &running.server.api;
    for enabled in [false, true] {
        assert_eq!(api.patch(json!({ "enabled": enabled })).await.code, 200);
    }
    assert_eq!(api.cancel().await.code, 202);
    assert!(failure(&api.settled().await).starts_with("the webhook was disabled after 0 of 30"));
    running.sent_nothing_more().await;
    running.gate.open();
    api.replay(window()).await;
    assert_eq!(api.settled().await["status"], "completed");
}

#[tokio::test]
async fn a_cancelled_job_is_completed_if_every_line_was_acknowledged() {
    let running = Running::with_lines(5).await;
    assert_eq!(running.server.api.cancel().await.code, 202);
    running.gate.open();
    assert_eq!(running.server.api.settled().await["status"], "completed");
    assert_eq!(running.receiver.acknowledged_text(), window().replayed(&running.lines));
}

/// A server with a running job whose first request is held back until the gate opens.
struct Running {
    server: InProcessServer,
    receiver: Receiver,
    gate: Gate,
    lines: Vec<Line>,
}

impl Running {
    async fn start() -> Self {
        Self::with_lines(30).await
    }

    async fn with_lines(count: usize) -> Self {
        let (server, gate) = (InProcessServer::start(Settings::default()).await, Gate::closed());
        let receiver = Receiver::holding(&gate).await;
        let lines = server.archive(count).await;
        let webhook =
            json!({ "endpoint": receiver.url(), "authorization": "old", "enabled": true });
        assert_eq!(server.api.patch(webhook).await.code, 200);
        server.api.replay(window()).await;
        receiver.wait_for_requests(1).await;
        Self { server, receiver, gate, lines }
    }

    /// Runs another job in the region, and asserts that the first one has sent nothing meanwhile.
    async fn sent_nothing_more(&self) {
        let sent = self.receiver.requests().len();
        let eu = self.server.api.in_region("eu");
        let other = Receiver::accepting().await;
        eu.ingest(&self.lines).await;
        assert_eq!(eu.replay_to(&other, window()).await["status"], "completed");
        assert_eq!(self.receiver.requests().len(), sent);
    }
}
