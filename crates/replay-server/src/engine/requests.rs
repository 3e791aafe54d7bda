//! The next request of a running job: which slice sends, which batch, and what follows from lines that
//! cannot be read.

use std::sync::Arc;

use replay_core::{
    JobId, Region,
    delivery::DeliveryOutcome,
    job::{Amount, Step},
};
use tokio::time::Instant;

use super::{
    Deliveries, Engine, Next,
    congestion::Congestion,
    pacing::Pace,
    retry_state::{self, NextAttempt},
};
use crate::{
    delivery::Deliver,
    store::{DeliveryRecord, Slice, StoreError},
};

impl<D: Deliver> Engine<D> {
    /// The next request of the claimed job, or when there is one.
    pub(super) async fn next_request(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
    ) -> Result<Next, StoreError> {
        let Deliveries { job: Some(job), retry_state, congestion, pacing, in_flight, .. } =
            deliveries
        else {
            return Ok(Next::Now);
        };
        let now = Instant::now();
        if let Some(until) = self.slow_downs.take(region, now) {
            congestion.throttle(self.in_flight, now);
            retry_state.delay(job.id, until, now);
        }
        let limit = self.in_flight_limit(region, congestion);
        self.rates.set_in_flight_limit(region, limit);
        if *in_flight >= limit {
            return Ok(Next::Requests);
        }
        let id = job.id;
        let receiver = Arc::clone(&job.receiver);
        let Some(slice) = job.next_slice(limit) else {
            if *in_flight > 0 {
                return Ok(Next::Requests);
            }
            // The job ends, unless the database has lost an acknowledgement: then the cursors are read.
            deliveries.job = None;
            return Ok(Next::Now);
        };
        match pacing.next(now) {
            Pace::In(wait) if !slice.is_counted() => {
                retry_state.hold(id, now);
                return Ok(Next::In(wait));
            }
            // A batch that is sent again does not wait for the rate again.
            Pace::Now | Pace::In(_) => {}
            Pace::Paused => {
                retry_state.hold(id, now);
                return Ok(Next::Requests);
            }
        }
        match retry_state.next_attempt(&self.retry_policy, id, *in_flight, now) {
            NextAttempt::Now => {}
            NextAttempt::AfterRequests => return Ok(Next::Requests),
            NextAttempt::In(wait) => return Ok(Next::In(wait)),
            NextAttempt::Never(reason) => {
                deliveries.settling = Some((id, Step::Fail(reason)));
                return Ok(Next::Now);
            }
        }
        if !slice.has_batch() {
            let claimed = slice.slice;
            match self.store.next_batches(region, id, claimed, receiver).await {
                Ok(batches) if batches.is_empty() => {
                    return self.end_slice(region, deliveries, id, claimed).await;
                }
                Ok(batches) => slice.keep(batches),
                // The time without the database does not count for the job.
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => return Ok(self.unreadable(deliveries, id, &error)),
            }
        }
        let sent_at = Instant::now();
        let is_counted = slice.is_counted();
        let Some(batch) = slice.send(sent_at) else { return Ok(Next::Now) };
        if !is_counted {
            pacing.sent(batch.amount.lines, sent_at);
        }
        *in_flight += 1;
        Ok(Next::Send(batch))
    }

    /// How many requests of the job may be in flight. A live lane with lines to send has one of them for
    /// itself, so that a replay leaves it a share of the receiver.
    fn in_flight_limit(&self, region: &Region, congestion: &Congestion) -> usize {
        let limit = congestion.limit(self.in_flight);
        let is_shared = self.signals.state(region).is_some_and(|state| state.is_busy);
        if is_shared && limit > 1 { limit - 1 } else { limit }
    }

    /// Records that a slice has no line left.
    async fn end_slice(
        &self,
        region: &Region,
        deliveries: &mut Deliveries,
        job: JobId,
        slice: Slice,
    ) -> Result<Next, StoreError> {
        let delivered = Amount::default();
        let outcome = DeliveryOutcome::Acknowledged { cursor: slice.end, delivered };
        let record = DeliveryRecord { job, claim: slice.claim(), outcome, attempt: None };
        self.store.record_deliveries(region, vec![record], self.clock.now()).await?;
        if let Some(job) = &mut deliveries.job {
            job.remove(slice.number);
        }
        deliveries.is_stale = true;
        Ok(Next::Now)
    }

    /// What follows from lines that could not be read.
    pub(super) fn unreadable(
        &self,
        deliveries: &mut Deliveries,
        id: JobId,
        error: &StoreError,
    ) -> Next {
        let summary = error.summary();
        if error.is_damage() {
            deliveries.settling = Some((id, retry_state::unreadable(&summary)));
            return Next::Now;
        }
        let retry_state = &mut deliveries.retry_state;
        match retry_state.next_read(&self.retry_policy, id, &summary, Instant::now()) {
            Ok(wait) => Next::Unreadable { wait, summary },
            Err(fail) => {
                deliveries.settling = Some((id, fail));
                Next::Now
            }
        }
    }
}
