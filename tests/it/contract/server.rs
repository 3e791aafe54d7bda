//! The server under test: the real router over a real store in memory, called without a socket. Its
//! clock and its jobs move only when the test moves them.

use core::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use replay_core::{
    JobId, OutageId, Timeframe,
    decisions::Submission,
    job::Step,
    snapshot::{BatchLimits, Limits},
    webhook::{AuthorizationChange, Endpoint, Patch, Secret},
};
use replay_server::{
    app_state::AppState,
    auth::Role,
    clock::Clock,
    routes::router,
    store::{Store, StoredToken},
    token,
};
pub(crate) use replay_tests::app_state::region;
use replay_tests::{
    app_state::app_state,
    stepping::{batches, lines},
    test_store::{Stored, TestStore},
};
use serde_json::json;
use time_range::Timestamp;
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::{
    request::{ApiRequest, get, last_hour, patch, put},
    response::ApiResponse,
};

/// The initial time of the clock.
pub(super) const NOW: &str = "2026-11-23T12:00:00Z";

/// The org-admin token from the server's environment.
pub(crate) const ADMIN: &str = "alr_given-by-the-environment-0123456789";

/// The authorization of the webhook that [`Api::enable`] configures.
pub(super) const AUTHORIZATION: &str = "Bearer s3cret-of-the-siem";

/// The server's regions; the first is the default.
pub(super) const REGIONS: [&str; 3] = ["us", "eu", "au"];

/// A server, and the clock that a test sets.
pub(crate) struct Api {
    pub(crate) store: Store,
    test_store: TestStore,
    pub(super) app: Arc<AppState>,
    router: Router,
    now: Arc<Mutex<Timestamp>>,
}

impl Api {
    /// A new server without self-audit.
    pub(crate) fn new() -> Self {
        Self::set_up(|_| {})
    }

    /// A new server whose state `change` has modified.
    pub(crate) fn set_up(change: impl FnOnce(&mut AppState)) -> Self {
        Self::over(TestStore::new(), change)
    }

    pub(super) fn over(test_store: TestStore, change: impl FnOnce(&mut AppState)) -> Self {
        let store = test_store.store.clone();
        let now = Arc::new(Mutex::new(at(NOW)));
        let time = Arc::clone(&now);
        let clock = Clock::new(move || *time.lock().unwrap());
        let mut app = app_state(store.clone(), clock, &REGIONS, ADMIN);
        change(&mut app);
        let app = Arc::new(app);
        Self { store, test_store, router: router(Arc::clone(&app)), app, now }
    }

    /// Serves on a socket until the test ends.
    pub(super) async fn listen(&self) -> SocketAddr {
        listen(self.router.clone()).await
    }

    pub(super) fn turn_clock_to(&self, time: &str) {
        self.turn_clock(at(time));
    }

    pub(crate) fn turn_clock(&self, now: Timestamp) {
        *self.now.lock().unwrap() = now;
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) async fn send(&self, request: ApiRequest) -> ApiResponse {
        let Ok(response) = self.router.clone().oneshot(request.into_request()).await;
        ApiResponse::of(response).await
    }

    /// A new token with that role, limited to these regions if there are any. It counts as used
    /// just now, so that requests within a minute store no time of use.
    pub(crate) async fn token(&self, role: Role, regions: &[&str]) -> String {
        let regions: Vec<_> = regions.iter().copied().map(region).collect();
        let (token, stored) = token::draw(role, &regions, None, at(NOW)).unwrap();
        let used = StoredToken { last_used_at: Some(self.now()), ..stored };
        self.store.add_token(used).await.unwrap();
        token.text
    }

    /// Configures and enables the region's webhook.
    pub(crate) async fn enable(&self, label: &str) {
        let webhook = json!({
            "endpoint": "https://siem.example.com/audit",
            "authorization": AUTHORIZATION,
            "enabled": true,
        });
        let path = format!("/api/{label}/v2/audit-log-webhook");
        self.send(patch(&path).json(&webhook)).await.expect(200);
    }

    /// Submits the last hour as the region's job.
    pub(super) async fn submit(&self, label: &str) {
        let path = format!("/api/{label}/v2/audit-log-replay-job");
        self.send(put(&path).json(&last_hour())).await.expect(202);
    }

    /// Applies a step to the region's job, as the engine does.
    pub(crate) async fn advance(&self, label: &str, step: Step) {
        let (region, now) = (region(label), self.now());
        let job = self.store.job(&region).await.unwrap();
        let id = job.configured().unwrap().id;
        if step == Step::Start {
            let cutoff = self.app.policy.deleted_before(now);
            self.store.start(&region, id, EVERYTHING, cutoff, now).await.unwrap();
        } else {
            self.store.advance(&region, id, step, now).await.unwrap();
        }
    }

    /// Submits the region's job and starts it.
    pub(crate) async fn run(&self, label: &str) {
        self.submit(label).await;
        self.advance(label, Step::Schedule).await;
        self.advance(label, Step::Start).await;
        assert_eq!(self.status(label).await, "running");
    }

    /// The status of the region's job.
    pub(crate) async fn status(&self, label: &str) -> String {
        let path = format!("/api/{label}/v2/audit-log-replay-job");
        self.send(get(&path)).await.expect(200).text("status")
    }

    /// The content of the database.
    pub(super) async fn database_image(&self) -> Stored {
        self.test_store.stored().await
    }

    /// The server after a restart, without the changes of its state.
    pub(super) async fn restarted(&self) -> Self {
        Self::over(self.test_store.restarted().await, |_| {})
    }

    /// Every archived line of the region, as a replay delivers it. A copy of the store is replayed,
    /// so that the server's own state stays the same.
    pub(super) async fn archived(&self, label: &str) -> Vec<Vec<u8>> {
        let copy = Self::over(self.test_store.copied().await, |_| {});
        if copy.status(label).await == "running" {
            copy.advance(label, Step::Complete).await;
        }
        let (region, id) = (region(label), JobId(0));
        copy.store.patch_webhook(&region, copy_webhook(), OutageId(0), at(NOW)).await.unwrap();
        let timeframe =
            Timeframe::new(at("1700-01-01T00:00:00Z"), at("2200-01-01T00:00:00Z")).unwrap();
        let submission = Submission::to_region(region.clone(), id, timeframe);
        copy.store.submit(submission, at(NOW)).await.unwrap();
        copy.advance(label, Step::Schedule).await;
        copy.advance(label, Step::Start).await;
        let batches = batches(&copy.store, &region).await;
        batches.iter().flat_map(lines).collect()
    }
}

/// Serves `app` on a free port until the test ends.
pub(super) async fn listen(app: Router) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(axum::serve(socket, app).into_future());
    address
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const EVERYTHING: Limits = Limits::new(BatchLimits { lines: 1_000_000, bytes: 1 << 30 });

fn copy_webhook() -> Patch {
    Patch {
        endpoint: Some(Endpoint {
            url: "https://copy.example.com".to_owned(),
            origin: "https://copy.example.com".to_owned(),
        }),
        authorization: Secret::new("anything".to_owned()).ok().map(AuthorizationChange::Set),
        enabled: Some(true),
        ..Patch::default()
    }
}
