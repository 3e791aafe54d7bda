//! The batches of live lanes: lines in the order of their arrival. A batch is fixed by its first and
//! last sequence number: it always has the same lines.

use core::ops::RangeInclusive;

use bytes::Bytes;
use replay_core::{
    LaneId, Region, job::Amount, lane::Lane, outage::SeqRange, snapshot::BatchLimits,
};

use super::{
    Body, StoreError,
    arrivals::{self, Arrivals},
    nanoseconds, outage_ranges,
    sql::Sql,
};
use crate::archive::Line;

/// The lines of one request of a live lane. Made by the store only.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LiveBatch {
    /// The lane.
    pub lane: LaneId,
    /// The sequence numbers of the first and the last line.
    pub range: SeqRange,
    /// The sequence number of the last line of the first half; `None` for a single line.
    pub last_of_half: Option<i64>,
    /// The number and size of the lines; at least one line.
    pub amount: Amount,
    /// The lines.
    pub body: Body,
}

/// What was read for the next batch of a lane.
#[derive(Debug, Default)]
pub(super) struct LiveReading {
    /// The batch; `None` if no line is to be forwarded.
    pub(super) batch: Option<LiveBatch>,
    /// The lines up to the end of the batch that are dated before the webhook was enabled.
    pub(super) dated_before: Vec<SeqRange>,
    /// Every line up to this sequence number is in the batch, in `dated_before`, or is a sample.
    pub(super) through: i64,
    /// Whether any line was read.
    pub(super) has_lines: bool,
}

impl LiveBatch {
    /// The `webhook-id` of the request: `{lane id}-{first seq}-{last seq}`. The same id always has the
    /// same lines.
    #[must_use]
    pub fn webhook_id(&self) -> String {
        format!("{}-{}-{}", self.lane, self.range.first, self.range.last)
    }
}

/// The batch of a lane that is fixed already; `None` if its lines were removed.
pub(super) fn fixed(
    db: &Sql<'_>,
    region: &Region,
    lane: &Lane,
    range: SeqRange,
) -> Result<Option<LiveBatch>, StoreError> {
    let arrivals = arrivals::read(db, region, range, None)?;
    Ok(read(db, region, lane, range, arrivals)?.batch)
}

/// The next lines after the lane's cursor, up to `last_seq`.
pub(super) fn next(
    db: &Sql<'_>,
    region: &Region,
    lane: &Lane,
    last_seq: i64,
    limits: BatchLimits,
) -> Result<LiveReading, StoreError> {
    let (mut dated_before, mut has_lines) = (Vec::new(), false);
    let mut cursor = lane.cursor_seq;
    loop {
        let range = SeqRange { first: cursor + 1, last: last_seq };
        let arrivals = arrivals::read(db, region, range, Some(limits))?;
        let mut reading = read(db, region, lane, range, arrivals)?;
        dated_before.append(&mut reading.dated_before);
        has_lines |= reading.has_lines;
        cursor = reading.through;
        if reading.batch.is_some() || reading.through >= last_seq {
            return Ok(LiveReading { dated_before, has_lines, ..reading });
        }
    }
}

/// Divides lines into those to forward, those dated before enabling, and samples.
fn read(
    db: &Sql<'_>,
    region: &Region,
    lane: &Lane,
    range: SeqRange,
    arrivals: Arrivals,
) -> Result<LiveReading, StoreError> {
    let samples = outage_ranges::samples(db, region, range)?;
    let is_sample =
        |line: &Line| samples.iter().any(|range| numbers(*range).contains(&line.position.seq));
    let enabled_ns = lane.enabled_at.map_or(i64::MIN, nanoseconds);
    let Arrivals { lines, through } = arrivals;
    let has_lines = !lines.is_empty();
    let (mut forwarded, mut dated_before, mut extends) = (Vec::new(), Vec::new(), false);
    for line in lines.into_iter().filter(|line| !is_sample(line)) {
        if line.position.event_ns >= enabled_ns {
            forwarded.push(line);
            extends = false;
            continue;
        }
        let seq = line.position.seq;
        match dated_before.last_mut() {
            Some(SeqRange { last, .. }) if extends => *last = seq,
            _ => dated_before.push(SeqRange { first: seq, last: seq }),
        }
        extends = true;
    }
    let batch = batch(lane.id, forwarded);
    let through = batch.as_ref().map_or(through, |batch| batch.range.last);
    // Lines after the batch are read again with the next one.
    dated_before.retain(|range| range.first <= through);
    Ok(LiveReading { batch, dated_before, through, has_lines })
}

fn batch(lane: LaneId, lines: Vec<Line>) -> Option<LiveBatch> {
    let (first, last) = (lines.first()?.position.seq, lines.last()?.position.seq);
    let last_of_half = lines[..lines.len() / 2].last().map(|line| line.position.seq);
    let amount = crate::archive::amount(&lines);
    let texts: Vec<Bytes> = lines.into_iter().map(|line| line.text).collect();
    let range = SeqRange { first, last };
    Some(LiveBatch { lane, range, last_of_half, amount, body: Body::Lines(texts) })
}

const fn numbers(range: SeqRange) -> RangeInclusive<i64> {
    range.first..=range.last
}
