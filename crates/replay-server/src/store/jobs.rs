//! Each region's job, stored: what the core says of it is written down here, and nothing else.

use replay_core::{
    Configured, Instant, Job, JobId, JobStatus, Region, Rejected, Timeframe, job::Step,
    range::write_instant,
};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{Store, StoreError, read_instant, webhooks};

/// A PUT that was found good.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its name.
    pub id: JobId,
    /// Whose jobs it makes.
    pub targets: Vec<Region>,
    /// Whether it was addressed to `global`.
    pub global: bool,
    /// What to replay.
    pub timeframe: Timeframe,
}

/// Why a PUT made no job in any region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SubmitError {
    /// A job is running in these.
    Running(Vec<Region>),
    /// There are no targets, or one of them has no enabled webhook.
    NoWebhook,
}

impl Store {
    /// The region's job.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job(&self, region: &Region) -> Result<Job, StoreError> {
        let region = region.clone();
        self.database.read(move |db| load(db, &region)).await
    }

    /// The jobs of all these regions at one moment, and the last PUT to `global`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(
        &self,
        regions: Vec<Region>,
    ) -> Result<(Vec<(Region, Job)>, Option<JobId>), StoreError> {
        self.database
            .read(move |db| {
                let tx = db.unchecked_transaction()?;
                let jobs = regions
                    .into_iter()
                    .map(|region| load(&tx, &region).map(|job| (region, job)))
                    .collect::<Result<_, _>>()?;
                let last = tx
                    .query_row("SELECT job_id FROM global_put", [], |row| row.get::<_, String>(0))
                    .optional()?;
                Ok((jobs, last.as_deref().map(read_id).transpose()?))
            })
            .await
    }

    /// Makes the job of every target, or of none; answers the jobs it made.
    ///
    /// # Errors
    /// Outside, when the database fails; inside, why nothing was submitted.
    pub async fn submit(
        &self,
        put: Submission,
        now: Instant,
    ) -> Result<Result<Vec<(Region, Job)>, SubmitError>, StoreError> {
        self.database
            .write(move |tx| {
                let (mut jobs, mut running) = (Vec::new(), Vec::new());
                for region in &put.targets {
                    match load(tx, region)?.submit(put.id, put.timeframe, now) {
                        Ok(job) => jobs.push((region.clone(), job)),
                        Err(Rejected { .. }) => running.push(region.clone()),
                    }
                }
                if !running.is_empty() {
                    return Ok(Err(SubmitError::Running(running)));
                }
                for region in &put.targets {
                    if !webhooks::current(tx, region)?.is_enabled() {
                        return Ok(Err(SubmitError::NoWebhook));
                    }
                }
                if jobs.is_empty() {
                    return Ok(Err(SubmitError::NoWebhook));
                }
                for (region, job) in &jobs {
                    save(tx, region, job)?;
                }
                if put.global {
                    tx.execute(
                        "INSERT INTO global_put (one, job_id) VALUES (1, ?)
                         ON CONFLICT (one) DO UPDATE SET job_id = excluded.job_id",
                        [put.id.to_string()],
                    )?;
                }
                Ok(Ok(jobs))
            })
            .await
    }

    /// Ends the region's job for `reason`, or marks it to end as soon as its requests have.
    ///
    /// # Errors
    /// Outside, when the database fails; inside, when there is nothing to end.
    pub async fn stop(
        &self,
        region: &Region,
        reason: &'static str,
        now: Instant,
    ) -> Result<Result<Job, Rejected>, StoreError> {
        let region = region.clone();
        self.database.write(move |tx| stop(tx, &region, reason, now)).await
    }

    /// Takes a step of the job `id`, if it is still the region's job and the law lets it.
    ///
    /// # Errors
    /// When the database fails; the job is as it was then.
    pub async fn advance(
        &self,
        region: &Region,
        id: JobId,
        step: Step,
        now: Instant,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database.write(move |tx| advance(tx, &region, id, step, now)).await
    }
}

pub(super) fn advance(
    tx: &Transaction<'_>,
    region: &Region,
    id: JobId,
    step: Step,
    now: Instant,
) -> Result<(), StoreError> {
    match advanced(tx, region, id, step, now)? {
        Some(job) => save(tx, region, &job),
        None => Ok(()),
    }
}

/// The job `id` after `step`, if it is still the region's job and the law lets it.
pub(super) fn advanced(
    db: &Connection,
    region: &Region,
    id: JobId,
    step: Step,
    now: Instant,
) -> Result<Option<Job>, StoreError> {
    let job = load(db, region)?;
    let current = job.configured().is_some_and(|job| job.id == id);
    Ok(current.then(|| job.advance(step, now).ok()).flatten())
}

pub(super) fn stop(
    tx: &Transaction<'_>,
    region: &Region,
    reason: &str,
    now: Instant,
) -> Result<Result<Job, Rejected>, StoreError> {
    let stopped = load(tx, region)?.stop(reason, now);
    if let Ok(job) = &stopped {
        save(tx, region, job)?;
    }
    Ok(stopped)
}

pub(super) fn load(db: &Connection, region: &Region) -> Result<Job, StoreError> {
    let columns = db
        .prepare_cached(
            "SELECT id, start_at, end_at, status, created_at, updated_at, reason
             FROM job WHERE region = ?",
        )?
        .query_row([region.as_str()], |row| {
            let text = |index| row.get::<_, String>(index);
            Ok(([text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(5)?], row.get(6)?))
        })
        .optional()?;
    let Some(([id, start_at, end_at, status, created_at, updated_at], reason)) = columns else {
        return Ok(Job::Unconfigured);
    };
    let timeframe = Timeframe::new(read_instant(&start_at)?, read_instant(&end_at)?)
        .map_err(|_| StoreError::Corrupt("timeframe"))?;
    let status = JobStatus::named(&status).ok_or(StoreError::Corrupt("status"))?;
    let moments = [read_instant(&created_at)?, read_instant(&updated_at)?];
    Configured::restored(read_id(&id)?, timeframe, status, reason, moments)
        .map(Job::Configured)
        .ok_or(StoreError::Corrupt("status"))
}

pub(super) fn save(tx: &Transaction<'_>, region: &Region, job: &Job) -> Result<(), StoreError> {
    let Some(job) = job.configured() else { return Ok(()) };
    // A new job has frozen nothing yet; the old one's cursor and cuts go with it.
    tx.prepare_cached("DELETE FROM run WHERE region = ? AND job_id <> ?")?
        .execute([region.as_str(), &job.id.to_string()])?;
    tx.prepare_cached(
        "INSERT INTO job (region, id, start_at, end_at, status, reason, created_at, updated_at)
         VALUES (:region, :id, :start_at, :end_at, :status, :reason, :created_at, :updated_at)
         ON CONFLICT (region) DO UPDATE SET
             id = :id, start_at = :start_at, end_at = :end_at, status = :status,
             reason = :reason, created_at = :created_at, updated_at = :updated_at",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": job.id.to_string(),
        ":start_at": write_instant(job.timeframe.start()),
        ":end_at": write_instant(job.timeframe.end()),
        ":status": job.status.as_str(),
        ":reason": job.reason,
        ":created_at": write_instant(job.created_at),
        ":updated_at": write_instant(job.updated_at),
    })?;
    if job.status.is_settled() {
        webhooks::forget_unused(tx, region)?;
    }
    Ok(())
}

fn read_id(text: &str) -> Result<JobId, StoreError> {
    JobId::read(text).ok_or(StoreError::Corrupt("job id"))
}
