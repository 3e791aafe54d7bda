//! The properties of every world, each worded as the complaint if it does not hold, its identity, and
//! the situations that the walk has to meet.

use replay_core::JobStatus;
use replay_server::engine::{Next, NextLive};
use replay_tests::walking::us;
use sha2::{Digest, Sha256};

use super::{
    LAST_SEQ, World,
    action::Answer,
    database::{Database, EXPIRE, LATE},
    node::Stepped,
};

/// Tables that differ between equal worlds: parts have new numbers, and nodes have times.
const WITHOUT_MEANING: [&str; 3] = ["node", "part", "part_data"];

impl World {
    /// Everything that can influence what happens later. Two worlds with the same identity are walked
    /// through once.
    pub(in crate::nodes) const fn identity(&self) -> ([u8; 32], usize) {
        (self.digest, self.budget)
    }

    pub(super) fn digested(&self) -> [u8; 32] {
        let Self { image, nodes, last, seen, durable, digest: _, budget: _, history: _ } = self;
        let durable = durable.as_ref().map(|durable| durable.image.text_but_for(&WITHOUT_MEANING));
        let seen = (&seen.has_arrived, &seen.sent, &seen.job, &seen.lane);
        let rows = image.text_but_for(&WITHOUT_MEANING);
        Sha256::digest(format!("{rows}{nodes:?}{last:?}{seen:?}{durable:?}").as_bytes()).into()
    }

    /// Asserts what holds after a step of a node.
    pub(super) fn assert_replaced_changes_nothing(&self, before: &Self, number: usize) {
        if before.is_replaced(number) {
            let is_same = self.image == before.image;
            assert!(is_same, "a replaced node changed anything\n{self}");
        } else {
            let keeps = self.nodes[number].fence.is_some();
            assert!(keeps, "a node was fenced although no other node has replaced it\n{self}");
        }
    }

    /// Asserts the properties of the world.
    pub(in crate::nodes) fn assert_properties(&self) {
        let Some(job) = self.seen.current.configured() else { return };
        let acknowledged = self.seen.job.len();
        if let Some(progress) = &job.progress {
            let delivered = progress.delivered.lines;
            assert_eq!(delivered, acknowledged as u64, "the progress is wrong\n{self}");
        }
        if job.status == JobStatus::Completed {
            let planned: usize = self.seen.planned.values().map(Vec::len).sum();
            assert_eq!(acknowledged, planned, "a job is completed, but not every line\n{self}");
        }
        let is_damaged = job.reason.as_deref().is_some_and(|reason| reason.contains("damaged"));
        assert!(!is_damaged, "lines of a job were counted twice, or not at all\n{self}");
    }

    /// Asserts that a new holder of the lease can deliver everything, while the other node sleeps.
    pub(in crate::nodes) async fn assert_can_settle(&self, database: &Database) {
        let mut world = self.clone();
        database.rows.load(&self.image);
        database.rows.execute(EXPIRE);
        let node = &mut world.nodes[1];
        *node = super::Node::default();
        node.renew(1, database).await;
        assert!(node.fence.is_some(), "an expired lease cannot be claimed\n{self}");
        for _ in 0..30 {
            let job = node.step_job(database).await;
            let is_settled = matches!(job, Stepped::Next(Next::Settled));
            if let Stepped::Next(Next::Send(batch)) = job {
                node.job_requests.push(batch);
                let (_, finished) = node.end_job(database, Answer::Status(202)).await;
                finished.unwrap();
            }
            let lane = node.step_lane(database, LAST_SEQ).await;
            if let Stepped::Next(NextLive::Send(request)) = lane {
                node.live_request = Some(request);
                let (_, finished) = node.end_lane(database, Answer::Status(202)).await;
                finished.unwrap();
            } else if is_settled {
                break;
            }
        }
        let status = database.store.job(&us()).await.unwrap().status();
        let is_settled = status.is_settled() || status == JobStatus::Unconfigured;
        assert!(is_settled, "the job does not settle: {status}\n{self}");
        let (lane, ends) = (database.rows.read(), "delivering");
        let waits = lane.rows("lane").iter().any(|lane| !lane.contains(ends));
        assert!(!waits, "the lane does not deliver\n{self}");
    }

    /// Whether each situation occurs in the world, or has occurred on the last event.
    pub(in crate::nodes) fn situations(&self) -> Vec<(&'static str, bool)> {
        let both = self.nodes.iter().all(|node| node.fence.is_some());
        let requests = self.nodes.iter().all(|node| !node.job_requests.is_empty());
        let lanes = self.nodes.iter().all(|node| node.live_request.is_some());
        let mut situations = vec![
            ("both nodes believe to have the lease", both),
            ("both nodes have requests of the job in flight", requests),
            ("both nodes have requests of the lane in flight", lanes),
            ("a job completes", self.seen.current.status() == JobStatus::Completed),
            ("the lane delivers a line", self.seen.lane.contains_key(LATE.1)),
            (
                "a job completes after the lease was claimed by the other node",
                self.seen.current.status() == JobStatus::Completed
                    && self.nodes[1].fence == self.last,
            ),
        ];
        for name in
            ["a replaced node has the answer to a request", "a node drops a request of the job"]
        {
            situations.push((name, self.seen.met.contains(&name)));
        }
        situations
    }
}
