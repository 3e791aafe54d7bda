//! Every batch of a job that has started, acknowledged or not, in the order of the job. It is for
//! listing: nothing is claimed or sent.

use std::collections::VecDeque;

use replay_core::{JobId, Region};

use super::{
    Body, Slice, Store, StoreError,
    batches::{ReadBatches, SliceRange},
    slices,
    snapshots::{self, Snapshot},
};

/// A batch of a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobBatch {
    /// The first sequence number.
    pub first_seq: i64,
    /// The last sequence number.
    pub last_seq: i64,
    /// The number of lines.
    pub lines: u64,
    /// The lines.
    pub body: Body,
}

/// The slices of a job that are left to list.
#[derive(Clone, Debug)]
pub struct JobCursor {
    region: Region,
    id: JobId,
    snapshot: Snapshot,
    slices: VecDeque<Slice>,
}

/// The bytes that are read at once.
const READ_BYTES: usize = 512 * 1024;

impl Store {
    /// The beginning of a job that has started, of any region; `None` if there is none with this id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job_batches(&self, id: JobId) -> Result<Option<JobCursor>, StoreError> {
        self.database
            .read(move |db| {
                let Some(region) = snapshots::region_of(db, id)? else { return Ok(None) };
                let Some(snapshot) = snapshots::load(db, &region, id)? else { return Ok(None) };
                let mut slices = VecDeque::from(slices::load(db, &region, id)?);
                for slice in &mut slices {
                    slice.cursor = slice.start;
                }
                Ok(Some(JobCursor { region, id, snapshot, slices }))
            })
            .await
    }

    /// The next batches; none at the end of the job.
    ///
    /// # Errors
    /// The database fails, or a part of the archive is damaged.
    pub async fn read_job_batches(
        &self,
        cursor: &mut JobCursor,
    ) -> Result<Vec<JobBatch>, StoreError> {
        while let Some(slice) = cursor.slices.front_mut() {
            let (region, id, snapshot) = (cursor.region.clone(), cursor.id, cursor.snapshot);
            let current = *slice;
            let ReadBatches { batches, is_end } = self
                .database
                .read(move |db| {
                    let tx = db.unchecked_transaction()?;
                    let range = SliceRange {
                        region: &region,
                        job: id,
                        slice: &current,
                        snapshot: &snapshot,
                    };
                    range.batches(&tx, READ_BYTES)
                })
                .await?;
            match batches.last() {
                Some(last) if !is_end => slice.cursor = last.last.next(),
                _ => drop(cursor.slices.pop_front()),
            }
            if !batches.is_empty() {
                let batch = |lines: super::slice_reader::BatchLines| JobBatch {
                    first_seq: lines.first.seq,
                    last_seq: lines.last.seq,
                    lines: lines.amount.lines,
                    body: lines.body,
                };
                return Ok(batches.into_iter().map(batch).collect());
            }
        }
        Ok(Vec::new())
    }
}
