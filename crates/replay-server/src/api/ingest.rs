//! The handler that archives lines: it refuses a body as a whole, or reports how many of its lines were
//! archived. The module `ingest` spools bodies and reads lines.

use std::{io, sync::Arc};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{Refusal, Region};
use replay_wire::{Ingested, write_ingested};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::{
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    body_reader::BodyReader,
    ingest::{LineReader, Step, Text},
    request::RequestRegion,
    response::{ApiError, json},
    store::NewLine,
    text_body::{Encoding, SENT_LIMIT_BYTES},
};

/// `POST …/x/ingest`: responds when the lines are durable. If a body cannot be inflated to its end,
/// nothing is archived. If the store fails after some steps, the sender repeats the request, and the
/// lines that were archived are duplicates then.
pub(crate) async fn append(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    request: Request,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Ingest, [&region])?;
    let encoding = Encoding::of(request.headers());
    let sent = app.ingests.spool.keep(BodyReader::new(request, SENT_LIMIT_BYTES)?).await?;
    let encoding = encoding?;
    let room = app.ingests.kept_texts.try_acquire().ok();
    let keep_bytes = if room.is_some() { Text::KEPT_LIMIT_BYTES } else { 0 };
    let check = if sent.is_large() { app.ingests.checks.acquire().await.ok() } else { None };
    let text = spawn_blocking(move || Text::check(sent, encoding, keep_bytes)).await??;
    drop(check);
    let _room = room.filter(|_| text.is_kept());
    // The body is complete: a slow sender must not hold a slot.
    let slot = app.ingests.slots.acquire(&region, text.bytes()).await;
    let _slot = slot.ok_or(Refusal::NotFound)?;

    let reader = LineReader::new(text.into_reader(), app.policy, app.clock.now());
    let mut ingested = Ingested::default();
    let mut reading = next_step(reader);
    let reader = loop {
        let (reader, step) = reading.await?;
        let Step { lines, is_last } = step?;
        if is_last {
            archive(&app, &region, lines, &mut ingested).await?;
            break reader;
        }
        // The next step is read while this one is archived.
        reading = next_step(reader);
        archive(&app, &region, lines, &mut ingested).await?;
    };
    let rejected = reader.into_rejected();
    app.metrics.count_rejected(&region, rejected.count);
    if ingested == Ingested::default() {
        return Err(Refusal::BadRequest(rejected.into_faults()).into());
    }
    ingested.rejected_count = rejected.count;
    ingested.rejected = rejected.named;
    Ok(json(StatusCode::ACCEPTED, &write_ingested(&ingested)))
}

/// Reads the next step on a blocking thread.
fn next_step(mut reader: LineReader) -> JoinHandle<(LineReader, io::Result<Step>)> {
    spawn_blocking(move || {
        let step = reader.next_step();
        (reader, step)
    })
}

/// Archives the lines of a step, and counts them.
async fn archive(
    app: &AppState,
    region: &Region,
    lines: Vec<NewLine>,
    ingested: &mut Ingested,
) -> Result<(), ApiError> {
    if !lines.is_empty() {
        let appended = app.store.append(region, lines).await?;
        app.metrics.count_appended(region, appended);
        ingested.accepted += appended.accepted;
        ingested.duplicates += appended.duplicates;
    }
    Ok(())
}
