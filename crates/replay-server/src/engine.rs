//! The clockwork that moves each region's job: a plain loop of durable steps. A status changes only
//! through the core, and a request is made only for a batch that the store gave out.

mod failing;
mod retry_state;

use core::time::Duration;
use std::{collections::HashMap, sync::Arc};

use replay_core::{JobId, Region, job::Step};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

pub use failing::FailingRegions;
pub use retry_state::{RetryPolicy, RetryState};

use retry_state::{Made, NextAttempt, Verdict};

use crate::{
    clock::Clock,
    delivery::Deliver,
    store::{Batch, BatchLimits, Due, Outcome, Store, StoreError},
};

/// How long to wait after a step that the store failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the engine works with.
#[derive(Debug)]
pub struct Engine<D> {
    /// Where jobs and lines are.
    pub store: Store,
    /// What carries batches.
    pub delivery: D,
    /// What tells the time.
    pub clock: Clock,
    /// How much goes into one request.
    pub limits: BatchLimits,
    /// How patient a job is with its receiver.
    pub retry_policy: RetryPolicy,
}

/// When a region's job wants its next step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// At once.
    Now,
    /// After so long, or when its bell rings.
    In(Duration),
    /// When its bell rings: the job is settled.
    Settled,
    /// After `wait`, since its lines could not be read.
    Unreadable {
        /// How long to wait before they are read again.
        wait: Duration,
        /// What failed.
        summary: String,
    },
}

/// A bell for each region: rung when its job may have something new to do.
#[derive(Clone, Debug)]
pub struct Wakeups(Arc<HashMap<Region, Notify>>);

impl<D: Deliver> Engine<D> {
    /// Moves the job of every region that has a bell until `shutdown`, and keeps `failing`
    /// up to date; a step under way is finished.
    pub fn spawn(
        self: Arc<Self>,
        wakeups: &Wakeups,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
    ) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for region in wakeups.0.keys() {
            let (engine, region) = (Arc::clone(&self), region.clone());
            tasks.spawn(engine.run(region, wakeups.clone(), failing.clone(), shutdown.clone()));
        }
        tasks
    }

    /// Takes one step of the region's job, if there is one to take.
    ///
    /// # Errors
    /// When the store fails; what was not remembered of a request is what the next step remembers.
    pub async fn step(
        &self,
        region: &Region,
        retry_state: &mut RetryState,
    ) -> Result<Next, StoreError> {
        if let Some(made) = retry_state.take_unsaved() {
            return self.settle(region, made, retry_state).await;
        }
        match self.store.due(region).await? {
            Due::Nothing => return Ok(Next::Settled),
            Due::Schedule(id) => self.advance(region, id, Step::Schedule).await?,
            Due::Start(id) => {
                let started = self.store.start(region, id, self.limits, self.clock.now()).await;
                match started {
                    // To start a job is to read where the archive ends.
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
                match retry_state.turn_to_read(&self.retry_policy, id, &summary, Instant::now()) {
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
        let verdict = retry_state.judge(&self.retry_policy, batch.job, &answer, Instant::now());
        let outcome = match (verdict, batch.middle()) {
            (Verdict::Acknowledged, _) => {
                Outcome::Acknowledged { end: batch.end, lines: batch.lines.len() }
            }
            (Verdict::Again, _) => Outcome::Again,
            (Verdict::TooLarge, Some(middle)) => Outcome::TooLarge([middle, batch.end]),
            (Verdict::TooLarge, None) => Outcome::GaveUp(format!(
                "the webhook answered 413 to a single line, number {} of the archive",
                batch.end.seq
            )),
            (Verdict::GiveUp(reason), _) => Outcome::GaveUp(reason),
        };
        let attempt = answer.attempt(self.clock.now());
        self.settle(region, Made { job: batch.job, outcome, attempt }, retry_state).await
    }

    /// Remembers what came of a request; until that has been done, no other is made.
    async fn settle(
        &self,
        region: &Region,
        made: Made,
        retry_state: &mut RetryState,
    ) -> Result<Next, StoreError> {
        let Made { job, outcome, attempt } = made.clone();
        let settled = self.store.settle(region, job, outcome, attempt).await;
        if settled.is_err() {
            retry_state.keep_unsaved(made);
        }
        settled.map(|()| Next::Now)
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

impl Wakeups {
    /// A bell for each of `regions`.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Self {
        Self(Arc::new(regions.into_iter().map(|region| (region, Notify::new())).collect()))
    }

    /// Rings the region's bell; it is heard even if nobody listens yet.
    pub fn wake(&self, region: &Region) {
        if let Some(bell) = self.0.get(region) {
            bell.notify_one();
        }
    }

    async fn woken(&self, region: &Region) {
        match self.0.get(region) {
            Some(bell) => bell.notified().await,
            None => core::future::pending().await,
        }
    }
}
