//! The rows of the tables `job` and `current_job`: each function reads or writes one job. It makes no
//! decision about a job.

use replay_core::{
    Configured, Job, JobId, JobStatus, OutageId, PutId, Region, Timeframe,
    job::{Amount, Progress},
    request::{JobRequest, Kinds, Requester, Resumption},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use time_range::{Timestamp, write_timestamp};

use super::{StoreError, changes::Change, read_timestamp, webhooks, write::Write};

/// The region's current job.
pub(super) fn current(db: &Connection, region: &Region) -> Result<Job, StoreError> {
    let sql = format!(
        "{SELECT} WHERE (region, id) IN (SELECT region, job_id FROM current_job WHERE region = ?)"
    );
    let row = db.prepare_cached(&sql)?.query_row([region.as_str()], JobRow::read).optional()?;
    match row {
        Some(row) => row.job().map(Job::Configured),
        None => Ok(Job::Unconfigured),
    }
}

/// The job with that id; `None` if the region has none.
pub(super) fn load(
    db: &Connection,
    region: &Region,
    id: JobId,
) -> Result<Option<Configured>, StoreError> {
    let sql = format!("{SELECT} WHERE region = ? AND id = ?");
    let key = [region.as_str(), &id.to_string()];
    let row = db.prepare_cached(&sql)?.query_row(key, JobRow::read).optional()?;
    row.map(JobRow::job).transpose()
}

/// Inserts or updates the job's row.
pub(super) fn save(tx: &Write<'_>, region: &Region, job: &Configured) -> Result<(), StoreError> {
    let stored_status: Option<String> = tx
        .prepare_cached("SELECT status FROM job WHERE region = ? AND id = ?")?
        .query_row([region.as_str(), &job.id.to_string()], |row| row.get(0))
        .optional()?;
    if stored_status.as_deref() != Some(job.status.as_str()) {
        tx.log_after_commit(Change::JobStatus {
            region: region.clone(),
            job: Box::new(job.clone()),
        });
    }
    let progress = job.progress.as_ref();
    let delivered = progress.map(|progress| progress.delivered).unwrap_or_default();
    let total = progress.and_then(|progress| progress.total);
    let requester = job.request.requester.as_ref();
    tx.prepare_cached(
        "INSERT INTO job (region, id, put_id, start_at, end_at, status, stop_requested, reason,
                          created_at, updated_at, endpoint, delivered_lines, delivered_bytes,
                          total_lines, total_bytes, retries, kinds, heals, resumes, delivery_id,
                          token_id, role, address, lines_per_second, lost_lines)
         VALUES (:region, :id, :put_id, :start_at, :end_at, :status, :stop_requested, :reason,
                 :created_at, :updated_at, :endpoint, :delivered_lines, :delivered_bytes,
                 :total_lines, :total_bytes, :retries, :kinds, :heals, :resumes, :delivery_id,
                 :token_id, :role, :address, :lines_per_second, :lost_lines)
         ON CONFLICT (region, id) DO UPDATE SET
             status = :status, stop_requested = :stop_requested, reason = :reason,
             updated_at = :updated_at, endpoint = :endpoint, delivered_lines = :delivered_lines,
             delivered_bytes = :delivered_bytes, total_lines = :total_lines,
             total_bytes = :total_bytes, retries = :retries,
             lines_per_second = :lines_per_second, lost_lines = :lost_lines",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": job.id.to_string(),
        ":put_id": job.put_id.to_string(),
        ":start_at": write_timestamp(job.request.timeframe.start()),
        ":end_at": write_timestamp(job.request.timeframe.end()),
        ":status": job.status.as_str(),
        ":stop_requested": job.stop_requested,
        ":reason": job.reason,
        ":created_at": write_timestamp(job.created_at),
        ":updated_at": write_timestamp(job.updated_at),
        ":endpoint": progress.map(|progress| &progress.endpoint),
        ":delivered_lines": delivered.lines,
        ":delivered_bytes": delivered.bytes,
        ":total_lines": total.map(|total| total.lines),
        ":total_bytes": total.map(|total| total.bytes),
        ":retries": progress.map_or(0, |progress| progress.retries),
        ":kinds": job.request.kinds.as_ref().map(write_kinds),
        ":heals": job.request.heals.map(|outage| outage.to_string()),
        ":resumes": job.request.resumes.map(|resumed| resumed.job.to_string()),
        ":delivery_id": job.delivery_id().to_string(),
        ":token_id": requester.map(|requester| &requester.token_id),
        ":role": requester.map(|requester| &requester.role),
        ":address": requester.map(|requester| &requester.address),
        // SQLite has signed numbers: a higher limit is none in practice.
        ":lines_per_second": job.lines_per_second.map(|rate| i64::try_from(rate).unwrap_or(i64::MAX)),
        ":lost_lines": progress.map_or(0, |progress| progress.lost_lines),
    })?;
    if job.status.is_settled() {
        webhooks::delete_unused(tx, region)?;
    }
    Ok(())
}

/// Makes a stored job the current job of its region.
pub(super) fn make_current(tx: &Write<'_>, region: &Region, id: JobId) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO current_job (region, job_id) VALUES (?, ?)
         ON CONFLICT (region) DO UPDATE SET job_id = excluded.job_id",
    )?
    .execute([region.as_str(), &id.to_string()])?;
    Ok(())
}

/// The number of jobs that one transaction deletes: each may have thousands of edges.
const JOBS_AT_ONCE: usize = 4;

/// Deletes some jobs that are not current and were last changed before `before`, but not the job that the
/// current one resumes: it is needed until that one starts. Returns their number.
pub(super) fn trim(
    tx: &Write<'_>,
    region: &Region,
    before: Timestamp,
) -> Result<usize, StoreError> {
    let mut delete = tx.prepare_cached(
        "DELETE FROM job WHERE region = :region AND id IN (
             SELECT id FROM job
             WHERE region = :region
               AND id <> (SELECT job_id FROM current_job WHERE region = :region)
               AND id IS NOT (SELECT resumes FROM job WHERE region = :region AND id = (
                   SELECT job_id FROM current_job WHERE region = :region))
               AND unixepoch(updated_at, 'subsec') < unixepoch(:before, 'subsec')
             LIMIT :most)",
    )?;
    Ok(delete.execute(named_params! {
        ":region": region.as_str(),
        ":before": write_timestamp(before),
        ":most": JOBS_AT_ONCE,
    })?)
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
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
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
