//! One world of the walk: the store as a value, the retry state of the process, the batches that the
//! receiver got, and what an observer of all that knows.

mod action;
mod properties;
mod snapshot;

use core::{ops::RangeInclusive, time::Duration};
use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;
use replay_core::{
    Job, JobId, JobStatus, Region, Timeframe,
    decisions::Submission,
    webhook::{AuthorizationChange, Endpoint, Patch, Secret},
};
use replay_server::{
    clock::Clock,
    engine::{Engine, RetryPolicy, RetryState},
    store::{BatchLimits, NewLine, Store},
};
use time_range::Timestamp;

pub(super) use self::action::{Action, Met};
use super::fake_delivery::{FakeDelivery, RequestOutcome};

/// What an observer knows of the job of one PUT.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct ObservedJob {
    window: Timeframe,
    /// The lines of its snapshot; `None` before it starts.
    frozen: Option<Vec<String>>,
    endpoint: Option<String>,
    acknowledged: Vec<String>,
    stopped: bool,
}

/// What was sent under one webhook-id.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct SentBatch {
    lines: Vec<String>,
    has_arrived: bool,
}

#[derive(Clone)]
pub(super) struct World {
    image: Vec<u8>,
    job: Job,
    endpoint: String,
    retry_state: RetryState,
    archive: Vec<(Timestamp, String)>,
    /// The batches sent, by webhook-id.
    sent: BTreeMap<String, SentBatch>,
    pub(super) jobs: Vec<ObservedJob>,
    pub(super) met: HashSet<Met>,
    faults: u8,
    changes: u8,
    history: Vec<Action>,
}

/// The timeframe of each PUT, in minutes; there are no more PUTs.
const TIMEFRAMES: [RangeInclusive<i64>; 2] = [1..=2, 2..=2];

/// The bounds that make the walk finite.
const FAULTS: u8 = 2;
const CHANGES: u8 = 1;

impl World {
    /// Four archived lines, two of them with one event time and one outside the timeframes, and an
    /// enabled webhook.
    pub(super) async fn start() -> Self {
        let store = Store::in_memory(None).unwrap();
        let archive: Vec<_> = [(2, "b"), (1, "a"), (2, "c"), (9, "outside")]
            .map(|(minute, text)| (at(minute), text.to_owned()))
            .to_vec();
        let lines = archive.iter().map(|(event_at, text)| NewLine {
            event_at: *event_at,
            text: text.clone().into_bytes(),
        });
        store.append(&us(), lines.collect()).await.unwrap();
        let patch = Patch { enabled: Some(true), ..endpoint("https://a.example") };
        store.patch_webhook(&us(), patch, at(0)).await.unwrap();
        Self {
            image: store.image().await.unwrap(),
            job: Job::Unconfigured,
            endpoint: "https://a.example".to_owned(),
            retry_state: RetryState::default(),
            archive,
            sent: BTreeMap::new(),
            jobs: Vec::new(),
            met: HashSet::new(),
            faults: 0,
            changes: 0,
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
        let store = self.store();
        match action {
            Action::Put => next.put(&store).await,
            Action::Step(outcome) => next.step(&store, outcome).await?,
            Action::Crash => next.retry_state = RetryState::default(),
            Action::Cancel => {
                let stopped = store.stop(&us(), "cancelled", at(0)).await;
                next.note_stop(stopped.is_ok());
            }
            Action::Disable | Action::Enable => {
                let enabled = Some(action == Action::Enable);
                let patch = Patch { enabled, ..Patch::default() };
                let before = store.webhook(&us()).await.unwrap().0;
                let after = store.patch_webhook(&us(), patch, at(0)).await.unwrap();
                next.note_stop(before.is_enabled() && !after.is_enabled());
            }
            Action::ChangeEndpoint => {
                next.endpoint = "https://b.example".to_owned();
                let patch = endpoint(&next.endpoint);
                store.patch_webhook(&us(), patch, at(0)).await.unwrap();
                next.meet(Met::ChangedEndpoint, self.status() == JobStatus::Running);
            }
            Action::Ingest => {
                let late = (at(1), "late".to_owned());
                if next.archive.contains(&late) {
                    return None;
                }
                next.archive.push(late);
                let late = NewLine { event_at: at(1), text: b"late".to_vec() };
                store.append(&us(), vec![late]).await.unwrap();
                next.meet(Met::LateLine, self.status() == JobStatus::Running);
            }
        }
        next.job = store.job(&us()).await.unwrap();
        next.freeze(self.status());
        next.image = store.image().await.unwrap();
        Some(next)
    }

    fn spend(&mut self, action: Action) -> Option<()> {
        match action {
            Action::Put => (self.jobs.len() < TIMEFRAMES.len()).then_some(()),
            Action::Step(RequestOutcome::Answered(202)) => Some(()),
            // Only a running job makes requests, and without a request there is only one outcome.
            Action::Step(_) if self.status() != JobStatus::Running => None,
            Action::Step(_) | Action::Crash => {
                self.faults += 1;
                (self.faults <= FAULTS).then_some(())
            }
            Action::Cancel
            | Action::Disable
            | Action::Enable
            | Action::ChangeEndpoint
            | Action::Ingest => {
                self.changes += 1;
                (self.changes <= CHANGES).then_some(())
            }
        }
    }

    async fn put(&mut self, store: &Store) {
        let minutes = &TIMEFRAMES[self.jobs.len()];
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
        let (frozen, endpoint, acknowledged, stopped) = (None, None, Vec::new(), false);
        self.jobs.push(ObservedJob { window, frozen, endpoint, acknowledged, stopped });
    }

    async fn step(&mut self, store: &Store, outcome: RequestOutcome) -> Option<()> {
        let fake_delivery = FakeDelivery::new(outcome);
        let engine = engine(store, fake_delivery.clone());
        let (region, mut retry_state) = (us(), self.retry_state.clone());
        tokio::select! {
            biased;
            next = engine.step(&region, &mut retry_state) => {
                next.unwrap();
                self.retry_state = retry_state;
            }
            () = fake_delivery.crashed() => {
                self.meet(Met::CrashDuringRequest, true);
                self.retry_state = RetryState::default();
            }
        }
        // Without a request, all outcomes lead to the same world.
        let Some(batch) = fake_delivery.made() else {
            return (outcome == RequestOutcome::Answered(202)).then_some(());
        };
        let id = batch.webhook_id();
        let lines: Vec<_> =
            batch.lines.iter().map(|line| String::from_utf8(line.text.clone()).unwrap()).collect();
        assert_eq!(Some(put_of(&id) + 1), self.current(), "{id} was sent for an older job\n{self}");
        assert_eq!(
            self.status(),
            JobStatus::Running,
            "{id} was sent for a job that does not run\n{self}"
        );
        let seen = &self.jobs[put_of(&id)];
        assert!(!seen.stopped, "{id} was sent for a stopped job\n{self}");
        let endpoint = Some(&batch.target.endpoint.url);
        assert_eq!(endpoint, seen.endpoint.as_ref(), "{id} was sent to another endpoint\n{self}");
        if let Some(before) = self.sent.get(&id) {
            assert_eq!(before.lines, lines, "{id} was used for other bytes before\n{self}");
        }
        let entry = self.sent.entry(id.clone());
        let sent = entry.or_insert_with(|| SentBatch { lines: lines.clone(), has_arrived: false });
        sent.has_arrived |= outcome.arrives();
        match outcome {
            RequestOutcome::Answered(202) => self.jobs[put_of(&id)].acknowledged.extend(lines),
            RequestOutcome::Answered(413) => self.meet(Met::SplitBatch, true),
            RequestOutcome::ResponseLost => self.meet(Met::LostResponse, true),
            RequestOutcome::Answered(_)
            | RequestOutcome::CrashBeforeArrival
            | RequestOutcome::CrashAfterArrival => {}
        }
        Some(())
    }

    /// Records the snapshot of a job that has just started.
    fn freeze(&mut self, before: JobStatus) {
        if before == JobStatus::Running || self.status() != JobStatus::Running {
            return;
        }
        let endpoint = self.endpoint.clone();
        let mut archive = self.archive.clone();
        archive.sort_by_key(|(event_at, _)| *event_at);
        let seen = self.jobs.last_mut().unwrap();
        let inside = |at: &Timestamp| (seen.window.start()..=seen.window.end()).contains(at);
        archive.retain(|(event_at, _)| inside(event_at));
        seen.frozen = Some(archive.into_iter().map(|(_, text)| text).collect());
        seen.endpoint = Some(endpoint);
    }

    fn note_stop(&mut self, stopped: bool) {
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

    fn store(&self) -> Store {
        Store::in_memory(Some(&self.image)).unwrap()
    }
}

impl core::fmt::Display for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}\nafter {:#?}", self.job, self.history)
    }
}

fn engine(store: &Store, delivery: FakeDelivery) -> Engine<FakeDelivery> {
    Engine {
        store: store.clone(),
        delivery,
        clock: Clock::new(|| at(0)),
        limits: BatchLimits { lines: 2, bytes: 1_000 },
        retry_policy: RetryPolicy { waits: vec![Duration::ZERO], ..RetryPolicy::default() },
    }
}

fn endpoint(origin: &str) -> Patch {
    let secret = Secret::new(format!("Bearer {origin}")).unwrap();
    Patch {
        endpoint: Some(Endpoint { url: origin.to_owned(), origin: origin.to_owned() }),
        authorization: Some(AuthorizationChange::Set(secret)),
        ..Patch::default()
    }
}

/// The PUT of a webhook-id, counted from 0.
fn put_of(webhook_id: &str) -> usize {
    let (job, _) = webhook_id.split_once('-').unwrap();
    usize::from_str_radix(job, 16).unwrap()
}

fn at(minute: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minute)
}

fn us() -> Region {
    Region::named("us").unwrap()
}
