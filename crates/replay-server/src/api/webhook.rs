//! The webhook of a region: read, changed, and its health.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::Refusal;
use replay_wire::{WebhookReport, read_patch, write_health, write_jwks, write_webhook};

use crate::{
    answer::{Failure, json},
    app_state::AppState,
    auth::Act,
    request,
    request::{Authenticated, RequestRegion},
};

/// `GET …/audit-log-webhook`
pub(crate) async fn read(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
) -> Result<Response, Failure> {
    caller.permit(Act::Read, [&region])?;
    let (webhook, _) = app.store.webhook(&region).await?;
    Ok(json(StatusCode::OK, &write_webhook(&WebhookReport::from(&webhook))))
}

/// `PATCH …/audit-log-webhook`
pub(crate) async fn change(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    request: Request,
) -> Result<Response, Failure> {
    caller.permit(Act::Change, [&region])?;
    let body = request::json(request).await?;
    let patch = read_patch(&body, |url| app.egress.endpoint(url)).map_err(Refusal::BadRequest)?;
    let webhook = app.store.patch_webhook(&region, patch, app.clock.now()).await?;
    app.wakeups.wake(&region);
    Ok(json(StatusCode::OK, &write_webhook(&WebhookReport::from(&webhook))))
}

/// `GET …/audit-log-webhook/status`
pub(crate) async fn status(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
) -> Result<Response, Failure> {
    caller.permit(Act::Read, [&region])?;
    let (webhook, last) = app.store.webhook(&region).await?;
    Ok(json(StatusCode::OK, &write_health(&webhook.health(last).into())))
}

/// `GET …/audit-log-webhook/jwks.json`: the keys that lines are signed with, for anybody.
pub(crate) async fn jwks(RequestRegion(_): RequestRegion) -> Response {
    json(StatusCode::OK, &write_jwks())
}
