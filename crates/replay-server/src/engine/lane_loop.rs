//! The task of each live lane: while this node has the lease of the deliveries, it takes the steps of
//! the engine, makes the request, and waits for lines, signs and time. It decides nothing.

use core::{future::pending, pin::pin, time::Duration};
use std::sync::Arc;

use replay_core::{OutageId, Region, lease::WorkKind};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    Engine, FailingRegions, LiveDeliveries, LiveState, NewIds, NextLive, RETRY_AFTER,
    failing::Work,
    timers::{after, until},
};
use crate::{
    delivery::Deliver,
    leases::{Hold, Leases},
    metrics, random,
    store::{LastSeqs, LiveRequest, StoreError},
};

impl<D: Deliver + Clone> Engine<D> {
    /// Starts a task for the live lane of each region with signals, which runs the lane while `leases`
    /// allow it. After `shutdown`, every task ends when its request has ended.
    pub fn spawn_lanes(
        self: &Arc<Self>,
        leases: &Leases,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
        tasks: &mut JoinSet<()>,
    ) {
        for region in self.signals.regions() {
            let (engine, region) = (Arc::clone(self), region.clone());
            tasks.spawn(engine.run_lane(region, leases.clone(), failing.clone(), shutdown.clone()));
        }
    }

    async fn run_lane(
        self: Arc<Self>,
        region: Region,
        leases: Leases,
        failing: FailingRegions,
        shutdown: CancellationToken,
    ) {
        while !shutdown.is_cancelled() {
            let hold = tokio::select! {
                hold = leases.hold(WorkKind::Delivery, &region) => hold,
                () = shutdown.cancelled() => return,
            };
            let engine = self.holding(&hold);
            // The request in flight and everything in memory are dropped with this future.
            tokio::select! {
                () = engine.run_held_lane(&region, &hold, &failing, &shutdown) => {}
                () = hold.lost() => {}
            }
            failing.succeeded(&region, Work::Lane);
            self.signals.set(&region, LiveState::default());
        }
    }

    /// Runs the region's lane until `shutdown`, or until another node has its lease.
    async fn run_held_lane(
        &self,
        region: &Region,
        hold: &Hold,
        failing: &FailingRegions,
        shutdown: &CancellationToken,
    ) {
        let (mut live, mut appends) = (self.take_over_lane(region).await, self.store.appends());
        // Lines may wait since before the start. If this fails, the first step does, too.
        live.note_arrivals(self.store.last_seq_of(region).await.unwrap_or_default());
        while !shutdown.is_cancelled() {
            let known = last_seq(&appends, region);
            live.note_arrivals(known);
            let began_at = Instant::now();
            let next = match new_ids() {
                Ok(new) => self.next_live(region, &mut live, new).await,
                Err(error) => {
                    tracing::error!(%error, "no random number can be drawn");
                    Ok(NextLive::In(RETRY_AFTER))
                }
            };
            match &next {
                Err(StoreError::Fenced) => return hold.give_up(),
                Ok(_) => failing.succeeded(region, Work::Lane),
                Err(error) => {
                    failing.failed(region, Work::Lane, error);
                    if error.is_unavailable() {
                        live.retry_state.hold_since(began_at);
                    }
                }
            }
            self.signals.set(region, live.state());
            let wait = match next {
                Ok(NextLive::Now) => continue,
                Ok(NextLive::Send(_)) if hold.is_lost() => return hold.give_up(),
                Ok(NextLive::Send(request)) => {
                    self.send_live(region, hold, &mut live, &request, &mut appends).await;
                    continue;
                }
                Ok(NextLive::In(wait)) => Some(wait),
                Ok(NextLive::Nothing | NextLive::Request) => None,
                Err(_) => Some(RETRY_AFTER),
            };
            let (wake, poll) = (after(wait), until(hold.next_poll()));
            tokio::select! {
                () = wake => {}
                () = poll => self.note_other_nodes(region, &mut live).await,
                () = arrived(&mut appends, region, known) => {}
                () = self.signals.sign(region) => live.note_sign(),
                () = shutdown.cancelled() => {}
            }
        }
    }

    /// Takes note of what other nodes may have changed: lines, and the webhook.
    async fn note_other_nodes(&self, region: &Region, live: &mut LiveDeliveries) {
        // If this fails, the next step does, too.
        live.note_arrivals(self.store.last_seq_of(region).await.unwrap_or_default());
        live.note_poll();
    }

    /// Makes a request and stores its result.
    async fn send_live(
        &self,
        region: &Region,
        hold: &Hold,
        live: &mut LiveDeliveries,
        request: &LiveRequest,
        appends: &mut watch::Receiver<LastSeqs>,
    ) {
        let delivery = self.delivery.deliver_live(request);
        let mut delivery = pin!(self.metrics.measure(region, metrics::LaneKind::Live, delivery));
        // Another node may have changed the webhook, and its notice may be lost.
        let mut give_up_at: Option<Instant> = hold.next_poll();
        let answer = loop {
            let known = last_seq(appends, region);
            live.note_arrivals(known);
            self.signals.set(region, live.state());
            let (lag, grace) = (after(self.until_lag(live)), until(give_up_at));
            // The results of these steps are met again by the next one.
            tokio::select! {
                answer = &mut delivery => break answer,
                () = arrived(appends, region, known) => {}
                () = self.signals.sign(region) => {
                    live.note_sign();
                    give_up_at = Some(Instant::now() + GIVE_UP_AFTER);
                }
                () = grace => {
                    give_up_at = hold.next_poll();
                    if let Ok(true) = self.give_up_live(region, live).await {
                        return;
                    }
                }
                () = lag => {
                    let begun = self.begin_lag(region, live, new_outage().await).await;
                    if begun.is_err() {
                        sleep(RETRY_AFTER).await;
                    }
                }
            }
        };
        // An error is met again by the next step, which stores the result.
        let new_outage = new_outage().await;
        let finished = self.finish_live(region, live, request, &answer, new_outage).await;
        if let Ok(Some(until)) = finished {
            self.slow_downs.slow_down(region, until);
        }
    }
}

/// How long a request in flight may take after a sign that its webhook may have changed.
const GIVE_UP_AFTER: Duration = Duration::from_millis(500);

/// The id of a new outage, as soon as one can be drawn.
async fn new_outage() -> OutageId {
    loop {
        match random::outage_id() {
            Ok(id) => return id,
            Err(_) => sleep(RETRY_AFTER).await,
        }
    }
}

fn new_ids() -> Result<NewIds, random::Error> {
    Ok(NewIds { outage: random::outage_id()?, job: random::job_id()? })
}

/// The highest sequence number that was given to a line of the region; 0 if there is none.
fn last_seq(appends: &watch::Receiver<LastSeqs>, region: &Region) -> i64 {
    appends.borrow().get(region).copied().unwrap_or_default()
}

/// Resolves when the region has lines after the sequence number `known`.
async fn arrived(appends: &mut watch::Receiver<LastSeqs>, region: &Region, known: i64) {
    let has_new = |last_seqs: &LastSeqs| last_seqs.get(region).is_some_and(|last| *last > known);
    if appends.wait_for(has_new).await.is_err() {
        pending::<()>().await;
    }
}
