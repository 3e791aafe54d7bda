//! The number and size of lines by region, minute and kind, kept in the transactions that append and
//! trim. Selections are counted from them; only the minutes at the edges are read from the archive.

use std::collections::HashMap;

use audit_log::Kind;
use replay_core::{Region, job::Amount};

use super::{
    StoreError, part_contents,
    parts::{self, Reach},
    selections::{Selection, kind_of},
    sql::{Sql, values},
    write::Write,
};
use crate::archive::Line;

/// The lines of several minutes and kinds.
#[derive(Debug, Default)]
pub(super) struct MinuteCounts(HashMap<(i64, Kind), Amount>);

/// The lines of a selection by minute, oldest first; minutes without lines are left out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct SelectedMinutes(pub(super) Vec<SelectedMinute>);

/// The selected lines of a minute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct SelectedMinute {
    /// Minutes since 1970.
    pub(super) minute: i64,
    /// Its lines in the selection.
    pub(super) amount: Amount,
}

/// A minute in nanoseconds.
const MINUTE_NS: i64 = 60 * 1_000_000_000;

impl MinuteCounts {
    /// Counts a line of `bytes` bytes.
    pub(super) fn add(&mut self, event_ns: i64, kind: Kind, bytes: usize) {
        let count = self.0.entry((minute_of(event_ns), kind)).or_default();
        *count += Amount { lines: 1, bytes: bytes as u64 };
    }

    /// Counts an archived line.
    pub(super) fn add_line(&mut self, line: &Line) {
        self.add(line.position.event_ns, kind_of(line), line.text.len());
    }

    /// The counts of every minute and kind, in this order.
    pub(super) fn sorted(&self) -> Vec<(i64, Kind, Amount)> {
        let counts = self.0.iter().map(|((minute, kind), amount)| (*minute, *kind, *amount));
        let mut sorted: Vec<_> = counts.collect();
        sorted.sort_unstable_by_key(|(minute, kind, _)| (*minute, kind.as_str()));
        sorted
    }
}

impl SelectedMinutes {
    /// All selected lines.
    pub(super) fn total(&self) -> Amount {
        let mut total = Amount::default();
        self.0.iter().for_each(|minute| total += minute.amount);
        total
    }
}

/// The minute of an event time, since 1970.
pub(super) const fn minute_of(event_ns: i64) -> i64 {
    event_ns.div_euclid(MINUTE_NS)
}

/// The first event time of a minute.
pub(super) const fn first_ns_of(minute: i64) -> i64 {
    minute.saturating_mul(MINUTE_NS)
}

/// The last event time of a minute.
pub(super) const fn last_ns_of(minute: i64) -> i64 {
    first_ns_of(minute).saturating_add(MINUTE_NS - 1)
}

/// Adds to the stored counts of a region.
pub(super) fn add(
    tx: &Write<'_>,
    region: &Region,
    counts: &MinuteCounts,
) -> Result<(), StoreError> {
    // Lines in random order are of thousands of minutes: they take the least time in the order of the
    // key.
    let items = counts.sorted().into_iter().map(|(minute, kind, Amount { lines, bytes })| {
        values![region.as_str(), minute, kind.as_str(), lines, bytes]
    });
    tx.execute_each(
        "INSERT INTO minute_count (region, minute, kind, lines, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (region, minute, kind) DO UPDATE SET
             lines = minute_count.lines + excluded.lines,
             bytes = minute_count.bytes + excluded.bytes",
        items,
    )
}

/// Counts the lines of the minutes from `first_ns` to `last_ns` anew, after parts with lines in them
/// were deleted. Lines of a damaged part are not counted.
pub(super) fn recount(
    tx: &Write<'_>,
    region: &Region,
    first_ns: i64,
    last_ns: i64,
) -> Result<(), StoreError> {
    let (first, last) = (minute_of(first_ns), minute_of(last_ns));
    tx.execute(
        "DELETE FROM minute_count WHERE region = ?1 AND minute BETWEEN ?2 AND ?3",
        &values![region.as_str(), first, last],
    )?;
    let (first_ns, last_ns) = (first_ns_of(first), last_ns_of(last));
    let mut minutes = MinuteCounts::default();
    for part in parts::reached(tx, region, Reach { first_ns, last_ns, high_water_seq: i64::MAX })? {
        match part_contents::lines(tx, &part) {
            Ok(lines) => lines
                .iter()
                .filter(|line| (first_ns..=last_ns).contains(&line.position.event_ns))
                .for_each(|line| minutes.add_line(line)),
            Err(error) if error.is_damage() => {}
            Err(error) => return Err(error),
        }
    }
    add(tx, region, &minutes)
}

/// The first minute of the region that has lines.
pub(super) fn first_minute(db: &Sql<'_>, region: &Region) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT minute FROM minute_count WHERE region = ?1 ORDER BY minute LIMIT 1";
    db.optional(sql, &values![region.as_str()], |row| row.get(0))
}

/// The number and size of the selected lines.
pub(super) fn amount(
    db: &Sql<'_>,
    region: &Region,
    selection: &Selection,
) -> Result<Amount, StoreError> {
    if selection.ranges.is_some() {
        return Ok(selection.measure(db, region)?.amount);
    }
    Ok(selected(db, region, selection)?.total())
}

/// The lines of a selection of event times by minute.
pub(super) fn selected(
    db: &Sql<'_>,
    region: &Region,
    selection: &Selection,
) -> Result<SelectedMinutes, StoreError> {
    let reach = selection.reach;
    let (first, last) = (minute_of(reach.first_ns), minute_of(reach.last_ns));
    let is_whole_first = reach.first_ns == first_ns_of(first) && first < last;
    let is_whole_last = reach.last_ns == last_ns_of(last) && first < last;
    let (from, to) = (first + i64::from(!is_whole_first), last - i64::from(!is_whole_last));
    let mut minutes = Vec::new();
    let mut read = |minute: i64, last_ns: i64, first_ns: i64| -> Result<_, StoreError> {
        let within = Selection { reach: Reach { first_ns, last_ns, ..reach }, ..selection.clone() };
        let amount = within.measure(db, region)?.amount;
        minutes.push(SelectedMinute { minute, amount });
        Ok(())
    };
    if !is_whole_first {
        read(first, reach.last_ns.min(last_ns_of(first)), reach.first_ns)?;
    }
    if !is_whole_last && first < last {
        read(last, reach.last_ns, first_ns_of(last))?;
    }
    minutes.extend(whole_minutes(db, region, selection, (from, to))?);
    minutes.retain(|minute| minute.amount.lines > 0);
    minutes.sort_unstable_by_key(|minute| minute.minute);
    Ok(SelectedMinutes(minutes))
}

/// The stored counts of the selected kinds from minute `from` to minute `to`.
fn whole_minutes(
    db: &Sql<'_>,
    region: &Region,
    selection: &Selection,
    (from, to): (i64, i64),
) -> Result<Vec<SelectedMinute>, StoreError> {
    let kinds = selection.kinds.as_ref().map(|kinds| {
        let names: Vec<_> = kinds.names().collect();
        format!(",{},", names.join(","))
    });
    db.all(
        // A kind is in the list if the list changes without it.
        "SELECT minute, CAST(sum(lines) AS BIGINT), CAST(sum(bytes) AS BIGINT) FROM minute_count
         WHERE region = ?1 AND minute BETWEEN ?2 AND ?3
           AND (CAST(?4 AS TEXT) IS NULL OR replace(?4, ',' || kind || ',', '') <> ?4)
         GROUP BY minute",
        &values![region.as_str(), from, to, kinds],
        |row| {
            let amount = Amount { lines: row.get(1)?, bytes: row.get(2)? };
            Ok(SelectedMinute { minute: row.get(0)?, amount })
        },
    )
}
