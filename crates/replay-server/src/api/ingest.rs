//! Lines into a region's archive: each that can be read, as it came; each that cannot is named.

use std::sync::Arc;

use audit_log::Entry;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{
    Fault, Instant, Refusal, Rule,
    wire::{Ingested, write_ingested},
};

use super::replay_job::permit;
use crate::{
    answer::{Failure, json},
    app::App,
    auth::Act,
    request,
    request::{AddressedOne, Asked},
    store::NewLine,
};

/// `POST …/x/ingest`: answered when the lines are on disk.
pub(crate) async fn append(
    State(app): State<Arc<App>>,
    Asked(caller): Asked,
    AddressedOne(region): AddressedOne,
    request: Request,
) -> Result<Response, Failure> {
    permit(&caller, Act::Ingest, [&region])?;
    let _slot = app.ingests.acquire().await;
    let text = request::text(request).await?;
    let now = app.clock.now();
    let read = tokio::task::spawn_blocking(move || Read::of(&text, now)).await;
    let read = read.map_err(|error| Failure::Broken(Box::new(error)))?;
    if read.lines.is_empty() {
        return Err(Refusal::BadRequest(read.faults()).into());
    }
    let appended = app.store.append(&region, read.lines).await?;
    let ingested = Ingested {
        accepted: appended.accepted,
        duplicates: appended.duplicates,
        rejected: read.rejected,
        rejected_count: read.rejected_count,
    };
    Ok(json(StatusCode::ACCEPTED, &write_ingested(&ingested)))
}

/// The most bytes a line may have.
const LINE_LIMIT_BYTES: usize = 256 * 1024;

/// The most unreadable lines that are named one by one.
const NAMED_AT_MOST: usize = 1_000;

#[derive(Default)]
struct Read {
    lines: Vec<NewLine>,
    rejected: Vec<(usize, String)>,
    rejected_count: usize,
}

impl Read {
    /// Reads every line of `text` that is not blank.
    fn of(text: &[u8], now: Instant) -> Self {
        let mut read = Self::default();
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match event_at(line, now) {
                Ok(event_at) => read.lines.push(NewLine { event_at, text: line.to_vec() }),
                Err(reason) => {
                    read.rejected_count += 1;
                    if read.rejected.len() < NAMED_AT_MOST {
                        read.rejected.push((index + 1, reason));
                    }
                }
            }
        }
        read
    }

    fn faults(self) -> Vec<Fault> {
        if self.rejected.is_empty() {
            return vec![Fault::new("body", Rule::Required, "must hold at least one line")];
        }
        let fault = |(line, reason)| Fault::new(format!("line {line}"), Rule::Invalid, reason);
        self.rejected.into_iter().map(fault).collect()
    }
}

fn event_at(line: &[u8], now: Instant) -> Result<Instant, String> {
    if line.len() > LINE_LIMIT_BYTES {
        return Err(format!("is longer than the limit of {LINE_LIMIT_BYTES} bytes"));
    }
    Entry::read(line, now).map(|entry| entry.event_at()).map_err(|error| error.to_string())
}
