//! One world of the walk: the store as a value, what the process remembers, what the receiver has,
//! and what an onlooker knows of all that.

mod complaints;

use core::time::Duration;
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
    store::{BatchLimits, Due, NewLine, Store},
};
use time_range::Timestamp;

use super::courier::{Courier, Fate};

/// What may happen next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Action {
    Put,
    Step(Fate),
    Crash,
    Cancel,
    Disable,
    Enable,
    Move,
    Ingest,
}

impl Action {
    pub(super) const ALL: [Self; 14] = [
        Self::Put,
        Self::Step(Fate::Answered(202)),
        Self::Step(Fate::Answered(503)),
        Self::Step(Fate::Answered(413)),
        Self::Step(Fate::Answered(401)),
        Self::Step(Fate::AnswerLost),
        Self::Step(Fate::CrashBeforeArrival),
        Self::Step(Fate::CrashAfterArrival),
        Self::Crash,
        Self::Cancel,
        Self::Disable,
        Self::Enable,
        Self::Move,
        Self::Ingest,
    ];
}

/// What has happened on the way to a world.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Met {
    CrashInARequest,
    LostAnswer,
    Halves,
    StopWhileRunning,
    Replacement,
    LateLine,
    MovedWebhook,
}

/// What an onlooker knows of one PUT.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Seen {
    window: Timeframe,
    /// The lines it has to send, known once it runs.
    frozen: Option<Vec<String>>,
    endpoint: Option<String>,
    acknowledged: Vec<String>,
    stopped: bool,
}

#[derive(Clone)]
pub(super) struct World {
    image: Vec<u8>,
    job: Job,
    endpoint: String,
    retry_state: RetryState,
    archive: Vec<(Timestamp, String)>,
    /// By webhook-id: what was sent under it, and whether the receiver has it.
    sent: BTreeMap<String, (Vec<String>, bool)>,
    pub(super) jobs: Vec<Seen>,
    pub(super) met: HashSet<Met>,
    troubles: u8,
    changes: u8,
    history: Vec<Action>,
}

/// The minutes that each PUT asks for, from and to; every order of events ends after the last.
const WINDOWS: [[i64; 2]; 2] = [[1, 2], [2, 2]];

/// How much else may happen, so that the walk ends.
const TROUBLES: u8 = 2;
const CHANGES: u8 = 1;

impl World {
    /// Four archived lines, two of them of one moment and one outside the windows; a webhook.
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
            troubles: 0,
            changes: 0,
            history: Vec::new(),
        }
    }

    pub(super) fn status(&self) -> JobStatus {
        self.job.status()
    }

    /// Everything that can make a difference later.
    pub(super) async fn key(&self) -> String {
        let store = self.store();
        let due = match store.due(&us()).await.unwrap() {
            Due::Send(batch) => format!("{}{:?}", batch.webhook_id(), batch.target),
            due @ (Due::Nothing
            | Due::Schedule(_)
            | Due::Start(_)
            | Due::End(..)
            | Due::Unreadable { .. }) => format!("{due:?}"),
        };
        let webhook = store.webhook(&us()).await.unwrap();
        let bounds = (self.troubles, self.changes, &self.archive);
        let (job, retry_state, sent, jobs) = (&self.job, &self.retry_state, &self.sent, &self.jobs);
        format!("{job:?}{due}{webhook:?}{retry_state:?}{sent:?}{jobs:?}{bounds:?}")
    }

    /// The world after `action`, if that can happen in this one.
    pub(super) async fn after(&self, action: Action) -> Option<Self> {
        let mut next = self.clone();
        next.history.push(action);
        next.spend(action)?;
        let store = self.store();
        match action {
            Action::Put => next.put(&store).await,
            Action::Step(fate) => next.step(&store, fate).await?,
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
            Action::Move => {
                next.endpoint = "https://b.example".to_owned();
                let patch = endpoint(&next.endpoint);
                store.patch_webhook(&us(), patch, at(0)).await.unwrap();
                next.meet(Met::MovedWebhook, self.status() == JobStatus::Running);
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
            Action::Put => (self.jobs.len() < WINDOWS.len()).then_some(()),
            Action::Step(Fate::Answered(202)) => Some(()),
            // Only a running job makes a request that could meet any other fate.
            Action::Step(_) if self.status() != JobStatus::Running => None,
            Action::Step(_) | Action::Crash => {
                self.troubles += 1;
                (self.troubles <= TROUBLES).then_some(())
            }
            Action::Cancel | Action::Disable | Action::Enable | Action::Move | Action::Ingest => {
                self.changes += 1;
                (self.changes <= CHANGES).then_some(())
            }
        }
    }

    async fn put(&mut self, store: &Store) {
        let [start, end] = WINDOWS[self.jobs.len()].map(at);
        let window = Timeframe::new(start, end).unwrap();
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
        self.jobs.push(Seen { window, frozen, endpoint, acknowledged, stopped });
    }

    async fn step(&mut self, store: &Store, fate: Fate) -> Option<()> {
        let courier = Courier::new(fate);
        let engine = engine(store, courier.clone());
        let (region, mut retry_state) = (us(), self.retry_state.clone());
        tokio::select! {
            biased;
            next = engine.step(&region, &mut retry_state) => {
                next.unwrap();
                self.retry_state = retry_state;
            }
            () = courier.crashed() => {
                self.meet(Met::CrashInARequest, true);
                self.retry_state = RetryState::default();
            }
        }
        // Without a request, what would have become of one is not worth a world of its own.
        let Some(batch) = courier.made() else {
            return (fate == Fate::Answered(202)).then_some(());
        };
        let id = batch.webhook_id();
        let lines: Vec<_> =
            batch.lines.iter().map(|line| String::from_utf8(line.text.clone()).unwrap()).collect();
        assert_eq!(Some(put_of(&id) + 1), self.current(), "an old job sent {id}\n{self}");
        assert_eq!(self.status(), JobStatus::Running, "a job at rest sent {id}\n{self}");
        let seen = &self.jobs[put_of(&id)];
        assert!(!seen.stopped, "a stopped job sent {id}\n{self}");
        let endpoint = Some(&batch.target.endpoint.url);
        assert_eq!(endpoint, seen.endpoint.as_ref(), "{id} went elsewhere\n{self}");
        if let Some((before, _)) = self.sent.get(&id) {
            assert_eq!(*before, lines, "{id} stood for other bytes before\n{self}");
        }
        let entry = self.sent.entry(id.clone()).or_insert((lines.clone(), false));
        entry.1 |= fate.arrives();
        match fate {
            Fate::Answered(202) => self.jobs[put_of(&id)].acknowledged.extend(lines),
            Fate::Answered(413) => self.meet(Met::Halves, true),
            Fate::AnswerLost => self.meet(Met::LostAnswer, true),
            Fate::Answered(_) | Fate::CrashBeforeArrival | Fate::CrashAfterArrival => {}
        }
        Some(())
    }

    /// What a job has to send is known the moment it runs, and not before.
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

    fn meet(&mut self, what: Met, is_so: bool) {
        if is_so {
            self.met.insert(what);
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

fn engine(store: &Store, delivery: Courier) -> Engine<Courier> {
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

/// Which PUT a webhook-id belongs to, counted from 0.
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
