//! The one place where tests construct the state of an embedded server.

use std::{
    env,
    sync::{Arc, Mutex},
};

use replay_core::{Policy, Region};
use replay_server::{
    app_state::AppState,
    auth::TokenDigest,
    clock::Clock,
    egress::Egress,
    engine::{DeliveryRates, FailingRegions, LiveSignals, Wakeups},
    ingest::{Ingests, Spool},
    metrics::Metrics,
    readiness::Readiness,
    store::Store,
    token_use::TokenUses,
};
use tokio::sync::Semaphore;

/// Egress rules that also admit loopback, where the receivers of tests listen.
pub fn loopback() -> Egress {
    Egress::new(vec!["127.0.0.0/8".parse().unwrap()])
}

/// The state of a server over `store` with these regions, the first of which is the default, and
/// with an org-admin token. Self-audit is off and the egress rules are the default ones; a test
/// assigns the fields that it needs to differ.
pub fn app_state(store: Store, clock: Clock, regions: &[&str], admin_token: &str) -> AppState {
    let regions: Vec<_> = regions.iter().copied().map(region).collect();
    let metrics = Metrics::new(&regions).unwrap();
    let store = store.observed_by(metrics.clone());
    let spool = Spool::new(env::temp_dir(), Spool::QUOTA_BYTES);
    AppState {
        readiness: Arc::new(Readiness::new(None, store.clone(), FailingRegions::default())),
        store,
        wakeups: Wakeups::new(regions.clone()),
        signals: LiveSignals::default(),
        rates: DeliveryRates::default(),
        metrics,
        in_flight: 4,
        clock,
        policy: Policy::DEFAULT,
        egress: Egress::default(),
        default_region: regions[0].clone(),
        admin: Some(TokenDigest::of(admin_token)),
        token_uses: TokenUses::default(),
        self_audit: false,
        refusals: Mutex::default(),
        behind_tls_proxy: false,
        ingests: Ingests::new(spool, &regions),
        webhook_tests: regions.iter().map(|one| (one.clone(), Semaphore::new(1))).collect(),
        regions,
    }
}

/// The region with this label.
pub fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}
