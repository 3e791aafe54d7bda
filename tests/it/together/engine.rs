//! An engine that a test steps, which delivers to receivers of this machine.

use replay_core::{
    Policy,
    snapshot::{BatchLimits, Limits},
};
use replay_server::{
    delivery::HttpDelivery,
    engine::{DeliveryRates, Engine, LivePolicy, LiveSignals, RetryPolicy, SlowDowns, Wakeups},
    metrics::Metrics,
};
use replay_tests::app_state::loopback;

use crate::contract::server::Api;

/// The engine of the jobs of `api`, in batches of ten lines.
pub(super) fn engine(api: &Api) -> Engine<HttpDelivery> {
    let (store, now) = (api.store.clone(), api.now());
    Engine {
        store,
        delivery: HttpDelivery::new(loopback(), HttpDelivery::TIMEOUT),
        clock: replay_server::clock::Clock::new(move || now),
        limits: Limits::new(BatchLimits { lines: 10, bytes: 1 << 20 }),
        in_flight: 4,
        retry_policy: RetryPolicy::default(),
        owner: "test".to_owned(),
        live: LivePolicy::asking(now),
        signals: LiveSignals::default(),
        wakeups: Wakeups::new([]),
        rates: DeliveryRates::default(),
        slow_downs: SlowDowns::default(),
        policy: Policy::DEFAULT,
        metrics: Metrics::new([]).unwrap(),
    }
}
