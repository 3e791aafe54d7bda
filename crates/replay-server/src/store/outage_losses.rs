//! Undelivered lines that the retention removes: which parts have to stay, and what the outages lose.

use replay_core::{JobStatus, OutageId, Region, lane::Lane, outage::SeqRange};

use super::{
    StoreError, healing, job_rows, lane_rows, outage_ranges, outage_rows, part_contents,
    parts::StoredPart,
    selections::{Measured, Selection},
    slices::{self, Slice},
    write::Write,
};
use crate::archive::Line;

/// Whether the region's lane still needs a part: its lines are not listed in an outage yet, or are in
/// the batch that is sent until it is acknowledged.
pub(super) fn is_needed(lane: Option<&Lane>, part: &StoredPart) -> bool {
    let Some(lane) = lane else { return false };
    let (min_seq, max_seq) = part.seqs;
    let is_in_batch =
        lane.batch.is_some_and(|SeqRange { first, last }| min_seq <= last && first <= max_seq);
    is_in_batch || lane.is_delivering() && max_seq > lane.cursor_seq
}

/// Counts the undelivered lines of parts that are about to be deleted as lost; returns their number.
pub(super) fn note_deleted(
    tx: &Write<'_>,
    region: &Region,
    parts: &[StoredPart],
) -> Result<u64, StoreError> {
    let first = parts.iter().map(|part| part.seqs.0).min();
    let last = parts.iter().map(|part| part.seqs.1).max();
    let Some((first, last)) = first.zip(last) else { return Ok(0) };
    // Mostly there is no outage.
    let is_listed = !outage_rows::with_lines(tx, region, SeqRange { first, last })?.is_empty();
    let mut lost_lines = 0;
    if is_listed || outage_rows::open(tx, region)?.is_some() {
        for part in parts {
            lost_lines += note_deleted_part(tx, region, part)?;
        }
    }
    Ok(lost_lines)
}

fn note_deleted_part(
    tx: &Write<'_>,
    region: &Region,
    part: &StoredPart,
) -> Result<u64, StoreError> {
    let (min_seq, max_seq) = part.seqs;
    let mut lost_lines = 0;
    let arrived = SeqRange { first: min_seq, last: max_seq };
    for mut stored in outage_rows::with_lines(tx, region, arrived)? {
        let mut ranges = outage_ranges::of(tx, stored.outage.id)?;
        ranges.retain(|range| range.first <= max_seq && min_seq <= range.last);
        let delivered = delivered_slices(tx, region, stored.outage.id)?;
        let removed = measure(tx, part, &Selection::of_ranges(ranges), &delivered)?.amount;
        let undelivered = &mut stored.outage.undelivered;
        undelivered.lines = undelivered.lines.saturating_sub(removed.lines);
        undelivered.bytes = undelivered.bytes.saturating_sub(removed.bytes);
        stored.outage.lost_lines += removed.lines;
        lost_lines += removed.lines;
        outage_rows::update(tx, &stored)?;
    }
    Ok(lost_lines + note_deleted_of_open(tx, region, part)?)
}

/// Counts the lines of the open outage.
fn note_deleted_of_open(
    tx: &Write<'_>,
    region: &Region,
    part: &StoredPart,
) -> Result<u64, StoreError> {
    let Some(mut open) = outage_rows::open(tx, region)? else { return Ok(0) };
    let Some(lane) = lane_rows::load(tx, region)? else { return Ok(0) };
    let (min_seq, last) = part.seqs;
    let first = min_seq.max(lane.cursor_seq + 1);
    if first > last {
        return Ok(0);
    }
    let ranges = outage_ranges::unlisted(tx, region, SeqRange { first, last })?;
    let lines = measure(tx, part, &Selection::of_ranges(ranges), &[])?.amount.lines;
    open.outage.lost_lines += lines;
    outage_rows::update(tx, &open)?;
    Ok(lines)
}

/// The slices of the last job that has started to heal an outage, and of the jobs that it resumes one
/// after another: lines before their cursors were delivered.
fn delivered_slices(
    tx: &Write<'_>,
    region: &Region,
    outage: OutageId,
) -> Result<Vec<Slice>, StoreError> {
    let started = healing::last_started(tx, region, outage)?;
    let mut job = started.filter(|job| job.status == JobStatus::Failed);
    let mut delivered = Vec::new();
    while let Some(started) = job {
        delivered.extend(slices::load(tx, region, started.id)?);
        job = match started.request.resumes {
            Some(resumed) => job_rows::load(tx, region, resumed.job)?,
            None => None,
        };
    }
    Ok(delivered)
}

/// Counts the selected lines of a part, without those that were delivered. Lines of a damaged part are
/// not counted.
fn measure(
    tx: &Write<'_>,
    part: &StoredPart,
    selection: &Selection,
    delivered: &[Slice],
) -> Result<Measured, StoreError> {
    let is_delivered = |line: &Line| {
        delivered.iter().any(|slice| (slice.start..slice.cursor).contains(&line.position))
    };
    let mut measured = Measured::default();
    match part_contents::lines(tx, part) {
        Ok(lines) => lines
            .iter()
            .filter(|line| selection.has(line) && !is_delivered(line))
            .for_each(|line| measured.add_line(line)),
        Err(error) if error.is_damage() => {}
        Err(error) => return Err(error),
    }
    Ok(measured)
}
