//! The properties that hold in every world, each with the message of its violation.

use replay_core::JobStatus;
use replay_server::engine::Next;

use super::{Met, SentBatch, World, engine, put_of, us};
use crate::model::fake_delivery::{FakeDelivery, RequestOutcome};

impl World {
    /// Asserts the properties of the world.
    pub(in crate::model) fn assert_properties(&self) {
        for (id, SentBatch { lines, .. }) in &self.sent {
            let seen = &self.jobs[put_of(id)];
            let frozen = seen.frozen.as_deref().unwrap_or_default();
            let inside = lines.iter().all(|line| frozen.contains(line));
            assert!(inside, "{id} has lines outside the snapshot: {lines:?}\n{self}");
        }
        for seen in &self.jobs {
            let frozen = seen.frozen.as_deref().unwrap_or_default();
            let gapless = frozen.starts_with(&seen.acknowledged);
            assert!(gapless, "lines were skipped: {:?}\n{self}", seen.acknowledged);
        }
        if self.status() == JobStatus::Completed {
            let seen = self.jobs.last().unwrap();
            let all = seen.frozen.as_ref() == Some(&seen.acknowledged);
            assert!(all, "the job is completed, but not every line was acknowledged\n{self}");
        }
        if self.status() == JobStatus::Failed {
            let reason = self.job.configured().and_then(|job| job.reason.as_ref());
            assert!(reason.is_some(), "the job failed without a reason\n{self}");
        }
        if !self.met.contains(&Met::SplitBatch) {
            self.assert_each_line_has_one_webhook_id();
        }
    }

    /// Asserts that the job settles if the receiver acknowledges every request.
    pub(in crate::model) async fn assert_job_can_settle(&self) {
        let store = self.store();
        let engine = engine(&store, FakeDelivery::new(RequestOutcome::Answered(202)));
        let mut retry_state = self.retry_state.clone();
        for _ in 0..20 {
            if engine.step(&us(), &mut retry_state).await.unwrap() == Next::Settled {
                return;
            }
        }
        panic!("the job does not settle\n{self}");
    }

    fn assert_each_line_has_one_webhook_id(&self) {
        for put in 0..self.jobs.len() {
            let of_put = self.sent.iter().filter(|(id, _)| put_of(id) == put);
            let mut lines: Vec<_> = of_put.flat_map(|(_, batch)| &batch.lines).collect();
            let sent = lines.len();
            lines.sort();
            lines.dedup();
            assert_eq!(lines.len(), sent, "a line was sent under two webhook-ids\n{self}");
        }
    }
}
