//! The jobs of every region by their ids, and the current job of each region. Every change is made
//! by a decision of `replay-core`; this file loads the state and stores the changes.

use replay_core::{
    Configured, Job, JobId, PutId, Region, Rejected,
    decisions::{self, NewJob, Submission, SubmissionTarget, Submitted},
    job::Step,
    outage::Hold,
};
use time_range::Timestamp;

use super::{
    AcceptedPut, ChangeError, KeyedPut, Notice, Store, StoreError, idempotency,
    job_changes::save,
    job_rows::{self, current, load, make_current},
    outages,
    sql::values,
    webhooks,
};

/// The current jobs of several regions at one moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CurrentJobs {
    /// Each region's job, in the requested order.
    pub jobs: Vec<(Region, Job)>,
    /// The last PUT to `global`.
    pub last_global: Option<PutId>,
}

impl Store {
    /// The region's current job.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable.
    pub async fn job(&self, region: &Region) -> Result<Job, StoreError> {
        let region = region.clone();
        self.database.read(move |db| current(db, &region)).await
    }

    /// The current jobs of `regions`, read in one transaction.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn jobs(&self, regions: Vec<Region>) -> Result<CurrentJobs, StoreError> {
        self.database
            .read_at_one_moment(move |db| {
                let mut jobs = Vec::new();
                for region in regions {
                    let job = current(db, &region)?;
                    jobs.push((region, job));
                }
                let last_global = db.optional("SELECT put_id FROM global_put", &[], |row| {
                    PutId::read(&row.get::<String>(0)?).ok_or(StoreError::Corrupt("put id"))
                })?;
                Ok(CurrentJobs { jobs, last_global })
            })
            .await
    }

    /// Makes the jobs of `submission`: all of them, or none. Returns them with their regions.
    ///
    /// # Errors
    /// The refusal of [`decisions::submit`], or the database fails; nothing is changed.
    pub async fn submit(
        &self,
        submission: Submission,
        now: Timestamp,
    ) -> Result<Vec<(Region, Job)>, ChangeError> {
        Ok(self.submit_once(submission, None, now).await?.jobs)
    }

    /// Makes the jobs of `submission`: all of them, or none. If `put` repeats an accepted PUT, that one
    /// is returned, and nothing is changed.
    ///
    /// # Errors
    /// The refusal of [`idempotency::repeated`] or [`decisions::submit`], or the database fails; nothing
    /// is changed.
    pub async fn submit_once(
        &self,
        submission: Submission,
        put: Option<KeyedPut>,
        now: Timestamp,
    ) -> Result<AcceptedPut, ChangeError> {
        let database = match submission.jobs.as_slice() {
            [NewJob { region, .. }] if !submission.global => self.database.of(region),
            _ => self.database.clone(),
        };
        database
            .write(move |tx| {
                if let Some(put) = &put
                    && let Some(repeated) = idempotency::repeated(tx, put, now)?
                {
                    return Ok(repeated);
                }
                let mut targets = Vec::new();
                for NewJob { region, id } in submission.jobs.clone() {
                    let current_job = current(tx, &region)?;
                    let has_enabled_webhook = webhooks::current(tx, &region)?.is_enabled();
                    let new_job = NewJob { region, id };
                    targets.push(SubmissionTarget { new_job, current_job, has_enabled_webhook });
                }
                let mut jobs = Vec::new();
                for submitted in decisions::submit(&submission, targets, now)? {
                    let Submitted { region, job, replaced } = submitted;
                    if let Some(replaced) = replaced {
                        save(tx, &region, &replaced)?;
                    }
                    save(tx, &region, &job)?;
                    make_current(tx, &region, job.id)?;
                    Notice::Job(region.clone()).tell(tx)?;
                    jobs.push((region, Job::Configured(job)));
                }
                if submission.global {
                    tx.execute(
                        "INSERT INTO global_put (one, put_id) VALUES (1, ?1)
                         ON CONFLICT (one) DO UPDATE SET put_id = excluded.put_id",
                        &values![submission.put_id.to_string()],
                    )?;
                }
                if let Some(put) = &put {
                    idempotency::insert(tx, put, submission.put_id, now)?;
                }
                Ok(AcceptedPut { id: submission.put_id, jobs })
            })
            .await
    }

    /// Stops the region's job for `reason`; returns the job.
    ///
    /// # Errors
    /// The refusal of [`decisions::stop`], or the database fails; nothing is changed.
    pub async fn stop(
        &self,
        region: &Region,
        reason: &'static str,
        now: Timestamp,
    ) -> Result<Job, ChangeError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| {
                let stopped = decisions::stop(&current(tx, &region)?, reason, now)?;
                save(tx, &region, &stopped)?;
                outages::hold(tx, &stopped, Hold::Cancelled)?;
                Notice::Job(region).tell(tx)?;
                Ok(Job::Configured(stopped))
            })
            .await
    }

    /// Limits the lines per second of the region's job; returns the job.
    ///
    /// # Errors
    /// The refusal of [`decisions::set_rate`], or the database fails; nothing is changed.
    pub async fn set_rate(
        &self,
        region: &Region,
        lines_per_second: Option<u64>,
    ) -> Result<Job, ChangeError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| {
                let job = decisions::set_rate(&current(tx, &region)?, lines_per_second)?;
                save(tx, &region, &job)?;
                Notice::Job(region).tell(tx)?;
                Ok(Job::Configured(job))
            })
            .await
    }

    /// Applies `step` to a job. Nothing changes if the job does not exist or rejects the step.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable; nothing is changed.
    pub async fn advance(
        &self,
        region: &Region,
        id: JobId,
        step: Step,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| {
                let Some(job) = load(tx, &region, id)? else { return Ok(()) };
                match job.advance(step, now) {
                    Ok(job) => save(tx, &region, &job),
                    Err(Rejected { .. }) => Ok(()),
                }
            })
            .await
    }

    /// The job with that id in the region, current or not; `None` if there is none.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable.
    pub async fn job_by_id(
        &self,
        region: &Region,
        id: JobId,
    ) -> Result<Option<Configured>, StoreError> {
        let region = region.clone();
        self.database.read(move |db| load(db, &region, id)).await
    }

    /// Deletes some of the region's jobs whose status last changed before `before`, except the current
    /// one, with their snapshots and cursors. Returns their number.
    ///
    /// Every job that is not the current one has settled.
    ///
    /// # Errors
    /// The database fails; no job is deleted.
    pub async fn trim_jobs(&self, region: &Region, before: Timestamp) -> Result<u64, StoreError> {
        let region = region.clone();
        self.database.of(&region).write(move |tx| job_rows::trim(tx, &region, before)).await
    }
}
