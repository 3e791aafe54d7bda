//! How many entries a window holds, from the counts of buckets. Nothing is read here.

use replay_wire::Preview;

use super::period::Period;

/// A number of entries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Count {
    /// The number.
    pub(crate) lines: u64,
    /// Whether it is exact: no bucket is partly in the window.
    pub(crate) is_exact: bool,
}

/// Counts the entries of the buckets in a window; of a bucket that is partly in it, its share.
pub(crate) fn count(preview: &Preview, window: Period) -> Count {
    let length = preview.bucket.num_seconds().max(1);
    let mut counted = Count { lines: 0, is_exact: true };
    for bucket in &preview.buckets {
        let at = bucket.at.timestamp();
        let inside = (at + length).min(window.end) - at.max(window.start);
        if inside >= length {
            counted.lines += bucket.lines;
        } else if inside > 0 {
            let share = bucket.lines.saturating_mul(inside.unsigned_abs());
            counted.lines += share.div_ceil(length.unsigned_abs());
            counted.is_exact = false;
        }
    }
    counted
}
