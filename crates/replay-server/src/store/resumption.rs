//! The resumption of a failed job: what is left of it, which of its lines the retention has removed, and
//! the job that resumes it. The rules are in `replay-core`.

use replay_core::{
    Job, JobId, JobStatus, Refusal, Region,
    decisions::{self, Resume},
    job::{Amount, JobLines},
    request::{JobRequest, Requester},
    snapshot::{Position, SliceBounds},
};
use time_range::Timestamp;

use super::{
    ChangeError, Notice, Store, StoreError, counts,
    job_changes::save,
    job_rows::{current, load, make_current},
    line_numbers::last_seq,
    nanoseconds, outage_rows,
    selections::Selection,
    slices::{self, Slice},
    snapshots::{self, LeftRun},
    sql::Sql,
    webhooks,
};

/// What is left of a failed job.
#[derive(Clone, Debug)]
pub(super) struct Left {
    /// The lines that are left and those that are lost.
    pub(super) lines: JobLines,
    /// The run that goes on; `None` if the job has not started.
    pub(super) run: Option<LeftRun>,
}

impl Store {
    /// Submits a job that resumes the region's failed job. Lines dated before `cutoff` are lost.
    ///
    /// # Errors
    /// The refusal of [`decisions::resume`], or the database fails, or a part of the archive is damaged;
    /// nothing is changed.
    pub async fn resume(
        &self,
        region: &Region,
        id: JobId,
        requester: Option<Requester>,
        cutoff: Timestamp,
        now: Timestamp,
    ) -> Result<Job, ChangeError> {
        // Counting may take long: so no writer waits.
        let (failed, left) = self.failed_job(region, cutoff).await?;
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| {
                let job = current(tx, &region)?;
                if job != failed {
                    return Err(Refusal::NothingToResume.into());
                }
                let has_enabled_webhook = webhooks::current(tx, &region)?.is_enabled();
                let resume = Resume { id, requester, left, has_enabled_webhook };
                let resumed = decisions::resume(&job, resume, now)?;
                save(tx, &region, &resumed)?;
                make_current(tx, &region, id)?;
                Notice::Job(region.clone()).tell(tx)?;
                if let Some(outage) = resumed.request.heals
                    && let Some(mut stored) = outage_rows::load(tx, &region, outage)?
                {
                    stored.outage.healing_job = Some(id);
                    outage_rows::update(tx, &stored)?;
                }
                Ok(Job::Configured(resumed))
            })
            .await
    }

    /// The region's job, and what is left of it if it has failed.
    async fn failed_job(
        &self,
        region: &Region,
        cutoff: Timestamp,
    ) -> Result<(Job, JobLines), StoreError> {
        let job = {
            let region = region.clone();
            self.database.read_at_one_moment(move |db| current(db, &region)).await?
        };
        let failed = job.configured().filter(|job| job.status == JobStatus::Failed);
        let lines = match failed {
            Some(failed) => self.left_of(region, failed.resumption().job, cutoff).await?.lines,
            None => JobLines::default(),
        };
        Ok((job, lines))
    }

    /// What is left for a job that resumes another one; `None` for any other job.
    pub(super) async fn left_for(
        &self,
        region: &Region,
        id: JobId,
        cutoff: Timestamp,
    ) -> Result<Option<Left>, StoreError> {
        let job = {
            let region = region.clone();
            self.database.read_at_one_moment(move |db| load(db, &region, id)).await?
        };
        match job.and_then(|job| job.request.resumes) {
            Some(resumed) => self.left_of(region, resumed.job, cutoff).await.map(Some),
            None => Ok(None),
        }
    }

    /// What is left of the failed job `id`, which does not change. This may read every line that is left.
    async fn left_of(
        &self,
        region: &Region,
        id: JobId,
        cutoff: Timestamp,
    ) -> Result<Left, StoreError> {
        let region = region.clone();
        self.database
            .read_separately_at_one_moment(move |db| Left::of(db, &region, id, cutoff))
            .await
    }
}

impl Left {
    /// What is left of the failed job `id`. Lines dated before `cutoff` are lost, even if they are still
    /// archived: otherwise some of a batch could be deleted, and its id would stand for other bytes.
    ///
    /// # Errors
    /// The database fails, or there is no such job, or a part of the archive is damaged.
    pub(super) fn of(
        db: &Sql<'_>,
        region: &Region,
        id: JobId,
        cutoff: Timestamp,
    ) -> Result<Self, StoreError> {
        let job = load(db, region, id)?.ok_or(StoreError::Corrupt("resumed job"))?;
        let Some(snapshot) = snapshots::load(db, region, id)? else {
            let (_, lines) = from_cutoff(db, region, &job.request, cutoff)?;
            return Ok(Self { lines, run: None });
        };
        let selection = Selection::of(db, &job.request, snapshot.high_water_seq)?;
        let mut slices = slices::load(db, region, id)?;
        for slice in &mut slices {
            slice.start = slice.cursor.max(first_kept(cutoff));
            slice.cursor = slice.start;
        }
        slices.retain(|slice| !slice.is_completed());
        let mut lines = JobLines::default();
        for bounds in joined(&slices) {
            lines.total += selection.measure_within(db, region, bounds)?.amount;
        }
        if let Some(progress) = job.progress
            && let Some(total) = progress.total
        {
            let undelivered = total.lines.saturating_sub(progress.delivered.lines);
            lines.lost = progress.lost_lines + undelivered.saturating_sub(lines.total.lines);
        }
        Ok(Self { lines, run: Some(LeftRun { snapshot, slices }) })
    }
}

/// The lines of a request that the archive has now, without those dated before `cutoff`, which are lost.
/// Those of them that are deleted already are not known any more.
pub(super) fn from_cutoff(
    db: &Sql<'_>,
    region: &Region,
    request: &JobRequest,
    cutoff: Timestamp,
) -> Result<(Selection, JobLines), StoreError> {
    let mut kept = Selection::of(db, request, last_seq(db, region)?)?;
    let first_ns = first_kept(cutoff).event_ns;
    let mut lost = 0;
    if kept.reach.first_ns < first_ns {
        let mut before = kept.clone();
        before.reach.last_ns = before.reach.last_ns.min(first_ns.saturating_sub(1));
        lost = counts::amount(db, region, &before)?.lines;
        kept.reach.first_ns = first_ns;
    }
    let is_empty = kept.reach.last_ns < kept.reach.first_ns;
    let total = if is_empty { Amount::default() } else { counts::amount(db, region, &kept)? };
    Ok((kept, JobLines { total, lost }))
}

fn first_kept(cutoff: Timestamp) -> Position {
    Position::first_at(nanoseconds(cutoff))
}

/// The bounds of slices, of which those that adjoin are one.
fn joined(slices: &[Slice]) -> Vec<SliceBounds> {
    let mut joined: Vec<SliceBounds> = Vec::new();
    for slice in slices {
        match joined.last_mut() {
            Some(last) if last.end == slice.start => last.end = slice.end,
            _ => joined.push(SliceBounds { start: slice.start, end: slice.end }),
        }
    }
    joined
}
