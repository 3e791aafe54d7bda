//! The steps of the engine: what a region's job needs next, its start, and the result of a delivery
//! attempt. Every step is one transaction. The rules are in `replay-core`.

use replay_core::{
    Configured, JobId, Region, Rejected,
    decisions::{self, Started},
    delivery::{self, DeliveryChanges, DeliveryOutcome, NextAction, NextDelivery, Position},
    job::Step,
    webhook::Attempt,
};
use rusqlite::named_params;
use time_range::Timestamp;

use super::{
    Batch, BatchLimits, Store, StoreError,
    batches::next_batch,
    job_rows::{current, load, save},
    nanoseconds, webhooks,
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
    /// A step that settles this job.
    End(JobId, Step),
    /// A request with this batch.
    Send(Batch),
    /// The next batch of the running job could not be read, though the job could.
    Unreadable {
        /// The running job.
        id: JobId,
        /// Whether the stored data is damaged, so that another attempt fails, too.
        damaged: bool,
        /// The cause, without paths, SQL and stored values.
        summary: String,
    },
}

/// The result of a delivery attempt of a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryRecord {
    /// The job.
    pub job: JobId,
    /// What the result means for the job.
    pub outcome: DeliveryOutcome,
    /// What the result says about the webhook.
    pub attempt: Attempt,
}

impl Store {
    /// What the region's job needs next.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable.
    pub async fn due(&self, region: &Region) -> Result<Due, StoreError> {
        let region = region.clone();
        let due = self
            .database
            .read(move |db| {
                let tx = db.unchecked_transaction()?;
                let current_job = current(&tx, &region)?;
                let Some(job) = current_job.configured() else { return Ok(Due::Nothing) };
                Ok(match current_job.next_action() {
                    NextAction::None => Due::Nothing,
                    NextAction::Schedule => Due::Schedule(job.id),
                    NextAction::Start => Due::Start(job.id),
                    NextAction::Deliver => {
                        match delivery::next_delivery(job, next_batch(&tx, &region, job)) {
                            NextDelivery::Settle(step) => Due::End(job.id, step),
                            NextDelivery::Send(batch) => Due::Send(batch),
                            NextDelivery::Unreadable(error) => Due::Unreadable {
                                id: job.id,
                                damaged: error.is_damage(),
                                summary: error.summary(),
                            },
                        }
                    }
                })
            })
            .await?;
        if matches!(due, Due::Unreadable { damaged: true, .. }) {
            self.database.note_damage();
        }
        Ok(due)
    }

    /// Starts a job and takes its snapshot: the highest sequence number, the webhook's revision and
    /// `limits`. The job fails if its webhook is not enabled. Nothing changes if the job does not
    /// exist or is not pending.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn start(
        &self,
        region: &Region,
        id: JobId,
        limits: BatchLimits,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .write(move |tx| {
                let Some(job) = load(tx, &region, id)? else { return Ok(()) };
                let webhook = webhooks::current(tx, &region)?;
                match decisions::start(&job, &webhook, now) {
                    Ok(Started::Running(job)) => {
                        save(tx, &region, &job)?;
                        insert_snapshot(tx, &region, &job, limits)
                    }
                    Ok(Started::Failed(job)) => save(tx, &region, &job),
                    Err(Rejected { .. }) => Ok(()),
                }
            })
            .await
    }

    /// Stores the result of a delivery attempt: its changes of the job, and the webhook's health.
    /// The job is unchanged unless it is running.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn record_delivery(
        &self,
        region: &Region,
        record: DeliveryRecord,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        let DeliveryRecord { job: id, outcome, attempt } = record;
        let fails = matches!(outcome, DeliveryOutcome::Failed { .. });
        let step = move |tx: &Write<'_>| {
            let changes = match load(tx, &region, id)? {
                Some(job) => delivery::record(&job, outcome, attempt.at),
                None => DeliveryChanges::None,
            };
            match changes {
                DeliveryChanges::None => {}
                DeliveryChanges::Acknowledged { job, cursor } => {
                    save(tx, &region, &job)?;
                    update_cursor(tx, &region, id, cursor)?;
                }
                DeliveryChanges::Split { middle, end } => {
                    insert_split(tx, &region, id, middle)?;
                    insert_split(tx, &region, id, end)?;
                }
                DeliveryChanges::Failed(job) => save(tx, &region, &job)?,
            }
            webhooks::save_attempt(tx, &region, &attempt)
        };
        // Losing the other outcomes on power failure is safe: the batch is sent again with the same
        // webhook-id.
        if fails { self.database.write(step).await } else { self.database.write_lazily(step).await }
    }
}

fn insert_snapshot(
    tx: &Write<'_>,
    region: &Region,
    job: &Configured,
    limits: BatchLimits,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO run (region, job_id, high_water_seq, webhook_revision, batch_lines,
                          batch_bytes, cursor_event_ns, cursor_seq)
         SELECT :region, :id, (SELECT ifnull(max(seq), 0) FROM line),
                (SELECT max(revision) FROM webhook WHERE region = :region),
                :lines, :bytes, :start_ns, 0",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": job.id.to_string(),
        ":lines": limits.lines,
        ":bytes": limits.bytes,
        ":start_ns": nanoseconds(job.timeframe.start()),
    })?;
    Ok(())
}

fn update_cursor(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    cursor: Position,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE run SET cursor_event_ns = :event_ns, cursor_seq = :seq
         WHERE region = :region AND job_id = :id",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":event_ns": cursor.event_ns,
        ":seq": cursor.seq,
    })?;
    Ok(())
}

fn insert_split(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    position: Position,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO batch_split (region, job_id, event_ns, seq)
         VALUES (:region, :id, :event_ns, :seq)",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":event_ns": position.event_ns,
        ":seq": position.seq,
    })?;
    Ok(())
}
