//! The deliveries of a region's running job in this process: its slices with the batches that were
//! read ahead, and which of them are in flight. It is lost at a restart, which is safe. It sends and
//! stores nothing.

use std::{collections::VecDeque, sync::Arc};

use replay_core::{JobId, delivery::DeliveryOutcome, job::Step};

use tokio::time::Instant;

use super::{congestion::Congestion, pacing::Pacing, retry_state::RetryState, verdict::Verdict};
use crate::store::{Batch, Claimed, DeliveryRecord, Receiver, Slice};

/// The deliveries of a region in this process.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Deliveries {
    /// The running job, once its slices are claimed.
    pub(super) job: Option<JobDeliveries>,
    /// The retries, which all slices share.
    pub(super) retry_state: RetryState<JobId>,
    /// The number of requests that may be in flight.
    pub(super) congestion: Congestion,
    /// The limit of lines per second.
    pub(super) pacing: Pacing,
    /// Whether the store has to be asked what is due.
    pub(super) is_stale: bool,
    /// Whether that is because of a wake-up.
    pub(super) is_woken: bool,
    /// When the requests of a stopped job are given up.
    pub(super) give_up_at: Option<Instant>,
    /// The step that settles the job once no request is in flight.
    pub(super) settling: Option<(JobId, Step)>,
    /// Results that could not be stored.
    pub(super) unsaved: Vec<SliceResult>,
    /// The number of requests in flight.
    pub(super) in_flight: usize,
}

/// The result of a request with a batch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SliceResult {
    pub(super) batch: Arc<Batch>,
    pub(super) record: DeliveryRecord,
}

/// The slices of the running job that have unacknowledged lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct JobDeliveries {
    pub(super) id: JobId,
    pub(super) receiver: Arc<Receiver>,
    /// In the order of the job.
    slices: VecDeque<SliceDeliveries>,
}

/// A slice with unacknowledged lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SliceDeliveries {
    pub(super) slice: Slice,
    /// The next batches, read ahead. The first one may be in flight.
    batches: VecDeque<Arc<Batch>>,
    /// When its request was sent that is in flight.
    sent_at: Option<Instant>,
    /// Whether the lines of the first batch were counted towards the job's rate.
    is_counted: bool,
}

impl Deliveries {
    /// Makes the next step ask the store what is due: the region's job may have changed.
    pub fn mark_stale(&mut self) {
        (self.is_stale, self.is_woken) = (true, true);
    }

    /// Makes the next step ask the store what is due: another node may have changed the region's job.
    pub(super) const fn note_poll(&mut self) {
        self.is_stale = true;
    }

    /// Drops the deliveries of any other job.
    pub(super) fn retain(&mut self, id: JobId) {
        if self.job.as_ref().is_some_and(|job| job.id != id) {
            self.job = None;
            (self.congestion, self.pacing) = (Congestion::default(), Pacing::default());
        }
    }

    /// Lowers or raises the number of requests that may be in flight, `most` at most, after a verdict.
    pub(super) fn note_load(
        &mut self,
        batch: &Batch,
        verdict: &Verdict,
        most: usize,
        now: Instant,
    ) {
        let Some(sent_at) = self.job.as_ref().and_then(|job| job.sent_at(batch)) else { return };
        match verdict {
            Verdict::Acknowledged => self.congestion.acknowledged(most, sent_at, now),
            Verdict::Throttled { .. } | Verdict::Retry | Verdict::RetriesUsedUp { .. } => {
                self.congestion.overloaded(most, sent_at, now);
            }
            Verdict::TooLarge | Verdict::Refused { .. } | Verdict::Gone { .. } => {}
        }
    }

    /// Applies a stored result to its slice.
    pub(super) fn apply(&mut self, result: &SliceResult) {
        let Some(job) = self.job.as_mut().filter(|job| job.id == result.record.job) else { return };
        job.apply(&result.batch, &result.record.outcome);
    }
}

impl JobDeliveries {
    /// The deliveries of a job whose slices were claimed.
    pub(super) fn new(id: JobId, claimed: Claimed) -> Self {
        let Claimed { receiver, slices } = claimed;
        let open = slices.into_iter().filter(|slice| !slice.is_completed());
        let slices = open
            .map(|slice| SliceDeliveries {
                slice,
                batches: VecDeque::new(),
                sent_at: None,
                is_counted: false,
            })
            .collect();
        Self { id, receiver, slices }
    }

    /// The first of the earliest `count` slices that has no request in flight.
    pub(super) fn next_slice(&mut self, count: usize) -> Option<&mut SliceDeliveries> {
        self.slices.iter_mut().take(count).find(|slice| slice.sent_at.is_none())
    }

    /// Drops a slice that has no line left.
    pub(super) fn remove(&mut self, number: u32) {
        self.slices.retain(|slice| slice.slice.number != number);
    }

    /// When the request with a batch was sent that is in flight.
    fn sent_at(&self, batch: &Batch) -> Option<Instant> {
        let of_batch = |slice: &&SliceDeliveries| slice.slice.number == batch.claim.number;
        self.slices.iter().find(of_batch)?.sent_at
    }

    fn apply(&mut self, batch: &Batch, outcome: &DeliveryOutcome) {
        let number = batch.claim.number;
        let Some(index) = self.slices.iter().position(|slice| slice.slice.number == number) else {
            return;
        };
        let Some(slice) = self.slices.get_mut(index) else { return };
        slice.sent_at = None;
        match outcome {
            DeliveryOutcome::Acknowledged { cursor, .. } => {
                slice.batches.pop_front();
                slice.is_counted = false;
                slice.slice.cursor = *cursor;
                if slice.slice.is_completed() {
                    self.slices.remove(index);
                }
            }
            DeliveryOutcome::TooLarge { .. } => {
                slice.batches.clear();
                slice.is_counted = false;
            }
            DeliveryOutcome::Retry
            | DeliveryOutcome::Failed { .. }
            | DeliveryOutcome::Refused { .. }
            | DeliveryOutcome::Gone { .. } => {}
        }
    }
}

impl SliceDeliveries {
    /// Keeps batches that were read ahead.
    pub(super) fn keep(&mut self, batches: Vec<Batch>) {
        self.batches = batches.into_iter().map(Arc::new).collect();
    }

    /// Whether a batch was read ahead.
    pub(super) fn has_batch(&self) -> bool {
        !self.batches.is_empty()
    }

    /// Whether the next batch was counted towards the job's rate: it is sent again.
    pub(super) fn is_counted(&self) -> bool {
        self.is_counted
    }

    /// The next batch, which is in flight and counted from now on.
    pub(super) fn send(&mut self, now: Instant) -> Option<Arc<Batch>> {
        let batch = self.batches.front()?;
        self.sent_at = Some(now);
        self.is_counted = true;
        Some(Arc::clone(batch))
    }
}
