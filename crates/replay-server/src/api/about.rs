//! Handlers that describe the server, its health, and the caller.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::TimeDelta;
use replay_core::{Refusal, Region};
use replay_wire::{Extension, Json, Me, Mode, ServerInfo, write_me, write_server};

use crate::{
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    response::{ApiError, json},
};

/// `GET /healthz`: 200 while the process is alive.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 if disk, database and engine work, otherwise 503; the body has the state of each.
pub(crate) async fn readiness(State(app): State<Arc<AppState>>) -> Response {
    let report = app.readiness.report().await;
    let part = |name: &str, result: &Result<(), String>| {
        let text = result.as_ref().err().map_or("ok", String::as_str);
        (name.to_owned(), Json::String(text.to_owned()))
    };
    let body = Json::Object(vec![
        ("ready".to_owned(), Json::Bool(report.is_ready())),
        part("disk", &report.disk),
        part("database", &report.database),
        part("engine", &report.engine),
    ]);
    let status = if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json(status, &body)
}

/// `GET /api/x/server`: the mode, the regions, the retention and the extensions of this server.
pub(crate) async fn server(State(app): State<Arc<AppState>>) -> Response {
    let server = describe(&app.regions, &app.default_region, app.policy.retention);
    json(StatusCode::OK, &write_server(&server))
}

/// The description of an embedded server.
pub(crate) fn describe(
    regions: &[Region],
    default_region: &Region,
    retention: TimeDelta,
) -> ServerInfo {
    ServerInfo {
        mode: Mode::Embedded,
        regions: regions.to_vec(),
        default_region: default_region.clone(),
        retention,
        extensions: EXTENSIONS.to_vec(),
    }
}

/// `GET /api/x/me`: the role of the caller and the regions that its token covers.
pub(crate) async fn me(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
) -> Result<Response, ApiError> {
    if !caller.role.permits(Action::Read) {
        return Err(Refusal::Forbidden.into());
    }
    let covered = app.regions.iter().filter(|region| caller.covers(region));
    let me = Me { role: caller.role.as_str().to_owned(), regions: covered.cloned().collect() };
    Ok(json(StatusCode::OK, &write_me(&me)))
}

/// The extensions that this server has.
const EXTENSIONS: [Extension; 11] = [
    Extension::Ingest,
    Extension::Cancel,
    Extension::WebhookTest,
    Extension::Preview,
    Extension::Progress,
    Extension::History,
    Extension::Outages,
    Extension::Kinds,
    Extension::Rate,
    Extension::Resume,
    Extension::Overview,
];
