//! The job of a region, delivered by an engine that the test steps to a receiver that answers what
//! the test sets. There are no waits.

use core::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use std::{collections::VecDeque, sync::Mutex};

use chrono::TimeDelta;
use replay_core::{
    JobId, OutageId, Policy,
    snapshot::{BatchLimits, Limits},
};
use replay_server::{
    delivery::{Deliver, DeliveryResult},
    engine::{
        Deliveries, Engine, LiveDeliveries, LivePolicy, NewIds, Next, NextLive, RetryPolicy,
        SlowDowns,
    },
    store::{Batch, LiveRequest},
};
use replay_tests::stepping::step;
use tokio::time::Instant;

use super::{
    request::{INGEST, line, post},
    server::{Api, region},
};

/// A server and the engine of its jobs. A batch has two lines, and a slice the four lines of an
/// ingest.
pub(super) struct SteppedJob {
    pub(super) api: Api,
    engine: Engine<Answers>,
    deliveries: Deliveries,
}

impl SteppedJob {
    /// A running job of twelve lines in three slices. Its requests get these answers, and 202 after
    /// them.
    pub(super) async fn of_twelve_lines(answers: &[u16]) -> Self {
        let mut run = Self::over(Api::new(), answers);
        for first in [0, 4, 8] {
            let body: Vec<_> = (first..first + 4).map(line).collect();
            run.api.send(post(INGEST).body(body.join("\n"))).await.expect(202);
        }
        run.api.enable("us").await;
        run.api.submit("us").await;
        run.until_running().await;
        run
    }

    /// The engine of a server. Its requests get these answers, and 202 after them.
    pub(super) fn over(api: Api, answers: &[u16]) -> Self {
        let batch = BatchLimits { lines: 2, bytes: 100_000 };
        let engine = Engine {
            store: api.store.clone(),
            delivery: Answers {
                next: Mutex::new(answers.iter().copied().collect()),
                made: AtomicUsize::new(0),
                sent: Mutex::default(),
            },
            clock: api.app.clock.clone(),
            limits: Limits { batch, slices: 3, smallest_slice: 4, largest_slice: 4 },
            in_flight: 4,
            retry_policy: RetryPolicy { waits: vec![Duration::ZERO; 4], ..RetryPolicy::default() },
            owner: "test".to_owned(),
            live: LivePolicy::asking(api.app.clock.now()),
            signals: api.app.signals.clone(),
            wakeups: api.app.wakeups.clone(),
            rates: api.app.rates.clone(),
            slow_downs: SlowDowns::default(),
            policy: Policy::DEFAULT,
            metrics: api.app.metrics.clone(),
        };
        Self { api, engine, deliveries: Deliveries::default() }
    }

    /// The same server, which heals outages by itself, and whose receiver has been well for long.
    pub(super) fn healing(mut self) -> Self {
        let started_at = self.api.now() - TimeDelta::minutes(1);
        let healing_interval = Duration::ZERO;
        self.engine.live =
            LivePolicy { heals: true, healing_interval, ..LivePolicy::asking(started_at) };
        self
    }

    /// Takes a step of the live lane.
    pub(super) async fn step_lane(&self, live: &mut LiveDeliveries) -> NextLive {
        let new = NewIds { outage: OutageId(77), job: JobId(77) };
        self.engine.next_live(&region("us"), live, new).await.unwrap()
    }

    /// Steps the engine until the job has started.
    pub(super) async fn until_running(&mut self) {
        while self.api.status("us").await != "running" {
            assert_eq!(self.step().await, Next::Now);
        }
    }

    /// Steps the engine until it has made this number of requests.
    pub(super) async fn make_requests(&mut self, count: usize) {
        let target = self.engine.delivery.made.load(Ordering::Relaxed) + count;
        while self.engine.delivery.made.load(Ordering::Relaxed) < target {
            assert_ne!(self.step().await, Next::Settled);
        }
    }

    /// Steps the engine until the job has settled.
    pub(super) async fn until_settled(&mut self) {
        while self.step().await != Next::Settled {}
    }

    /// Asks the job for a pause, as a live lane does whose receiver has asked for one.
    pub(super) fn slow_down(&self, pause: Duration) {
        self.engine.slow_downs.slow_down(&region("us"), Instant::now() + pause);
    }

    /// Sets the answers to the next requests; 202 after them.
    pub(super) fn answer(&self, answers: &[u16]) {
        *self.engine.delivery.next.lock().unwrap() = answers.iter().copied().collect();
    }

    /// The requests since the last call, in the order of their webhook-ids.
    pub(super) fn take_sent(&self) -> Vec<SentBatch> {
        let mut sent = core::mem::take(&mut *self.engine.delivery.sent.lock().unwrap());
        sent.sort();
        sent
    }

    /// Takes the next step of the engine.
    pub(super) async fn step(&mut self) -> Next {
        step(&self.engine, &region("us"), &mut self.deliveries).await
    }
}

/// A receiver with the statuses of its next answers.
#[derive(Debug)]
struct Answers {
    next: Mutex<VecDeque<u16>>,
    made: AtomicUsize,
    sent: Mutex<Vec<SentBatch>>,
}

/// A request.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct SentBatch {
    pub(super) webhook_id: String,
    pub(super) url: String,
    pub(super) text: Vec<u8>,
}

impl Deliver for Answers {
    async fn deliver(&self, batch: &Batch) -> DeliveryResult {
        self.sent.lock().unwrap().push(SentBatch {
            webhook_id: batch.webhook_id(),
            url: batch.receiver.target.endpoint.url.clone(),
            text: batch.body.text(),
        });
        self.made.fetch_add(1, Ordering::Relaxed);
        let code = self.next.lock().unwrap().pop_front().unwrap_or(202);
        DeliveryResult::Status { code, retry_after: None }
    }

    async fn deliver_live(&self, request: &LiveRequest) -> DeliveryResult {
        unreachable!("{} was sent", request.batch.webhook_id())
    }
}
