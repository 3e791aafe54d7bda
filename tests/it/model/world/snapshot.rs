//! The identity of a world: everything that can influence what happens later. Two worlds with equal
//! snapshots are walked through once.

use core::hash::{Hash, Hasher};
use std::collections::BTreeMap;

use replay_core::{
    Job,
    webhook::{Attempt, Webhook},
};
use replay_server::{engine::RetryState, store::Due};
use time_range::Timestamp;

use super::{ObservedJob, SentBatch, World, us};

/// A world without the history that led to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::model) struct Snapshot {
    job: Job,
    due: Due,
    webhook: Webhook,
    last_attempt: Option<Attempt>,
    retry_state: RetryState,
    archive: Vec<(Timestamp, String)>,
    sent: BTreeMap<String, SentBatch>,
    jobs: Vec<ObservedJob>,
    faults: u8,
    changes: u8,
}

impl World {
    /// The identity of the world.
    pub(in crate::model) async fn snapshot(&self) -> Snapshot {
        let store = self.store();
        let (webhook, last_attempt) = store.webhook(&us()).await.unwrap();
        Snapshot {
            job: self.job.clone(),
            due: store.due(&us()).await.unwrap(),
            webhook,
            last_attempt,
            retry_state: self.retry_state.clone(),
            archive: self.archive.clone(),
            sent: self.sent.clone(),
            jobs: self.jobs.clone(),
            faults: self.faults,
            changes: self.changes,
        }
    }
}

/// The types of the product have no hash; the other fields distinguish most worlds.
impl Hash for Snapshot {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.job.status(), &self.archive, &self.sent, &self.jobs).hash(hasher);
        (self.faults, self.changes).hash(hasher);
    }
}
