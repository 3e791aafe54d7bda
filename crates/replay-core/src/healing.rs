//! The decisions about healing an outage: whether its undelivered lines can be delivered by a job, and
//! which completed replays have delivered them.

use alloc::{vec, vec::Vec};

use chrono::TimeDelta;

use crate::{
    Configured, Job, JobStatus, Outage, Refusal, Timeframe, Timestamp,
    decisions::{self, NewJob, Submission, SubmissionTarget, Submitted},
    request::{JobRequest, Requester, Resumption},
};

/// How long the receiver must have been well before the server heals an outage by itself.
pub const WELL_FOR: TimeDelta = TimeDelta::seconds(30);

/// The state on which the healing of an outage is decided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HealingState {
    /// The outage.
    pub outage: Outage,
    /// The last job that has started to heal it.
    pub last_started: Option<Configured>,
    /// The job to make, and the state of its region.
    pub target: SubmissionTarget,
}

/// Submits a job that delivers the undelivered lines of an outage. If an earlier healing job has
/// failed, the new one resumes it. Lines dated before `cutoff` are past the retention.
///
/// # Errors
/// In this order: [`Refusal::Running`], [`Refusal::OutageNotEnded`], [`Refusal::OutageHealed`],
/// [`Refusal::NothingLeft`], or [`Refusal::BadRequest`] without an enabled webhook.
pub fn heal(
    state: HealingState,
    requester: Option<Requester>,
    cutoff: Timestamp,
    now: Timestamp,
) -> Result<Submitted, Refusal> {
    let HealingState { outage, last_started, target } = state;
    if target.current_job.status() == JobStatus::Running {
        return Err(Refusal::Running(Vec::new()));
    }
    if outage.ended_at.is_none() {
        return Err(Refusal::OutageNotEnded);
    }
    if outage.healed.is_some() {
        return Err(Refusal::OutageHealed);
    }
    let is_left = |span: &Timeframe| outage.is_healable() && span.end() >= cutoff;
    let Some(timeframe) = outage.span.filter(is_left) else {
        return Err(Refusal::NothingLeft);
    };
    let failed = last_started.filter(|job| job.status == JobStatus::Failed);
    let resumes = failed.map(|job| Resumption { job: job.id, delivery_id: job.delivery_id() });
    let request = JobRequest { heals: Some(outage.id), resumes, requester, ..timeframe.into() };
    let NewJob { region, id } = target.new_job.clone();
    let submission = Submission::to_region(region, id, request);
    let submitted = decisions::submit(&submission, vec![target], now)?;
    submitted.into_iter().next().ok_or(Refusal::Internal)
}

/// Whether the server may heal an outage by itself now: the region's job has settled, the receiver has
/// been well since `well_since` for long enough, and no one has to decide first.
#[must_use]
pub fn is_due(outage: &Outage, job: &Job, well_since: Timestamp, now: Timestamp) -> bool {
    let has_settled = job.configured().is_none_or(|job| job.status.is_settled());
    let failed_at = match job.configured() {
        Some(job) if job.status == JobStatus::Failed => Some(job.updated_at),
        Some(_) | None => None,
    };
    let well_since = failed_at.map_or(well_since, |failed_at| failed_at.max(well_since));
    has_settled
        && outage.is_healable()
        && outage.hold.is_none()
        && outage.cause.reason.heals_by_itself()
        && now - well_since >= WELL_FOR
}

/// Whether the completed `job` with this snapshot delivered every undelivered line of the outage.
/// `last_seq` is the highest sequence number of these lines.
#[must_use]
pub fn is_healed_by(
    outage: &Outage,
    job: &Configured,
    high_water_seq: i64,
    last_seq: Option<i64>,
) -> bool {
    if job.status != JobStatus::Completed {
        return false;
    }
    match job.request.heals {
        Some(healed) => healed == outage.id,
        None => {
            job.request.kinds.is_none()
                && outage.is_covered_by(job.request.timeframe, high_water_seq, last_seq)
        }
    }
}

#[cfg(test)]
mod tests;
