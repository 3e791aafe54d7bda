//! What the live lanes and the rest of the server tell each other: signs that a receiver works, which
//! lanes have an open outage, and how far a lane lags behind. It decides nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use replay_core::Region;
use tokio::{sync::Notify, time::Instant};

/// The signals of each region, shared between the engine and the API.
#[derive(Clone, Debug, Default)]
pub struct LiveSignals(Arc<HashMap<Region, Signals>>);

#[derive(Debug, Default)]
struct Signals {
    /// Notified when the webhook has changed, the receiver has acknowledged another request, or a job has
    /// settled.
    sign: Notify,
    state: Mutex<LiveState>,
}

/// What a live lane does at the moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LiveState {
    /// Whether an outage is open.
    pub is_interrupted: bool,
    /// Whether lines wait or are being sent.
    pub is_busy: bool,
    /// Since when the oldest undelivered line has waited; `None` if none waits.
    pub waiting_since: Option<Instant>,
}

impl LiveSignals {
    /// Signals for the live lanes of `regions`.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Self {
        let signals = |region| (region, Signals::default());
        Self(Arc::new(regions.into_iter().map(signals).collect()))
    }

    /// Tells the region's lane that its webhook has changed. A region without a lane is ignored.
    pub fn webhook_changed(&self, region: &Region) {
        self.notify(region);
    }

    /// Tells the region's lane that another node has begun or ended forwarding.
    pub fn forwarding_changed(&self, region: &Region) {
        self.notify(region);
    }

    /// Tells the region's lane that the region's job has settled, so that another one may heal an outage.
    pub fn job_settled(&self, region: &Region) {
        self.notify(region);
    }

    /// Tells the region's lane that the receiver works; only a lane with an open outage notices it.
    pub fn receiver_works(&self, region: &Region) {
        if self.state(region).is_some_and(|state| state.is_interrupted) {
            self.notify(region);
        }
    }

    /// What the region's lane does; `None` without a lane.
    #[must_use]
    pub fn state(&self, region: &Region) -> Option<LiveState> {
        self.0.get(region).map(|signals| *signals.lock())
    }

    /// The regions with a lane, in no particular order.
    pub(super) fn regions(&self) -> impl Iterator<Item = &Region> {
        self.0.keys()
    }

    fn notify(&self, region: &Region) {
        if let Some(signals) = self.0.get(region) {
            signals.sign.notify_one();
        }
    }

    /// Records what the region's lane does.
    pub(super) fn set(&self, region: &Region, state: LiveState) {
        if let Some(signals) = self.0.get(region) {
            *signals.lock() = state;
        }
    }

    /// Resolves after a sign.
    pub(super) async fn sign(&self, region: &Region) {
        match self.0.get(region) {
            Some(signals) => signals.sign.notified().await,
            None => core::future::pending().await,
        }
    }
}

impl Signals {
    fn lock(&self) -> MutexGuard<'_, LiveState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
