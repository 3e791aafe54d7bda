//! The clockwork that moves each region's job: a plain loop of durable steps. A status changes only
//! through the core, and a request is made only for a batch that the store gave out.

mod attempts;

use core::time::Duration;
use std::{collections::HashMap, sync::Arc};

use axum::http::StatusCode;
use replay_core::{Configured, JobStatus, Region, job::Step, webhook::Attempt};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, sleep},
};

pub use attempts::{Attempts, Due, Patience, Verdict};

use crate::{
    clock::Clock,
    delivery::{Answer, Deliver},
    store::{Batch, BatchLimits, Store, StoreError},
};

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
    pub patience: Patience,
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
}

/// A bell for each region: rung when its job may have something new to do.
#[derive(Clone, Debug)]
pub struct Bells(Arc<HashMap<Region, Notify>>);

impl<D: Deliver> Engine<D> {
    /// Moves the jobs of all `regions` until `stop` turns true; a step under way is finished.
    pub fn spawn(self: Arc<Self>, bells: &Bells, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for region in bells.0.keys() {
            let (engine, region) = (Arc::clone(&self), region.clone());
            tasks.spawn(engine.run(region, bells.clone(), stop.clone()));
        }
        tasks
    }

    /// Takes one step of the region's job, if there is one to take.
    ///
    /// # Errors
    /// When the store fails; the same step is due again then.
    pub async fn step(&self, region: &Region, attempts: &mut Attempts) -> Result<Next, StoreError> {
        let job = self.store.job(region).await?;
        let (Some(job), now) = (job.configured(), self.clock.now()) else {
            return Ok(Next::Settled);
        };
        match job.status {
            JobStatus::Unconfigured | JobStatus::Completed | JobStatus::Failed => {
                return Ok(Next::Settled);
            }
            JobStatus::Accepted => {
                self.store.advance(region, job.id, Step::Schedule, now).await?;
            }
            JobStatus::Pending => self.store.start(region, job.id, self.limits, now).await?,
            JobStatus::Running => return self.send(region, job, attempts).await,
        }
        Ok(Next::Now)
    }

    async fn send(
        &self,
        region: &Region,
        job: &Configured,
        attempts: &mut Attempts,
    ) -> Result<Next, StoreError> {
        let Some(batch) = self.store.next_batch(region, job).await? else {
            return self.end(region, job, Step::Complete).await;
        };
        if let Some(reason) = job.stopping() {
            return self.end(region, job, Step::Fail(reason.to_owned())).await;
        }
        match attempts.due(&self.patience, job.id, Instant::now()) {
            Due::Now => {}
            Due::In(wait) => return Ok(Next::In(wait)),
            Due::Never(reason) => return self.end(region, job, Step::Fail(reason)).await,
        }
        let answer = self.delivery.deliver(&batch).await;
        let verdict = attempts.judge(&self.patience, job.id, &answer, Instant::now());
        let attempt = self.attempt(&answer);
        match (verdict, batch.end(), batch.middle()) {
            (Verdict::Acknowledged, Some(end), _) => {
                self.store.acknowledge(region, job.id, end, attempt).await?;
            }
            (Verdict::TooLarge, Some(end), Some(middle)) => {
                self.store.cut(region, [middle, end], attempt).await?;
            }
            (Verdict::TooLarge, ..) => {
                self.store.note_attempt(region, attempt).await?;
                let reason =
                    format!("the webhook answered 413 to a single line, {}", place(&batch));
                return self.end(region, job, Step::Fail(reason)).await;
            }
            (Verdict::GiveUp(reason), ..) => {
                self.store.note_attempt(region, attempt).await?;
                return self.end(region, job, Step::Fail(reason)).await;
            }
            (Verdict::Again | Verdict::Acknowledged, ..) => {
                self.store.note_attempt(region, attempt).await?;
            }
        }
        Ok(Next::Now)
    }

    async fn end(&self, region: &Region, job: &Configured, step: Step) -> Result<Next, StoreError> {
        self.store.advance(region, job.id, step, self.clock.now()).await?;
        Ok(Next::Now)
    }

    fn attempt(&self, answer: &Answer) -> Attempt {
        let at = self.clock.now();
        match answer {
            Answer::Status { code, .. } => {
                let phrase =
                    StatusCode::from_u16(*code).ok().and_then(|code| code.canonical_reason());
                let message = phrase.filter(|_| !(200..300).contains(code)).map(str::to_owned);
                Attempt { at, code: Some(*code), message }
            }
            Answer::Nothing(why) | Answer::Denied(why) => {
                Attempt { at, code: None, message: Some(why.clone()) }
            }
        }
    }

    async fn run(self: Arc<Self>, region: Region, bells: Bells, mut stop: watch::Receiver<bool>) {
        let mut attempts = Attempts::default();
        while !*stop.borrow() {
            let wait = match self.step(&region, &mut attempts).await {
                Ok(Next::Now) => continue,
                Ok(Next::In(wait)) => Some(wait),
                Ok(Next::Settled) => None,
                Err(error) => {
                    tracing::error!(%region, %error, "the job could not be moved; trying again");
                    Some(Duration::from_secs(1))
                }
            };
            let wake = async {
                match wait {
                    Some(wait) => sleep(wait).await,
                    None => core::future::pending().await,
                }
            };
            tokio::select! {
                () = wake => {}
                () = bells.heard(&region) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

impl Bells {
    /// A bell for each of `regions`.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Self {
        Self(Arc::new(regions.into_iter().map(|region| (region, Notify::new())).collect()))
    }

    /// Rings the region's bell; it is heard even if nobody listens yet.
    pub fn ring(&self, region: &Region) {
        if let Some(bell) = self.0.get(region) {
            bell.notify_one();
        }
    }

    async fn heard(&self, region: &Region) {
        match self.0.get(region) {
            Some(bell) => bell.notified().await,
            None => core::future::pending().await,
        }
    }
}

fn place(batch: &Batch) -> String {
    batch.end().map_or_else(String::new, |end| format!("number {} of the archive", end.seq))
}
