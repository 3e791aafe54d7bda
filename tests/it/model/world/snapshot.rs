//! The identity of a world: everything that can influence what happens later. Two worlds with equal
//! snapshots are walked through once.

use core::hash::{Hash, Hasher};
use std::{collections::BTreeMap, sync::Arc};

use replay_core::{
    Job,
    webhook::{Attempt, Webhook},
};
use replay_server::{
    engine::Deliveries,
    store::{Batch, Due},
};
use time_range::Timestamp;

use super::{
    Met, World,
    observed::{ObservedJob, SentBatch},
    us,
};

/// A world without the history that led to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::model) struct Snapshot {
    job: Job,
    due: Due,
    webhook: Webhook,
    last_attempt: Option<Attempt>,
    deliveries: Deliveries,
    in_flight: Vec<Arc<Batch>>,
    /// The number of recent lines, and whether a part is damaged.
    parts: (u64, bool),
    archive: Vec<(Timestamp, String)>,
    sent: BTreeMap<String, SentBatch>,
    jobs: Vec<ObservedJob>,
    budget: usize,
}

impl World {
    /// The identity of the world.
    pub(in crate::model) async fn snapshot(&self) -> Snapshot {
        let store = self.store().await;
        let (webhook, last_attempt) = store.webhook(&us()).await.unwrap();
        Snapshot {
            job: self.job.clone(),
            due: store.due(&us()).await.unwrap(),
            webhook,
            last_attempt,
            deliveries: self.deliveries.clone(),
            in_flight: self.in_flight.clone(),
            parts: (
                store.recent_lines(&us()).await.unwrap().lines,
                self.met.contains(&Met::DamagedPart),
            ),
            archive: self.archive.clone(),
            sent: self.sent.clone(),
            jobs: self.jobs.clone(),
            budget: self.budget,
        }
    }
}

/// The types of the product have no hash; the other fields distinguish most worlds.
impl Hash for Snapshot {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.job.status(), &self.archive, &self.sent, &self.jobs).hash(hasher);
        self.budget.hash(hasher);
    }
}
