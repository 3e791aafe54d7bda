//! An engine that a test steps, which delivers to receivers of this machine, and lines for it.

use replay_core::{
    Policy,
    snapshot::{BatchLimits, Limits},
};
use replay_server::{
    delivery::HttpDelivery,
    engine::{DeliveryRates, Engine, LivePolicy, LiveSignals, RetryPolicy, SlowDowns, Wakeups},
    metrics::Metrics,
};
use replay_tests::{app_state::loopback, receiver::Receiver};
use serde_json::json;

use crate::contract::{
    request::{INGEST, WEBHOOK, line, patch, post},
    server::Api,
};

/// An API with a webhook at `receiver` and twelve lines.
pub(super) async fn with_missed_lines(receiver: &Receiver) -> Api {
    let api = Api::set_up(|app| app.egress = loopback());
    let webhook = json!({"endpoint": receiver.url(), "enabled": true});
    api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
    let missed: Vec<_> = (3_000..3_012).map(line).collect();
    let missed = post(INGEST).with("content-type", "text/plain").body(missed.join("\n"));
    api.send(missed).await.expect(202);
    api
}

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
