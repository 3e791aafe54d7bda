//! Reads lines of a region in the order of their arrival, from recent lines and blocks alike. It knows
//! no lane.

use replay_core::{Region, outage::SeqRange, snapshot::BatchLimits};
use rusqlite::Connection;

use super::{StoreError, parts};
use crate::archive::Line;

/// Lines in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// The lines.
    pub(super) lines: Vec<Line>,
    /// Every line of the region up to this sequence number was read.
    pub(super) through: i64,
}

/// The first lines of `range`, about as many as `limits` admit; all of them if `limits` is `None`.
pub(super) fn read(
    db: &Connection,
    region: &Region,
    range: SeqRange,
    limits: Option<BatchLimits>,
) -> Result<Arrivals, StoreError> {
    let mut arrivals = Arrivals { lines: Vec::new(), through: range.last };
    for part in parts::arrived(db, region, range)? {
        let (min_seq, _) = part.seqs;
        if let Some(limits) = limits
            && let Some(full) = first_full(&mut arrivals.lines, limits)
            && full < min_seq
        {
            break;
        }
        let lines = parts::lines(db, &part)?;
        let is_within = |line: &Line| (range.first..=range.last).contains(&line.position.seq);
        arrivals.lines.extend(lines.into_iter().filter(is_within));
    }
    if let Some(limits) = limits
        && let Some(full) = first_full(&mut arrivals.lines, limits)
    {
        arrivals.lines.retain(|line| line.position.seq <= full);
        arrivals.through = full;
    }
    arrivals.lines.sort_unstable_by_key(|line| line.position.seq);
    Ok(arrivals)
}

/// The sequence number of the last line that `limits` admit; `None` if they admit all lines. Sorts the
/// lines.
fn first_full(lines: &mut [Line], limits: BatchLimits) -> Option<i64> {
    lines.sort_unstable_by_key(|line| line.position.seq);
    let (mut count, mut bytes) = (0, 0);
    for line in lines.iter() {
        count += 1;
        bytes += line.text.len() as u64;
        if count > 1 && !limits.admit(count, bytes) {
            let admitted = usize::try_from(count).unwrap_or_default().checked_sub(2)?;
            return lines.get(admitted).map(|line| line.position.seq);
        }
    }
    None
}
