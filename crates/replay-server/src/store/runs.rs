//! The steps of the engine: what a region's job needs next, the claim of its slices, and the results of
//! delivery attempts. Every step is one transaction. The rules are in `replay-core`.

use std::sync::Arc;

use chrono::TimeDelta;
use replay_core::{
    JobId, OutageId, Region,
    delivery::{self, DeliveryChanges, DeliveryOutcome, NextAction, NextDelivery},
    job::Step,
    outage::Hold,
    webhook::Attempt,
};
use time_range::Timestamp;

use super::{
    Claim, Receiver, Slice, Store, StoreError, batches,
    handovers::{self, Sender},
    job_changes::save,
    job_rows::{current, load},
    outages, slices, snapshots, webhook_changes, webhooks,
    write::Write,
};

/// What a region's job needs next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing: there is no job, or it has settled.
    Nothing,
    /// [`Step::Schedule`] of this job.
    Schedule(JobId),
    /// The start of this job.
    Start(JobId),
    /// A step that settles this job, once no request is in flight.
    End(JobId, Step),
    /// Requests with the next batches of a job's slices.
    Deliver {
        /// The job.
        job: JobId,
        /// The maximum number of lines to deliver per second: 0 pauses the job, `None` is no limit.
        lines_per_second: Option<u64>,
    },
}

/// What the deliveries of a running job need.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The receiver of every request.
    pub receiver: Arc<Receiver>,
    /// The slices in order, with new fencing tokens.
    pub slices: Vec<Slice>,
}

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
    /// A result was not stored, because another owner has claimed its slice, or the database has lost
    /// acknowledgements before it.
    Lost,
}

/// How long a claim on a slice lasts. There is one owner for now, so it is not checked yet.
const LEASE: TimeDelta = TimeDelta::seconds(15);

impl Store {
    /// What the region's job needs next.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable.
    pub async fn due(&self, region: &Region) -> Result<Due, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| {
                let current_job = current(db, &region)?;
                let Some(job) = current_job.configured() else { return Ok(Due::Nothing) };
                Ok(match current_job.next_action() {
                    NextAction::None => Due::Nothing,
                    NextAction::Schedule => Due::Schedule(job.id),
                    NextAction::Start => Due::Start(job.id),
                    NextAction::Deliver => {
                        let is_acknowledged = slices::is_acknowledged(db, &region, job.id)?;
                        match delivery::next_delivery(job, is_acknowledged) {
                            NextDelivery::Settle(step) => Due::End(job.id, step),
                            NextDelivery::Send => {
                                Due::Deliver { job: job.id, lines_per_second: job.lines_per_second }
                            }
                        }
                    }
                })
            })
            .await
    }

    /// Claims the slices of a running job for `owner`. Results of earlier claims are not stored any
    /// more.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn claim(
        &self,
        region: &Region,
        id: JobId,
        owner: &str,
        now: Timestamp,
    ) -> Result<Claimed, StoreError> {
        let (region, owner) = (region.clone(), owner.to_owned());
        self.database
            .of(&region)
            .write_lazily(move |tx| {
                slices::claim(tx, &region, id, &owner, now + LEASE)?;
                let snapshot = snapshots::load(tx, &region, id)?
                    .ok_or(StoreError::Corrupt("snapshot of a running job"))?;
                let receiver = Arc::new(batches::receiver(tx, &region, &snapshot)?);
                let slices = slices::load(tx, &region, id)?;
                Ok(Claimed { receiver, slices })
            })
            .await
    }

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
        // Losing this on power failure is safe: the batches are sent again with the same webhook-ids.
        self.database
            .of(&region)
            .write_lazily(move |tx| {
                if let Some(handover) = handover {
                    handovers::save(tx, &region, Sender::Job, &handover)?;
                }
                let mut recorded = Recorded::GoesOn;
                for record in records {
                    let attempt = record.attempt.clone();
                    recorded = recorded.max(record_delivery(tx, &region, record, now)?);
                    if let Some(attempt) = attempt {
                        webhooks::save_attempt(tx, &region, &attempt)?;
                    }
                }
                Ok(recorded)
            })
            .await
    }
}

/// Stores the result of a delivery attempt.
fn record_delivery(
    tx: &Write<'_>,
    region: &Region,
    record: DeliveryRecord,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let goes_on = |is_running: bool| if is_running { Recorded::GoesOn } else { Recorded::Stops };
    let DeliveryRecord { job: id, claim, outcome, attempt } = record;
    let Some(job) = load(tx, region, id)? else { return Ok(Recorded::Stops) };
    let Some(before) = slices::cursor_of(tx, region, id, claim)? else {
        return Ok(Recorded::Lost);
    };
    if matches!(outcome, DeliveryOutcome::Refused { .. }) {
        let code = attempt.and_then(|attempt| attempt.code);
        let is_of_batch = matches!(code, Some(400 | 413 | 422));
        let hold = if is_of_batch { Hold::BatchRefused } else { Hold::Refused };
        outages::hold(tx, &job, hold)?;
    }
    let is_last = match outcome {
        DeliveryOutcome::Acknowledged { cursor, .. } => {
            slices::is_last(tx, region, id, claim.number, cursor)?
        }
        DeliveryOutcome::TooLarge { .. }
        | DeliveryOutcome::Retry
        | DeliveryOutcome::Failed { .. }
        | DeliveryOutcome::Refused { .. }
        | DeliveryOutcome::Gone { .. } => false,
    };
    match delivery::record(&job, before, outcome, is_last, now) {
        DeliveryChanges::None => Ok(Recorded::Stops),
        DeliveryChanges::Acknowledged { job, cursor } => {
            if job.status.is_settled() {
                tx.mark_answered();
            }
            save(tx, region, &job)?;
            slices::move_cursor(tx, region, id, claim.number, cursor)?;
            Ok(goes_on(!is_last && job.stop_requested.is_none()))
        }
        DeliveryChanges::Split { middle, end } => {
            snapshots::insert_edge(tx, region, id, middle)?;
            snapshots::insert_edge(tx, region, id, end)?;
            Ok(goes_on(job.stop_requested.is_none()))
        }
        DeliveryChanges::Retried(job) => {
            save(tx, region, &job)?;
            Ok(goes_on(job.stop_requested.is_none()))
        }
        DeliveryChanges::Stopping(job) => {
            save(tx, region, &job)?;
            Ok(Recorded::Stops)
        }
        DeliveryChanges::Gone { job, detail } => {
            save(tx, region, &job)?;
            let revision = snapshots::load(tx, region, id)?.map(|run| run.webhook_revision);
            if revision == webhooks::current_revision(tx, region)? {
                // A job disables its webhook once at most, so its id can name the outage.
                webhook_changes::disable(tx, region, OutageId(id.0), &detail, now)?;
            }
            Ok(Recorded::Stops)
        }
    }
}
