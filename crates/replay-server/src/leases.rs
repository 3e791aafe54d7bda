//! The leases of this node: a task renews and claims them, and the tasks that do a work wait until this node
//! has its lease. A server on a data directory does every work without leases.

mod hold;

use core::{future::pending, time::Duration};
use std::{collections::HashMap, sync::Arc};

use replay_core::{
    NodeId, Region,
    lease::{Work, WorkKind},
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    metrics::Metrics,
    store::{Fence, Store, StoreError},
};

pub use hold::Hold;

/// How often leases are renewed and claimed. A node that has died is replaced within this time after
/// its leases have expired.
const INTERVAL: Duration = Duration::from_secs(2);

/// How long work goes on without a renewal: less than the duration of a lease.
const VALID_FOR: Duration = Duration::from_secs(12);

/// How long a claim may take: the next renewal must not be late because of it.
const CLAIM_LIMIT: Duration = Duration::from_secs(5);

/// Which works this node may do: a handle that is cheap to clone.
#[derive(Clone, Debug)]
pub struct Leases(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    holds: HashMap<Work, watch::Sender<Option<Hold>>>,
    /// Notified when another node has given up its leases.
    given_up: Notify,
}

impl Leases {
    /// The right to do every work, for a server on a data directory.
    #[must_use]
    pub const fn all() -> Self {
        Self(None)
    }

    /// No right yet; [`keep`](Self::keep) gets leases for the works in `regions`.
    #[must_use]
    pub fn shared(regions: &[Region]) -> Self {
        let works = WorkKind::ALL.into_iter().flat_map(|kind| {
            regions.iter().map(move |region| Work { kind, region: region.clone() })
        });
        let holds = works.map(|work| (work, watch::Sender::default())).collect();
        Self(Some(Arc::new(Shared { holds, given_up: Notify::new() })))
    }

    /// The right to do a work, as soon as this node has it.
    pub async fn hold(&self, kind: WorkKind, region: &Region) -> Hold {
        let Some(shared) = &self.0 else { return Hold::default() };
        let Some(sender) = shared.holds.get(&Work { kind, region: region.clone() }) else {
            return pending().await;
        };
        let mut receiver = sender.subscribe();
        let is_held = |hold: &Option<Hold>| hold.as_ref().is_some_and(|hold| !hold.is_lost());
        match receiver.wait_for(is_held).await.ok().and_then(|held| held.clone()) {
            Some(hold) => hold,
            None => pending().await,
        }
    }

    /// The right to do a work; `None` if this node does not have it now.
    #[must_use]
    pub fn current(&self, kind: WorkKind, region: &Region) -> Option<Hold> {
        let Some(shared) = &self.0 else { return Some(Hold::default()) };
        let sender = shared.holds.get(&Work { kind, region: region.clone() })?;
        sender.borrow().clone().filter(|hold| !hold.is_lost())
    }

    /// Lets this node claim leases at once: another one has given up its leases.
    pub fn claim_soon(&self) {
        if let Some(shared) = &self.0 {
            shared.given_up.notify_one();
        }
    }

    /// Renews and claims the leases of `node` until `shutdown`; the leases stay claimed then.
    pub async fn keep(
        self,
        store: Store,
        node: NodeId,
        metrics: Metrics,
        shutdown: CancellationToken,
    ) {
        let Some(shared) = &self.0 else { return shutdown.cancelled().await };
        let works: Arc<[Work]> = shared.holds.keys().cloned().collect();
        let (mut valid_until, mut is_failing) = (Instant::now(), false);
        let mut next = Instant::now();
        loop {
            tokio::select! {
                () = sleep_until(next) => {}
                () = shared.given_up.notified() => {}
                () = shutdown.cancelled() => return,
            }
            let began = Instant::now();
            next = began + INTERVAL;
            if valid_until <= began {
                // This process was suspended: others may have the leases already.
                self.set(&[], began, &metrics);
            }
            let deadline = if valid_until > began { valid_until } else { began + VALID_FOR };
            let renewed = timeout_at(deadline, store.renew_leases(node, Arc::clone(&works)));
            match renewed.await.unwrap_or(Err(StoreError::Interrupted)) {
                Ok(mut leases) => {
                    (valid_until, is_failing) = (began + VALID_FOR, false);
                    self.set(&leases.held, valid_until, &metrics);
                    if leases.can_claim {
                        leases.held.extend(claim(&store, node, &works).await);
                        self.set(&leases.held, valid_until, &metrics);
                        // Other writes go on before the next claim.
                        next = Instant::now() + INTERVAL;
                    }
                    metrics.set_leases(leases.nodes, leases.held.len());
                }
                Err(error) => {
                    if !core::mem::replace(&mut is_failing, true) {
                        tracing::error!(%error, "the leases could not be renewed; trying again");
                    }
                    if valid_until <= Instant::now() {
                        self.set(&[], valid_until, &metrics);
                        metrics.set_leases(0, 0);
                    } else {
                        next = next.min(valid_until);
                    }
                }
            }
        }
    }

    /// Tells each work whether this node has its lease, and until when without a renewal. A right that was
    /// lost meanwhile begins anew.
    fn set(&self, held: &[Fence], valid_until: Instant, metrics: &Metrics) {
        for (work, sender) in self.0.iter().flat_map(|shared| shared.holds.iter()) {
            let fence = held.iter().find(|fence| fence.work == *work);
            sender.send_if_modified(|hold| {
                let is_known = match (&hold, fence) {
                    (Some(known), Some(fence)) => known.renew(fence, valid_until),
                    (None, None) => true,
                    (Some(_), None) | (None, Some(_)) => false,
                };
                if is_known {
                    return false;
                }
                if let Some(lost) = hold.take() {
                    lost.give_up();
                    metrics.count_lost_lease(&work.region);
                }
                let (region, kind, is_held) = (&work.region, work.kind.as_str(), fence.is_some());
                tracing::info!(%region, work = kind, is_held, "a lease has changed");
                *hold = fence.map(|fence| Hold::new(fence.clone(), valid_until));
                true
            });
        }
    }
}

/// Claims leases up to the share of the node; returns those that it got.
async fn claim(store: &Store, node: NodeId, works: &Arc<[Work]>) -> Vec<Fence> {
    let claimed = timeout(CLAIM_LIMIT, store.claim_leases(node, Arc::clone(works)));
    match claimed.await.unwrap_or(Err(StoreError::Interrupted)) {
        Ok(claimed) => claimed,
        Err(error) => {
            tracing::warn!(%error, "no lease could be claimed; trying again");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests;
