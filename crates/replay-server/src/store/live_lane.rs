//! The steps of a live lane: its next batch, the result of a delivery attempt, and the start and end of
//! forwarding. Every step is one transaction. The rules are in `replay-core`.

use std::sync::Arc;

use replay_core::{
    LaneId, OutageId, Region,
    lane::{Lane, LaneOutcome},
    outage::SeqRange,
    snapshot::BatchLimits,
    webhook::Attempt,
};
use time_range::Timestamp;

use super::{
    LiveBatch, Notice, Receiver, Store, StoreError,
    handovers::{self, Sender},
    lane_changes, lane_rows,
    line_numbers::last_seq,
    live_batches::{self, LiveReading},
    outage_rows, outages, webhook_changes, webhooks,
};

/// What a live lane needs next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LiveNext {
    /// Nothing, until lines arrive or the webhook changes.
    Nothing,
    /// A request with this batch, which is fixed.
    Send(LiveRequest),
}

/// A request of a live lane.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveRequest {
    /// The lines.
    pub batch: Arc<LiveBatch>,
    /// The current webhook.
    pub receiver: Arc<Receiver>,
    /// The revision of the webhook.
    pub webhook_revision: Option<i64>,
    /// Whether an outage is open, so that the request is sent from time to time only.
    pub is_probe: bool,
}

/// The result of a delivery attempt of a live lane.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveRecord {
    /// The sequence numbers of the batch.
    pub range: SeqRange,
    /// The revision of the webhook to which the request was made, or was due.
    pub webhook_revision: Option<i64>,
    /// What the result means for the lane.
    pub outcome: LaneOutcome,
    /// What the result says about the webhook; `None` if no request was made.
    pub attempt: Option<Attempt>,
}

/// A region whose lines are forwarded, and the ids that may be needed there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ForwardedRegion {
    /// The region.
    pub region: Region,
    /// The id of its lane, if it has none yet.
    pub new_lane: LaneId,
    /// The id of an outage that begins.
    pub new_outage: OutageId,
}

impl Store {
    /// Begins or ends forwarding in each region. A lane that begins delivers the lines that arrive from
    /// now on; one that ends has an outage until it begins again. Returns the regions with a lane that
    /// was forwarded and is not now, or the other way round.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn set_forwarding(
        &self,
        regions: Vec<ForwardedRegion>,
        is_forwarding: bool,
        now: Timestamp,
    ) -> Result<Vec<Region>, StoreError> {
        self.database
            .write(move |tx| {
                let mut switched = Vec::new();
                for ForwardedRegion { region, new_lane, new_outage } in regions {
                    let (lane, last_seq) = (lane_rows::load(tx, &region)?, last_seq(tx, &region)?);
                    let is_enabled = webhooks::current(tx, &region)?.is_enabled();
                    let is_known = lane.is_some();
                    let is_changed =
                        lane.as_ref().is_none_or(|lane| lane.is_forwarded != is_forwarding);
                    let changes = match lane {
                        None if !is_forwarding => continue,
                        Some(lane) if !is_forwarding => lane.not_forwarded(),
                        lane => lane
                            .unwrap_or_else(|| Lane::new(new_lane, last_seq))
                            .forwarded(is_enabled, last_seq, now),
                    };
                    lane_changes::save(tx, &region, changes, new_outage, now)?;
                    if is_changed {
                        Notice::Forwarding(region.clone()).tell(tx)?;
                    }
                    if is_changed && is_known {
                        switched.push(region);
                    }
                }
                Ok(switched)
            })
            .await
    }

    /// The next request of the region's live lane. The batch is on disk before this returns, so that
    /// its `webhook-id` never stands for other lines.
    ///
    /// # Errors
    /// The database fails, or a part of the archive is damaged; nothing is changed.
    pub async fn next_live(
        &self,
        region: &Region,
        limits: BatchLimits,
        new_outage: OutageId,
        now: Timestamp,
    ) -> Result<LiveNext, StoreError> {
        let read = self.read_live(region, limits).await?;
        let Some(ReadLive { lane, reading, receiver, webhook_revision }) = read else {
            return Ok(LiveNext::Nothing);
        };
        let is_probe = lane.is_interrupted();
        let range = reading.batch.as_ref().map(|batch| batch.range);
        let request = |batch| {
            let batch = Arc::new(batch);
            LiveRequest { batch, receiver, webhook_revision, is_probe }
        };
        if lane.batch.is_some() && lane.batch == range {
            return Ok(reading
                .batch
                .map_or(LiveNext::Nothing, |batch| LiveNext::Send(request(batch))));
        }
        let LiveReading { batch, dated_before, through, .. } = reading;
        let region = region.clone();
        let is_fixed = self
            .database
            .of(&region)
            .write(move |tx| {
                let is_enabled = webhooks::current(tx, &region)?.is_enabled();
                if !is_enabled || lane_rows::load(tx, &region)?.as_ref() != Some(&lane) {
                    return Ok::<_, StoreError>(false);
                }
                if !dated_before.is_empty() {
                    outages::list_dated_before_enabling(
                        tx,
                        &region,
                        new_outage,
                        dated_before,
                        now,
                    )?;
                }
                lane_rows::save(tx, &region, &lane.with_batch(range, through))?;
                Ok(true)
            })
            .await?;
        Ok(match batch {
            Some(batch) if is_fixed => LiveNext::Send(request(batch)),
            Some(_) | None => LiveNext::Nothing,
        })
    }

    /// Stores the result of a delivery attempt: the changes of the lane and of the outages, and the
    /// webhook's health. If the webhook was changed since, only an acknowledgement counts: anything else
    /// says nothing about the new one. Returns the lane.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn record_live(
        &self,
        region: &Region,
        record: LiveRecord,
        new_outage: OutageId,
        now: Timestamp,
    ) -> Result<Option<Lane>, StoreError> {
        let (region, handover) = (region.clone(), self.handover);
        // Losing an acknowledgement on power failure is safe: the batch is sent again with the same
        // webhook-id.
        self.database
            .of(&region)
            .write_lazily(move |tx| {
                let Some(lane) = lane_rows::load(tx, &region)? else { return Ok(None) };
                let LiveRecord { range, webhook_revision, mut outcome, attempt } = record;
                let current_revision = webhooks::current_revision(tx, &region)?;
                let is_current = webhook_revision == current_revision;
                if let Some(handover) = handover.filter(|_| is_current) {
                    handovers::save(tx, &region, Sender::Live, &handover)?;
                }
                if let Some(attempt) = attempt.filter(|_| is_current) {
                    webhooks::save_live_attempt(tx, &region, attempt)?;
                }
                if !is_current && outcome != LaneOutcome::Acknowledged {
                    outcome = LaneOutcome::Retry;
                }
                let gone = if let LaneOutcome::Gone { detail } = &outcome {
                    (lane.batch == Some(range)).then(|| detail.clone())
                } else {
                    None
                };
                let is_enabled = webhooks::current(tx, &region)?.is_enabled();
                if outcome == LaneOutcome::Acknowledged {
                    outage_rows::lift_refusals(tx, &region)?;
                }
                if matches!(outcome, LaneOutcome::TooLarge { .. }) {
                    // Once the half is acknowledged, its lines must not be sent again under the id of the
                    // whole.
                    tx.require_sync();
                }
                let changes = lane.record(range, outcome, is_enabled, last_seq(tx, &region)?);
                let lane = changes.lane.clone();
                lane_changes::save(tx, &region, changes, new_outage, now)?;
                if let Some(detail) = gone {
                    webhook_changes::disable(tx, &region, new_outage, &detail, now)?;
                }
                Ok(Some(lane))
            })
            .await
    }

    /// Begins an outage because the lane lags behind. Nothing changes if one is open.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn note_lag(
        &self,
        region: &Region,
        new_outage: OutageId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| match lane_rows::load(tx, &region)? {
                Some(lane) => lane_changes::save(tx, &region, lane.lagged(), new_outage, now),
                None => Ok(()),
            })
            .await
    }

    /// Reads the next batch of the region's lane; `None` if there is nothing to store or to send.
    async fn read_live(
        &self,
        region: &Region,
        limits: BatchLimits,
    ) -> Result<Option<ReadLive>, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| {
                let lane = lane_rows::load(db, &region)?.filter(|lane| lane.is_forwarded);
                let Some(lane) = lane else { return Ok(None) };
                let webhook = webhooks::current(db, &region)?;
                let Some(target) = webhook.target.filter(|target| target.enabled) else {
                    return Ok(None);
                };
                let skip_ssl_verification = webhook.skip_ssl_verification;
                let receiver = Arc::new(Receiver { target, skip_ssl_verification });
                let webhook_revision = webhooks::current_revision(db, &region)?;
                let fixed = match lane.batch {
                    Some(range) => live_batches::fixed(db, &region, &lane, range)?,
                    None => None,
                };
                let reading = match fixed {
                    Some(batch) => LiveReading { batch: Some(batch), ..LiveReading::default() },
                    None => live_batches::next(db, &region, &lane, last_seq(db, &region)?, limits)?,
                };
                let is_nothing = reading.batch.is_none() && !reading.has_lines;
                Ok((!is_nothing).then_some(ReadLive { lane, reading, receiver, webhook_revision }))
            })
            .await
    }
}

/// The next batch of a lane, before it is fixed.
struct ReadLive {
    lane: Lane,
    reading: LiveReading,
    receiver: Arc<Receiver>,
    webhook_revision: Option<i64>,
}
