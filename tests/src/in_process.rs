//! A server inside the test's process, with real HTTP on both sides, whose retry policy and limits a
//! test can shorten and whose engine a test can step.

use core::{net::SocketAddr, time::Duration};
use std::sync::Arc;

use replay_core::{
    Policy,
    snapshot::{BatchLimits, Limits},
};
use replay_server::{
    app_state::AppState,
    clock::Clock,
    delivery::HttpDelivery,
    egress::Egress,
    engine::{Engine, FailingRegions, LivePolicy, RetryPolicy, SlowDowns},
    leases::Leases,
    routes::router,
    store::Store,
};
use time_range::Timestamp;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    app_state::app_state,
    client::ApiClient,
    lines::{Line, Window},
};

/// A server in this process with the regions `us` and `eu`. Its clock stands at [`now`].
#[derive(Debug)]
pub struct InProcessServer {
    /// A client with an org-admin token.
    pub api: ApiClient,
    /// The engine of its jobs.
    pub engine: Arc<Engine<HttpDelivery>>,
    shutdown: CancellationToken,
}

/// What a test can set.
#[derive(Debug)]
pub struct Settings {
    /// The wait before each retry.
    pub wait: Duration,
    /// How long a job waits for any acknowledgement before it fails.
    pub silence: Duration,
    /// The timeout of one delivery attempt.
    pub timeout: Duration,
    /// The most lines of a batch.
    pub batch_lines: u64,
    /// The most bytes of a batch before compression.
    pub batch_bytes: u64,
    /// The most requests of a job in flight; 1 delivers in total order.
    pub in_flight: usize,
    /// The networks to which the server may deliver over http.
    pub allowed: &'static [&'static str],
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wait: Duration::from_millis(1),
            silence: RetryPolicy::default().acknowledgement_timeout,
            timeout: HttpDelivery::TIMEOUT,
            batch_lines: 10,
            batch_bytes: 900 * 1024,
            in_flight: 4,
            allowed: &["127.0.0.0/8"],
        }
    }
}

impl InProcessServer {
    /// Starts a server whose engine processes jobs.
    pub async fn start(settings: Settings) -> Self {
        let app = embedded(&settings);
        let server = Self::listen(app, settings).await;
        let (failing, mut jobs) = (FailingRegions::default(), JoinSet::new());
        server.engine.spawn(&Leases::all(), &failing, &server.shutdown, &mut jobs);
        tokio::spawn(jobs.join_all());
        server
    }

    /// Starts a server whose jobs advance only when the test steps the engine.
    pub async fn without_engine_tasks() -> Self {
        let settings = Settings::default();
        Self::listen(embedded(&settings), settings).await
    }

    async fn listen(app: AppState, settings: Settings) -> Self {
        let engine = Arc::new(Engine {
            store: app.store.clone(),
            delivery: HttpDelivery::new(app.egress.clone(), settings.timeout),
            clock: app.clock.clone(),
            limits: Limits::new(BatchLimits {
                lines: settings.batch_lines,
                bytes: settings.batch_bytes,
            }),
            in_flight: settings.in_flight,
            retry_policy: RetryPolicy {
                waits: vec![settings.wait; 4],
                acknowledgement_timeout: settings.silence,
                ..RetryPolicy::default()
            },
            owner: "test".to_owned(),
            live: LivePolicy::asking(app.clock.now()),
            signals: app.signals.clone(),
            wakeups: app.wakeups.clone(),
            rates: app.rates.clone(),
            slow_downs: SlowDowns::default(),
            policy: Policy::DEFAULT,
            metrics: app.metrics.clone(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = ApiClient::new(format!("http://{}", listener.local_addr().unwrap()), TOKEN);
        let service = router(Arc::new(app)).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { api, engine, shutdown: CancellationToken::new() }
    }

    /// Ingests `count` lines of [`window`] and returns them.
    pub async fn archive(&self, count: usize) -> Vec<Line> {
        let lines = window().filled(count);
        self.api.ingest(&lines).await;
        lines
    }
}

/// The time that the server's clock always shows.
pub fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A minute before [`now`] that can be replayed.
pub fn window() -> Window {
    Window::before(now())
}

const TOKEN: &str = "the token of an org-admin";

fn embedded(settings: &Settings) -> AppState {
    let store = Store::in_memory(None).unwrap();
    let allowed = settings.allowed.iter().map(|net| net.parse().unwrap()).collect();
    AppState {
        egress: Egress::new(allowed),
        self_audit: true,
        ..app_state(store, Clock::new(now), &["us", "eu"], TOKEN)
    }
}
