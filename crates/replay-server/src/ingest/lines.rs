//! Reads a text line by line, a few at a time: which lines are archived, and why others are not.
//! Memory is bounded by a step and a line, never by the text.

use std::io::{self, BufRead, BufReader, Read};

use audit_log::Entry;
use chrono::DateTime;
use replay_core::{Fault, Policy, Rule};
use replay_wire::RejectedLine;
use time_range::Timestamp;

use crate::store::NewLine;

/// A text that is read line by line.
pub(crate) struct LineReader {
    text: BufReader<Box<dyn Read + Send>>,
    policy: Policy,
    now: Timestamp,
    line: Vec<u8>,
    line_number: usize,
    rejected: Rejected,
}

/// Lines that go into the store together, so that others get their turn in between.
pub(crate) struct Step {
    /// The lines to archive.
    pub(crate) lines: Vec<NewLine>,
    /// Whether the text ends here.
    pub(crate) is_last: bool,
}

/// The lines that are not archived.
#[derive(Default)]
pub(crate) struct Rejected {
    /// Line number and reason of the first of them.
    pub(crate) named: Vec<RejectedLine>,
    /// How many they are.
    pub(crate) count: usize,
}

/// The most bytes a line may have.
const LINE_LIMIT_BYTES: usize = 256 * 1024;

/// The most rejected lines that are named one by one.
const NAMED_LIMIT: usize = 1_000;

/// The most lines in a step.
const STEP_LIMIT_LINES: usize = 5_000;

/// The most bytes in a step.
const STEP_LIMIT_BYTES: usize = 2 * 1024 * 1024;

impl LineReader {
    /// A reader of `text` for an archive under `policy`.
    pub(crate) fn new(text: Box<dyn Read + Send>, policy: Policy, now: Timestamp) -> Self {
        let text = BufReader::with_capacity(64 * 1024, text);
        let rejected = Rejected::default();
        Self { text, policy, now, line: Vec::new(), line_number: 0, rejected }
    }

    /// The next lines to archive.
    ///
    /// # Errors
    /// When the text cannot be read.
    pub(crate) fn next_step(&mut self) -> io::Result<Step> {
        let (mut lines, mut bytes) = (Vec::new(), 0);
        // The next line may have as many bytes as a line may have.
        while lines.len() < STEP_LIMIT_LINES && bytes + LINE_LIMIT_BYTES <= STEP_LIMIT_BYTES {
            if !self.next_line()? {
                return Ok(Step { lines, is_last: true });
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            match event_at(&self.line, &self.policy, self.now) {
                Ok(event_at) => {
                    bytes += self.line.len();
                    lines.push(NewLine { event_at, text: self.line.clone() });
                }
                Err(reason) => self.rejected.add(self.line_number, reason),
            }
        }
        Ok(Step { lines, is_last: false })
    }

    /// The lines that were not archived, of those read so far.
    pub(crate) fn into_rejected(self) -> Rejected {
        self.rejected
    }

    /// Reads the next line without its line feed; `false` at the end. Of a line that is too long it
    /// holds one byte more than a line may have.
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
    /// What is wrong with a text that has no line to archive.
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

/// The event time of a line that can be read and replayed, or the reason against it.
fn event_at(line: &[u8], policy: &Policy, now: Timestamp) -> Result<Timestamp, String> {
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
fn rt_counts_seconds(entry: &Entry<'_>, policy: &Policy, now: Timestamp) -> bool {
    let seconds = entry.field("rt").and_then(|rt| rt.parse().ok());
    let event_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    event_at.is_some_and(|event_at| policy.check_event_time(event_at, now).is_ok())
}

#[cfg(test)]
mod tests;
