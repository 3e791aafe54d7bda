//! A node of a world: what it has in memory, and what it does. It may not know that it was replaced.

use std::sync::Arc;

use replay_core::{
    JobId, NodeId, OutageId,
    snapshot::{BatchLimits, Limits},
};
use replay_server::{
    delivery::DeliveryResult,
    engine::{Deliveries, Engine, LiveDeliveries, NewIds, Next, NextLive},
    store::{Batch, Fence, LiveRequest, StoreError},
};
use replay_tests::walking::{NoDelivery, engine, us};

use super::{action::Answer, database::Database};

/// A node.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The lease that it believes to have.
    pub(super) fence: Option<Fence>,
    pub(super) deliveries: Deliveries,
    pub(super) job_requests: Vec<Arc<Batch>>,
    pub(super) live: LiveDeliveries,
    pub(super) live_request: Option<LiveRequest>,
}

/// What came of a step.
#[derive(Debug)]
pub(super) enum Stepped<T> {
    /// The next thing to do.
    Next(T),
    /// The node has learned that it was replaced.
    Replaced,
}

/// Ids that nothing else has.
const NEW: NewIds = NewIds { outage: OutageId(1_000), job: JobId(1_000) };

impl Node {
    /// Renews the lease, or claims it if nobody has it. Returns whether it was claimed.
    pub(super) async fn renew(&mut self, number: usize, database: &Database) -> bool {
        let (id, works) = (NodeId(number as u128 + 1), &database.works);
        let leases = database.store.renew_leases(id, Arc::clone(works)).await.unwrap();
        let claimed = if leases.can_claim {
            database.store.claim_leases(id, Arc::clone(works)).await.unwrap()
        } else {
            Vec::new()
        };
        let held = leases.held.first().or(claimed.first());
        if self.fence.as_ref() != held {
            *self = Self { fence: held.cloned(), ..Self::default() };
        }
        !claimed.is_empty()
    }

    /// Takes a step of the job.
    pub(super) async fn step_job(&mut self, database: &Database) -> Stepped<Next> {
        self.deliveries.mark_stale();
        let engine = self.engine(database);
        let next = engine.next(&us(), &mut self.deliveries).await;
        self.stepped(next)
    }

    /// Takes a step of the lane, which knows of the lines up to `last_seq`.
    pub(super) async fn step_lane(
        &mut self,
        database: &Database,
        last_seq: i64,
    ) -> Stepped<NextLive> {
        self.live.note_arrivals(last_seq);
        let engine = self.engine(database);
        let next = engine.next_live(&us(), &mut self.live, NEW).await;
        self.stepped(next)
    }

    /// Ends a request of the job. The node learns with its next step if it was replaced.
    pub(super) async fn end_job(
        &mut self,
        database: &Database,
        answer: Answer,
    ) -> (Arc<Batch>, Result<(), StoreError>) {
        let batch = self.job_requests.remove(0);
        let results = vec![(Arc::clone(&batch), result(answer))];
        let engine = self.engine(database);
        let finished = engine.finish(&us(), &mut self.deliveries, results).await;
        (batch, finished)
    }

    /// Ends the request of the lane.
    pub(super) async fn end_lane(
        &mut self,
        database: &Database,
        answer: Answer,
    ) -> (LiveRequest, Result<(), StoreError>) {
        let request = self.live_request.take().unwrap();
        let (engine, result) = (self.engine(database), result(answer));
        let finished =
            engine.finish_live(&us(), &mut self.live, &request, &result, NEW.outage).await;
        (request, finished.map(drop))
    }

    /// The engine under the lease that the node believes to have.
    fn engine(&self, database: &Database) -> Engine<NoDelivery> {
        let engine = engine(&database.store.fenced(self.fence.clone().unwrap()));
        // Each slice has two batches.
        let batch = BatchLimits { lines: 1, bytes: 1_000 };
        Engine { limits: Limits { batch, ..engine.limits }, ..engine }
    }

    fn stepped<T>(&mut self, next: Result<T, StoreError>) -> Stepped<T> {
        match next {
            Ok(next) => Stepped::Next(next),
            Err(StoreError::Fenced) => {
                *self = Self::default();
                Stepped::Replaced
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn result(answer: Answer) -> DeliveryResult {
    match answer {
        Answer::Status(code) => DeliveryResult::Status { code, retry_after: None },
        Answer::Lost => DeliveryResult::NoResponse("lost".to_owned()),
    }
}
