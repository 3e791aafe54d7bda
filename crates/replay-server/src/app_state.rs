//! What the handlers of the API share. It has no behaviour of its own.

use core::fmt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use replay_core::{Policy, Region};
use tokio::sync::Semaphore;

use crate::{
    auth::TokenDigest, clock::Clock, egress::Egress, engine::Wakeups, ingest::Ingests,
    readiness::Readiness, self_audit::RefusalCounts, store::Store, token_use::TokenUses,
};

/// The state of an embedded server, shared by its handlers.
pub struct AppState {
    /// Where jobs and lines are.
    pub store: Store,
    /// Examines whether the server can do its work.
    pub readiness: Arc<Readiness>,
    /// Rung when a region's job may have something to do.
    pub wakeups: Wakeups,
    /// What tells the time.
    pub clock: Clock,
    /// Which timeframes may be asked for.
    pub policy: Policy,
    /// Which endpoints may be configured, and dialled for a test.
    pub egress: Egress,
    /// The regions of this server, in the order they are shown; never empty.
    pub regions: Vec<Region>,
    /// The region of requests that name none.
    pub default_region: Region,
    /// The token of an org-admin that is not stored.
    pub admin: Option<TokenDigest>,
    /// When tokens were last used.
    pub token_uses: TokenUses,
    /// Whether changes and refusals are archived as audit lines.
    pub self_audit: bool,
    /// Refusals that were not archived one by one since the last minute.
    pub refusals: Mutex<RefusalCounts>,
    /// Whether a proxy in front of this server says who the client is.
    pub behind_tls_proxy: bool,
    /// Where the bodies of ingests wait, and for which slots.
    pub ingests: Ingests,
    /// How many tests a region's webhook has room for: each may take as long as a receiver may.
    pub webhook_tests: HashMap<Region, Semaphore>,
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("regions", &self.regions).finish_non_exhaustive()
    }
}
