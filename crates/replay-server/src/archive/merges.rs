//! Chooses blocks of one day to merge: those that cover the event time at which the most blocks
//! overlap, or a row of small neighbours. It reads no block.

use replay_core::snapshot::{BatchLimits, Extent, are_apart};

use super::SealLimits;

/// A block of a day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Candidate {
    /// Its id.
    pub(crate) id: i64,
    /// What is known of it.
    pub(crate) extent: Extent,
}

/// The blocks to merge next, in no particular order; empty if none have to be merged. `blocks` are
/// those of one day in the order of their first lines.
pub(crate) fn parts_to_merge(blocks: &[Candidate], limits: &SealLimits) -> Vec<i64> {
    let mut overlapping = most_overlapping(blocks);
    if overlapping.len() > limits.overlaps {
        // Memory is bounded: the smallest spans come first, so that what is merged overlaps little.
        overlapping.sort_by_key(|block| {
            let Extent { first, last, .. } = block.extent;
            last.event_ns.saturating_sub(first.event_ns)
        });
        return up_to(&overlapping, limits.round_bytes);
    }
    small_neighbours(blocks, limits)
}

/// The blocks that cover the event time at which the most blocks overlap.
fn most_overlapping(blocks: &[Candidate]) -> Vec<Candidate> {
    let mut open: Vec<Candidate> = Vec::new();
    let mut most: Vec<Candidate> = Vec::new();
    for block in blocks {
        open.retain(|other| other.extent.last >= block.extent.first);
        open.push(*block);
        if open.len() > most.len() {
            most.clone_from(&open);
        }
    }
    most
}

/// The ids of the first blocks with no more than this number of bytes, and of two at least.
fn up_to(blocks: &[Candidate], bytes: usize) -> Vec<i64> {
    let mut left = bytes as u64;
    let fits = |block: &&Candidate| {
        let fits = left >= block.extent.bytes;
        left = left.saturating_sub(block.extent.bytes);
        fits
    };
    let count = blocks.iter().take_while(fits).count().max(2);
    blocks.iter().take(count).map(|block| block.id).collect()
}

/// The first row of neighbours that fill no more than one block together and overlap no other block.
fn small_neighbours(blocks: &[Candidate], limits: &SealLimits) -> Vec<i64> {
    const FEWEST: usize = 8;
    let limits = BatchLimits { lines: limits.lines as u64, bytes: limits.bytes as u64 };
    let extents: Vec<Extent> = blocks.iter().map(|block| block.extent).collect();
    let (mut row, mut lines, mut bytes): (Vec<i64>, u64, u64) = (Vec::new(), 0, 0);
    for (block, is_apart) in blocks.iter().zip(are_apart(&extents)) {
        let more = (lines + block.extent.lines, bytes + block.extent.bytes);
        if is_apart && limits.admit(more.0, more.1) {
            row.push(block.id);
            (lines, bytes) = more;
        } else {
            if row.len() >= FEWEST {
                break;
            }
            (row, lines, bytes) = if is_apart {
                (vec![block.id], block.extent.lines, block.extent.bytes)
            } else {
                (Vec::new(), 0, 0)
            };
        }
    }
    if row.len() >= FEWEST { row } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use replay_core::snapshot::Position;

    use super::*;

    const LIMITS: SealLimits = SealLimits {
        lines: 100,
        bytes: 10_000,
        round_lines: 1_000,
        round_bytes: 100_000,
        overlaps: 3,
    };

    #[test]
    fn blocks_that_do_not_overlap_are_not_merged() {
        let blocks: Vec<_> = (0..50).map(|n| block(n, n * 10, n * 10 + 9, 100)).collect();
        assert!(parts_to_merge(&blocks, &LIMITS).is_empty());
    }

    #[test]
    fn blocks_are_merged_where_too_many_overlap() {
        let mut blocks = vec![block(0, 0, 5, 100)];
        blocks.extend((1..=3).map(|n| block(n, n, 20, 100)));
        assert!(parts_to_merge(&blocks[1..], &LIMITS).is_empty(), "three overlap");
        blocks.push(block(4, 4, 20, 100));
        assert_eq!(sorted(parts_to_merge(&blocks, &LIMITS)), [0, 1, 2, 3, 4]);
        blocks[0] = block(0, 0, 0, 100);
        assert_eq!(sorted(parts_to_merge(&blocks, &LIMITS)), [1, 2, 3, 4]);
    }

    #[test]
    fn as_many_blocks_are_merged_at_once_as_fit_into_a_round() {
        let blocks: Vec<_> = (0..500).map(|n| block(n, 0, 1_000 - n, 100)).collect();
        let merged = sorted(parts_to_merge(&blocks, &LIMITS));
        assert_eq!(merged, (400..500).collect::<Vec<_>>(), "those with the smallest spans");
    }

    #[test]
    fn a_row_of_small_blocks_becomes_one_block() {
        let small: Vec<_> = (0..30).map(|n| block(n, n * 10, n * 10 + 9, 10)).collect();
        assert_eq!(parts_to_merge(&small, &LIMITS), (0..10).collect::<Vec<_>>());
        assert!(parts_to_merge(&small[..7], &LIMITS).is_empty());
        let mut divided = small;
        divided[4] = block(4, 40, 49, 100);
        assert_eq!(parts_to_merge(&divided, &LIMITS), (5..15).collect::<Vec<_>>());
    }

    fn sorted(mut ids: Vec<i64>) -> Vec<i64> {
        ids.sort_unstable();
        ids
    }

    fn block(id: i64, first: i64, last: i64, lines: u64) -> Candidate {
        let position = |event_ns| Position { event_ns, seq: 1 };
        let (first, last) = (position(first), position(last));
        Candidate { id, extent: Extent { first, last, lines, bytes: lines * 10, is_block: true } }
    }
}
