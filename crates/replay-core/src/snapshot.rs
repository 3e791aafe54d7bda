//! The plan of a job that is fixed when it starts: its slices, and the positions at which a batch
//! ends. A plan is a function of the parts of the archive at that moment and of the limits; it reads
//! no line.
//!
//! ```
//! use replay_core::snapshot::{BatchLimits, Limits, Plan, Position};
//!
//! let limits = Limits::new(BatchLimits { lines: 1_000, bytes: 900 * 1024 });
//! let (start, end) = (Position::first_at(0), Position::first_at(60));
//! assert_eq!(Plan::of(&[], start, end, &limits), Plan::default(), "nothing is selected");
//! ```

use alloc::vec::Vec;

/// A position in a job's order: by event time, then by sequence number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The event time in nanoseconds since 1970.
    pub event_ns: i64,
    /// The sequence number.
    pub seq: i64,
}

/// What is known of a part of the archive without its lines. A part is a block, or the recent lines
/// of one append.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extent {
    /// The position of the first line.
    pub first: Position,
    /// The position of the last line.
    pub last: Position,
    /// The number of lines.
    pub lines: u64,
    /// The bytes of the lines, without line feeds.
    pub bytes: u64,
    /// Whether it is a block.
    pub is_block: bool,
}

/// The limits of a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BatchLimits {
    /// The maximum number of lines.
    pub lines: u64,
    /// The maximum number of bytes with line feeds, before compression. A longer line is a batch of
    /// its own.
    pub bytes: u64,
}

/// The limits that a job keeps from its start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The limits of a batch.
    pub batch: BatchLimits,
    /// The number of slices to aim at, so that slices that end early leave no request unused.
    pub slices: u64,
    /// A slice has at least about this number of lines.
    pub smallest_slice: u64,
    /// A slice has at most about this number of lines.
    pub largest_slice: u64,
}

/// A slice: the lines of a job from `start` up to `end`, without `end`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SliceBounds {
    /// The first position.
    pub start: Position,
    /// The position after the last one.
    pub end: Position,
}

/// The slices of a job in order, and the edges of its batches.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Plan {
    /// The slices: each begins where the one before ends.
    pub slices: Vec<SliceBounds>,
    /// No batch of the job has lines on both sides of one of these positions: it ends before the
    /// position. In ascending order.
    pub edges: Vec<Position>,
}

impl Position {
    /// The first position of an event time.
    #[must_use]
    pub const fn first_at(event_ns: i64) -> Self {
        Self { event_ns, seq: 0 }
    }

    /// The position right after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { event_ns: self.event_ns, seq: self.seq.saturating_add(1) }
    }
}

impl BatchLimits {
    /// Whether lines of this number and size are one batch at most.
    #[must_use]
    pub const fn admit(&self, lines: u64, bytes: u64) -> bool {
        lines <= self.lines && bytes.saturating_add(lines) <= self.bytes
    }
}

impl Limits {
    /// The limits of a server with these limits of a batch.
    #[must_use]
    pub const fn new(batch: BatchLimits) -> Self {
        Self { batch, slices: 64, smallest_slice: 1_000, largest_slice: 50_000 }
    }
}

impl Plan {
    /// The plan of the lines from `start` up to `end`, without `end`. `parts` are the parts of the
    /// archive with lines of the region in between, in the order of their first lines.
    ///
    /// A block that is in the way of no other part and is one batch at most becomes one batch, so
    /// that it can be sent as it is stored. Slices begin where a part begins.
    #[must_use]
    pub fn of(parts: &[Extent], start: Position, end: Position, limits: &Limits) -> Self {
        Self {
            slices: slices(parts, start, end, limits),
            edges: edges(parts, start, end, limits.batch),
        }
    }
}

fn slices(parts: &[Extent], start: Position, end: Position, limits: &Limits) -> Vec<SliceBounds> {
    if parts.is_empty() {
        return Vec::new();
    }
    let total: u64 = parts.iter().map(|part| part.lines).sum();
    let size = total / limits.slices.max(1);
    let size = size.min(limits.largest_slice).max(limits.smallest_slice);
    let (mut slices, mut slice_start, mut lines) = (Vec::new(), start, 0);
    for part in parts {
        if lines >= size && part.first > slice_start {
            slices.push(SliceBounds { start: slice_start, end: part.first });
            (slice_start, lines) = (part.first, 0);
        }
        lines += part.lines;
    }
    slices.push(SliceBounds { start: slice_start, end });
    slices
}

/// Whether each of `parts`, which are in the order of their first lines, overlaps no other one.
#[must_use]
pub fn are_apart(parts: &[Extent]) -> Vec<bool> {
    let mut last_before: Option<Position> = None;
    let is_apart = |(index, part): (usize, &Extent)| {
        let is_apart = last_before.is_none_or(|last| last < part.first)
            && parts.get(index + 1).is_none_or(|next| part.last < next.first);
        last_before = last_before.max(Some(part.last));
        is_apart
    };
    parts.iter().enumerate().map(is_apart).collect()
}

fn edges(parts: &[Extent], start: Position, end: Position, limits: BatchLimits) -> Vec<Position> {
    let (mut edges, mut ends_at_edge) = (Vec::new(), false);
    for (part, is_apart) in parts.iter().zip(are_apart(parts)) {
        let is_selected = start <= part.first && part.last < end;
        let is_batch =
            part.is_block && is_apart && is_selected && limits.admit(part.lines, part.bytes);
        // A batch ends before this part anyway if the part before is one.
        if is_batch && !ends_at_edge {
            edges.push(part.first);
        }
        if is_batch {
            edges.push(part.last.next());
        }
        ends_at_edge = is_batch;
    }
    edges
}

#[cfg(test)]
mod tests;
