//! A line of the archive in memory. It is not parsed here.

use bytes::Bytes;
use replay_core::{job::Amount, snapshot::Position};

/// An archived line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    /// The line's position in the order of event times and sequence numbers.
    pub(crate) position: Position,
    /// The line's original bytes, without the line feed.
    pub(crate) text: Bytes,
}

/// The number and the size of `lines`.
pub(crate) fn amount(lines: &[Line]) -> Amount {
    let bytes = lines.iter().map(|line| line.text.len() as u64).sum();
    Amount { lines: lines.len() as u64, bytes }
}
