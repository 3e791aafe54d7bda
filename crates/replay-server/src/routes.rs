//! The API: every route on one screen. A handler reads a request, asks the store for one step and
//! writes the answer; no rule is made here.

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};

use crate::{
    api::{self, about, replay_job, webhook, webhook_test},
    app_state::AppState,
    authentication::authenticate,
    completion::run_to_completion,
    response, self_audit,
};

/// The API of an embedded server.
pub fn router(app: Arc<AppState>) -> Router {
    let job = || get(replay_job::read).put(replay_job::replace);
    let hook = || get(webhook::read).patch(webhook::change);
    Router::new()
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
        .method_not_allowed_fallback(response::method_not_allowed)
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), self_audit::record))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&app), authenticate))
        .route_layer(middleware::from_fn(run_to_completion))
        // After the layers: authentication needs the database, and these must answer without it.
        .route("/healthz", get(about::health).fallback(response::method_not_allowed))
        .route("/readyz", get(about::readiness).fallback(response::method_not_allowed))
        .fallback(response::not_found)
        .layer(middleware::from_fn(response::finalize))
        .with_state(app)
}
