//! Cuts sorted lines into blocks. A block has lines of one UTC day, so that retention can remove it
//! as a whole.

use replay_core::job::Amount;

use super::{EncodedPart, Line, PartKind, line::amount};

/// The limits of blocks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SealLimits {
    /// The number of lines of a full block.
    pub lines: usize,
    /// The maximum number of bytes of a block with line feeds, before compression. A longer line is
    /// a block of its own.
    pub bytes: usize,
    /// The number of recent lines that are sealed at once.
    pub round_lines: usize,
    /// The bytes of recent lines that are sealed at once, if they are less.
    pub round_bytes: usize,
    /// The maximum number of blocks that may overlap at an event time before they are merged.
    pub overlaps: usize,
}

impl SealLimits {
    /// Whether recent lines fill a block.
    pub(crate) const fn is_block(&self, recent: Amount) -> bool {
        recent.lines >= self.lines as u64 || recent.lines + recent.bytes > self.bytes as u64
    }

    /// Whether recent lines are enough to be sealed at once.
    pub(crate) const fn is_round(&self, recent: Amount) -> bool {
        recent.lines >= self.round_lines as u64 || recent.bytes >= self.round_bytes as u64
    }

    /// The limits of a server. A block is a batch of the default size, so that it can be sent as it
    /// is stored.
    pub const DEFAULT: Self = Self {
        lines: 1_000,
        bytes: 900 * 1024,
        round_lines: 64_000,
        round_bytes: 16 * 1024 * 1024,
        overlaps: 16,
    };
}

/// The sealed lines, and those that stay recent.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// The new blocks in order.
    pub(crate) blocks: Vec<EncodedPart>,
    /// The latest lines, less than a block, encoded as recent lines; `None` if all were sealed.
    pub(crate) recent: Option<EncodedPart>,
}

/// A day in nanoseconds.
pub(crate) const DAY_NS: i64 = 24 * 60 * 60 * 1_000_000_000;

/// The UTC day of an event time, counted from 1970.
pub(crate) const fn day_of(event_ns: i64) -> i64 {
    event_ns.div_euclid(DAY_NS)
}

/// Seals `lines`, which are in the order of their positions. If `keep_rest`, the latest lines of the
/// last day stay recent unless they fill a block: lines that arrive a little late get into the same
/// block.
pub(crate) fn seal(lines: &[Line], limits: &SealLimits, keep_rest: bool) -> Sealed {
    let mut sealed = Sealed { blocks: Vec::new(), recent: None };
    let mut rest = lines;
    while !rest.is_empty() {
        let (block, after) = rest.split_at(block_length(rest, limits));
        let is_rest = after.is_empty() && !limits.is_block(amount(block));
        if is_rest && keep_rest {
            sealed.recent = EncodedPart::of(block, PartKind::Recent);
        } else {
            sealed.blocks.extend(EncodedPart::of(block, PartKind::Block));
        }
        rest = after;
    }
    sealed
}

/// The number of lines of the next block; at least one.
fn block_length(lines: &[Line], limits: &SealLimits) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let (day, mut bytes) = (day_of(first.position.event_ns), 0);
    let fits = |line: &&Line| {
        bytes += line.text.len() + 1;
        bytes <= limits.bytes && day_of(line.position.event_ns) == day
    };
    lines.iter().take(limits.lines).take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests {
    use replay_core::snapshot::Position;

    use super::*;

    const LIMITS: SealLimits =
        SealLimits { lines: 3, bytes: 30, round_lines: 100, round_bytes: 10_000, overlaps: 4 };
    const HOUR_NS: i64 = 60 * 60 * 1_000_000_000;

    #[test]
    fn full_blocks_are_sealed_and_the_latest_lines_stay_recent() {
        let sealed = seal(&lines(&[1, 2, 3, 4, 5, 6, 7]), &LIMITS, true);
        assert_eq!(lengths(&sealed), (vec![3, 3], Some(1)));
        let sealed = seal(&lines(&[1, 2, 3, 4]), &LIMITS, false);
        assert_eq!(lengths(&sealed), (vec![3, 1], None));
        let sealed = seal(&lines(&[1, 2, 3]), &LIMITS, true);
        assert_eq!(lengths(&sealed), (vec![3], None));
    }

    #[test]
    fn a_block_has_lines_of_one_day() {
        let sealed = seal(&lines(&[22, 23, 24, 25, 26, 47, 48]), &LIMITS, true);
        assert_eq!(lengths(&sealed), (vec![2, 3, 1], Some(1)));
        let days = sealed.blocks.iter().map(|block| day_of(block.extent.last.event_ns));
        assert_eq!(days.collect::<Vec<_>>(), [0, 1, 1]);
    }

    #[test]
    fn a_block_has_no_more_bytes_than_the_limit_unless_it_is_one_line() {
        let mut lines = lines(&[1, 2, 3]);
        lines[0].text = "a".repeat(40).into();
        lines[1].text = "b".repeat(20).into();
        lines[2].text = "c".repeat(20).into();
        assert_eq!(lengths(&seal(&lines, &LIMITS, false)), (vec![1, 1, 1], None));
    }

    fn lengths(sealed: &Sealed) -> (Vec<u64>, Option<u64>) {
        let blocks = sealed.blocks.iter().map(|block| block.extent.lines).collect();
        (blocks, sealed.recent.as_ref().map(|recent| recent.extent.lines))
    }

    fn lines(hours: &[i64]) -> Vec<Line> {
        let line = |(seq, hour): (i64, &i64)| Line {
            position: Position { event_ns: hour * HOUR_NS, seq },
            text: "a line".into(),
        };
        (0..).zip(hours).map(line).collect()
    }
}
