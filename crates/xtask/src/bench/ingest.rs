//! Sends prepared bodies to the ingest of a server over one connection, one after the other.

use std::time::Instant;

use super::{
    api::{Api, Ingested},
    bodies::Bodies,
    interrupt,
    number::rate,
};
use crate::Failure;

/// What an ingest took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// Lines per second from the first request to the last answer.
    pub(super) all: f64,
    /// The same over the last tenth of the lines.
    pub(super) last_tenth: f64,
}

/// What the lines of the bodies are to the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Expected {
    /// New lines.
    New,
    /// Lines that are archived already.
    Duplicates,
}

/// Sends all bodies.
///
/// # Errors
/// The server refuses one, or takes its lines for something else than expected; or Ctrl-C was pressed.
pub(super) fn ingest(
    api: &Api,
    region: &str,
    bodies: &Bodies,
    expected: Expected,
) -> Result<Rates, Failure> {
    let (started, mut body, mut sent) = (Instant::now(), Vec::new(), 0);
    // From when on the lines are counted as the last tenth, and how many came before.
    let mut tenth = None;
    for index in 0..bodies.count() {
        interrupt::check()?;
        if tenth.is_none() && sent >= bodies.lines() / 10 * 9 {
            tenth = Some((Instant::now(), sent));
        }
        sent += ingest_one(api, region, bodies, index, &mut body, expected)?.unwrap_or_default();
    }
    let all = rate(sent, started.elapsed().as_secs_f64());
    let last_tenth = tenth.map(|(since, before)| {
        let lines = sent - before;
        rate(lines, since.elapsed().as_secs_f64())
    });
    Ok(Rates { all, last_tenth: last_tenth.unwrap_or(all) })
}

/// Sends one body, and returns the number of its lines; `None` after the last body.
///
/// # Errors
/// As [`ingest`].
pub(super) fn ingest_one(
    api: &Api,
    region: &str,
    bodies: &Bodies,
    index: usize,
    buffer: &mut Vec<u8>,
    expected: Expected,
) -> Result<Option<u64>, Failure> {
    let Some(lines) = bodies.read(index, buffer)? else { return Ok(None) };
    let answer = api.ingest(region, buffer)?;
    let expected = match expected {
        Expected::New => Ingested { accepted: lines, duplicates: 0 },
        Expected::Duplicates => Ingested { accepted: 0, duplicates: lines },
    };
    if answer != expected {
        return Err(format!("an ingest was to be {expected:?}, and was {answer:?}").into());
    }
    Ok(Some(lines))
}
