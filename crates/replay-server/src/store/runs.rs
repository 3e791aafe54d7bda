//! What a region's job needs next, and the claim of its slices. Every step is one transaction. The rules are
//! in `replay-core`.

use std::sync::Arc;

use replay_core::{
    JobId, Region,
    delivery::{self, NextAction, NextDelivery},
    job::Step,
};

use super::{Receiver, Slice, Store, StoreError, batches, job_rows::current, slices, snapshots};

/// What a region's job needs next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing: there is no job, or it has settled.
    Nothing,
    /// [`Step::Schedule`] of this job.
    Schedule(JobId),
    /// The start of this job.
    Start(JobId),
    /// A step that settles this job, once no request is in flight.
    End(JobId, Step),
    /// Requests with the next batches of a job's slices.
    Deliver {
        /// The job.
        job: JobId,
        /// The maximum number of lines to deliver per second: 0 pauses the job, `None` is no limit.
        lines_per_second: Option<u64>,
    },
}

/// What the deliveries of a running job need.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The receiver of every request.
    pub receiver: Arc<Receiver>,
    /// The slices in order, with new fencing tokens.
    pub slices: Vec<Slice>,
}

impl Store {
    /// What the region's job needs next.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable.
    pub async fn due(&self, region: &Region) -> Result<Due, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| {
                let current_job = current(db, &region)?;
                let Some(job) = current_job.configured() else { return Ok(Due::Nothing) };
                Ok(match current_job.next_action() {
                    NextAction::None => Due::Nothing,
                    NextAction::Schedule => Due::Schedule(job.id),
                    NextAction::Start => Due::Start(job.id),
                    NextAction::Deliver => {
                        let is_acknowledged = slices::is_acknowledged(db, &region, job.id)?;
                        match delivery::next_delivery(job, is_acknowledged) {
                            NextDelivery::Settle(step) => Due::End(job.id, step),
                            NextDelivery::Send => {
                                Due::Deliver { job: job.id, lines_per_second: job.lines_per_second }
                            }
                        }
                    }
                })
            })
            .await
    }

    /// Claims the slices of a running job for `owner`. Results of earlier claims are not stored any
    /// more.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn claim(
        &self,
        region: &Region,
        id: JobId,
        owner: &str,
    ) -> Result<Claimed, StoreError> {
        let (region, owner) = (region.clone(), owner.to_owned());
        self.database
            .of(&region)
            .write_lazily(move |tx| {
                slices::claim(tx, &region, id, &owner)?;
                let snapshot = snapshots::load(tx, &region, id)?
                    .ok_or(StoreError::Corrupt("snapshot of a running job"))?;
                let receiver = Arc::new(batches::receiver(tx, &region, &snapshot)?);
                let slices = slices::load(tx, &region, id)?;
                Ok(Claimed { receiver, slices })
            })
            .await
    }
}
