//! One world of the walk: the store as a value, the deliveries of the process, the requests in
//! flight, the batches that the receiver got, and what an observer of all that knows.

mod action;
mod control;
mod faults;
mod observed;
mod properties;
mod snapshot;

use core::ops::RangeInclusive;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use replay_core::{
    Job, JobId, JobStatus, OutageId, Timeframe, decisions::Submission, webhook::Patch,
};
use replay_server::{
    delivery::DeliveryResult,
    engine::{Deliveries, Next},
    store::{Batch, Store},
};
use replay_tests::{
    walked_database::{WalkedDatabase, WalkedImage},
    walking::{SEAL_LIMITS, at, endpoint, engine, new_line, us},
};
use time_range::Timestamp;

use self::{
    action::RequestOutcome,
    observed::{ObservedJob, SentBatch},
};
pub(super) use self::{
    action::{Action, Met},
    snapshot::Snapshot,
};

#[derive(Clone)]
pub(super) struct World {
    database: WalkedDatabase,
    image: WalkedImage,
    job: Job,
    endpoint: String,
    deliveries: Deliveries,
    in_flight: Vec<Arc<Batch>>,
    archive: Vec<(Timestamp, String)>,
    /// The batches sent, by webhook-id.
    sent: BTreeMap<String, SentBatch>,
    pub(super) jobs: Vec<ObservedJob>,
    pub(super) met: HashSet<Met>,
    /// How many more events happen beside the ordinary ones.
    budget: usize,
    history: Vec<Action>,
}

/// The timeframe of each PUT, in minutes; there are no more PUTs.
const TIMEFRAMES: [RangeInclusive<i64>; 2] = [1..=2, 2..=2];

/// The number of faults, changes and second PUTs of a world, which makes the walk finite.
const BUDGET: usize = 2;

impl World {
    /// Blocks and recent lines, some with one event time and one outside the timeframes, and an
    /// enabled webhook.
    pub(super) async fn start(database: WalkedDatabase) -> Self {
        let store = database.empty();
        let archive: Vec<_> = [(2, "b"), (1, "a"), (2, "c"), (9, "outside"), (2, "d")]
            .map(|(minute, text)| (at(minute), text.to_owned()))
            .to_vec();
        for (index, (event_at, text)) in archive.iter().enumerate() {
            store.append(&us(), vec![new_line(*event_at, text)]).await.unwrap();
            if index == 1 {
                assert!(store.seal(&us(), SEAL_LIMITS).await.unwrap());
            }
        }
        let patch = Patch { enabled: Some(true), ..endpoint("https://a.example") };
        store.patch_webhook(&us(), patch, OutageId(0), at(0)).await.unwrap();
        Self {
            image: database.image(&store).await,
            database,
            job: Job::Unconfigured,
            endpoint: "https://a.example".to_owned(),
            deliveries: Deliveries::default(),
            in_flight: Vec::new(),
            archive,
            sent: BTreeMap::new(),
            jobs: Vec::new(),
            met: HashSet::new(),
            budget: BUDGET,
            history: Vec::new(),
        }
    }

    pub(super) fn status(&self) -> JobStatus {
        self.job.status()
    }

    /// The world after `action`, if that can happen in this one.
    pub(super) async fn after(&self, action: Action) -> Option<Self> {
        let mut next = self.clone();
        next.history.push(action);
        next.spend(action)?;
        let store = self.store().await;
        match action {
            Action::Put => next.put(&store).await,
            Action::Step => next.step(&store).await?,
            Action::FirstEnds(outcome) => next.end(&store, 0, outcome).await?,
            Action::SecondEnds(outcome) => next.end(&store, 1, outcome).await?,
            Action::CrashBeforeArrival => next.crash(false)?,
            Action::CrashAfterArrival => next.crash(true)?,
            Action::Cancel => {
                let stopped = store.stop(&us(), "cancelled", at(0)).await;
                next.note_stop(stopped.is_ok());
            }
            Action::Resume => next.resume(&store).await?,
            Action::GiveUpBeforeArrival => next.give_up(&store, false).await?,
            Action::GiveUpAfterArrival => next.give_up(&store, true).await?,
            Action::Disable | Action::Enable => {
                let enabled = Some(action == Action::Enable);
                let patch = Patch { enabled, ..Patch::default() };
                let before = store.webhook(&us()).await.unwrap().0;
                let after = store.patch_webhook(&us(), patch, OutageId(0), at(0)).await.unwrap();
                next.note_stop(before.is_enabled() && !after.is_enabled());
            }
            Action::ChangeEndpoint => {
                next.endpoint = "https://b.example".to_owned();
                let patch = endpoint(&next.endpoint);
                store.patch_webhook(&us(), patch, OutageId(0), at(0)).await.unwrap();
                next.meet(Met::ChangedEndpoint, self.status() == JobStatus::Running);
            }
            Action::Ingest => next.ingest(&store).await?,
            Action::Seal => {
                let sealed = store.seal(&us(), SEAL_LIMITS).await.unwrap();
                let merged = store.merge(&us(), SEAL_LIMITS).await.unwrap();
                next.meet(Met::SealedWhileRunning, self.status() == JobStatus::Running);
                (sealed || merged).then_some(())?;
            }
            Action::Damage => {
                next.image = self.damaged()?;
                next.meet(Met::DamagedPart, true);
                return Some(next);
            }
        }
        next.job = store.job(&us()).await.unwrap();
        next.image = self.database.image(&store).await;
        next.freeze(self.status()).await;
        Some(next)
    }

    /// Takes the cost of an action from the budget; `None` if it is used up.
    fn spend(&mut self, action: Action) -> Option<()> {
        let is_damaged = self.met.contains(&Met::DamagedPart);
        let cost = match action {
            // The batches of a job are recorded at its start, while they can be read.
            Action::Put if self.puts() == TIMEFRAMES.len() => return None,
            Action::Put | Action::Resume if is_damaged => return None,
            Action::Damage if self.status() != JobStatus::Running => return None,
            Action::Put => self.puts(),
            // The stop was paid for.
            Action::Step
            | Action::GiveUpBeforeArrival
            | Action::GiveUpAfterArrival
            | Action::FirstEnds(RequestOutcome::Answered(202))
            | Action::SecondEnds(RequestOutcome::Answered(202)) => 0,
            Action::FirstEnds(_)
            | Action::SecondEnds(_)
            | Action::CrashBeforeArrival
            | Action::CrashAfterArrival
            | Action::Damage
            | Action::Cancel
            | Action::Resume
            | Action::Disable
            | Action::Enable
            | Action::ChangeEndpoint
            | Action::Ingest
            | Action::Seal => 1,
        };
        self.budget = self.budget.checked_sub(cost)?;
        Some(())
    }

    async fn put(&mut self, store: &Store) {
        let minutes = &TIMEFRAMES[self.puts()];
        let window = Timeframe::new(at(*minutes.start()), at(*minutes.end())).unwrap();
        let id = JobId(self.jobs.len() as u128);
        let submission = Submission::to_region(us(), id, window);
        let submitted = store.submit(submission, at(0)).await;
        let (before, after) = (&self.job, store.job(&us()).await.unwrap());
        if before.status() == JobStatus::Running {
            assert!(submitted.is_err(), "a running job was replaced\n{self}");
        }
        if submitted.is_err() {
            assert_eq!(*before, after, "a refused PUT changed the job\n{self}");
            return;
        }
        let waiting = [JobStatus::Accepted, JobStatus::Pending].contains(&before.status());
        self.meet(Met::Replacement, waiting);
        self.deliveries.mark_stale();
        self.jobs.push(ObservedJob::submitted(window, self.jobs.len()));
    }

    /// How many PUTs have submitted a job.
    fn puts(&self) -> usize {
        self.jobs.iter().enumerate().filter(|(index, job)| job.delivery == *index).count()
    }

    async fn step(&mut self, store: &Store) -> Option<()> {
        let before = self.deliveries.clone();
        let next = engine(store).next(&us(), &mut self.deliveries).await.unwrap();
        let Next::Send(batch) = next else {
            let is_idle = before == self.deliveries && next != Next::Now;
            return (!is_idle).then_some(());
        };
        self.check_request(&batch);
        self.in_flight.push(batch);
        self.meet(Met::TwoInFlight, self.in_flight.len() == 2);
        Some(())
    }

    async fn end(&mut self, store: &Store, index: usize, outcome: RequestOutcome) -> Option<()> {
        if index >= self.in_flight.len() {
            return None;
        }
        let batch = self.in_flight.remove(index);
        self.note_sent(&batch, outcome.arrives());
        let result = match outcome {
            RequestOutcome::Answered(code) => DeliveryResult::Status { code, retry_after: None },
            RequestOutcome::ResponseLost => DeliveryResult::NoResponse("lost".to_owned()),
        };
        let results = vec![(Arc::clone(&batch), result)];
        engine(store).finish(&us(), &mut self.deliveries, results).await.unwrap();
        match outcome {
            RequestOutcome::Answered(202) => self.note_acknowledged(&batch),
            RequestOutcome::Answered(413) => self.meet(Met::SplitBatch, true),
            RequestOutcome::ResponseLost => self.meet(Met::LostResponse, true),
            RequestOutcome::Answered(_) => {}
        }
        Some(())
    }

    async fn ingest(&mut self, store: &Store) -> Option<()> {
        let late = (at(1), "late".to_owned());
        if self.archive.contains(&late) {
            return None;
        }
        self.archive.push(late);
        let mut lines = vec![new_line(at(1), "late"), new_line(at(1), "a")];
        // A line is not compared with those of a damaged part.
        if !self.met.contains(&Met::DamagedPart) {
            lines.push(new_line(at(2), "c"));
        }
        let appended = store.append(&us(), lines).await.unwrap();
        assert_eq!(appended.accepted, 1, "a duplicate was archived\n{self}");
        self.meet(Met::LateLine, self.status() == JobStatus::Running);
        Some(())
    }

    fn note_stop(&mut self, stopped: bool) {
        self.deliveries.mark_stale();
        if !stopped || self.status().is_settled() {
            return;
        }
        self.meet(Met::StopWhileRunning, self.status() == JobStatus::Running);
        self.jobs.last_mut().unwrap().stopped = true;
    }

    fn meet(&mut self, situation: Met, occurs: bool) {
        if occurs {
            self.met.insert(situation);
        }
    }

    fn current(&self) -> Option<usize> {
        let id = self.job.configured()?.id.0;
        usize::try_from(id).ok().map(|put| put + 1)
    }

    async fn store(&self) -> Store {
        self.database.load(&self.image).await
    }
}

impl core::fmt::Display for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}\nafter {:#?}", self.job, self.history)
    }
}
