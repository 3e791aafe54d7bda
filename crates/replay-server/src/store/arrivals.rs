//! Reads lines of a region in the order of their arrival, from recent lines and blocks alike. It knows
//! no lane.

use core::ops::ControlFlow;

use replay_core::{Region, outage::SeqRange, snapshot::BatchLimits};

use super::{StoreError, part_arrivals, part_contents, parts::StoredPart, sql::Sql};
use crate::archive::Line;

/// Lines in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// The lines.
    pub(super) lines: Vec<Line>,
    /// Every line of the region up to this sequence number was read.
    pub(super) through: i64,
}

/// The first lines of `range`, as many as `limits` admit and at least one; all of them if `limits` is
/// `None`.
pub(super) fn read(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
    limits: Option<BatchLimits>,
) -> Result<Arrivals, StoreError> {
    let mut arrivals = Arrivals { lines: Vec::new(), through: range.last };
    for block in part_arrivals::blocks(db, region, range)? {
        if arrivals.read_part(db, &block, range.first, limits)?.is_break() {
            break;
        }
    }
    part_arrivals::each_recent(db, region, range, |part| {
        arrivals.read_part(db, &part, range.first, limits)
    })?;
    Ok(arrivals)
}

impl Arrivals {
    /// Reads the lines of a part from `first` on, unless all of them come after the lines that the limits
    /// admit. Breaks if no line is missing.
    fn read_part(
        &mut self,
        db: &Sql<'_>,
        part: &StoredPart,
        first: i64,
        limits: Option<BatchLimits>,
    ) -> Result<ControlFlow<()>, StoreError> {
        if self.is_complete(first) {
            return Ok(ControlFlow::Break(()));
        }
        let (min_seq, _) = part.seqs;
        if min_seq > self.through {
            // A later part of the same append may have earlier lines.
            return Ok(ControlFlow::Continue(()));
        }
        let lines = part_contents::lines(db, part)?;
        let is_within = |line: &Line| (first..=self.through).contains(&line.position.seq);
        self.lines.extend(lines.into_iter().filter(is_within));
        self.lines.sort_unstable_by_key(|line| line.position.seq);
        if let Some(limits) = limits {
            self.truncate(limits);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Whether there is a line for each sequence number from `first` on.
    fn is_complete(&self, first: i64) -> bool {
        let count = i64::try_from(self.lines.len()).unwrap_or(i64::MAX);
        count > self.through.saturating_sub(first)
    }

    /// Keeps the lines that `limits` admit, and a long first line.
    fn truncate(&mut self, limits: BatchLimits) {
        let (mut count, mut bytes) = (0, 0);
        let is_too_much = |line: &Line| {
            count += 1;
            bytes += line.text.len() as u64;
            count > 1 && !limits.admit(count, bytes)
        };
        if let Some(end) = self.lines.iter().position(is_too_much) {
            self.lines.truncate(end);
            self.through = self.lines.last().map_or(self.through, |last| last.position.seq);
        }
    }
}
