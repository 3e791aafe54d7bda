//! One world of the walk: the rows of the database, two nodes, and what an observer knows.

mod action;
mod database;
mod node;
mod observed;
mod properties;

use replay_core::{JobId, JobStatus, Timeframe, decisions::Submission};
use replay_server::{
    engine::{Next, NextLive},
    store::Fence,
};
use replay_tests::{
    database_image::DatabaseImage,
    walking::{at, new_line, us},
};

pub(super) use self::{action::Action, database::Database};
use self::{
    database::{EXPIRE, LASTING, LATE},
    node::{Node, Stepped},
    observed::Observed,
};

#[derive(Clone)]
pub(super) struct World {
    image: DatabaseImage,
    nodes: [Node; 2],
    /// The lease that was claimed last.
    last: Option<Fence>,
    seen: Observed,
    /// The state after a crash of the database, if the last commit was not synced.
    durable: Option<Box<Durable>>,
    /// The digest of everything but the budget that can influence what happens later.
    digest: [u8; 32],
    /// How many more faults happen.
    budget: usize,
    history: Vec<Action>,
}

/// The database before its last commit, and what the observer knew of it.
#[derive(Clone)]
struct Durable {
    image: DatabaseImage,
    seen: Observed,
}

/// The number of faults of a world, which makes the walk finite.
const BUDGET: usize = 3;

/// The highest sequence number that the lane is told of.
const LAST_SEQ: i64 = 100;

impl World {
    /// The first node has the lease.
    pub(super) async fn start(database: &Database) -> Self {
        let mut nodes = <[Node; 2]>::default();
        // The first renewal inserts the lease.
        nodes[0].renew(0, database).await;
        nodes[0].renew(0, database).await;
        assert!(nodes[0].fence.is_some(), "the first node has no lease");
        database.rows.execute(LASTING);
        let world = Self {
            image: database.rows.read(),
            last: nodes[0].fence.clone(),
            nodes,
            seen: Observed::default(),
            durable: None,
            digest: [0; 32],
            budget: BUDGET,
            history: Vec::new(),
        };
        Self { digest: world.digested(), ..world }
    }

    /// The world after `action`, if that can happen in this one and changes it.
    pub(super) async fn after(&self, database: &Database, action: Action) -> Option<Self> {
        if !self.admits(action) {
            return None;
        }
        let mut next = self.clone();
        next.budget = self.budget.checked_sub(action.cost())?;
        next.history.push(action);
        next.seen.met.clear();
        database.rows.load(&self.image);
        let stepped = next.act(database, action).await;
        next.image = database.rows.read();
        if let Some(number) = stepped {
            next.assert_replaced_changes_nothing(self, number);
        }
        next.note(self, database, action).await;
        next.durable = next
            .is_lazy(action)
            .then(|| Box::new(Durable { image: self.image.clone(), seen: self.seen.clone() }));
        next.digest = next.digested();
        (next.digest != self.digest).then_some(next)
    }

    /// Lets the event happen. Returns the node that has acted under its lease.
    async fn act(&mut self, database: &Database, action: Action) -> Option<usize> {
        match action {
            Action::Put => {
                let window = Timeframe::new(at(1), at(2)).unwrap();
                let submission = Submission::to_region(us(), JobId(1), window);
                database.store.submit(submission, at(0)).await.unwrap();
                None
            }
            Action::Arrive => {
                let (minute, text) = LATE;
                database.store.append(&us(), vec![new_line(at(minute), text)]).await.unwrap();
                None
            }
            Action::Expire => {
                database.rows.execute(EXPIRE);
                None
            }
            Action::LoseCommit => {
                let Durable { image, seen } = *self.durable.take().unwrap();
                database.rows.load(&image);
                let sent = core::mem::take(&mut self.seen.sent);
                self.seen = Observed { sent, met: vec!["a commit is lost"], ..seen };
                None
            }
            Action::Cancel => {
                // It may have settled.
                let _ = database.store.stop(&us(), "cancelled", at(0)).await;
                None
            }
            Action::Renew(number) => {
                let before = self.nodes[number].clone();
                if self.nodes[number].renew(number, database).await {
                    self.last.clone_from(&self.nodes[number].fence);
                }
                self.seen.note_dropped(&before, &self.nodes[number]);
                database.rows.execute(LASTING);
                None
            }
            Action::JobStep(number) => {
                let before = self.nodes[number].clone();
                match self.nodes[number].step_job(database).await {
                    Stepped::Next(Next::Send(batch)) => {
                        self.seen.check_job(&batch);
                        self.nodes[number].job_requests.push(batch);
                    }
                    Stepped::Next(Next::GiveUp) => self.nodes[number].job_requests.clear(),
                    Stepped::Next(_) => {}
                    Stepped::Replaced => self.seen.note_dropped(&before, &self.nodes[number]),
                }
                Some(number)
            }
            Action::JobEnds(number, answer) => {
                let (batch, finished) = self.nodes[number].end_job(database, answer).await;
                self.seen.note_job(&batch, answer);
                self.seen.is_stored = finished.is_ok();
                Some(number)
            }
            Action::LaneStep(number) => {
                let before = self.nodes[number].clone();
                match self.nodes[number].step_lane(database, LAST_SEQ).await {
                    Stepped::Next(NextLive::Send(request)) => {
                        self.seen.check_live(&request);
                        self.nodes[number].live_request = Some(request);
                    }
                    Stepped::Next(_) => {}
                    Stepped::Replaced => self.seen.note_dropped(&before, &self.nodes[number]),
                }
                Some(number)
            }
            Action::LaneEnds(number, answer) => {
                let (request, finished) = self.nodes[number].end_lane(database, answer).await;
                self.seen.note_live(&request, answer);
                self.seen.is_stored = finished.is_ok();
                Some(number)
            }
        }
    }

    fn admits(&self, action: Action) -> bool {
        let holds = |number: usize| self.nodes[number].fence.is_some();
        match action {
            Action::Put => self.image.rows("job").is_empty(),
            Action::Arrive => !self.seen.has_arrived,
            Action::Expire => self.image.rows("lease").iter().any(|lease| !lease.ends_with(",0)")),
            Action::Cancel => self.seen.current.status() == JobStatus::Running,
            Action::LoseCommit => self.durable.is_some(),
            Action::Renew(_) => true,
            Action::JobStep(number) => holds(number),
            Action::LaneStep(number) => holds(number) && self.nodes[number].live_request.is_none(),
            Action::JobEnds(number, _) => !self.nodes[number].job_requests.is_empty(),
            Action::LaneEnds(number, _) => self.nodes[number].live_request.is_some(),
        }
    }

    /// Whether the event was committed without a sync: the result of a request, unless it has settled the job.
    fn is_lazy(&self, action: Action) -> bool {
        matches!(action, Action::JobEnds(..) | Action::LaneEnds(..))
            && !self.seen.current.status().is_settled()
    }

    /// Whether the node does not have the lease that was claimed last.
    fn is_replaced(&self, number: usize) -> bool {
        self.nodes[number].fence != self.last
    }
}

impl core::fmt::Display for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:#?}\nafter {:#?}", self.seen, self.history)
    }
}
