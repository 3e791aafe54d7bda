//! A server in the test's own process, so that a test can shorten its patience or take its steps by
//! hand. Everything else is as in the program: the API over HTTP, real delivery.

use core::{net::SocketAddr, time::Duration};
use std::{
    env,
    sync::{Arc, Mutex},
};

use replay_core::{Policy, Region};
use replay_server::{
    app_state::AppState,
    auth::TokenDigest,
    clock::Clock,
    delivery::HttpDelivery,
    egress::Egress,
    engine::{Engine, FailingRegions, RetryPolicy, Wakeups},
    ingest::{Ingests, Spool},
    readiness::Readiness,
    routes::router,
    store::{BatchLimits, Store},
    token_use::TokenUses,
};
use time_range::Timestamp;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;

use super::{
    api::Api,
    lines::{Line, Window},
};

/// A server in this process.
pub(super) struct Inside {
    pub(super) api: Api,
    pub(super) engine: Arc<Engine<HttpDelivery>>,
    shutdown: CancellationToken,
}

/// What a test may change about it.
pub(super) struct Settings {
    /// Before each retry.
    pub(super) wait: Duration,
    /// Without any acknowledgement.
    pub(super) silence: Duration,
    /// For one request.
    pub(super) timeout: Duration,
    pub(super) batch_lines: usize,
    pub(super) batch_bytes: usize,
    pub(super) allowed: &'static [&'static str],
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wait: Duration::from_millis(1),
            silence: RetryPolicy::default().acknowledgement_timeout,
            timeout: HttpDelivery::TIMEOUT,
            batch_lines: 10,
            batch_bytes: 900 * 1024,
            allowed: &["127.0.0.0/8"],
        }
    }
}

impl Inside {
    /// Starts one.
    pub(super) async fn start(settings: Settings) -> Self {
        let wakeups = wakeups();
        let inside = Self::still(settings, wakeups.clone()).await;
        let jobs = Arc::clone(&inside.engine).spawn(
            &wakeups,
            &FailingRegions::default(),
            &inside.shutdown,
        );
        tokio::spawn(jobs.join_all());
        inside
    }

    /// Starts one whose jobs move only when its engine is told to step.
    pub(super) async fn by_hand() -> Self {
        Self::still(Settings::default(), wakeups()).await
    }

    async fn still(settings: Settings, wakeups: Wakeups) -> Self {
        const TOKEN: &str = "the token of an org-admin";
        let (store, clock) = (Store::in_memory(None).unwrap(), Clock::new(now));
        let allowed = settings.allowed.iter().map(|net| net.parse().unwrap()).collect();
        let egress = Egress::new(allowed);
        let engine = Arc::new(Engine {
            store: store.clone(),
            delivery: HttpDelivery::new(egress.clone(), settings.timeout),
            clock: clock.clone(),
            limits: BatchLimits { lines: settings.batch_lines, bytes: settings.batch_bytes },
            retry_policy: RetryPolicy {
                waits: vec![settings.wait; 4],
                acknowledgement_timeout: settings.silence,
                ..RetryPolicy::default()
            },
        });
        let readiness = Readiness::new(None, store.clone(), FailingRegions::default());
        let app = router(Arc::new(AppState {
            store,
            readiness: Arc::new(readiness),
            wakeups,
            clock,
            policy: Policy::DEFAULT,
            egress,
            regions: ["us", "eu"].map(region).to_vec(),
            default_region: region("us"),
            admin: Some(TokenDigest::of(TOKEN)),
            token_uses: TokenUses::default(),
            self_audit: true,
            refusals: Mutex::default(),
            behind_tls_proxy: false,
            ingests: Ingests::new(
                Spool::new(env::temp_dir(), Spool::QUOTA_BYTES),
                &["us", "eu"].map(region),
            ),
            webhook_tests: ["us", "eu"].map(|label| (region(label), Semaphore::new(1))).into(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api::new(format!("http://{}", listener.local_addr().unwrap()), TOKEN);
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { api, engine, shutdown: CancellationToken::new() }
    }

    /// Archives so many lines in [`window`].
    pub(super) async fn archive(&self, count: usize) -> Vec<Line> {
        let lines = window().filled(count);
        self.api.ingest(&lines).await;
        lines
    }
}

/// What its clock says, always.
pub(super) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A minute of its past.
pub(super) fn window() -> Window {
    Window::before(now())
}

pub(super) fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}

fn wakeups() -> Wakeups {
    Wakeups::new(["us", "eu"].map(region))
}
