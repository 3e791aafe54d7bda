//! Handlers that read and change the webhook of a region, and report its status.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::Refusal;
use replay_wire::{WebhookReport, read_patch, write_health, write_jwks, write_webhook};

use crate::{
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    random, request,
    request::RequestRegion,
    response::{ApiError, json},
};

/// `GET …/audit-log-webhook`: the webhook, without its authorization.
pub(crate) async fn read(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Read, [&region])?;
    let (webhook, _) = app.store.webhook(&region).await?;
    Ok(json(StatusCode::OK, &write_webhook(&WebhookReport::from(&webhook))))
}

/// `PATCH …/audit-log-webhook`: changes the fields that the body contains.
pub(crate) async fn change(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    request: Request,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Change, [&region])?;
    let body = request::json(request).await?;
    let patch = read_patch(&body, |url| app.egress.endpoint(url)).map_err(Refusal::BadRequest)?;
    let webhook =
        app.store.patch_webhook(&region, patch, random::outage_id()?, app.clock.now()).await?;
    app.wakeups.wake(&region);
    app.signals.webhook_changed(&region);
    Ok(json(StatusCode::OK, &write_webhook(&WebhookReport::from(&webhook))))
}

/// `GET …/audit-log-webhook/status`: the result of the last delivery attempt.
pub(crate) async fn status(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Read, [&region])?;
    let health = app.store.webhook_health(&region).await?;
    Ok(json(StatusCode::OK, &write_health(&health.into())))
}

/// `GET …/audit-log-webhook/jwks.json`: the public keys that lines are signed with. It needs no token.
pub(crate) async fn jwks(RequestRegion(_): RequestRegion) -> Response {
    json(StatusCode::OK, &write_jwks())
}
