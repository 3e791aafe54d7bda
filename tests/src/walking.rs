//! What exhaustive walks share: an engine that makes no requests, values, and the situations that a walk
//! has to meet.

use core::time::Duration;
use std::collections::BTreeMap;

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

/// Every recent line fills a block, and two blocks overlap too much.
pub const SEAL_LIMITS: SealLimits =
    SealLimits { lines: 1, bytes: 1_000, round_lines: 100, round_bytes: 10_000, overlaps: 1 };

/// A walk makes no requests: it decides what becomes of them.
#[derive(Debug)]
pub struct NoDelivery;

/// The situations that a walk has to meet, so that its properties are not vacuous.
#[derive(Debug, Default)]
pub struct Situations(BTreeMap<&'static str, bool>);

impl Deliver for NoDelivery {
    async fn deliver(&self, batch: &Batch) -> DeliveryResult {
        unreachable!("{} was sent", batch.webhook_id())
    }

    async fn deliver_live(&self, request: &LiveRequest) -> DeliveryResult {
        unreachable!("{} was sent", request.batch.webhook_id())
    }
}

/// The engine of a world. Its clock stands still, and it retries at once.
pub fn engine(store: &Store) -> Engine<NoDelivery> {
    let batch = BatchLimits { lines: 2, bytes: 1_000 };
    Engine {
        store: store.clone(),
        delivery: NoDelivery,
        clock: Clock::new(|| at(0)),
        limits: Limits { batch, slices: 2, smallest_slice: 2, largest_slice: 2 },
        in_flight: IN_FLIGHT,
        retry_policy: RetryPolicy {
            waits: vec![Duration::ZERO],
            longest_probe_wait: Duration::ZERO,
            ..RetryPolicy::default()
        },
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

/// A line to archive.
pub fn new_line(event_at: Timestamp, text: &str) -> NewLine {
    NewLine { event_at, kind: Kind::Other, text: text.to_owned().into() }
}

/// A change of the webhook's endpoint, with the authorization that belongs to it.
pub fn endpoint(origin: &str) -> Patch {
    let secret = Secret::new(format!("Bearer {origin}")).unwrap();
    Patch {
        endpoint: Some(Endpoint { url: origin.to_owned(), origin: origin.to_owned() }),
        authorization: Some(AuthorizationChange::Set(secret)),
        ..Patch::default()
    }
}

/// This minute of a world's time.
pub fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

/// The region of a world.
pub fn us() -> Region {
    Region::named("us").unwrap()
}

impl Situations {
    /// Records for each situation whether it occurs.
    pub fn note(&mut self, situations: impl IntoIterator<Item = (&'static str, bool)>) {
        for (situation, occurs) in situations {
            *self.0.entry(situation).or_default() |= occurs;
        }
    }

    /// Asserts that every situation has occurred.
    pub fn assert_all(&self) {
        let never: Vec<_> = self.0.iter().filter(|(_, met)| !**met).collect();
        assert!(never.is_empty(), "situations never met: {never:?}");
    }
}
