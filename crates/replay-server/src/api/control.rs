//! Handlers that cancel a region's job, limit its rate, and resume it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{Refusal, reason::CANCELLED};
use replay_wire::{JobReport, RateReport, RateRequest, read_rate, write_job, write_rate_report};

use crate::{
    api::requester::requester,
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    random,
    request::{self, RequestRegion},
    response::{ApiError, json},
};

/// `POST …/x/replay/cancel`: stops the job of a region.
pub(crate) async fn cancel(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Change, [&region])?;
    let job = app.store.stop(&region, CANCELLED, app.clock.now()).await?;
    app.wakeups.wake(&region);
    Ok(json(StatusCode::ACCEPTED, &write_job(&JobReport::from(&job))))
}

/// `POST …/x/replay/resume`: submits a job that goes on with the failed one.
pub(crate) async fn resume(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    request: Request,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Change, [&region])?;
    let requester = requester(&app, &caller, &request);
    let now = app.clock.now();
    let cutoff = app.policy.deleted_before(now);
    let job = app.store.resume(&region, random::job_id()?, Some(requester), cutoff, now).await?;
    app.wakeups.wake(&region);
    Ok(json(StatusCode::ACCEPTED, &write_job(&JobReport::from(&job))))
}

/// `PUT …/x/replay/rate`: limits the lines per second of a region's job, or pauses it.
pub(crate) async fn replace_rate(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    request: Request,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Change, [&region])?;
    let body = request::json(request).await?;
    let RateRequest { lines_per_second } = read_rate(&body).map_err(Refusal::BadRequest)?;
    let job = app.store.set_rate(&region, lines_per_second).await?;
    app.wakeups.wake(&region);
    let job = job.configured().ok_or(Refusal::Internal)?;
    let report = RateReport { job_id: job.id.to_string(), lines_per_second: job.lines_per_second };
    Ok(json(StatusCode::ACCEPTED, &write_rate_report(&report)))
}
