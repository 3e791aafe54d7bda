//! The engine, the limits and the values that every world uses.

use core::time::Duration;

use audit_log::Kind;
use chrono::TimeDelta;
use replay_core::{
    Policy, Region,
    snapshot::{BatchLimits, Limits},
    webhook::{AuthorizationChange, Endpoint, Patch, Secret},
};
use replay_server::{
    clock::Clock,
    delivery::{Deliver, DeliveryResult},
    engine::{DeliveryRates, Engine, LivePolicy, LiveSignals, RetryPolicy, SlowDowns, Wakeups},
    metrics::Metrics,
    store::{Batch, LiveRequest, NewLine, SealLimits, Store},
};
use time_range::Timestamp;

const IN_FLIGHT: usize = 2;

pub(super) const SEAL_LIMITS: SealLimits =
    SealLimits { lines: 1, bytes: 1_000, round_lines: 100, round_bytes: 10_000, overlaps: 1 };

/// The walk makes no requests.
#[derive(Debug)]
pub(super) struct NoDelivery;

impl Deliver for NoDelivery {
    async fn deliver(&self, batch: &Batch) -> DeliveryResult {
        unreachable!("{} was sent", batch.webhook_id())
    }

    async fn deliver_live(&self, request: &LiveRequest) -> DeliveryResult {
        unreachable!("{} was sent", request.batch.webhook_id())
    }
}

pub(super) fn engine(store: &Store) -> Engine<NoDelivery> {
    let batch = BatchLimits { lines: 2, bytes: 1_000 };
    Engine {
        store: store.clone(),
        delivery: NoDelivery,
        clock: Clock::new(|| at(0)),
        limits: Limits { batch, slices: 2, smallest_slice: 2, largest_slice: 2 },
        in_flight: IN_FLIGHT,
        retry_policy: RetryPolicy { waits: vec![Duration::ZERO], ..RetryPolicy::default() },
        owner: "walk".to_owned(),
        live: LivePolicy::asking(at(0)),
        signals: LiveSignals::default(),
        wakeups: Wakeups::new([]),
        rates: DeliveryRates::default(),
        slow_downs: SlowDowns::default(),
        policy: Policy::DEFAULT,
        metrics: Metrics::new([]).unwrap(),
    }
}

pub(super) fn new_line(event_at: Timestamp, text: &str) -> NewLine {
    NewLine { event_at, kind: Kind::Other, text: text.to_owned().into() }
}

pub(super) fn endpoint(origin: &str) -> Patch {
    let secret = Secret::new(format!("Bearer {origin}")).unwrap();
    Patch {
        endpoint: Some(Endpoint { url: origin.to_owned(), origin: origin.to_owned() }),
        authorization: Some(AuthorizationChange::Set(secret)),
        ..Patch::default()
    }
}

pub(super) fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

pub(super) fn us() -> Region {
    Region::named("us").unwrap()
}
