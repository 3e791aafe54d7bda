//! What happens to a live lane beside its requests: it lags behind, its webhook changes during a request,
//! and an outage can be healed.

use core::time::Duration;

use replay_core::{JobId, OutageId, Region};
use tokio::time::Instant;

use super::{Engine, LiveDeliveries};
use crate::{delivery::Deliver, store::StoreError};

impl<D: Deliver> Engine<D> {
    /// The time until the lane has lagged behind for too long; `None` if no line waits, or if an outage is
    /// open.
    pub(super) fn until_lag(&self, live: &LiveDeliveries) -> Option<Duration> {
        let is_delivering = live.request.as_ref().is_some_and(|request| !request.is_probe);
        let since = live.waiting.since().filter(|_| is_delivering)?;
        Some((since + self.live.max_lag).saturating_duration_since(Instant::now()))
    }

    /// Begins an outage because the lane has lagged behind for too long.
    ///
    /// # Errors
    /// The store fails; nothing is changed.
    pub(super) async fn begin_lag(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
        new_outage: OutageId,
    ) -> Result<(), StoreError> {
        self.store.note_lag(region, new_outage, self.clock.now()).await?;
        if let Some(request) = &mut live.request {
            request.is_probe = true;
        }
        Ok(())
    }

    /// Gives the request in flight up if its webhook has been changed. Its batch stays the lane's batch:
    /// it may have arrived. Returns whether the request is given up.
    ///
    /// # Errors
    /// The store fails; nothing is changed.
    pub(super) async fn give_up_live(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
    ) -> Result<bool, StoreError> {
        let revision = self.store.webhook_revision(region).await?;
        if live.webhook_revision == revision {
            return Ok(false);
        }
        live.is_in_flight = false;
        live.request = None;
        Ok(true)
    }

    /// Submits a job that heals the oldest outage, if it is time to.
    pub(super) async fn heal_oldest(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
        job: JobId,
    ) -> Result<(), StoreError> {
        let (now, interval) = (Instant::now(), self.live.healing_interval);
        let is_early = live.looked_at.is_some_and(|at| now.duration_since(at) < interval);
        if !self.live.heals || is_early {
            return Ok(());
        }
        live.looked_at = Some(now).filter(|_| !interval.is_zero());
        let (well_since, now) = (live.well_since.unwrap_or(self.live.started_at), self.clock.now());
        let cutoff = self.policy.deleted_before(now);
        if self.store.heal_oldest(region, job, well_since, cutoff, now).await? {
            self.wakeups.wake(region);
        }
        Ok(())
    }
}
