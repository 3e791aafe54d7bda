//! Counts the undelivered lines of a region by the buckets of a timeframe. Only the parts that have
//! lines in several buckets are read, and of them only the index.

use std::collections::HashMap;

use replay_core::{Region, outage::SeqRange};

use super::{
    StoreError, counts, lane_rows, line_numbers::last_seq, outage_ranges, outage_rows,
    part_contents, parts::Reach, selections::Selection, sql::Sql,
};

/// The number of undelivered lines of each bucket that has some, by the first minute of the bucket.
pub(super) fn by_bucket(
    db: &Sql<'_>,
    region: &Region,
    reach: Reach,
    bucket_of: impl Fn(i64) -> i64,
) -> Result<HashMap<i64, u64>, StoreError> {
    let mut buckets = HashMap::new();
    let ranges = ranges(db, region)?;
    if ranges.is_empty() {
        return Ok(buckets);
    }
    let bucket_at = |event_ns: i64| bucket_of(counts::minute_of(event_ns));
    let selection = Selection { reach, kinds: None, ranges: Some(ranges) };
    for part in selection.parts(db, region)? {
        let first = bucket_at(part.extent.first.event_ns);
        if first == bucket_at(part.extent.last.event_ns) && selection.has_all_of(&part) {
            *buckets.entry(first).or_default() += part.extent.lines;
            continue;
        }
        for position in part_contents::positions(db, &part)? {
            if selection.has_position(position) {
                *buckets.entry(bucket_at(position.event_ns)).or_default() += 1;
            }
        }
    }
    Ok(buckets)
}

/// The sequence numbers of the lines of outages that are open or not healed, in ascending order and
/// apart from each other.
fn ranges(db: &Sql<'_>, region: &Region) -> Result<Vec<SeqRange>, StoreError> {
    let mut ranges = outage_ranges::of_unhealed(db, region)?;
    if outage_rows::open(db, region)?.is_some()
        && let Some(lane) = lane_rows::load(db, region)?
    {
        let rest = SeqRange { first: lane.cursor_seq + 1, last: last_seq(db, region)? };
        ranges.extend(outage_ranges::unlisted(db, region, rest)?);
    }
    ranges.sort_unstable();
    Ok(joined(ranges))
}

/// The same sequence numbers in as few ranges as possible. `ranges` are in ascending order.
fn joined(ranges: Vec<SeqRange>) -> Vec<SeqRange> {
    let mut joined: Vec<SeqRange> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.first <= last.last.saturating_add(1) => {
                last.last = last.last.max(range.last);
            }
            Some(_) | None => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_and_overlapping_ranges_are_joined() {
        let range = |first, last| SeqRange { first, last };
        let ranges = vec![range(1, 3), range(4, 4), range(6, 9), range(7, 8), range(9, 12)];
        assert_eq!(joined(ranges), [range(1, 4), range(6, 12)]);
        assert_eq!(joined(vec![]), []);
    }
}
