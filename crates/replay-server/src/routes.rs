//! The server's router: a handler for each operation of the API, at every path and with the method
//! that the route table gives it. A handler reads a request, asks the store for one step and
//! writes the response; no rule is made here.

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{MethodFilter, MethodRouter, get, on},
};
use replay_wire::routes::{Api, ME_PATH, Method, OVERVIEW_PATH, Operation, SERVER_PATH};

use crate::{
    api::{
        self, about, control, history, metrics, outages, overview, replay, replay_job, webhook,
        webhook_test,
    },
    app_state::AppState,
    authentication::authenticate,
    completion::run_to_completion,
    response, self_audit,
};

/// The API of an embedded server.
pub fn router(app: Arc<AppState>) -> Router {
    let mut router = Router::new()
        .route(SERVER_PATH, get(about::server))
        .route(ME_PATH, get(about::me))
        .route(OVERVIEW_PATH, get(overview::read))
        .route("/metrics", get(metrics::read));
    for operation in Operation::ALL {
        for path in operation.route().paths() {
            router = router.route(&format!("/api/{{region}}{path}"), handler(operation));
            if operation.route().api == Api::Konnect {
                // Konnect's own address: the host names the region.
                router = router.route(path, handler(operation));
            }
        }
    }
    router
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

fn handler(operation: Operation) -> MethodRouter<Arc<AppState>> {
    let method = match operation.route().method {
        Method::Get => MethodFilter::GET,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Post => MethodFilter::POST,
    };
    match operation {
        Operation::ReadJob => on(method, replay_job::read),
        Operation::ReplaceJob => on(method, replay_job::replace),
        Operation::PreviewReplay => on(method, replay::preview),
        Operation::ReadProgress => on(method, replay::progress),
        Operation::CancelJob => on(method, control::cancel),
        Operation::ResumeJob => on(method, control::resume),
        Operation::ReplaceRate => on(method, control::replace_rate),
        Operation::ReadWebhook => on(method, webhook::read),
        Operation::ChangeWebhook => on(method, webhook::change),
        Operation::ReadWebhookStatus => on(method, webhook::status),
        Operation::ReadSigningKeys => on(method, webhook::jwks),
        Operation::TestWebhook => on(method, webhook_test::run),
        Operation::Ingest => on(method, api::ingest::append),
        Operation::ReadHistory => on(method, history::read),
        Operation::ReadPastJob => on(method, history::read_job),
        Operation::ReadOutages => on(method, outages::read),
        Operation::HealOutage => on(method, outages::heal),
    }
}
