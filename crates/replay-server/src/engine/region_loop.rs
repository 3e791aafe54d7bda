//! The task of each region: it takes the steps of the engine, keeps the requests in flight, and waits
//! for the next one that is due. It decides nothing.

use std::sync::Arc;

use replay_core::Region;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{Deliveries, Engine, FailingRegions, Next, RETRY_AFTER, failing::Work};
use crate::{
    delivery::{Deliver, DeliveryResult},
    metrics::Lane,
    store::Batch,
};

/// The requests in flight.
type Requests = JoinSet<(Arc<Batch>, DeliveryResult)>;

impl<D: Deliver> Engine<D> {
    /// Starts one task for each region that can be woken, which advances the region's job and updates
    /// `failing`. After `shutdown`, every task ends when its requests have ended.
    pub fn spawn(
        self: &Arc<Self>,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
        tasks: &mut JoinSet<()>,
    ) {
        for region in self.wakeups.regions() {
            let (engine, region) = (Arc::clone(self), region.clone());
            tasks.spawn(engine.run(region, failing.clone(), shutdown.clone()));
        }
    }

    async fn run(
        self: Arc<Self>,
        region: Region,
        failing: FailingRegions,
        shutdown: CancellationToken,
    ) {
        let (mut deliveries, mut requests) = (Deliveries::default(), Requests::new());
        while !(shutdown.is_cancelled() && requests.is_empty()) {
            if self.wakeups.take(&region).await {
                deliveries.mark_stale();
            }
            // Read once: a shutdown during the step must still end the wait below.
            let is_ending = shutdown.is_cancelled();
            let next = if is_ending {
                Ok(Next::Requests)
            } else {
                self.next(&region, &mut deliveries).await
            };
            match &next {
                Ok(Next::Unreadable { summary, .. }) => failing.failed(&region, Work::Job, summary),
                Err(error) => failing.failed(&region, Work::Job, error),
                Ok(_) => failing.succeeded(&region, Work::Job),
            }
            self.rates.set_in_flight(&region, requests.len());
            let wait = match next {
                Ok(Next::Now) => continue,
                Ok(Next::Send(batch)) => {
                    let (engine, region) = (Arc::clone(&self), region.clone());
                    requests.spawn(async move {
                        let request = engine.delivery.deliver(&batch);
                        let result = engine.metrics.measure(&region, Lane::Job, request).await;
                        (batch, result)
                    });
                    continue;
                }
                Ok(Next::In(wait) | Next::Unreadable { wait, .. }) => Some(wait),
                Ok(Next::Settled | Next::Requests) => None,
                Err(_) => Some(RETRY_AFTER),
            };
            let wake = async {
                match wait {
                    Some(wait) => sleep(wait).await,
                    None => core::future::pending().await,
                }
            };
            tokio::select! {
                Some(ended) = requests.join_next() => {
                    let mut results = vec![result_of(ended)];
                    while let Some(ended) = requests.try_join_next() {
                        results.push(result_of(ended));
                    }
                    // An error is met again by the next step, which stores the results.
                    let _ = self.finish(&region, &mut deliveries, results).await;
                }
                () = wake => {}
                () = self.wakeups.woken(&region) => deliveries.mark_stale(),
                () = shutdown.cancelled(), if !is_ending => {}
            }
        }
    }
}

/// The result of a request; a panic of its task goes on in this one.
fn result_of(
    ended: Result<(Arc<Batch>, DeliveryResult), tokio::task::JoinError>,
) -> (Arc<Batch>, DeliveryResult) {
    match ended {
        Ok(result) => result,
        // The tasks are never aborted while the loop runs.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
