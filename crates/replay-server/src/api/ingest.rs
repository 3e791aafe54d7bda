//! Lines into a region's archive: each that can be read, as it came; each that cannot is named.

use std::sync::Arc;

use audit_log::Entry;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use chrono::DateTime;
use replay_core::{
    Fault, Instant, Policy, Refusal, Rule,
    wire::{Ingested, write_ingested},
};
use tokio::task::spawn_blocking;

use crate::{
    answer::{Failure, json},
    app::App,
    auth::Act,
    request::{AddressedOne, Asked},
    store::NewLine,
    text_body,
};

/// `POST …/x/ingest`: answered when the lines are on disk. A body that cannot be inflated to its end
/// archives nothing; should the archive fail half-way, the sender repeats what is then a duplicate.
pub(crate) async fn append(
    State(app): State<Arc<App>>,
    Asked(caller): Asked,
    AddressedOne(region): AddressedOne,
    request: Request,
) -> Result<Response, Failure> {
    caller.permit(Act::Ingest, [&region])?;
    let _slot = app.ingests.acquire().await;
    let text = text_body::read(request).await?;
    let mut reading = Reading::new(text, app.policy, app.clock.now());
    let mut ingested = Ingested::default();
    loop {
        let lines;
        (reading, lines) = spawn_blocking(move || reading.next_lines()).await?;
        if lines.is_empty() {
            break;
        }
        let appended = app.store.append(&region, lines).await?;
        ingested.accepted += appended.accepted;
        ingested.duplicates += appended.duplicates;
    }
    if ingested == Ingested::default() {
        return Err(Refusal::BadRequest(reading.faults()).into());
    }
    ingested.rejected = reading.rejected;
    ingested.rejected_count = reading.rejected_count;
    Ok(json(StatusCode::ACCEPTED, &write_ingested(&ingested)))
}

/// The most bytes a line may have.
const LINE_LIMIT_BYTES: usize = 256 * 1024;

/// The most unreadable lines that are named one by one.
const NAMED_AT_MOST: usize = 1_000;

/// How many lines go into one step of the store, so that others get their turn in between.
const LINES_AT_ONCE: usize = 5_000;

/// A text that is read line by line.
struct Reading {
    text: Vec<u8>,
    policy: Policy,
    now: Instant,
    offset: usize,
    line: usize,
    rejected: Vec<(usize, String)>,
    rejected_count: usize,
}

impl Reading {
    const fn new(text: Vec<u8>, policy: Policy, now: Instant) -> Self {
        let rejected = Vec::new();
        Self { text, policy, now, offset: 0, line: 0, rejected, rejected_count: 0 }
    }

    /// The next readable lines; none at the end.
    fn next_lines(mut self) -> (Self, Vec<NewLine>) {
        let mut lines = Vec::new();
        while self.offset < self.text.len() && lines.len() < LINES_AT_ONCE {
            let rest = &self.text[self.offset..];
            let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
            self.offset += line.len() + 1;
            self.line += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match event_at(line, &self.policy, self.now) {
                Ok(event_at) => lines.push(NewLine { event_at, text: line.to_vec() }),
                Err(reason) => {
                    self.rejected_count += 1;
                    if self.rejected.len() < NAMED_AT_MOST {
                        self.rejected.push((self.line, reason));
                    }
                }
            }
        }
        (self, lines)
    }

    fn faults(self) -> Vec<Fault> {
        if self.rejected.is_empty() {
            return vec![Fault::new("body", Rule::Required, "must hold at least one line")];
        }
        let fault = |(line, reason)| Fault::new(format!("line {line}"), Rule::Invalid, reason);
        self.rejected.into_iter().map(fault).collect()
    }
}

/// The event time of a line that can be read and replayed, or the reason against it.
fn event_at(line: &[u8], policy: &Policy, now: Instant) -> Result<Instant, String> {
    if line.len() > LINE_LIMIT_BYTES {
        return Err(format!("is longer than the limit of {LINE_LIMIT_BYTES} bytes"));
    }
    let entry = Entry::read(line, now).map_err(|error| error.to_string())?;
    let event_at = entry.event_at();
    match policy.check_event_time(event_at, now) {
        Ok(()) => Ok(event_at),
        Err(error) if rt_counts_seconds(&entry, policy, now) => {
            Err(format!("{error}; rt counts milliseconds"))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whether `rt` would be an acceptable time if it counted seconds.
fn rt_counts_seconds(entry: &Entry<'_>, policy: &Policy, now: Instant) -> bool {
    let seconds = entry.field("rt").and_then(|rt| rt.parse().ok());
    let event_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    event_at.is_some_and(|event_at| policy.check_event_time(event_at, now).is_ok())
}
