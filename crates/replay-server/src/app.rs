//! The API: every route on one screen, and what its handlers share. A handler reads a request,
//! asks the store for one step and writes the answer; no rule is made here.

use core::fmt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router, middleware,
    routing::{get, post},
};
use replay_core::{Policy, Region};
use tokio::sync::Semaphore;

use crate::{
    answer,
    api::{self, about, replay_job, webhook, webhook_test},
    auth::TokenDigest,
    clock::Clock,
    egress::Egress,
    engine::Bells,
    ingest::Ingests,
    readiness::Readiness,
    self_audit::{self, RefusalCounts},
    store::Store,
    token_use::TokenUses,
};

/// What the handlers work with.
pub struct App {
    /// Where jobs and lines are.
    pub store: Store,
    /// Examines whether the server can do its work.
    pub readiness: Arc<Readiness>,
    /// Rung when a region's job may have something to do.
    pub bells: Bells,
    /// What tells the time.
    pub clock: Clock,
    /// Which timeframes may be asked for.
    pub policy: Policy,
    /// Which endpoints may be configured, and dialled for a test.
    pub egress: Egress,
    /// The regions of this server, in the order they are shown; never empty.
    pub regions: Vec<Region>,
    /// The region of requests that name none.
    pub default_region: Region,
    /// The token of an org-admin that is not stored.
    pub admin: Option<TokenDigest>,
    /// When tokens were last used.
    pub token_uses: TokenUses,
    /// Whether changes and refusals are archived as audit lines.
    pub self_audit: bool,
    /// Refusals that were not archived one by one since the last minute.
    pub refusals: Mutex<RefusalCounts>,
    /// Whether a proxy in front of this server says who the client is.
    pub behind_tls_proxy: bool,
    /// Where the bodies of ingests wait, and for which slots.
    pub ingests: Ingests,
    /// How many tests a region's webhook has room for: each may take as long as a receiver may.
    pub webhook_tests: HashMap<Region, Semaphore>,
}

/// The API over `app`.
pub fn router(app: Arc<App>) -> Router {
    let job = || get(replay_job::read).put(replay_job::replace);
    let hook = || get(webhook::read).patch(webhook::change);
    Router::new()
        .route("/healthz", get(about::health))
        .route("/readyz", get(about::readiness))
        .route("/api/x/server", get(about::server))
        .route("/api/x/me", get(about::me))
        .route("/api/{region}/v2/audit-log-replay-job", job())
        .route("/api/{region}/v3/audit-log-replay-job", job())
        .route("/api/{region}/v2/audit-log-webhook", hook())
        .route("/api/{region}/v2/audit-log-webhook/status", get(webhook::status))
        .route("/api/{region}/v2/audit-log-webhook/jwks.json", get(webhook::jwks))
        .route("/api/{region}/x/ingest", post(api::ingest::append))
        .route("/api/{region}/x/replay/cancel", post(replay_job::cancel))
        .route("/api/{region}/x/webhook/test", post(webhook_test::run))
        // Konnect's own addresses: the region is in the host.
        .route("/v2/audit-log-replay-job", job())
        .route("/v3/audit-log-replay-job", job())
        .route("/v2/audit-log-webhook", hook())
        .route("/v2/audit-log-webhook/status", get(webhook::status))
        .route("/v2/audit-log-webhook/jwks.json", get(webhook::jwks))
        .method_not_allowed_fallback(answer::method_not_allowed)
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), self_audit::record))
        .fallback(answer::not_found)
        .layer(middleware::from_fn(answer::finish))
        .with_state(app)
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("regions", &self.regions).finish_non_exhaustive()
    }
}
