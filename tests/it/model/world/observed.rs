//! What an observer knows of the jobs and of the requests, and what it checks at each request.

use std::{collections::BTreeMap, sync::Arc};

use replay_core::{JobStatus, Timeframe};
use replay_server::store::{Batch, Claimed, Store};
use time_range::Timestamp;

use super::{Met, World, us};

/// What an observer knows of a job.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(in crate::model) struct ObservedJob {
    pub(super) window: Timeframe,
    /// The number of the job whose delivery id and snapshot it has: itself, or the first of those that
    /// it resumes one after another.
    pub(super) delivery: usize,
    /// The lines of its snapshot in order; `None` before it starts.
    pub(super) frozen: Option<Vec<String>>,
    /// The lines of each batch at the start, by webhook-id.
    pub(super) planned: BTreeMap<String, Vec<String>>,
    endpoint: Option<String>,
    pub(super) acknowledged: Vec<String>,
    pub(super) stopped: bool,
}

/// What was sent under one webhook-id.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(in crate::model) struct SentBatch {
    pub(super) lines: Vec<String>,
    has_arrived: bool,
}

impl ObservedJob {
    /// A job that was submitted.
    pub(super) fn submitted(window: Timeframe, delivery: usize) -> Self {
        Self {
            window,
            delivery,
            frozen: None,
            planned: BTreeMap::new(),
            endpoint: None,
            acknowledged: Vec::new(),
            stopped: false,
        }
    }
}

impl World {
    /// Records the snapshot of a job that has just started.
    pub(super) async fn freeze(&mut self, before: JobStatus) {
        if before == JobStatus::Running || self.status() != JobStatus::Running {
            return;
        }
        let endpoint = self.endpoint.clone();
        let mut archive = self.archive.clone();
        archive.sort_by_key(|(event_at, _)| *event_at);
        // This claims the slices, which no later event sees: each one starts from the image.
        let planned = planned(&self.store().await).await;
        let seen = self.jobs.last_mut().unwrap();
        seen.endpoint = Some(endpoint);
        let (delivery, is_first) = (seen.delivery, seen.delivery + 1 == self.jobs.len());
        if !is_first && self.jobs[delivery].frozen.is_some() {
            self.assert_is_rest_of(delivery, &planned);
            return;
        }
        let seen = &mut self.jobs[delivery];
        let inside = |at: &Timestamp| (seen.window.start()..=seen.window.end()).contains(at);
        archive.retain(|(event_at, _)| inside(event_at));
        seen.frozen = Some(archive.into_iter().map(|(_, text)| text).collect());
        seen.planned = planned;
    }

    /// Asserts that the batches of a resumed job are what the jobs before it have left.
    fn assert_is_rest_of(&self, delivery: usize, planned: &BTreeMap<String, Vec<String>>) {
        let mut rest: Vec<_> = planned.values().flatten().collect();
        let mut expected: Vec<_> = self.jobs[delivery].frozen.iter().flatten().collect();
        expected
            .retain(|line| !self.acknowledged(delivery).any(|acknowledged| acknowledged == *line));
        rest.sort();
        expected.sort();
        assert_eq!(rest, expected, "the resumed job has other lines than were left\n{self}");
    }

    /// The lines that the jobs with a delivery id have delivered.
    pub(super) fn acknowledged(&self, delivery: usize) -> impl Iterator<Item = &String> {
        let of_delivery = self.jobs.iter().filter(move |job| job.delivery == delivery);
        of_delivery.flat_map(|job| &job.acknowledged)
    }

    /// Checks a request that begins.
    pub(super) fn check_request(&self, batch: &Batch) {
        let id = batch.webhook_id();
        let job = number_of(batch);
        assert_eq!(Some(job + 1), self.current(), "{id} was sent for an older job\n{self}");
        assert_eq!(
            self.status(),
            JobStatus::Running,
            "{id} was sent for a job that does not run\n{self}"
        );
        let seen = &self.jobs[job];
        assert_eq!(delivery_of(&id), seen.delivery, "{id} has another delivery id\n{self}");
        assert!(!seen.stopped, "{id} was sent for a stopped job\n{self}");
        let endpoint = Some(&batch.receiver.target.endpoint.url);
        assert_eq!(endpoint, seen.endpoint.as_ref(), "{id} was sent to another endpoint\n{self}");
        if let Some(before) = self.sent.get(&id) {
            assert_eq!(before.lines, lines(batch), "{id} was used for other bytes before\n{self}");
        }
        let same_slice = |other: &&Arc<Batch>| other.claim.number == batch.claim.number;
        let beside = self.in_flight.iter().filter(same_slice).count();
        assert_eq!(beside, 0, "{id} was sent beside another request of its slice\n{self}");
    }

    /// Records a request that has ended, or that the server was killed in.
    pub(super) fn note_sent(&mut self, batch: &Batch, has_arrived: bool) {
        let sent = SentBatch { lines: lines(batch), has_arrived: false };
        self.sent.entry(batch.webhook_id()).or_insert(sent).has_arrived |= has_arrived;
    }

    /// Records an acknowledgement.
    pub(super) fn note_acknowledged(&mut self, batch: &Batch) {
        let job = number_of(batch);
        let is_first = self.jobs[job].acknowledged.is_empty();
        self.meet(Met::LaterSliceFirst, is_first && batch.claim.number > 0);
        self.jobs[job].acknowledged.extend(lines(batch));
    }
}

/// The number of the job of a batch, counted from 0.
fn number_of(batch: &Batch) -> usize {
    usize::try_from(batch.job.0).unwrap()
}

/// The number of the job whose id is the delivery id in a webhook-id.
pub(super) fn delivery_of(webhook_id: &str) -> usize {
    let (job, _) = webhook_id.split_once('-').unwrap();
    usize::from_str_radix(job, 16).unwrap()
}

/// Every batch of the running job, by webhook-id.
async fn planned(store: &Store) -> BTreeMap<String, Vec<String>> {
    let id = store.job(&us()).await.unwrap().configured().unwrap().id;
    let Claimed { receiver, slices } = store.claim(&us(), id, "observer").await.unwrap();
    let mut planned = BTreeMap::new();
    for mut slice in slices {
        while !slice.is_completed() {
            let batches = store.next_batches(&us(), id, slice, Arc::clone(&receiver)).await;
            let batches = batches.unwrap();
            slice.cursor = batches.last().map_or(slice.end, |batch| batch.cursor);
            planned.extend(batches.iter().map(|batch| (batch.webhook_id(), lines(batch))));
        }
    }
    planned
}

fn lines(batch: &Batch) -> Vec<String> {
    String::from_utf8(batch.body.text()).unwrap().lines().map(str::to_owned).collect()
}
