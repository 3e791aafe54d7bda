//! New lines, prepared for an append before it takes the lock of the archive: fingerprints, order,
//! and duplicates within the append itself.

use audit_log::Kind;
use bytes::Bytes;
use replay_core::Region;
use time_range::Timestamp;

use super::nanoseconds;
use crate::archive::{day_of, fingerprint};

/// A line to archive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewLine {
    /// The event time.
    pub event_at: Timestamp,
    /// The kind of the event.
    pub kind: Kind,
    /// The line's original bytes, without the line feed.
    pub text: Bytes,
}

/// The lines of one region of an append, in the order of their arrival.
#[derive(Debug)]
pub(super) struct PreparedLines {
    pub(super) region: Region,
    pub(super) lines: Vec<PreparedLine>,
}

/// A line of an append.
#[derive(Debug)]
pub(super) struct PreparedLine {
    pub(super) event_ns: i64,
    pub(super) fingerprint: u64,
    pub(super) kind: Kind,
    pub(super) text: Bytes,
    /// Whether the archive, or the append before this line, has the same line.
    pub(super) is_duplicate: bool,
}

impl PreparedLines {
    /// Prepares the lines of a region.
    pub(super) fn new(region: Region, lines: Vec<NewLine>) -> Self {
        let prepare = |line: NewLine| {
            let event_ns = nanoseconds(line.event_at);
            let fingerprint = fingerprint(event_ns, &line.text);
            let NewLine { kind, text, .. } = line;
            PreparedLine { event_ns, fingerprint, kind, text, is_duplicate: false }
        };
        let mut prepared = Self { region, lines: lines.into_iter().map(prepare).collect() };
        prepared.mark_repeated();
        prepared
    }

    /// The UTC days of the lines.
    pub(super) fn days(&self) -> impl Iterator<Item = i64> {
        self.lines.iter().map(|line| day_of(line.event_ns))
    }

    /// The indices of the lines of each UTC day, in the order of their event times.
    pub(super) fn by_day(&self) -> Vec<Vec<usize>> {
        let mut by_time: Vec<_> = (0..self.lines.len()).collect();
        by_time.sort_by_key(|index| self.lines[*index].event_ns);
        let day = |index: &usize| day_of(self.lines[*index].event_ns);
        by_time.chunk_by(|a, b| day(a) == day(b)).map(<[usize]>::to_vec).collect()
    }

    /// Marks the lines that repeat an earlier one of the append.
    fn mark_repeated(&mut self) {
        let mut order: Vec<_> = (0..self.lines.len()).collect();
        // The sort is stable: of equal lines, the first that arrived comes first.
        order.sort_by_key(|index| (self.lines[*index].event_ns, self.lines[*index].fingerprint));
        for pair in order.windows(2) {
            let (first, second) = (&self.lines[pair[0]], &self.lines[pair[1]]);
            let is_repeated = first.event_ns == second.event_ns
                && first.fingerprint == second.fingerprint
                && first.text == second.text;
            self.lines[pair[1]].is_duplicate = is_repeated;
        }
    }
}
