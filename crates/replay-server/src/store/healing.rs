//! The healing of outages: a job that delivers undelivered lines. It is decided by `replay-core`.

use replay_core::{
    Configured, Job, JobId, OutageId, Refusal, Region,
    decisions::{NewJob, SubmissionTarget, Submitted},
    healing::{self, HealingState},
    request::Requester,
};
use time_range::Timestamp;

use super::{
    ChangeError, Notice, Store, StoreError, job_changes, job_rows, lane_rows,
    outage_rows::{self, StoredOutage},
    sql::{Sql, values},
    webhooks,
    write::Write,
};

impl Store {
    /// Submits a job that delivers the undelivered lines of an outage; returns the job. Lines dated before
    /// `cutoff` are past the retention.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if the region has no such outage, the refusal of [`healing::heal`], or the
    /// database fails; nothing is changed.
    pub async fn heal(
        &self,
        region: &Region,
        outage: OutageId,
        job: JobId,
        requester: Option<Requester>,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<Job, ChangeError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| {
                let stored = outage_rows::load(tx, &region, outage)?.ok_or(Refusal::NotFound)?;
                let job = submit(tx, &region, stored, Healing { job, requester, cutoff }, now)?;
                Notice::Job(region).tell(tx)?;
                Ok(job)
            })
            .await
    }

    /// Submits a job that heals the oldest outage of the region which is due; the receiver has been well
    /// since `well_since`. Returns whether there is one.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn heal_oldest(
        &self,
        region: &Region,
        job: JobId,
        well_since: Timestamp,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let is_damaged = self.damage().is_some();
        let due = {
            let region = region.clone();
            move |db: &Sql<'_>| -> Result<Option<StoredOutage>, StoreError> {
                if !lane_rows::load(db, &region)?.is_some_and(|lane| lane.is_delivering()) {
                    return Ok(None);
                }
                let current_job = job_rows::current(db, &region)?;
                let is_due = |StoredOutage { outage, .. }: &StoredOutage| {
                    let is_left = outage.span.is_some_and(|span| span.end() >= cutoff);
                    // A job that has met the damage would meet it again.
                    let is_damaged = is_damaged && outage.healing_job.is_some();
                    is_left && !is_damaged && healing::is_due(outage, &current_job, well_since, now)
                };
                Ok(outage_rows::unhealed(db, &region)?.into_iter().find(is_due))
            }
        };
        if self.database.read(due.clone()).await?.is_none() {
            return Ok(false);
        }
        let region = region.clone();
        let database = self.database.of(&region);
        let submitted = database.write(move |tx| {
            let Some(stored) = due(tx)? else { return Ok(false) };
            let healing = Healing { job, requester: None, cutoff };
            submit(tx, &region, stored, healing, now).map(|_| true)
        });
        match submitted.await {
            Ok(submitted) => Ok(submitted),
            // The webhook was disabled, or the lines were removed, meanwhile.
            Err(ChangeError::Refused(_)) => Ok(false),
            Err(ChangeError::Store(error)) => Err(error),
        }
    }
}

/// A request to heal an outage.
struct Healing {
    /// The id of the job.
    job: JobId,
    requester: Option<Requester>,
    /// Lines dated before this are past the retention.
    cutoff: Timestamp,
}

fn submit(
    tx: &Write<'_>,
    region: &Region,
    mut stored: StoredOutage,
    healing: Healing,
    now: Timestamp,
) -> Result<Job, ChangeError> {
    let Healing { job: id, requester, cutoff } = healing;
    let state = HealingState {
        outage: stored.outage.clone(),
        last_started: last_started(tx, region, stored.outage.id)?,
        target: SubmissionTarget {
            new_job: NewJob { region: region.clone(), id },
            current_job: job_rows::current(tx, region)?,
            has_enabled_webhook: webhooks::current(tx, region)?.is_enabled(),
        },
    };
    let Submitted { job, replaced, .. } = healing::heal(state, requester, cutoff, now)?;
    if let Some(replaced) = replaced {
        job_changes::save(tx, region, &replaced)?;
    }
    job_changes::save(tx, region, &job)?;
    job_rows::make_current(tx, region, job.id)?;
    stored.outage.healing_job = Some(job.id);
    outage_rows::update(tx, &stored)?;
    Ok(Job::Configured(job))
}

/// The last job that has started to heal an outage.
pub(super) fn last_started(
    db: &Sql<'_>,
    region: &Region,
    outage: OutageId,
) -> Result<Option<Configured>, StoreError> {
    let id = db.optional(
        "SELECT id FROM job JOIN run ON run.region = job.region AND run.job_id = job.id
         WHERE job.region = ?1 AND heals = ?2
         ORDER BY unixepoch(created_at, 'subsec') DESC, unixepoch(updated_at, 'subsec') DESC
         LIMIT 1",
        &values![region.as_str(), outage.to_string()],
        |row| JobId::read(&row.get::<String>(0)?).ok_or(StoreError::Corrupt("job id")),
    )?;
    let Some(id) = id else { return Ok(None) };
    job_rows::load(db, region, id)
}
