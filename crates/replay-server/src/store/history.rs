//! The jobs of a region, past and current, from the newest one on. It changes nothing.

use replay_core::{Configured, JobId, Region};
use time_range::{Timestamp, write_timestamp};

use super::{
    Store, StoreError, job_rows, snapshots,
    sql::{Sql, values},
};

/// A job, past or current.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PastJob {
    /// The job.
    pub job: Configured,
    /// When it started; `None` if it has not, or if that was not stored by an earlier version.
    pub started_at: Option<Timestamp>,
}

/// The place of a job in the history.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HistoryPosition {
    /// When the job was submitted.
    pub created_at: Timestamp,
    /// The job's id.
    pub id: JobId,
}

/// Some jobs, the newest first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JobPage {
    /// The jobs.
    pub jobs: Vec<PastJob>,
    /// The next page has the jobs before this one; `None` on the last page.
    pub next: Option<HistoryPosition>,
}

impl Store {
    /// The jobs of the region that are older than the one at `before`, the newest first; at most `most`.
    /// Jobs that are submitted meanwhile change no later page.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn history(
        &self,
        region: &Region,
        before: Option<HistoryPosition>,
        most: usize,
    ) -> Result<JobPage, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| {
                let mut ids = ids(db, &region, before, most.saturating_add(1))?;
                let has_more = ids.len() > most;
                ids.truncate(most);
                let mut jobs = Vec::new();
                for id in ids {
                    jobs.push(load(db, &region, id)?.ok_or(StoreError::Corrupt("job"))?);
                }
                let position = |past: &PastJob| HistoryPosition {
                    created_at: past.job.created_at,
                    id: past.job.id,
                };
                let next = jobs.last().filter(|_| has_more).map(position);
                Ok(JobPage { jobs, next })
            })
            .await
    }

    /// The job of the region with that id; `None` if there is none.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn past_job(
        &self,
        region: &Region,
        id: JobId,
    ) -> Result<Option<PastJob>, StoreError> {
        let region = region.clone();
        self.database.read_at_one_moment(move |db| load(db, &region, id)).await
    }
}

/// The query for ids. It walks along the index `job_created`.
pub(super) const IDS: &str = "SELECT id FROM job
     WHERE region = ?1
       AND unixepoch(created_at, 'subsec') <= unixepoch(?2, 'subsec')
       AND (unixepoch(created_at, 'subsec') < unixepoch(?2, 'subsec') OR id < ?3)
     ORDER BY unixepoch(created_at, 'subsec') DESC, id DESC LIMIT ?4";

fn ids(
    db: &Sql<'_>,
    region: &Region,
    before: Option<HistoryPosition>,
    most: usize,
) -> Result<Vec<JobId>, StoreError> {
    // `g` is after every id.
    let (created_at, id) = match before {
        Some(HistoryPosition { created_at, id }) => (write_timestamp(created_at), id.to_string()),
        None => ("9999-12-31T23:59:59.999Z".to_owned(), "g".to_owned()),
    };
    db.all(IDS, &values![region.as_str(), created_at, id, most], |row| {
        JobId::read(&row.get::<String>(0)?).ok_or(StoreError::Corrupt("job id"))
    })
}

fn load(db: &Sql<'_>, region: &Region, id: JobId) -> Result<Option<PastJob>, StoreError> {
    let Some(job) = job_rows::load(db, region, id)? else { return Ok(None) };
    let snapshot = snapshots::load(db, region, id)?;
    Ok(Some(PastJob { job, started_at: snapshot.and_then(|snapshot| snapshot.started_at) }))
}
