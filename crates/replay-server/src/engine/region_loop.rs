//! The task of each region: while this node has the lease of the deliveries, it takes the steps of the
//! engine, keeps the requests in flight, and waits for the next one that is due. It decides nothing.

use std::sync::Arc;

use replay_core::{Region, lease::WorkKind};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    Engine, FailingRegions, Next, RETRY_AFTER,
    failing::Work,
    timers::{after, until},
};
use crate::{
    delivery::{Deliver, DeliveryResult},
    leases::{Hold, Leases},
    metrics::LaneKind,
    store::{Batch, StoreError},
};

/// The requests in flight.
type Requests = JoinSet<(Arc<Batch>, DeliveryResult)>;

impl<D: Deliver + Clone> Engine<D> {
    /// Starts one task for each region that can be woken, which advances the region's job while `leases`
    /// allow it, and updates `failing`. After `shutdown`, every task ends when its requests have ended.
    pub fn spawn(
        self: &Arc<Self>,
        leases: &Leases,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
        tasks: &mut JoinSet<()>,
    ) {
        for region in self.wakeups.regions() {
            let (engine, region) = (Arc::clone(self), region.clone());
            tasks.spawn(engine.run(region, leases.clone(), failing.clone(), shutdown.clone()));
        }
    }

    async fn run(
        self: Arc<Self>,
        region: Region,
        leases: Leases,
        failing: FailingRegions,
        shutdown: CancellationToken,
    ) {
        while !shutdown.is_cancelled() {
            let hold = tokio::select! {
                hold = leases.hold(WorkKind::Delivery, &region) => hold,
                () = shutdown.cancelled() => return,
            };
            let engine = Arc::new(self.holding(&hold));
            // The requests in flight and everything in memory are dropped with this future.
            tokio::select! {
                () = engine.run_held(&region, &hold, &failing, &shutdown) => {}
                () = hold.lost() => {}
            }
            failing.succeeded(&region, Work::Job);
            self.rates.set_in_flight(&region, 0);
        }
    }

    /// Advances the region's job until `shutdown`, or until another node has its lease.
    async fn run_held(
        self: &Arc<Self>,
        region: &Region,
        hold: &Hold,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
    ) {
        let (mut deliveries, mut requests) = (self.take_over(region).await, Requests::new());
        let mut poll_at = hold.next_poll();
        while !(shutdown.is_cancelled() && requests.is_empty()) {
            if self.wakeups.take(region).await {
                deliveries.mark_stale();
            }
            // Read once: a shutdown during the step must still end the wait below.
            let (is_ending, began_at) = (shutdown.is_cancelled(), Instant::now());
            let next = if is_ending {
                Ok(Next::Requests)
            } else {
                self.next(region, &mut deliveries).await
            };
            match &next {
                Err(StoreError::Fenced) => return hold.give_up(),
                Ok(Next::Unreadable { summary, .. }) => failing.failed(region, Work::Job, summary),
                Err(error) => {
                    failing.failed(region, Work::Job, error);
                    if error.is_unavailable() {
                        deliveries.retry_state.hold_since(began_at);
                    }
                }
                Ok(_) => failing.succeeded(region, Work::Job),
            }
            self.rates.set_in_flight(region, requests.len());
            let wait = match next {
                Ok(Next::Now) => continue,
                Ok(Next::Send(_)) if hold.is_lost() => return hold.give_up(),
                Ok(Next::Send(batch)) => {
                    let (engine, region) = (Arc::clone(self), region.clone());
                    requests.spawn(async move {
                        let request = engine.delivery.deliver(&batch);
                        let result = engine.metrics.measure(&region, LaneKind::Job, request).await;
                        (batch, result)
                    });
                    continue;
                }
                Ok(Next::GiveUp) => {
                    let results = given_up(&mut requests).await;
                    // An error is met again by the next step, which stores the results.
                    let _ = self.give_up(region, &mut deliveries, results).await;
                    continue;
                }
                Ok(Next::In(wait) | Next::Unreadable { wait, .. }) => Some(wait),
                Ok(Next::Settled | Next::Requests) => None,
                Err(_) => Some(RETRY_AFTER),
            };
            let (wake, poll) = (after(wait), until(poll_at));
            tokio::select! {
                Some(ended) = requests.join_next() => {
                    let mut results = Vec::from_iter(result_of(ended));
                    while let Some(ended) = requests.try_join_next() {
                        results.extend(result_of(ended));
                    }
                    // An error is met again by the next step, which stores the results.
                    let _ = self.finish(region, &mut deliveries, results).await;
                }
                () = wake => {}
                () = poll, if !is_ending => {
                    deliveries.note_poll();
                    poll_at = hold.next_poll();
                }
                () = self.wakeups.woken(region) => deliveries.mark_stale(),
                () = shutdown.cancelled(), if !is_ending => {}
            }
        }
    }
}

/// Aborts the requests in flight; returns the results of those that had ended already.
async fn given_up(requests: &mut Requests) -> Vec<(Arc<Batch>, DeliveryResult)> {
    requests.abort_all();
    let mut results = Vec::new();
    while let Some(ended) = requests.join_next().await {
        results.extend(result_of(ended));
    }
    results
}

/// The result of a request, unless it was given up; a panic of its task goes on in this one.
fn result_of(
    ended: Result<(Arc<Batch>, DeliveryResult), tokio::task::JoinError>,
) -> Option<(Arc<Batch>, DeliveryResult)> {
    match ended {
        Ok(result) => Some(result),
        Err(error) if error.is_cancelled() => None,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
