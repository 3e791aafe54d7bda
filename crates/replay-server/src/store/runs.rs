//! A job on its way, step by step: what is due, what it freezes when it starts, and what came of a
//! request. Each is one transaction, so that no step acts on what another has changed meanwhile.

use replay_core::{
    Configured, Job, JobEvent, JobId, JobStatus, Region, job::Step, webhook::Attempt,
};
use rusqlite::named_params;
use time_range::Timestamp;

use super::{
    Batch, BatchLimits, Position, Store, StoreError,
    batches::next_batch,
    jobs::{self, advance, load_current, save},
    nanoseconds, webhooks,
    write::Write,
};

/// What a region's job wants next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing: it is settled.
    Nothing,
    /// To be taken note of.
    Schedule(JobId),
    /// To be started.
    Start(JobId),
    /// To be ended like this.
    End(JobId, Step),
    /// This batch to be sent.
    Send(Batch),
    /// The next batch of the running job could not be read, though the job could.
    Unreadable {
        /// The running job.
        id: JobId,
        /// Whether the stored data is damaged, so that trying again does not help.
        damaged: bool,
        /// What failed, without paths, SQL and stored values.
        summary: String,
    },
}

/// What came of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The receiver acknowledged the batch.
    Acknowledged {
        /// The last acknowledged line.
        end: Position,
        /// How many lines the request carried.
        lines: usize,
    },
    /// It was too large, so batches have to end at these places.
    TooLarge([Position; 2]),
    /// It has to be made again.
    Again,
    /// The job is given up, for this reason.
    GaveUp(String),
}

impl Store {
    /// What the region's job wants next.
    ///
    /// # Errors
    /// When the job itself cannot be read.
    pub async fn due(&self, region: &Region) -> Result<Due, StoreError> {
        let region = region.clone();
        let due = self
            .database
            .read(move |db| {
                let tx = db.unchecked_transaction()?;
                let Job::Configured(job) = jobs::load(&tx, &region)? else {
                    return Ok(Due::Nothing);
                };
                match job.status {
                    JobStatus::Unconfigured | JobStatus::Completed | JobStatus::Failed => {
                        Ok(Due::Nothing)
                    }
                    JobStatus::Accepted => Ok(Due::Schedule(job.id)),
                    JobStatus::Pending => Ok(Due::Start(job.id)),
                    JobStatus::Running => Ok(due_of_running(next_batch(&tx, &region, &job), &job)),
                }
            })
            .await?;
        if matches!(due, Due::Unreadable { damaged: true, .. }) {
            self.database.note_damage();
        }
        Ok(due)
    }

    /// Starts the job `id`: freezes its window, the archive's end, the webhook and the limits. A
    /// job whose webhook cannot be sent to any more fails instead.
    ///
    /// # Errors
    /// When the database fails; the job is as it was then.
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
                let Some(job) = load_current(tx, &region, id)? else { return Ok(()) };
                if !job.status().accepts(JobEvent::Start) {
                    return Ok(());
                }
                let webhook = webhooks::current(tx, &region)?;
                let Some(target) = webhook.target.filter(|target| target.enabled) else {
                    let reason = "the webhook is not enabled".to_owned();
                    return advance(tx, &region, id, Step::Fail(reason), now);
                };
                let Ok(job) = job.start(&target.endpoint, now) else { return Ok(()) };
                save(tx, &region, &job)?;
                freeze(tx, &region, &job, limits)
            })
            .await
    }

    /// Remembers what came of a request of the job `id`, and how the webhook did.
    ///
    /// # Errors
    /// When the database fails; nothing is remembered then.
    pub async fn settle(
        &self,
        region: &Region,
        id: JobId,
        outcome: Outcome,
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let (region, now) = (region.clone(), attempt.at);
        let ends = matches!(outcome, Outcome::GaveUp(_));
        let step = move |tx: &Write<'_>| {
            match outcome {
                Outcome::Acknowledged { end, lines } => acknowledge(tx, &region, id, end, lines)?,
                Outcome::TooLarge(places) => cut(tx, &region, places)?,
                Outcome::Again => {}
                Outcome::GaveUp(reason) => advance(tx, &region, id, Step::Fail(reason), now)?,
            }
            webhooks::note(tx, &region, &attempt)
        };
        // What is lost with the power is found out again by the next request, under the same name.
        if ends { self.database.write(step).await } else { self.database.write_lazily(step).await }
    }
}

fn due_of_running(batch: Result<Option<Batch>, StoreError>, job: &Configured) -> Due {
    let stop = job.stopping().map(|reason| Due::End(job.id, Step::Fail(reason.to_owned())));
    match (batch, stop) {
        (Ok(None), _) => Due::End(job.id, Step::Complete),
        // A job whose lines cannot be read can still be stopped.
        (_, Some(stop)) => stop,
        (Ok(Some(batch)), None) => Due::Send(batch),
        (Err(error), None) => {
            let (damaged, summary) = (error.is_damage(), error.summary());
            Due::Unreadable { id: job.id, damaged, summary }
        }
    }
}

fn freeze(
    tx: &Write<'_>,
    region: &Region,
    job: &Job,
    limits: BatchLimits,
) -> Result<(), StoreError> {
    let Some(job) = job.configured() else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO run
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

fn acknowledge(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    end: Position,
    lines: usize,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE job SET delivered_lines = delivered_lines + :lines
         WHERE region = :region AND id = :id",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":lines": lines,
    })?;
    tx.prepare_cached(
        "UPDATE run SET acked_event_ns = :event_ns, acked_seq = :seq
         WHERE region = :region AND job_id = :id",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":event_ns": end.event_ns,
        ":seq": end.seq,
    })?;
    Ok(())
}

fn cut(tx: &Write<'_>, region: &Region, places: [Position; 2]) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached("INSERT OR IGNORE INTO cut VALUES (?, ?, ?)")?;
    for place in places {
        insert.execute((region.as_str(), place.event_ns, place.seq))?;
    }
    Ok(())
}
