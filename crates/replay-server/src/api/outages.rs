//! Handlers that list the outages of a region's live lane, and submit the job that heals one.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{OutageId, Refusal};
use replay_wire::{
    JobReport, OutageReport, OutagesPage, PageQuery, read_page_query, write_job, write_outages,
};

use crate::{
    api::requester::requester,
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    random,
    request::{PathId, RequestRegion},
    response::{ApiError, json},
    store::OutagePage,
};

/// `GET …/x/outages`: a page of the region's outages, the newest first.
pub(crate) async fn read(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Read, [&region])?;
    let PageQuery { cursor, limit } =
        read_page_query(query.as_deref()).map_err(Refusal::BadRequest)?;
    let before = match cursor {
        Some(cursor) => Some(position(&cursor).ok_or_else(PageQuery::unknown_cursor)?),
        None => None,
    };
    let page = app.store.outages(&region, before, limit.into()).await?;
    Ok(json(StatusCode::OK, &write_outages(&report(&page))))
}

/// The report about a page of outages.
pub(crate) fn report(page: &OutagePage) -> OutagesPage {
    OutagesPage {
        outages: page.outages.iter().map(OutageReport::from).collect(),
        next_cursor: page.next.map(|position| position.to_string()),
    }
}

/// `POST …/x/outages/{id}/heal`: submits a job for the undelivered lines of an outage.
pub(crate) async fn heal(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    PathId(id): PathId,
    request: Request,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Change, [&region])?;
    let outage = OutageId::read(&id).ok_or(Refusal::NotFound)?;
    let requester = Some(requester(&app, &caller, &request));
    let (id, now) = (random::job_id()?, app.clock.now());
    let cutoff = app.policy.deleted_before(now);
    let job = app.store.heal(&region, outage, id, requester, cutoff, now).await?;
    app.wakeups.wake(&region);
    Ok(json(StatusCode::ACCEPTED, &write_job(&JobReport::from(&job))))
}

/// The position of a cursor; `None` if the text is no cursor.
fn position(cursor: &str) -> Option<i64> {
    cursor.parse().ok().filter(|position: &i64| *position > 0 && position.to_string() == cursor)
}
