//! The right of this node to do a work, until it is lost. It neither gets nor renews leases.

use core::time::Duration;

use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::store::{Fence, Store};

/// How often a work looks for changes by other nodes.
const POLL: Duration = Duration::from_secs(1);

/// The right to do a work, until it is lost.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    /// `None` without leases.
    lease: Option<HeldLease>,
    lost: CancellationToken,
}

#[derive(Clone, Debug)]
struct HeldLease {
    fence: Fence,
    /// Shared between the clones.
    valid_until: watch::Sender<Instant>,
}

impl Hold {
    /// The right that a lease gives, until it is renewed.
    pub(super) fn new(fence: Fence, valid_until: Instant) -> Self {
        let valid_until = watch::Sender::new(valid_until);
        Self { lease: Some(HeldLease { fence, valid_until }), ..Self::default() }
    }

    /// Prolongs the right if it is the one that this lease gives, and was not lost. Returns whether it
    /// was prolonged.
    pub(super) fn renew(&self, fence: &Fence, valid_until: Instant) -> bool {
        match &self.lease {
            Some(lease) if lease.fence == *fence && !self.is_lost() => {
                lease.valid_until.send_replace(valid_until);
                true
            }
            Some(_) | None => false,
        }
    }

    /// The store for the writes of the work.
    #[must_use]
    pub fn store(&self, store: &Store) -> Store {
        match &self.lease {
            Some(lease) => store.fenced(lease.fence.clone()),
            None => store.clone(),
        }
    }

    /// Completes when this node may not do the work any more. [`is_lost`](Self::is_lost) may know it
    /// earlier.
    pub async fn lost(&self) {
        self.lost.cancelled().await;
    }

    /// Whether this node may not do the work any more. It must be asked right before a request is made: a
    /// process that was suspended goes on before its leases are renewed.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        let has_expired = |lease: &HeldLease| *lease.valid_until.borrow() <= Instant::now();
        self.lost.is_cancelled() || self.lease.as_ref().is_some_and(has_expired)
    }

    /// Ends the right: a write was fenced, another node has the lease, or it was not renewed in time.
    pub fn give_up(&self) {
        self.lost.cancel();
    }

    /// When the work looks for changes by other nodes; `None` if there are none.
    #[must_use]
    pub fn next_poll(&self) -> Option<Instant> {
        self.lease.as_ref().map(|_| Instant::now() + POLL)
    }
}
