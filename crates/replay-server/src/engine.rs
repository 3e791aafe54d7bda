//! The engine: a loop for each region that advances the region's job in durable steps and delivers
//! several of its slices at once. Statuses are changed by `replay-core` only, and requests are made
//! only for batches that the store returned.

mod congestion;
mod deliveries;
mod delivery_rates;
mod failing;
mod giving_up;
mod heard_report;
mod lane_loop;
mod live;
mod live_events;
mod live_signals;
mod pacing;
mod probing;
mod region_loop;
mod requests;
mod retry_state;
mod slow_downs;
mod takeover;
mod timers;
mod unlimited_rate;
mod verdict;
mod waiting;
mod wakeups;

use core::time::Duration;
use std::sync::Arc;

use replay_core::{JobId, Policy, Region, delivery::DeliveryOutcome, job::Step, snapshot::Limits};
use tokio::time::Instant;

pub use deliveries::Deliveries;
pub use delivery_rates::DeliveryRates;
pub use failing::FailingRegions;
pub use live::{LiveDeliveries, LivePolicy, NewIds, NextLive};
pub use live_signals::{LiveSignals, LiveState};
pub use retry_state::RetryPolicy;
pub use slow_downs::SlowDowns;
pub use wakeups::Wakeups;

use deliveries::{JobDeliveries, SliceResult};

use crate::{
    clock::Clock,
    delivery::{Deliver, DeliveryResult},
    leases::Hold,
    metrics::{LaneKind, Metrics},
    store::{Batch, DeliveryRecord, Due, Recorded, Store, StoreError},
};

/// The wait after a step that failed because of the store.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The engine's dependencies and settings.
#[derive(Clone, Debug)]
pub struct Engine<D> {
    /// Holds jobs and lines.
    pub store: Store,
    /// Sends batches.
    pub delivery: D,
    /// The source of `now`.
    pub clock: Clock,
    /// The limits of batches and slices; a job keeps those with which it started.
    pub limits: Limits,
    /// The maximum number of requests of a job in flight.
    pub in_flight: usize,
    /// The retries of a batch.
    pub retry_policy: RetryPolicy,
    /// Identifies this process as the owner of slices.
    pub owner: String,
    /// When live lanes heal outages and give up.
    pub live: LivePolicy,
    /// Signals to and from the live lanes.
    pub signals: LiveSignals,
    /// Wakes the tasks of jobs.
    pub wakeups: Wakeups,
    /// Where the delivered lines are counted.
    pub rates: DeliveryRates,
    /// The pauses that the live lanes request of the jobs.
    pub slow_downs: SlowDowns,
    /// The retention: a job that is resumed or heals an outage sends no line beyond it.
    pub policy: Policy,
    /// Where requests and delivered lines are counted for the metrics page.
    pub metrics: Metrics,
}

/// What a region's job needs next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// Another step, at once.
    Now,
    /// A request with this batch. Its result is passed to [`Engine::finish`].
    Send(Arc<Batch>),
    /// Another step after this time, or when a request ends or the region is woken.
    In(Duration),
    /// Another step when a request ends or the region is woken.
    Requests,
    /// The end of every request in flight, without waiting for its result: the job was stopped. Results
    /// that there are already are passed to [`Engine::give_up`].
    GiveUp,
    /// Another step when the region is woken: the job has settled.
    Settled,
    /// Another step after `wait`, or when a request ends or the region is woken: lines of the job
    /// could not be read.
    Unreadable {
        /// The time until the lines are read again.
        wait: Duration,
        /// The cause, without paths, SQL and stored values.
        summary: String,
    },
}

impl<D: Deliver> Engine<D> {
    /// Takes the next step of the region's job, if one is due, or returns the next request.
    ///
    /// # Errors
    /// The store fails; the job is unchanged. Results of requests that could not be stored are kept
    /// in `deliveries` and stored by the next step.
    pub async fn next(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
    ) -> Result<Next, StoreError> {
        if !deliveries.unsaved.is_empty() {
            self.save(region, deliveries).await?;
        }
        if let Some((id, step)) = deliveries.settling.clone() {
            if deliveries.in_flight > 0 {
                return self.next_of_failing(region, deliveries).await;
            }
            self.advance(region, id, step).await?;
            *deliveries = Deliveries::default();
            return Ok(Next::Now);
        }
        if (deliveries.is_stale || deliveries.job.is_none())
            && let Some(next) = self.settle_or_claim(region, deliveries).await?
        {
            return Ok(next);
        }
        self.next_request(region, deliveries).await
    }

    /// Stores the results of requests, and applies them to `deliveries`.
    ///
    /// # Errors
    /// The store fails; the results are kept in `deliveries` and stored by the next step. No other
    /// request of their slices is made before.
    pub async fn finish(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
        results: Vec<(Arc<Batch>, DeliveryResult)>,
    ) -> Result<(), StoreError> {
        deliveries.in_flight = deliveries.in_flight.saturating_sub(results.len());
        for (batch, answer) in results {
            let (job, claim) = (batch.job, batch.claim);
            let policy = &self.retry_policy;
            let retry_state = &mut deliveries.retry_state;
            let now = Instant::now();
            let verdict = retry_state.verdict(policy, job, claim.number, &answer, now);
            deliveries.note_load(&batch, &verdict, self.in_flight, now);
            let outcome = verdict.outcome(&batch);
            let attempt = Some(answer.attempt(self.clock.now()));
            let record = DeliveryRecord { job, claim, outcome, attempt };
            deliveries.unsaved.push(SliceResult { batch, record });
        }
        self.save(region, deliveries).await
    }

    async fn save(&self, region: &Region, deliveries: &mut Deliveries) -> Result<(), StoreError> {
        let records = deliveries.unsaved.iter().map(|result| result.record.clone()).collect();
        let store = self.store.with_handover(deliveries.handover(Instant::now()));
        let recorded = store.record_deliveries(region, records, self.clock.now()).await?;
        let results = core::mem::take(&mut deliveries.unsaved);
        if recorded == Recorded::Lost {
            // The cursors are unknown now: the slices are claimed and read again.
            deliveries.job = None;
        }
        for result in results {
            if let DeliveryOutcome::Acknowledged { delivered, .. } = result.record.outcome {
                self.signals.receiver_works(region);
                self.rates.count(region, delivered.lines, Instant::now());
                self.metrics.count_delivered(region, LaneKind::Job, delivered.lines);
            }
            if let DeliveryOutcome::Gone { .. } = result.record.outcome {
                self.signals.webhook_changed(region);
            }
            deliveries.apply(&result);
        }
        deliveries.is_stale |= recorded != Recorded::GoesOn;
        Ok(())
    }

    /// Takes the next step that is no request. `None` if the job is running and its slices are
    /// claimed.
    async fn settle_or_claim(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
    ) -> Result<Option<Next>, StoreError> {
        let due = self.store.due(region).await?;
        match due {
            // A request in flight belongs to a job that has settled meanwhile.
            Due::Nothing if deliveries.in_flight > 0 => return Ok(Some(Next::Requests)),
            Due::Nothing => {
                // Without a wake-up no job has settled, and the signal would make the lane probe at once.
                let is_polled = deliveries.is_stale && !deliveries.is_woken;
                *deliveries = Deliveries::default();
                if self.live.heals && !is_polled {
                    self.signals.job_settled(region);
                }
                return Ok(Some(Next::Settled));
            }
            Due::Schedule(id) => self.advance(region, id, Step::Schedule).await?,
            Due::Start(id) => self.start(region, id).await?,
            Due::End(..) if deliveries.in_flight > 0 => {
                // The step follows when the requests have ended: until then it stays due.
                deliveries.is_stale = true;
                return Ok(Some(Self::next_of_ending(deliveries)));
            }
            Due::End(id, step) => {
                self.advance(region, id, step).await?;
                *deliveries = Deliveries::default();
            }
            Due::Deliver { job: id, lines_per_second } => {
                deliveries.retain(id);
                (deliveries.is_stale, deliveries.is_woken) = (false, false);
                deliveries.pacing.set_limit(lines_per_second, Instant::now());
                self.rates.set_limited(region, lines_per_second.is_some(), Instant::now());
                if deliveries.job.is_none() && deliveries.in_flight > 0 {
                    // A slice has one request at a time: it is claimed again when the requests have ended.
                    deliveries.is_stale = true;
                    return Ok(Some(Next::Requests));
                }
                if deliveries.job.is_none() {
                    match self.store.claim(region, id, &self.owner).await {
                        Ok(claimed) => deliveries.job = Some(JobDeliveries::new(id, claimed)),
                        Err(error) if error.is_damage() => {
                            return Ok(Some(self.unreadable(deliveries, id, &error)));
                        }
                        Err(error) => return Err(error),
                    }
                }
                return Ok(None);
            }
        }
        Ok(Some(Next::Now))
    }

    async fn start(&self, region: &Region, id: JobId) -> Result<(), StoreError> {
        self.rates.start(region, Instant::now());
        let now = self.clock.now();
        let cutoff = self.policy.deleted_before(now);
        match self.store.start(region, id, self.limits, cutoff, now).await {
            // The start counts lines of the archive.
            Err(error) if error.is_damage() => {
                self.advance(region, id, retry_state::unreadable(&error.summary())).await
            }
            started => started,
        }
    }

    /// The engine whose writes are made under a lease.
    fn holding(&self, hold: &Hold) -> Self
    where
        D: Clone,
    {
        Self { store: hold.store(&self.store), ..self.clone() }
    }

    async fn advance(&self, region: &Region, id: JobId, step: Step) -> Result<(), StoreError> {
        self.store.advance(region, id, step, self.clock.now()).await
    }
}
