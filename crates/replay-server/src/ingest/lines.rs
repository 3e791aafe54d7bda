//! Reads a text line by line, in steps: decides which lines are archived, and why others are rejected.
//! Memory is bounded by the size of a step, not of the text. It does not write to the store.

use std::io::{self, BufRead, BufReader, Read};

use audit_log::{Entry, Kind};
use bytes::Bytes;
use chrono::DateTime;
use replay_core::{Fault, Policy, Rule};
use replay_wire::RejectedLine;
use time_range::Timestamp;

use crate::store::NewLine;

/// Reads a text line by line, and collects the rejected lines.
pub(crate) struct LineReader {
    text: BufReader<Box<dyn Read + Send>>,
    policy: Policy,
    now: Timestamp,
    line: Vec<u8>,
    line_number: usize,
    rejected: Rejected,
}

/// Lines that are archived in one transaction. Other writers get their turn between steps.
pub(crate) struct Step {
    /// The lines to archive.
    pub(crate) lines: Vec<NewLine>,
    /// Whether the text ends after this step.
    pub(crate) is_last: bool,
}

/// The lines that were rejected.
#[derive(Default)]
pub(crate) struct Rejected {
    /// The first 1 000 rejected lines.
    pub(crate) named: Vec<RejectedLine>,
    /// The number of all rejected lines.
    pub(crate) count: usize,
}

/// The maximum size of a line.
const LINE_LIMIT_BYTES: usize = 256 * 1024;

/// The maximum number of rejected lines that are named.
const NAMED_LIMIT: usize = 1_000;

/// The maximum number of lines in a step.
const STEP_LIMIT_LINES: usize = 5_000;

/// The maximum size of a step.
const STEP_LIMIT_BYTES: usize = 2 * 1024 * 1024;

impl LineReader {
    /// A reader of `text` that accepts the event times that `policy` allows at `now`.
    pub(crate) fn new(text: Box<dyn Read + Send>, policy: Policy, now: Timestamp) -> Self {
        let text = BufReader::with_capacity(64 * 1024, text);
        let rejected = Rejected::default();
        Self { text, policy, now, line: Vec::new(), line_number: 0, rejected }
    }

    /// Reads the next lines to archive.
    ///
    /// # Errors
    /// The text cannot be read.
    pub(crate) fn next_step(&mut self) -> io::Result<Step> {
        // One allocation for all lines of the step.
        let (mut accepted, mut text) = (Vec::new(), Vec::new());
        let mut is_last = false;
        // A step has room for one more line of the maximum size.
        while accepted.len() < STEP_LIMIT_LINES && text.len() + LINE_LIMIT_BYTES <= STEP_LIMIT_BYTES
        {
            if !self.next_line()? {
                is_last = true;
                break;
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            match check(&self.line, &self.policy, self.now) {
                Ok(event) => {
                    let start = text.len();
                    text.extend_from_slice(&self.line);
                    accepted.push((event, start..text.len()));
                }
                Err(reason) => self.rejected.add(self.line_number, reason),
            }
        }
        let text = Bytes::from(text);
        let line =
            |(Event { at, kind }, range)| NewLine { event_at: at, kind, text: text.slice(range) };
        Ok(Step { lines: accepted.into_iter().map(line).collect(), is_last })
    }

    /// The lines rejected so far.
    pub(crate) fn into_rejected(self) -> Rejected {
        self.rejected
    }

    /// Reads the next line without its line feed; returns `false` at the end of the text. A line that is
    /// too long is truncated to one byte above the limit.
    fn next_line(&mut self) -> io::Result<bool> {
        const HELD_BYTES: usize = LINE_LIMIT_BYTES + 1;
        self.line.clear();
        let read = (&mut self.text).take(HELD_BYTES as u64).read_until(b'\n', &mut self.line)?;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if read == HELD_BYTES {
            self.text.skip_until(b'\n')?;
        }
        self.line_number += usize::from(read > 0);
        Ok(read > 0)
    }
}

impl Rejected {
    /// The faults of a text of which no line is archived.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        if self.named.is_empty() {
            return vec![Fault::new("body", Rule::Required, "must hold at least one line")];
        }
        let fault = |RejectedLine { line_number, reason }| {
            Fault::new(format!("line {line_number}"), Rule::Invalid, reason)
        };
        self.named.into_iter().map(fault).collect()
    }

    fn add(&mut self, line_number: usize, reason: String) {
        self.count += 1;
        if self.named.len() < NAMED_LIMIT {
            self.named.push(RejectedLine { line_number, reason });
        }
    }
}

/// What a line says of its event.
struct Event {
    at: Timestamp,
    kind: Kind,
}

/// The event of a line to archive; `Err` is the reason why the line is rejected.
fn check(line: &[u8], policy: &Policy, now: Timestamp) -> Result<Event, String> {
    if line.len() > LINE_LIMIT_BYTES {
        return Err(format!("is longer than the limit of {LINE_LIMIT_BYTES} bytes"));
    }
    let entry = Entry::read(line, now).map_err(|error| error.to_string())?;
    let event_at = entry.event_at();
    match policy.check_event_time(event_at, now) {
        Ok(()) => Ok(Event { at: event_at, kind: entry.kind() }),
        Err(error) if rt_counts_seconds(&entry, policy, now) => {
            Err(format!("{error}; rt counts milliseconds"))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whether `rt` would be an allowed time if its unit were seconds.
fn rt_counts_seconds(entry: &Entry<'_>, policy: &Policy, now: Timestamp) -> bool {
    let seconds = entry.field("rt").and_then(|rt| rt.parse().ok());
    let event_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    event_at.is_some_and(|event_at| policy.check_event_time(event_at, now).is_ok())
}

#[cfg(test)]
mod tests;
