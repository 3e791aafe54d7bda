//! Each region's job, stored: what the core says of it is written down here, and nothing else.

use replay_core::{
    Configured, Job, JobId, JobStatus, Region, Rejected, Timeframe,
    job::{Progress, Step},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use time_range::{Timestamp, write_timestamp};

use super::{Store, StoreError, changes::Change, read_timestamp, webhooks, write::Write};

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
        now: Timestamp,
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
        now: Timestamp,
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
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database.write(move |tx| advance(tx, &region, id, step, now)).await
    }
}

pub(super) fn advance(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    step: Step,
    now: Timestamp,
) -> Result<(), StoreError> {
    match load_current(tx, region, id)?.map(|job| job.advance(step, now)) {
        Some(Ok(job)) => save(tx, region, &job),
        Some(Err(Rejected { .. })) | None => Ok(()),
    }
}

/// The job `id`, if it is still the region's job.
pub(super) fn load_current(
    db: &Connection,
    region: &Region,
    id: JobId,
) -> Result<Option<Job>, StoreError> {
    let job = load(db, region)?;
    Ok(Some(job).filter(|job| job.configured().is_some_and(|job| job.id == id)))
}

pub(super) fn stop(
    tx: &Write<'_>,
    region: &Region,
    reason: &str,
    now: Timestamp,
) -> Result<Result<Job, Rejected>, StoreError> {
    let stopped = load(tx, region)?.stop(reason, now);
    if let Ok(job) = &stopped {
        save(tx, region, job)?;
    }
    Ok(stopped)
}

pub(super) fn load(db: &Connection, region: &Region) -> Result<Job, StoreError> {
    let row = db
        .prepare_cached(
            "SELECT id, start_at, end_at, status, created_at, updated_at, reason,
                    endpoint, delivered_lines
             FROM job WHERE region = ?",
        )?
        .query_row([region.as_str()], JobRow::read)
        .optional()?;
    row.map_or(Ok(Job::Unconfigured), JobRow::job)
}

pub(super) fn save(tx: &Write<'_>, region: &Region, job: &Job) -> Result<(), StoreError> {
    let Some(job) = job.configured() else { return Ok(()) };
    let stored = load(tx, region)?;
    if stored.configured().is_none_or(|old| (old.id, old.status) != (job.id, job.status)) {
        tx.note(Change::JobStatus { region: region.clone(), job: job.clone() });
    }
    // A new job has no snapshot yet: the snapshot, cursor and batch limits of the old one go.
    tx.prepare_cached("DELETE FROM run WHERE region = ? AND job_id <> ?")?
        .execute([region.as_str(), &job.id.to_string()])?;
    let progress = job.progress.as_ref();
    tx.prepare_cached(
        "INSERT INTO job (region, id, start_at, end_at, status, reason, created_at, updated_at,
                          endpoint, delivered_lines)
         VALUES (:region, :id, :start_at, :end_at, :status, :reason, :created_at, :updated_at,
                 :endpoint, :delivered_lines)
         ON CONFLICT (region) DO UPDATE SET
             id = :id, start_at = :start_at, end_at = :end_at, status = :status,
             reason = :reason, created_at = :created_at, updated_at = :updated_at,
             endpoint = :endpoint, delivered_lines = :delivered_lines",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": job.id.to_string(),
        ":start_at": write_timestamp(job.timeframe.start()),
        ":end_at": write_timestamp(job.timeframe.end()),
        ":status": job.status.as_str(),
        ":reason": job.reason,
        ":created_at": write_timestamp(job.created_at),
        ":updated_at": write_timestamp(job.updated_at),
        ":endpoint": progress.map(|progress| &progress.endpoint),
        ":delivered_lines": progress.map_or(0, |progress| progress.delivered_lines),
    })?;
    if job.status.is_settled() {
        webhooks::forget_unused(tx, region)?;
    }
    Ok(())
}

/// A row of `job` as it is stored.
struct JobRow {
    id: String,
    start_at: String,
    end_at: String,
    status: String,
    created_at: String,
    updated_at: String,
    reason: Option<String>,
    endpoint: Option<String>,
    delivered_lines: u64,
}

impl JobRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            start_at: row.get(1)?,
            end_at: row.get(2)?,
            status: row.get(3)?,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
            reason: row.get(6)?,
            endpoint: row.get(7)?,
            delivered_lines: row.get(8)?,
        })
    }

    fn job(self) -> Result<Job, StoreError> {
        let timeframe =
            Timeframe::new(read_timestamp(&self.start_at)?, read_timestamp(&self.end_at)?)
                .map_err(|_| StoreError::Corrupt("timeframe"))?;
        let status = JobStatus::named(&self.status).ok_or(StoreError::Corrupt("status"))?;
        let moments = [read_timestamp(&self.created_at)?, read_timestamp(&self.updated_at)?];
        let delivered_lines = self.delivered_lines;
        let progress = self.endpoint.map(|endpoint| Progress { endpoint, delivered_lines });
        Configured::restored(read_id(&self.id)?, timeframe, status, self.reason, moments, progress)
            .map(Job::Configured)
            .ok_or(StoreError::Corrupt("status"))
    }
}

fn read_id(text: &str) -> Result<JobId, StoreError> {
    JobId::read(text).ok_or(StoreError::Corrupt("job id"))
}
