//! One world of the walk: the store as a value, the lane and the deliveries of the process, the requests
//! in flight, and what an observer of all that knows.

mod action;
mod arrivals;
mod changes;
mod counts;
mod identity;
mod observed;
mod properties;
mod requests;
mod situations;
mod starts;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use replay_core::{LaneId, OutageId, webhook::Patch};
use replay_server::{
    delivery::DeliveryResult,
    engine::{Deliveries, LiveDeliveries, NewIds, Next, NextLive},
    store::{Batch, ForwardedRegion, LiveRequest, Store},
};
use replay_tests::{
    walked_database::{WalkedDatabase, WalkedImage},
    walking::{SEAL_LIMITS, at, endpoint, us},
};

pub(super) use self::action::Action;
use self::{action::Answer, observed::Observed, requests::Sent, starts::Start};

#[derive(Clone)]
pub(super) struct World {
    database: WalkedDatabase,
    image: WalkedImage,
    seen: Observed,
    live: LiveDeliveries,
    live_request: Option<LiveRequest>,
    deliveries: Deliveries,
    job_request: Option<Arc<Batch>>,
    /// The number of arrivals.
    arrived: usize,
    /// The number of jobs.
    submitted: u128,
    /// The batches sent, by webhook-id.
    sent: BTreeMap<String, Sent>,
    /// The lines of batches that were in flight when their webhook was disabled.
    disabled_in_flight: BTreeSet<i64>,
    /// The lines whose batch may have arrived and is sent no more: its webhook was disabled, or the
    /// receiver refused or halved it.
    abandoned: BTreeSet<i64>,
    /// The lines that the retention removed before they were delivered.
    lost: BTreeSet<i64>,
    /// How many more events happen beside the ordinary ones.
    budget: usize,
    /// How many more jobs there are at most.
    jobs_left: u128,
    /// What the last event has led to.
    met: BTreeSet<&'static str>,
    history: Vec<Action>,
}

impl World {
    /// The worlds in which the walk begins.
    pub(super) async fn starts(database: &WalkedDatabase) -> Vec<Self> {
        let mut starts = Vec::new();
        let start = Self::start(database.clone()).await;
        for Start { way, jobs, budget } in starts::STARTS {
            let mut world = Self { budget: usize::MAX, jobs_left: u128::MAX, ..start.clone() };
            for action in way.iter().copied().flatten() {
                world = world.after(*action).await.unwrap();
                world.assert_properties();
            }
            starts.push(Self { budget, jobs_left: jobs, ..world });
        }
        starts
    }

    /// A line that was archived before, and a lane whose webhook is enabled.
    async fn start(database: WalkedDatabase) -> Self {
        let store = database.empty();
        arrivals::append(&store, 0).await;
        let patch = Patch { enabled: Some(true), ..endpoint("https://a.example") };
        store.patch_webhook(&us(), patch, OutageId(0), at(0)).await.unwrap();
        let forwarded =
            ForwardedRegion { region: us(), new_lane: LaneId(255), new_outage: OutageId(0) };
        store.set_forwarding(vec![forwarded], true, at(0)).await.unwrap();
        let image = database.image(&store).await;
        Self {
            seen: Observed::of(&store, &database.reader(&image)).await,
            database,
            image,
            live: LiveDeliveries::default(),
            live_request: None,
            deliveries: Deliveries::default(),
            job_request: None,
            arrived: 1,
            submitted: 0,
            sent: BTreeMap::new(),
            disabled_in_flight: BTreeSet::new(),
            abandoned: BTreeSet::new(),
            lost: BTreeSet::new(),
            budget: 0,
            jobs_left: 0,
            met: BTreeSet::new(),
            history: Vec::new(),
        }
    }

    /// The world after `action`, if that can happen in this one and changes it.
    pub(super) async fn after(&self, action: Action) -> Option<Self> {
        if !self.admits(action) {
            return None;
        }
        let budget = self.budget.checked_sub(self.cost(action))?;
        let mut next = Self { budget, met: BTreeSet::new(), ..self.clone() };
        next.history.push(action);
        let store = self.database.load(&self.image).await;
        match action {
            Action::Arrive => {
                arrivals::append(&store, self.arrived).await;
                next.arrived += 1;
            }
            Action::LaneStep => next.step_lane(&store).await,
            Action::JobStep => next.step_job(&store).await,
            Action::LaneEnds(answer) => next.end_lane(&store, answer).await,
            Action::JobEnds(answer) => next.end_job(&store, answer).await,
            Action::CrashBeforeArrival => next.crash(false),
            Action::CrashAfterArrival => next.crash(true),
            Action::Disable | Action::Enable => {
                let enabled = Some(action == Action::Enable);
                let patch = Patch { enabled, ..Patch::default() };
                store.patch_webhook(&us(), patch, self.new_ids().outage, self.now()).await.unwrap();
                next.live.note_sign();
                next.deliveries.mark_stale();
            }
            Action::ReplayAll => next.replay(&store, arrivals::ALL).await,
            Action::ReplayDay => next.replay(&store, arrivals::SECOND_DAY).await,
            Action::Cancel => {
                store.stop(&us(), "cancelled", self.now()).await.unwrap();
                next.deliveries.mark_stale();
            }
            Action::Heal => next.heal(&store).await,
            Action::HealByItself => next.heal_by_itself(&store).await?,
            Action::Seal => {
                store.seal(&us(), SEAL_LIMITS).await.unwrap();
                store.merge(&us(), SEAL_LIMITS).await.unwrap();
            }
            Action::Trim => {
                while store.trim(&us(), at(arrivals::RETAINED)).await.unwrap().lines > 0 {}
            }
        }
        next.image = self.database.image(&store).await;
        if next.image != self.image {
            next.seen = Observed::of(&store, &self.database.reader(&next.image)).await;
        }
        next.changes(self).then(|| {
            next.note_changes(self, action);
            next
        })
    }

    /// Whether the world differs from the one before, so that the event has happened.
    fn changes(&self, before: &Self) -> bool {
        self.seen != before.seen
            || self.live != before.live
            || self.deliveries != before.deliveries
            || self.live_request != before.live_request
            || self.job_request != before.job_request
    }

    async fn step_lane(&mut self, store: &Store) {
        let is_due = self.is_lane_due();
        self.live.note_arrivals(self.seen.last_seq);
        let new = self.new_ids();
        let next = self.engine(store).next_live(&us(), &mut self.live, new).await.unwrap();
        let goes_on = matches!(next, NextLive::Send(_) | NextLive::Now);
        assert!(goes_on || !is_due, "live lines wait: {next:?}\n{self}");
        self.note_sending(next);
    }

    /// The lane's step may have led to a request.
    fn note_sending(&mut self, next: NextLive) {
        if let NextLive::Send(request) = next {
            self.check_live(&request);
            self.live_request = Some(request);
        }
    }

    async fn step_job(&mut self, store: &Store) {
        let next = self.engine(store).next(&us(), &mut self.deliveries).await.unwrap();
        if let Next::Send(batch) = next {
            self.check_job(&batch);
            self.job_request = Some(batch);
        }
    }

    async fn end_lane(&mut self, store: &Store, answer: Answer) {
        let request = self.live_request.take().unwrap();
        let (result, new) = (result(answer), self.new_ids());
        let engine = self.engine(store);
        engine.finish_live(&us(), &mut self.live, &request, &result, new.outage).await.unwrap();
        self.note_live_end(&request.batch, answer);
        if answer == Answer::Status(410) {
            // The engine wakes the job.
            self.deliveries.mark_stale();
        }
    }

    async fn end_job(&mut self, store: &Store, answer: Answer) {
        let batch = self.job_request.take().unwrap();
        let results = vec![(Arc::clone(&batch), result(answer))];
        self.engine(store).finish(&us(), &mut self.deliveries, results).await.unwrap();
        self.note_job_end(&batch, answer);
    }

    fn crash(&mut self, has_arrived: bool) {
        if let Some(request) = self.live_request.take() {
            self.met.insert("the server is killed during a request of the lane");
            self.note_sent(&request.batch.webhook_id(), &request.batch.body, has_arrived);
        }
        if let Some(batch) = self.job_request.take() {
            self.note_sent(&batch.webhook_id(), &batch.body, has_arrived);
        }
        (self.live, self.deliveries) = (LiveDeliveries::default(), Deliveries::default());
    }

    /// Ids that no outage and no job has.
    fn new_ids(&self) -> NewIds {
        // A job that disables its webhook gives its own id to the outage.
        let outage = OutageId(self.seen.outages.len() as u128 + 1_000);
        NewIds { outage, job: replay_core::JobId(self.submitted + 1) }
    }
}

fn result(answer: Answer) -> DeliveryResult {
    match answer {
        Answer::Status(code) => DeliveryResult::Status { code, retry_after: None },
        Answer::ResponseLost => DeliveryResult::NoResponse("lost".to_owned()),
    }
}

impl core::fmt::Display for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Observed { job, lane, outages, parts, .. } = &self.seen;
        write!(f, "{job:?}\n{lane:?}\n{outages:#?}\n{parts:?}\n{:#?}\n", self.sent)?;
        write!(f, "after {:#?}", self.history)
    }
}
