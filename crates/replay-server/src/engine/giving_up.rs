//! The end of a job with requests in flight. A job that fails by itself lets them end. If a stop is
//! requested meanwhile, they are given up after a short grace: a receiver that hangs must not delay it.

use core::time::Duration;
use std::sync::Arc;

use replay_core::Region;
use tokio::time::Instant;

use super::{Deliveries, Engine, Next};
use crate::{
    delivery::{Deliver, DeliveryResult},
    store::{Batch, Due, StoreError},
};

/// How long requests in flight may take to end after a stop was requested.
const GRACE: Duration = Duration::from_millis(500);

impl<D: Deliver> Engine<D> {
    /// Takes note of the results of requests that ended before they were given up, and drops the
    /// others: they are no delivery attempts, and their lines stay unacknowledged.
    ///
    /// # Errors
    /// The store fails; the results are kept in `deliveries` and stored by the next step.
    pub async fn give_up(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
        results: Vec<(Arc<Batch>, DeliveryResult)>,
    ) -> Result<(), StoreError> {
        let finished = self.finish(region, deliveries, results).await;
        deliveries.in_flight = 0;
        deliveries.give_up_at = None;
        deliveries.is_stale = true;
        // Their slices have no requests any more.
        deliveries.job = None;
        finished
    }

    /// What is due while requests of a job that fails by itself are in flight.
    pub(super) async fn next_of_failing(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
    ) -> Result<Next, StoreError> {
        if deliveries.is_woken && matches!(self.store.due(region).await?, Due::End(..)) {
            return Ok(Self::next_of_ending(deliveries));
        }
        deliveries.is_woken = false;
        Ok(Self::wait_for_requests(deliveries))
    }

    /// What is due while requests of a job that has to end are in flight.
    pub(super) fn next_of_ending(deliveries: &mut Deliveries) -> Next {
        // Without a wake-up, the job ends because of the result of one of its own requests.
        if core::mem::take(&mut deliveries.is_woken) {
            deliveries.give_up_at.get_or_insert_with(|| Instant::now() + GRACE);
        }
        Self::wait_for_requests(deliveries)
    }

    fn wait_for_requests(deliveries: &Deliveries) -> Next {
        let now = Instant::now();
        match deliveries.give_up_at {
            None => Next::Requests,
            Some(at) if at <= now => Next::GiveUp,
            Some(at) => Next::In(at.duration_since(now)),
        }
    }
}
