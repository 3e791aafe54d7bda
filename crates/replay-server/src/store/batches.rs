//! The batches of a running job: its lines in order, divided by the limits and edges of its snapshot.
//! A job always has the same batches, also after a crash, and only lines of its snapshot.

use std::sync::Arc;

use bytes::Bytes;
use replay_core::{
    JobId, Region,
    job::Amount,
    snapshot::{Position, SliceBounds},
    webhook::Target,
};

use super::{
    Claim, Slice, Store, StoreError, job_rows,
    selections::Selection,
    slice_reader::{BatchLines, SliceReader},
    snapshots::{self, Snapshot},
    sql::Sql,
    webhooks,
};
use crate::archive;

pub use super::slice_reader::Body;

/// The receiver of a job's requests, from the job's snapshot.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Receiver {
    /// The endpoint and its authorization.
    pub target: Target,
    /// Whether every TLS certificate of the receiver is accepted.
    pub skip_ssl_verification: bool,
}

/// The lines of one request of a job, and the request's receiver. Made by the store only.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// The job.
    pub job: JobId,
    /// The prefix of the `webhook-id`.
    pub delivery_id: JobId,
    /// The claim on the slice that the batch belongs to.
    pub claim: Claim,
    /// The receiver.
    pub receiver: Arc<Receiver>,
    /// The position of the first line.
    pub first: Position,
    /// The position of the last line.
    pub last: Position,
    /// The position after the first half; `None` for a single line.
    pub middle: Option<Position>,
    /// The slice's cursor once the batch is acknowledged.
    pub cursor: Position,
    /// The number and size of the lines; at least one line.
    pub amount: Amount,
    /// The lines.
    pub body: Body,
}

/// How much of a slice is read at once: enough to read few blocks twice, and little enough to keep
/// the memory of a job small.
pub(super) const READ_BYTES: usize = 1024 * 1024;

/// The maximum number of edges that are read at once.
const READ_EDGES: usize = 256;

impl Batch {
    /// The `webhook-id` of the request: `{delivery id}-{first seq}-{last seq}`. The same id always has the
    /// same lines, so that a receiver can drop repeated batches.
    #[must_use]
    pub fn webhook_id(&self) -> String {
        format!("{}-{}-{}", self.delivery_id, self.first.seq, self.last.seq)
    }
}

impl Body {
    /// The lines, each with a line feed, as one gzip member.
    #[must_use]
    pub fn gzip(&self) -> Bytes {
        match self {
            Self::Lines(_) => archive::compress_fast(&self.text()).into(),
            Self::Gzip(gzip) => gzip.clone(),
        }
    }

    /// The lines, each with a line feed. Empty if the gzip cannot be read, which the store rules out.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        match self {
            Self::Lines(lines) => archive::text_of(lines.iter()),
            Self::Gzip(gzip) => archive::gunzip(gzip).unwrap_or_default(),
        }
    }

    /// The bytes in memory.
    pub(crate) fn stored_bytes(&self) -> usize {
        match self {
            Self::Lines(lines) => lines.iter().map(Bytes::len).sum(),
            Self::Gzip(gzip) => gzip.len(),
        }
    }
}

impl Store {
    /// The next batches of a running job's slice from its cursor on; none if no line is left. Lines
    /// before a damaged part are returned before the error.
    ///
    /// # Errors
    /// The database fails, or a part of the archive is damaged.
    pub async fn next_batches(
        &self,
        region: &Region,
        job: JobId,
        slice: Slice,
        receiver: Arc<Receiver>,
    ) -> Result<Vec<Batch>, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| {
                let snapshot = snapshots::load(db, &region, job)?
                    .ok_or(StoreError::Corrupt("snapshot of a running job"))?;
                let requested =
                    job_rows::load(db, &region, job)?.ok_or(StoreError::Corrupt("running job"))?;
                let selection = Selection::of(db, &requested.request, snapshot.high_water_seq)?;
                let read = SliceRange {
                    region: &region,
                    slice: &slice,
                    snapshot: &snapshot,
                    selection: &selection,
                };
                let ReadBatches { batches, is_end } = read.batches(db, READ_BYTES)?;
                let (count, mut claim) = (batches.len(), slice.claim());
                let batch = |(index, lines): (usize, BatchLines)| {
                    let is_last = is_end && index + 1 == count;
                    let cursor = if is_last { slice.end } else { lines.last.next() };
                    let batch = Batch {
                        job,
                        delivery_id: requested.delivery_id(),
                        claim,
                        receiver: Arc::clone(&receiver),
                        first: lines.first,
                        last: lines.last,
                        middle: lines.middle,
                        cursor,
                        amount: lines.amount,
                        body: lines.body,
                    };
                    claim.cursor = cursor;
                    batch
                };
                Ok(batches.into_iter().enumerate().map(batch).collect())
            })
            .await
    }
}

/// The part of a slice from its cursor on.
pub(super) struct SliceRange<'a> {
    pub(super) region: &'a Region,
    pub(super) slice: &'a Slice,
    pub(super) snapshot: &'a Snapshot,
    pub(super) selection: &'a Selection,
}

/// Batches that were read.
pub(super) struct ReadBatches {
    pub(super) batches: Vec<BatchLines>,
    /// Whether no line of the slice is left after them.
    pub(super) is_end: bool,
}

impl SliceRange<'_> {
    /// The next batches, of about `bytes` bytes.
    pub(super) fn batches(&self, db: &Sql<'_>, bytes: usize) -> Result<ReadBatches, StoreError> {
        let Slice { mut cursor, end, .. } = *self.slice;
        loop {
            let edges_of = self.snapshot.edges_of;
            let edges = snapshots::edges(db, self.region, edges_of, (cursor, end), READ_EDGES)?;
            // Batches beyond the last edge that was read are unknown.
            let known_end = if edges.len() < READ_EDGES { None } else { edges.last().copied() };
            let bounds = SliceBounds { start: cursor, end: known_end.unwrap_or(end) };
            let limits = self.snapshot.limits;
            let mut reader =
                SliceReader::new(db, self.region, self.selection, bounds, limits, edges)?;
            let (batches, is_intact) = next_batches(&mut reader, bytes)?;
            match known_end {
                Some(known_end) if batches.is_empty() => cursor = known_end,
                // An error beyond these batches is met again when they are acknowledged.
                _ => {
                    let is_end =
                        is_intact && known_end.is_none() && reader.is_at_end().unwrap_or(false);
                    return Ok(ReadBatches { batches, is_end });
                }
            }
        }
    }
}

/// The next batches, and whether no error was met after them.
///
/// # Errors
/// The first batch cannot be read.
fn next_batches(
    reader: &mut SliceReader<'_>,
    bytes: usize,
) -> Result<(Vec<BatchLines>, bool), StoreError> {
    let (mut batches, mut read) = (Vec::new(), 0);
    while read < bytes || reader.has_read_ahead() {
        match reader.next_batch() {
            Ok(Some(batch)) => {
                read += batch.body.stored_bytes();
                batches.push(batch);
            }
            Ok(None) => break,
            Err(error) if batches.is_empty() => return Err(error),
            Err(_) => return Ok((batches, false)),
        }
    }
    Ok((batches, true))
}

/// The receiver of a job with this webhook revision.
pub(super) fn receiver(
    db: &Sql<'_>,
    region: &Region,
    snapshot: &Snapshot,
) -> Result<Receiver, StoreError> {
    let webhook = webhooks::revision(db, region, snapshot.webhook_revision)?;
    let target = webhook.target.ok_or(StoreError::Corrupt("endpoint of a running job"))?;
    Ok(Receiver { target, skip_ssl_verification: webhook.skip_ssl_verification })
}
