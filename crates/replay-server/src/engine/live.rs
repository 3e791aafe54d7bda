//! The steps of a live lane: which batch is sent when, and what its result means. The lane is changed by
//! `replay-core` only, and stored before the next step.

use core::time::Duration;

use replay_core::{
    JobId, LaneId, OutageId, Region, Timestamp, lane::LaneOutcome, outage::OutageReason,
};
use tokio::time::Instant;

use super::{
    Engine,
    live_signals::LiveState,
    probing::Probing,
    retry_state::{NextAttempt, RetryState, TakenOver},
    verdict::{self, Verdict},
    waiting::WaitingLines,
};
use crate::{
    delivery::{Deliver, DeliveryResult},
    metrics,
    store::{Handover, LiveNext, LiveRecord, LiveRequest, StoreError},
};

/// The live lane of a region in this process. It is lost at a restart: retries begin anew, and the time
/// for which lines have waited counts from the start.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LiveDeliveries {
    /// The request with the fixed batch; read again when it is `None`.
    pub(super) request: Option<LiveRequest>,
    pub(super) is_in_flight: bool,
    /// Whether the webhook may have changed since the request was read.
    is_stale: bool,
    /// The revision of the webhook whose answers `retry_state` and `probing` know.
    pub(super) webhook_revision: Option<i64>,
    /// The waits that another node has stored, for the webhook that is read first.
    pub(super) taken_over: Option<TakenOver>,
    pub(super) retry_state: RetryState<LaneId>,
    pub(super) probing: Probing,
    pub(super) waiting: WaitingLines,
    /// A result that could not be stored, and what is stored with it for the next node.
    unsaved: Option<LiveRecord>,
    handover: Option<Handover>,
    /// When an outage to heal was last looked for.
    pub(super) looked_at: Option<Instant>,
    /// The last time at which a request failed or an outage ended; `None` if neither has happened since
    /// the start.
    pub(super) well_since: Option<Timestamp>,
}

/// Ids for what a step may add, drawn by the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewIds {
    /// The id of an outage that begins.
    pub outage: OutageId,
    /// The id of a job that heals an outage.
    pub job: JobId,
}

/// When a live lane heals outages and gives up.
#[derive(Clone, Debug)]
pub struct LivePolicy {
    /// Whether the server submits healing jobs by itself.
    pub heals: bool,
    /// How often it looks for an outage to heal.
    pub healing_interval: Duration,
    /// The age of the oldest undelivered line with which an outage begins.
    pub max_lag: Duration,
    /// When this process has started: the receiver's state before is unknown.
    pub started_at: Timestamp,
}

impl LivePolicy {
    /// How often a server looks for an outage to heal.
    pub const HEALING_INTERVAL: Duration = Duration::from_secs(1);

    /// The policy of a server that leaves healing to an admin.
    #[must_use]
    pub const fn asking(started_at: Timestamp) -> Self {
        let (healing_interval, max_lag) = (Self::HEALING_INTERVAL, Duration::from_mins(15));
        Self { heals: false, healing_interval, max_lag, started_at }
    }
}

/// What a live lane needs next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NextLive {
    /// Another step, at once.
    Now,
    /// This request. Its result is passed to [`Engine::finish_live`].
    Send(LiveRequest),
    /// Another step after this time, after a sign, or when lines have arrived.
    In(Duration),
    /// Another step when the request has ended.
    Request,
    /// Another step after a sign, or when lines have arrived.
    Nothing,
}

impl LiveDeliveries {
    /// Notes that lines up to `last_seq` are archived.
    pub fn note_arrivals(&mut self, last_seq: i64) {
        self.waiting.note_arrivals(last_seq, Instant::now());
    }

    /// Makes the next step read the webhook again, and an open outage be probed at once.
    pub fn note_sign(&mut self) {
        self.is_stale = true;
        self.looked_at = None;
        self.probing.prompt(Instant::now());
    }

    /// Makes the next step read the webhook again.
    pub(super) const fn note_poll(&mut self) {
        self.is_stale = true;
    }

    /// What the lane does, for observers.
    #[must_use]
    pub fn state(&self) -> LiveState {
        LiveState {
            is_interrupted: self.request.as_ref().is_some_and(|request| request.is_probe),
            is_busy: self.request.is_some(),
            waiting_since: self.waiting.since(),
        }
    }
}

impl<D: Deliver> Engine<D> {
    /// Takes the next step of the region's live lane, or returns the next request.
    ///
    /// # Errors
    /// The store fails; the lane is unchanged. A result that could not be stored is kept in `live` and
    /// stored by the next step.
    pub async fn next_live(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
        new: NewIds,
    ) -> Result<NextLive, StoreError> {
        if let Some(record) = live.unsaved.clone() {
            self.save_live(region, live, record, new.outage).await?;
        }
        if live.is_in_flight {
            return Ok(NextLive::Request);
        }
        self.heal_oldest(region, live, new.job).await?;
        let Some(request) = self.read_live(region, live, new.outage).await? else {
            let is_idle = !self.live.heals;
            return Ok(if is_idle {
                NextLive::Nothing
            } else {
                NextLive::In(LivePolicy::HEALING_INTERVAL)
            });
        };
        if request.is_probe {
            let wait = live.probing.wait(Instant::now());
            if !wait.is_zero() {
                return Ok(NextLive::In(wait));
            }
            return Ok(live.send(request));
        }
        let until_lag = self.until_lag(live).unwrap_or(Duration::MAX);
        if until_lag.is_zero() {
            self.begin_lag(region, live, new.outage).await?;
            return Ok(NextLive::Now);
        }
        let (policy, lane) = (&self.retry_policy, request.batch.lane);
        match live.retry_state.next_attempt(policy, lane, 0, Instant::now()) {
            NextAttempt::Now | NextAttempt::AfterRequests => Ok(live.send(request)),
            NextAttempt::In(wait) => Ok(NextLive::In(wait.min(until_lag))),
            NextAttempt::Never(reason) => {
                let outcome = verdict::given_up(OutageReason::Unreachable, reason);
                let LiveRequest { batch, webhook_revision, .. } = request;
                let range = batch.range;
                let record = LiveRecord { range, webhook_revision, outcome, attempt: None };
                self.save_live(region, live, record, new.outage).await?;
                Ok(NextLive::Now)
            }
        }
    }

    /// Stores the result of a request, and applies it to `live`. Returns when a job to the same
    /// receiver may be delivered again, if the receiver has asked for a pause.
    ///
    /// # Errors
    /// The store fails; the result is kept in `live` and stored by the next step.
    pub async fn finish_live(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
        request: &LiveRequest,
        answer: &DeliveryResult,
        new_outage: OutageId,
    ) -> Result<Option<Instant>, StoreError> {
        live.is_in_flight = false;
        let (now, batch) = (Instant::now(), &request.batch);
        let verdict = live.retry_state.verdict(&self.retry_policy, batch.lane, 0, answer, now);
        let paused_until =
            if let Verdict::Throttled { until } = verdict { Some(until) } else { None };
        if verdict != Verdict::Acknowledged {
            live.well_since = Some(self.clock.now());
            live.probing.failed(self.retry_policy.longest_probe_wait, paused_until, now);
        }
        let attempt = Some(answer.attempt(self.clock.now()));
        let outcome = verdict.live_outcome(batch);
        let webhook_revision = request.webhook_revision;
        let record = LiveRecord { range: batch.range, webhook_revision, outcome, attempt };
        live.handover = Some(live.left(request.is_probe, paused_until.is_some(), now))
            .filter(|_| record.outcome != LaneOutcome::Acknowledged);
        live.unsaved = Some(record.clone());
        self.save_live(region, live, record, new_outage).await?;
        Ok(paused_until)
    }

    async fn save_live(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
        record: LiveRecord,
        new_outage: OutageId,
    ) -> Result<(), StoreError> {
        let (range, is_acknowledged) = (record.range, record.outcome == LaneOutcome::Acknowledged);
        let is_gone = matches!(record.outcome, LaneOutcome::Gone { .. });
        let store = self.store.with_handover(live.handover);
        let lane = store.record_live(region, record, new_outage, self.clock.now()).await?;
        (live.unsaved, live.handover) = (None, None);
        if is_gone {
            // The webhook is disabled now, which stops the region's job, too.
            live.is_stale = true;
            self.wakeups.wake(region);
        }
        let request = live.request.take();
        let Some(lane) = lane else { return Ok(()) };
        live.waiting.pass(lane.cursor_seq);
        let was_probe = request.as_ref().is_some_and(|request| request.is_probe);
        if was_probe && lane.is_delivering() {
            live.well_since = Some(self.clock.now());
        }
        if lane.batch == Some(range) {
            let is_probe = lane.is_interrupted();
            live.request = request.map(|request| LiveRequest { is_probe, ..request });
            if !is_probe {
                live.probing.restart();
            }
            return Ok(());
        }
        live.retry_state = RetryState::default();
        live.probing = Probing::default();
        if let Some(request) = request.filter(|_| is_acknowledged) {
            let lines = request.batch.amount.lines;
            self.metrics.count_delivered(region, metrics::LaneKind::Live, lines);
        }
        Ok(())
    }

    /// The request with the next batch; `None` if there is nothing to send.
    async fn read_live(
        &self,
        region: &Region,
        live: &mut LiveDeliveries,
        new_outage: OutageId,
    ) -> Result<Option<LiveRequest>, StoreError> {
        if core::mem::take(&mut live.is_stale) {
            live.request = None;
        }
        if live.request.is_none() {
            let (limits, now) = (self.limits.batch, self.clock.now());
            live.request = match self.store.next_live(region, limits, new_outage, now).await? {
                LiveNext::Send(request) => {
                    live.meet_webhook(request.webhook_revision);
                    Some(request)
                }
                LiveNext::Nothing => {
                    live.waiting = WaitingLines::default();
                    None
                }
            };
        }
        Ok(live.request.clone())
    }
}

impl LiveDeliveries {
    /// Forgets the answers of an earlier webhook: its waits are not those of this one.
    pub(super) fn meet_webhook(&mut self, revision: Option<i64>) {
        if self.webhook_revision != revision {
            self.webhook_revision = revision;
            // What another node has stored is about the webhook that is read first.
            let taken_over = self.taken_over.take();
            self.retry_state = taken_over.map(RetryState::taken_over).unwrap_or_default();
            self.probing = taken_over.map(Probing::taken_over).unwrap_or_default();
        }
    }

    fn send(&mut self, request: LiveRequest) -> NextLive {
        self.is_in_flight = true;
        NextLive::Send(request)
    }
}
