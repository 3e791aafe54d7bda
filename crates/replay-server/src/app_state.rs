//! The state that the handlers of the API share. It has no behaviour of its own.

use core::fmt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use replay_core::{Policy, Region};
use tokio::sync::Semaphore;

use crate::{
    auth::TokenDigest,
    clock::Clock,
    egress::Egress,
    engine::{DeliveryRates, LiveSignals, Wakeups},
    ingest::Ingests,
    metrics::Metrics,
    readiness::Readiness,
    refusal_counts::RefusalCounts,
    store::Store,
    token_use::TokenUses,
};

/// The state of an embedded server.
pub struct AppState {
    /// The store of jobs, webhooks, tokens and lines.
    pub store: Store,
    /// Reports whether disk, database and engine work.
    pub readiness: Arc<Readiness>,
    /// Wakes the engine after a region's job or webhook has changed.
    pub wakeups: Wakeups,
    /// Signals to and from the live lanes.
    pub signals: LiveSignals,
    /// The delivery rates of the engine.
    pub rates: DeliveryRates,
    /// What is counted for the metrics page.
    pub metrics: Metrics,
    /// How many requests of a job may be in flight at the same time.
    pub in_flight: usize,
    /// The clock.
    pub clock: Clock,
    /// The rules for timeframes and event times: retention and grace.
    pub policy: Policy,
    /// The rules for endpoints that are configured or tested.
    pub egress: Egress,
    /// The regions of this server in display order; not empty.
    pub regions: Vec<Region>,
    /// The region of a request that names none in its path or host.
    pub default_region: Region,
    /// The digest of `REPLAY_ADMIN_TOKEN`, an org-admin's token that is not stored.
    pub admin: Option<TokenDigest>,
    /// Records when tokens were last used.
    pub token_uses: TokenUses,
    /// Whether changes and refusals are archived as audit lines.
    pub self_audit: bool,
    /// The refusals counted since the last summary.
    pub refusals: Mutex<RefusalCounts>,
    /// Whether the client's address is taken from `X-Forwarded-For`, which a proxy sets, and metrics
    /// need a token.
    pub behind_tls_proxy: bool,
    /// The spool and the slots of ingests.
    pub ingests: Ingests,
    /// One permit per region: one webhook test runs at a time.
    pub webhook_tests: HashMap<Region, Semaphore>,
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("regions", &self.regions).finish_non_exhaustive()
    }
}
