//! What nobody may have to complain about, in any world: each assertion is worded as the complaint.

use replay_core::JobStatus;
use replay_server::engine::Next;

use super::{Met, World, engine, put_of, us};
use crate::model::courier::{Courier, Fate};

impl World {
    /// What nobody may ever have to complain about.
    pub(in crate::model) fn assert_always(&self) {
        for (id, (lines, _)) in &self.sent {
            let seen = &self.jobs[put_of(id)];
            let frozen = seen.frozen.as_deref().unwrap_or_default();
            let inside = lines.iter().all(|line| frozen.contains(line));
            assert!(inside, "{id} sent what was not frozen: {lines:?}\n{self}");
        }
        for seen in &self.jobs {
            let frozen = seen.frozen.as_deref().unwrap_or_default();
            let gapless = frozen.starts_with(&seen.acknowledged);
            assert!(gapless, "lines were passed over: {:?}\n{self}", seen.acknowledged);
        }
        if self.status() == JobStatus::Completed {
            let seen = self.jobs.last().unwrap();
            let all = seen.frozen.as_ref() == Some(&seen.acknowledged);
            assert!(all, "it says completed, and not every line was acknowledged\n{self}");
        }
        if self.status() == JobStatus::Failed {
            let reason = self.job.configured().and_then(|job| job.reason.as_ref());
            assert!(reason.is_some(), "it failed and does not say why\n{self}");
        }
        if !self.met.contains(&Met::Halves) {
            self.assert_each_line_has_one_name();
        }
    }

    /// With a receiver that takes everything, every job comes to an end.
    pub(in crate::model) async fn assert_it_can_end(&self) {
        let store = self.store();
        let engine = engine(&store, Courier::new(Fate::Answered(202)));
        let mut retry_state = self.retry_state.clone();
        for _ in 0..20 {
            if engine.step(&us(), &mut retry_state).await.unwrap() == Next::Settled {
                return;
            }
        }
        panic!("the job never ends\n{self}");
    }

    fn assert_each_line_has_one_name(&self) {
        for put in 0..self.jobs.len() {
            let of_put = self.sent.iter().filter(|(id, _)| put_of(id) == put);
            let mut lines: Vec<_> = of_put.flat_map(|(_, (lines, _))| lines).collect();
            let sent = lines.len();
            lines.sort();
            lines.dedup();
            assert_eq!(lines.len(), sent, "a line was sent under two names\n{self}");
        }
    }
}
