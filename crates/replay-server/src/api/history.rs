//! Handlers that report past and current jobs, and who requested them.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{JobId, Refusal};
use replay_wire::{
    HistoryPage, JobRecord, PageQuery, read_page_query, write_history, write_record,
};
use time_range::{read_timestamp, write_timestamp};

use crate::{
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    request::{PathId, RequestRegion},
    response::{ApiError, json},
    store::{HistoryPosition, PastJob},
};

/// `GET …/x/replay/history`: a page of the region's jobs, the newest first.
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
    let page = app.store.history(&region, before, limit.into()).await?;
    let now = app.clock.now();
    let record = |past: &PastJob| JobRecord::of(&past.job, past.started_at, now);
    let page = HistoryPage {
        jobs: page.jobs.iter().map(record).collect(),
        next_cursor: page.next.map(cursor_of),
    };
    Ok(json(StatusCode::OK, &write_history(&page)))
}

/// `GET …/x/replay/jobs/{id}`: a job of the region.
pub(crate) async fn read_job(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    PathId(id): PathId,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Read, [&region])?;
    let id = JobId::read(&id).ok_or(Refusal::NotFound)?;
    let past = app.store.past_job(&region, id).await?.ok_or(Refusal::NotFound)?;
    let record = JobRecord::of(&past.job, past.started_at, app.clock.now());
    Ok(json(StatusCode::OK, &write_record(&record)))
}

/// The cursor of the page of jobs before a position.
fn cursor_of(position: HistoryPosition) -> String {
    format!("{}_{}", write_timestamp(position.created_at), position.id)
}

/// The position of a cursor; `None` if the text is no cursor.
fn position(cursor: &str) -> Option<HistoryPosition> {
    let (created_at, id) = cursor.split_once('_')?;
    let created_at = read_timestamp(created_at).ok()?;
    let position = HistoryPosition { created_at, id: JobId::read(id)? };
    (cursor_of(position) == cursor).then_some(position)
}
