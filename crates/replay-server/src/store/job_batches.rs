//! Every batch of a job that has started, acknowledged or not, in the order of the job. It is for
//! listing: nothing is claimed or sent.

use std::{collections::VecDeque, sync::Arc};

use replay_core::{JobId, Region};

use super::{
    Body, Slice, Store, StoreError,
    batches::{READ_BYTES, ReadBatches, SliceRange},
    job_rows,
    selections::Selection,
    slice_reader::BatchLines,
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
pub struct JobReading {
    region: Region,
    snapshot: Snapshot,
    selection: Arc<Selection>,
    slices: VecDeque<Slice>,
    total_lines: Option<u64>,
}

impl JobReading {
    /// The number of lines of the job; `None` if it was not counted.
    #[must_use]
    pub const fn total_lines(&self) -> Option<u64> {
        self.total_lines
    }
}

impl Store {
    /// The beginning of a job that has started, of any region; `None` if there is none with this id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job_batches(&self, id: JobId) -> Result<Option<JobReading>, StoreError> {
        self.database
            .read(move |db| {
                let Some(region) = snapshots::region_of(db, id)? else { return Ok(None) };
                let Some(snapshot) = snapshots::load(db, &region, id)? else { return Ok(None) };
                let mut slices = VecDeque::from(slices::load(db, &region, id)?);
                for slice in &mut slices {
                    slice.cursor = slice.start;
                }
                let Some(job) = job_rows::load(db, &region, id)? else { return Ok(None) };
                let selection = Selection::of(db, &job.request, snapshot.high_water_seq)?;
                let selection = Arc::new(selection);
                let progress = job.progress;
                let total_lines =
                    progress.and_then(|progress| progress.total).map(|total| total.lines);
                Ok(Some(JobReading { region, snapshot, selection, slices, total_lines }))
            })
            .await
    }

    /// The next batches; none at the end of the job.
    ///
    /// # Errors
    /// The database fails, or a part of the archive is damaged.
    pub async fn read_job_batches(
        &self,
        reading: &mut JobReading,
    ) -> Result<Vec<JobBatch>, StoreError> {
        while let Some(slice) = reading.slices.front_mut() {
            let (region, snapshot) = (reading.region.clone(), reading.snapshot);
            let (current, selection) = (*slice, Arc::clone(&reading.selection));
            let ReadBatches { batches, is_end } = self
                .database
                .read_at_one_moment(move |db| {
                    let range = SliceRange {
                        region: &region,
                        slice: &current,
                        snapshot: &snapshot,
                        selection: &selection,
                    };
                    range.batches(db, READ_BYTES)
                })
                .await?;
            match batches.last() {
                Some(last) if !is_end => slice.cursor = last.last.next(),
                _ => drop(reading.slices.pop_front()),
            }
            if !batches.is_empty() {
                let batch = |lines: BatchLines| JobBatch {
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
