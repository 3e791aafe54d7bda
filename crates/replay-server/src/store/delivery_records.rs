//! The results of a job's delivery attempts: what they change of the job, its slices, and its webhook's
//! health. Results that are known at the same time are stored in one transaction, which reads and writes
//! the job once. The rules are in `replay-core`.

use replay_core::{
    Configured, JobId, OutageId, Region,
    delivery::{self, DeliveryChanges, DeliveryOutcome},
    outage::Hold,
    snapshot::SliceBounds,
    webhook::Attempt,
};
use time_range::Timestamp;

use super::{
    Claim, Store, StoreError,
    handovers::{self, Sender},
    job_changes, job_rows, outages, slices, snapshots, webhook_changes, webhooks,
    write::Write,
};

/// The result of a delivery attempt of a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryRecord {
    /// The job.
    pub job: JobId,
    /// The claim on the slice.
    pub claim: Claim,
    /// What the result means for the job.
    pub outcome: DeliveryOutcome,
    /// What the result says about the webhook; `None` if no request was made.
    pub attempt: Option<Attempt>,
}

/// What follows from results that were stored, the weightiest last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Recorded {
    /// The jobs of all results can go on sending.
    GoesOn,
    /// A job has settled, or has to stop.
    Stops,
    /// A result was not stored, because another owner has claimed its slice, or a crash of the database has
    /// lost acknowledgements before it.
    Lost,
}

impl Store {
    /// Stores the results of delivery attempts: their changes of the job, and the webhook's health.
    /// A job is unchanged unless it is running and the claim on the slice is the last one.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn record_deliveries(
        &self,
        region: &Region,
        records: Vec<DeliveryRecord>,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let (region, handover) = (region.clone(), self.handover);
        // Losing acknowledgements on power failure is safe: the batches are sent again with the same
        // webhook-ids.
        self.database
            .of(&region)
            .write_lazily(move |tx| {
                if let Some(handover) = handover {
                    handovers::save(tx, &region, Sender::Job, &handover)?;
                }
                let mut recorded = Recorded::GoesOn;
                for records in records.chunk_by(|one, next| one.job == next.job) {
                    recorded = recorded.max(record_all(tx, &region, records, now)?);
                }
                let attempts = records.into_iter().filter_map(|record| record.attempt);
                webhooks::save_attempts(tx, &region, attempts)?;
                Ok(recorded)
            })
            .await
    }
}

/// Stores the results of one job.
pub(super) fn record_all(
    tx: &Write<'_>,
    region: &Region,
    records: &[DeliveryRecord],
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let stored = match records {
        [first, ..] => job_rows::load(tx, region, first.job)?,
        [] => None,
    };
    let Some(stored) = stored else { return Ok(Recorded::Stops) };
    let mut recording = Recording { tx, region, job: stored.clone(), stored, now };
    let mut recorded = Recorded::GoesOn;
    for record in records {
        recorded = recorded.max(recording.record(record)?);
    }
    recording.save()?;
    Ok(recorded)
}

/// A job of which results are stored.
struct Recording<'a> {
    tx: &'a Write<'a>,
    region: &'a Region,
    /// The job as it is stored.
    stored: Configured,
    /// The job after the results so far.
    job: Configured,
    now: Timestamp,
}

impl Recording<'_> {
    fn record(&mut self, record: &DeliveryRecord) -> Result<Recorded, StoreError> {
        let (tx, region, id) = (self.tx, self.region, self.job.id);
        let DeliveryRecord { claim, outcome, attempt, .. } = record;
        let Some(left) = slices::left(tx, region, id, *claim)? else {
            return Ok(Recorded::Lost);
        };
        if matches!(outcome, DeliveryOutcome::Refused { .. }) {
            let code = attempt.as_ref().and_then(|attempt| attempt.code);
            let is_of_batch = matches!(code, Some(400 | 413 | 422));
            let hold = if is_of_batch { Hold::BatchRefused } else { Hold::Refused };
            outages::hold(tx, &self.job, hold)?;
        }
        let is_last = self.is_last(claim.number, left, outcome)?;
        match delivery::record(&self.job, left.start, outcome.clone(), is_last, self.now) {
            DeliveryChanges::None => return Ok(Recorded::Stops),
            DeliveryChanges::Acknowledged { job, cursor } => {
                self.job = job;
                slices::move_cursor(tx, region, id, claim.number, cursor)?;
            }
            DeliveryChanges::Split { middle, end } => {
                // Once a half is acknowledged, its lines must not be sent again under the id of the whole.
                tx.require_sync();
                snapshots::insert_edge(tx, region, id, middle)?;
                snapshots::insert_edge(tx, region, id, end)?;
            }
            DeliveryChanges::Retried(job) | DeliveryChanges::Stopping(job) => self.job = job,
            DeliveryChanges::Gone { job, detail } => {
                self.job = job;
                self.disable_webhook(&detail)?;
            }
        }
        let is_running = !is_last && self.job.stop_requested.is_none();
        Ok(if is_running { Recorded::GoesOn } else { Recorded::Stops })
    }

    /// Whether every line of the job is acknowledged after this result.
    fn is_last(
        &self,
        number: u32,
        left: SliceBounds,
        outcome: &DeliveryOutcome,
    ) -> Result<bool, StoreError> {
        match outcome {
            // Most batches are not the last one of their slice, and there may be hundreds of slices.
            DeliveryOutcome::Acknowledged { cursor, .. } if *cursor >= left.end => {
                slices::are_others_completed(self.tx, self.region, self.job.id, number)
            }
            DeliveryOutcome::Acknowledged { .. }
            | DeliveryOutcome::TooLarge { .. }
            | DeliveryOutcome::Retry
            | DeliveryOutcome::Failed { .. }
            | DeliveryOutcome::Refused { .. }
            | DeliveryOutcome::Gone { .. } => Ok(false),
        }
    }

    /// Disables the webhook unless it has been changed since the job has started.
    fn disable_webhook(&mut self, detail: &str) -> Result<(), StoreError> {
        self.save()?;
        let (tx, region, id) = (self.tx, self.region, self.job.id);
        let revision = snapshots::load(tx, region, id)?.map(|run| run.webhook_revision);
        if revision == webhooks::current_revision(tx, region)? {
            // A job disables its webhook once at most, so its id can name the outage.
            webhook_changes::disable(tx, region, OutageId(id.0), detail, self.now)?;
        }
        Ok(())
    }

    /// Stores the job if it was changed.
    fn save(&mut self) -> Result<(), StoreError> {
        if self.job != self.stored {
            if self.job.status.is_settled() {
                self.tx.require_sync();
            }
            job_changes::update(self.tx, self.region, &self.stored, &self.job)?;
            self.stored = self.job.clone();
        }
        Ok(())
    }
}
