//! The engine: a loop for each region that advances the region's job in durable steps. Statuses are
//! changed by `replay-core` only, and requests are made only for batches that the store returned.

mod failing;
mod retry_state;
mod wakeups;

use core::time::Duration;
use std::sync::Arc;

use replay_core::{JobId, Region, job::Step};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

pub use failing::FailingRegions;
pub use retry_state::{RetryPolicy, RetryState};
pub use wakeups::Wakeups;

use retry_state::NextAttempt;

use crate::{
    clock::Clock,
    delivery::Deliver,
    store::{Batch, BatchLimits, DeliveryRecord, Due, Store, StoreError},
};

/// The wait after a step that failed because of the store.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The engine's dependencies and settings.
#[derive(Debug)]
pub struct Engine<D> {
    /// Holds jobs and lines.
    pub store: Store,
    /// Sends batches.
    pub delivery: D,
    /// The source of `now`.
    pub clock: Clock,
    /// The size of a batch; a job keeps the limits with which it started.
    pub limits: BatchLimits,
    /// The retries of a batch.
    pub retry_policy: RetryPolicy,
}

/// When the next step of a region's job is due.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// At once.
    Now,
    /// After this time, or when the region is woken.
    In(Duration),
    /// When the region is woken: the job has settled.
    Settled,
    /// After `wait`, or when the region is woken: the job's lines could not be read.
    Unreadable {
        /// The time until the lines are read again.
        wait: Duration,
        /// The cause, without paths, SQL and stored values.
        summary: String,
    },
}

impl<D: Deliver> Engine<D> {
    /// Starts one task for each region of `wakeups`, which advances the region's job and updates
    /// `failing`. After `shutdown`, every task ends after its current step.
    pub fn spawn(
        self: Arc<Self>,
        wakeups: &Wakeups,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
    ) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for region in wakeups.regions() {
            let (engine, region) = (Arc::clone(&self), region.clone());
            tasks.spawn(engine.run(region, wakeups.clone(), failing.clone(), shutdown.clone()));
        }
        tasks
    }

    /// Takes the next step of the region's job, if one is due.
    ///
    /// # Errors
    /// The store fails; the job is unchanged. The result of a request that could not be stored is
    /// kept in `retry_state` and stored by the next step.
    pub async fn step(
        &self,
        region: &Region,
        retry_state: &mut RetryState,
    ) -> Result<Next, StoreError> {
        if let Some(record) = retry_state.take_unsaved() {
            return self.record(region, record, retry_state).await;
        }
        match self.store.due(region).await? {
            Due::Nothing => return Ok(Next::Settled),
            Due::Schedule(id) => self.advance(region, id, Step::Schedule).await?,
            Due::Start(id) => {
                let started = self.store.start(region, id, self.limits, self.clock.now()).await;
                match started {
                    // The start reads the highest sequence number of the archive.
                    Err(error) if error.is_damage() => {
                        self.advance(region, id, retry_state::unreadable(&error.summary())).await?;
                    }
                    started => started?,
                }
            }
            Due::End(id, step) => self.advance(region, id, step).await?,
            Due::Send(batch) => return self.send(region, &batch, retry_state).await,
            Due::Unreadable { id, damaged: true, summary } => {
                self.advance(region, id, retry_state::unreadable(&summary)).await?;
            }
            Due::Unreadable { id, damaged: false, summary } => {
                match retry_state.next_read(&self.retry_policy, id, &summary, Instant::now()) {
                    Ok(wait) => return Ok(Next::Unreadable { wait, summary }),
                    Err(fail) => self.advance(region, id, fail).await?,
                }
            }
        }
        Ok(Next::Now)
    }

    async fn send(
        &self,
        region: &Region,
        batch: &Batch,
        retry_state: &mut RetryState,
    ) -> Result<Next, StoreError> {
        match retry_state.next_attempt(&self.retry_policy, batch.job, Instant::now()) {
            NextAttempt::Now => {}
            NextAttempt::In(wait) => return Ok(Next::In(wait)),
            NextAttempt::Never(reason) => {
                self.advance(region, batch.job, Step::Fail(reason)).await?;
                return Ok(Next::Now);
            }
        }
        let answer = self.delivery.deliver(batch).await;
        let outcome = retry_state.outcome(&self.retry_policy, batch, &answer, Instant::now());
        let attempt = answer.attempt(self.clock.now());
        self.record(region, DeliveryRecord { job: batch.job, outcome, attempt }, retry_state).await
    }

    /// Stores the result of a request; no other request is sent before it is stored.
    async fn record(
        &self,
        region: &Region,
        record: DeliveryRecord,
        retry_state: &mut RetryState,
    ) -> Result<Next, StoreError> {
        match self.store.record_delivery(region, record.clone()).await {
            Ok(()) => Ok(Next::Now),
            Err(error) => {
                retry_state.keep_unsaved(record);
                Err(error)
            }
        }
    }

    async fn advance(&self, region: &Region, id: JobId, step: Step) -> Result<(), StoreError> {
        self.store.advance(region, id, step, self.clock.now()).await
    }

    async fn run(
        self: Arc<Self>,
        region: Region,
        wakeups: Wakeups,
        failing: FailingRegions,
        shutdown: CancellationToken,
    ) {
        let mut retry_state = RetryState::default();
        while !shutdown.is_cancelled() {
            let next = self.step(&region, &mut retry_state).await;
            match &next {
                Ok(Next::Unreadable { summary, .. }) => failing.failed(&region, summary),
                Err(error) => failing.failed(&region, error),
                Ok(Next::Now | Next::In(_) | Next::Settled) => failing.succeeded(&region),
            }
            let wait = match next {
                Ok(Next::Now) => continue,
                Ok(Next::In(wait) | Next::Unreadable { wait, .. }) => Some(wait),
                Ok(Next::Settled) => None,
                Err(_) => Some(RETRY_AFTER),
            };
            let wake = async {
                match wait {
                    Some(wait) => sleep(wait).await,
                    None => core::future::pending().await,
                }
            };
            tokio::select! {
                () = wake => {}
                () = wakeups.woken(&region) => {}
                () = shutdown.cancelled() => {}
            }
        }
    }
}
