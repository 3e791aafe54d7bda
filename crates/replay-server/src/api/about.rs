//! What the server is, who asks, and that nothing is anywhere else.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use replay_core::{
    Refusal,
    wire::{ServerInfo, write_me, write_server},
};

use crate::{
    answer::{Failure, json},
    app::App,
    auth::Act,
    request::Asked,
};

/// `GET /healthz`: whether the store answers.
pub(crate) async fn health(State(app): State<Arc<App>>) -> Result<&'static str, Failure> {
    app.store.job(&app.default_region).await?;
    Ok("ok\n")
}

/// `GET /api/x/server`
pub(crate) async fn server(State(app): State<Arc<App>>) -> Response {
    let server = ServerInfo {
        mode: "embedded",
        regions: app.regions.clone(),
        default_region: app.default_region.clone(),
        retention: app.policy.retention,
        extensions: &["ingest", "cancel", "webhook/test"],
    };
    json(StatusCode::OK, &write_server(&server))
}

/// `GET /api/x/me`
pub(crate) async fn me(
    State(app): State<Arc<App>>,
    Asked(caller): Asked,
) -> Result<Response, Failure> {
    if !caller.role.permits(Act::Read) {
        return Err(Refusal::Forbidden.into());
    }
    let regions = app.regions.iter().filter(|region| caller.covers(region));
    Ok(json(StatusCode::OK, &write_me(caller.role.as_str(), regions)))
}
