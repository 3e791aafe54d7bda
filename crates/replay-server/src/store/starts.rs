//! The start of a job: what it delivers is fixed in one transaction. The rules are in `replay-core`.

use replay_core::{
    JobId, Region, Rejected,
    decisions::{self, Started},
    job::JobLines,
    request::JobRequest,
    snapshot::Limits,
};
use time_range::Timestamp;

use super::{
    Store, StoreError, counts,
    job_changes::save,
    job_rows::load,
    line_numbers::last_seq,
    outages,
    resumption::{self, Left},
    selections::Selection,
    snapshots::{self, LeftRun},
    sql::Sql,
    webhooks,
};

impl Store {
    /// Starts a job and takes its snapshot: the selected lines, the webhook's revision, the slices
    /// and the edges of the batches. A job that resumes a started one takes over what is left of that
    /// one's snapshot. Of a job that resumes another one or heals an outage, lines dated before `cutoff`
    /// are lost. The job fails if its webhook is not enabled. Nothing changes if the job does not exist
    /// or is not pending.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn start(
        &self,
        region: &Region,
        id: JobId,
        limits: Limits,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // What is left of a job does not change while the job that resumes it is unsettled.
        let left = self.left_for(region, id, cutoff).await?;
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| {
                let Some(job) = load(tx, &region, id)? else { return Ok(()) };
                let (plan, lines) = match left {
                    Some(Left { lines, run: Some(run) }) => (Plan::Left(run), lines),
                    _ => Plan::new(tx, &region, &job.request, cutoff)?,
                };
                let webhook = webhooks::current(tx, &region)?;
                match (decisions::start(&job, &webhook, lines, now), plan) {
                    (Ok(Started::Running(job)), Plan::New(selection)) => {
                        save(tx, &region, &job)?;
                        snapshots::insert(tx, &region, id, &selection, &limits, now)
                    }
                    (Ok(Started::Running(job)), Plan::Left(run)) => {
                        save(tx, &region, &job)?;
                        snapshots::copy(tx, &region, id, &run, now)
                    }
                    (Ok(Started::Failed(job)), _) => save(tx, &region, &job),
                    (Err(Rejected { .. }), _) => Ok(()),
                }
            })
            .await
    }
}

/// What a job that starts delivers.
enum Plan {
    /// The lines that the archive has now.
    New(Selection),
    /// What is left of another job.
    Left(LeftRun),
}

impl Plan {
    /// The lines of a request that the archive has now, and their number.
    fn new(
        db: &Sql<'_>,
        region: &Region,
        request: &JobRequest,
        cutoff: Timestamp,
    ) -> Result<(Self, JobLines), StoreError> {
        if request.resumes.is_some() || request.heals.is_some() {
            let (selection, mut lines) = resumption::from_cutoff(db, region, request, cutoff)?;
            if let Some(outage) = request.heals {
                lines.lost += outages::lost_lines(db, region, outage)?;
            }
            return Ok((Self::New(selection), lines));
        }
        let selection = Selection::of(db, request, last_seq(db, region)?)?;
        let total = counts::amount(db, region, &selection)?;
        Ok((Self::New(selection), total.into()))
    }
}
