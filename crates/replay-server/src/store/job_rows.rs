//! The rows of the tables `job` and `current_job`: each function reads or writes one job. It makes no
//! decision about a job.

use replay_core::{
    Configured, Job, JobId, JobStatus, OutageId, PutId, Region, Timeframe,
    job::{Amount, Progress},
    request::{JobRequest, Kinds, Requester, Resumption},
};
use time_range::{Timestamp, write_timestamp};

use super::{
    StoreError,
    changes::Change,
    read_timestamp,
    sql::{Row, Sql, values},
    webhooks,
    write::Write,
};

/// The region's current job.
pub(super) fn current(db: &Sql<'_>, region: &Region) -> Result<Job, StoreError> {
    let sql = format!(
        "{SELECT} WHERE (region, id) IN (SELECT region, job_id FROM current_job WHERE region = ?1)"
    );
    match db.optional(&sql, &values![region.as_str()], JobRow::read)? {
        Some(row) => row.job().map(Job::Configured),
        None => Ok(Job::Unconfigured),
    }
}

/// The job with that id; `None` if the region has none.
pub(super) fn load(
    db: &Sql<'_>,
    region: &Region,
    id: JobId,
) -> Result<Option<Configured>, StoreError> {
    let sql = format!("{SELECT} WHERE region = ?1 AND id = ?2");
    let row = db.optional(&sql, &values![region.as_str(), id.to_string()], JobRow::read)?;
    row.map(JobRow::job).transpose()
}

/// Inserts or updates the job's row.
pub(super) fn save(tx: &Write<'_>, region: &Region, job: &Configured) -> Result<(), StoreError> {
    let stored_status = tx.optional(
        "SELECT status FROM job WHERE region = ?1 AND id = ?2",
        &values![region.as_str(), job.id.to_string()],
        |row| row.get::<String>(0),
    )?;
    write(tx, region, stored_status.as_deref(), job)
}

/// Updates the row of a job that is stored as `stored`.
pub(super) fn update(
    tx: &Write<'_>,
    region: &Region,
    stored: &Configured,
    job: &Configured,
) -> Result<(), StoreError> {
    write(tx, region, Some(stored.status.as_str()), job)
}

fn write(
    tx: &Write<'_>,
    region: &Region,
    stored_status: Option<&str>,
    job: &Configured,
) -> Result<(), StoreError> {
    if stored_status != Some(job.status.as_str()) {
        tx.log_after_commit(Change::JobStatus {
            region: region.clone(),
            job: Box::new(job.clone()),
        });
    }
    let progress = job.progress.as_ref();
    let delivered = progress.map(|progress| progress.delivered).unwrap_or_default();
    let total = progress.and_then(|progress| progress.total);
    let requester = job.request.requester.as_ref();
    tx.execute(
        "INSERT INTO job (region, id, put_id, start_at, end_at, status, stop_requested, reason,
                          created_at, updated_at, endpoint, delivered_lines, delivered_bytes,
                          total_lines, total_bytes, retries, kinds, heals, resumes, delivery_id,
                          token_id, role, address, lines_per_second, lost_lines)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                 ?19, ?20, ?21, ?22, ?23, ?24, ?25)
         ON CONFLICT (region, id) DO UPDATE SET
             status = excluded.status, stop_requested = excluded.stop_requested,
             reason = excluded.reason, updated_at = excluded.updated_at,
             endpoint = excluded.endpoint, delivered_lines = excluded.delivered_lines,
             delivered_bytes = excluded.delivered_bytes, total_lines = excluded.total_lines,
             total_bytes = excluded.total_bytes, retries = excluded.retries,
             lines_per_second = excluded.lines_per_second, lost_lines = excluded.lost_lines",
        &values![
            region.as_str(),
            job.id.to_string(),
            job.put_id.to_string(),
            write_timestamp(job.request.timeframe.start()),
            write_timestamp(job.request.timeframe.end()),
            job.status.as_str(),
            job.stop_requested.as_deref(),
            job.reason.as_deref(),
            write_timestamp(job.created_at),
            write_timestamp(job.updated_at),
            progress.map(|progress| &progress.endpoint),
            delivered.lines,
            delivered.bytes,
            total.map(|total| total.lines),
            total.map(|total| total.bytes),
            progress.map_or(0, |progress| progress.retries),
            job.request.kinds.as_ref().map(write_kinds),
            job.request.heals.map(|outage| outage.to_string()),
            job.request.resumes.map(|resumed| resumed.job.to_string()),
            job.delivery_id().to_string(),
            requester.map(|requester| &requester.token_id),
            requester.map(|requester| &requester.role),
            requester.map(|requester| &requester.address),
            job.lines_per_second,
            progress.map_or(0, |progress| progress.lost_lines),
        ],
    )?;
    if job.status.is_settled() {
        webhooks::delete_unused(tx, region)?;
    }
    Ok(())
}

/// Makes a stored job the current job of its region.
pub(super) fn make_current(tx: &Write<'_>, region: &Region, id: JobId) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO current_job (region, job_id) VALUES (?1, ?2)
         ON CONFLICT (region) DO UPDATE SET job_id = excluded.job_id",
        &values![region.as_str(), id.to_string()],
    )?;
    Ok(())
}

/// The number of jobs that one transaction deletes: each may have thousands of edges.
const JOBS_AT_ONCE: usize = 4;

/// Deletes some jobs that are not current and were last changed before `before`, but not the job that the
/// current one resumes: it is needed until that one starts. Returns their number.
pub(super) fn trim(tx: &Write<'_>, region: &Region, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM job WHERE region = ?1 AND id IN (
             SELECT id FROM job
             WHERE region = ?1
               AND id <> (SELECT job_id FROM current_job WHERE region = ?1)
               AND id IS DISTINCT FROM (SELECT resumes FROM job WHERE region = ?1 AND id = (
                   SELECT job_id FROM current_job WHERE region = ?1))
               AND unixepoch(updated_at, 'subsec') < unixepoch(?2, 'subsec')
             LIMIT ?3)",
        &values![region.as_str(), write_timestamp(before), JOBS_AT_ONCE],
    )
}

const SELECT: &str = "SELECT id, put_id, start_at, end_at, status, stop_requested, reason,
                             created_at, updated_at, endpoint, delivered_lines, delivered_bytes,
                             total_lines, total_bytes, retries, kinds, heals, resumes, delivery_id,
                             token_id, role, address, lines_per_second, lost_lines FROM job";

/// A row of `job` with the columns of [`SELECT`].
struct JobRow {
    id: String,
    put_id: String,
    start_at: String,
    end_at: String,
    status: String,
    stop_requested: Option<String>,
    reason: Option<String>,
    created_at: String,
    updated_at: String,
    endpoint: Option<String>,
    delivered: Amount,
    total: Option<Amount>,
    retries: u64,
    kinds: Option<String>,
    heals: Option<String>,
    resumes: Option<String>,
    delivery_id: Option<String>,
    requester: Option<Requester>,
    lines_per_second: Option<u64>,
    lost_lines: u64,
}

impl JobRow {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get(0)?,
            put_id: row.get(1)?,
            start_at: row.get(2)?,
            end_at: row.get(3)?,
            status: row.get(4)?,
            stop_requested: row.get(5)?,
            reason: row.get(6)?,
            created_at: row.get(7)?,
            updated_at: row.get(8)?,
            endpoint: row.get(9)?,
            delivered: Amount { lines: row.get(10)?, bytes: row.get(11)? },
            total: match (row.get(12)?, row.get(13)?) {
                (Some(lines), Some(bytes)) => Some(Amount { lines, bytes }),
                _ => None,
            },
            retries: row.get(14)?,
            kinds: row.get(15)?,
            heals: row.get(16)?,
            resumes: row.get(17)?,
            delivery_id: row.get(18)?,
            requester: match (row.get(19)?, row.get(20)?, row.get(21)?) {
                (Some(token_id), Some(role), Some(address)) => {
                    Some(Requester { token_id, role, address })
                }
                _ => None,
            },
            lines_per_second: row.get(22)?,
            lost_lines: row.get(23)?,
        })
    }

    fn request(&self) -> Result<JobRequest, StoreError> {
        let start_at = read_timestamp(&self.start_at)?;
        let end_at = read_timestamp(&self.end_at)?;
        let heals = self
            .heals
            .as_deref()
            .map(|id| OutageId::read(id).ok_or(StoreError::Corrupt("id of a healed outage")));
        let resumes = self.resumes.as_deref().zip(self.delivery_id.as_deref()).map(|(job, id)| {
            let ids = JobId::read(job).zip(JobId::read(id));
            let (job, delivery_id) = ids.ok_or(StoreError::Corrupt("id of a resumed job"))?;
            Ok::<_, StoreError>(Resumption { job, delivery_id })
        });
        Ok(JobRequest {
            timeframe: Timeframe::new(start_at, end_at)
                .map_err(|_| StoreError::Corrupt("timeframe"))?,
            kinds: self.kinds.as_deref().and_then(|kinds| Kinds::of(kinds.split(','))),
            heals: heals.transpose()?,
            resumes: resumes.transpose()?,
            requester: self.requester.clone(),
        })
    }

    fn job(self) -> Result<Configured, StoreError> {
        let request = self.request()?;
        let Self { delivered, total, retries, lost_lines, .. } = self;
        let job = Configured {
            id: JobId::read(&self.id).ok_or(StoreError::Corrupt("job id"))?,
            put_id: PutId::read(&self.put_id).ok_or(StoreError::Corrupt("put id"))?,
            request,
            status: JobStatus::named(&self.status).ok_or(StoreError::Corrupt("status"))?,
            stop_requested: self.stop_requested,
            reason: self.reason,
            created_at: read_timestamp(&self.created_at)?,
            updated_at: read_timestamp(&self.updated_at)?,
            lines_per_second: self.lines_per_second,
            progress: self.endpoint.map(|endpoint| Progress {
                endpoint,
                delivered,
                total,
                retries,
                lost_lines,
            }),
        };
        job.checked().ok_or(StoreError::Corrupt("job"))
    }
}

fn write_kinds(kinds: &Kinds) -> String {
    kinds.names().collect::<Vec<_>>().join(",")
}
