//! The properties that hold in every world, each with the message of its violation.

use std::sync::Arc;

use replay_core::JobStatus;
use replay_server::{delivery::DeliveryResult, engine::Next};

use super::{Met, World, engine, observed::delivery_of, us};

impl World {
    /// Asserts the properties of the world.
    pub(in crate::model) fn assert_properties(&self) {
        for (id, batch) in &self.sent {
            let planned = &self.jobs[delivery_of(id)].planned;
            if self.met.contains(&Met::SplitBatch) {
                let is_part = planned
                    .values()
                    .any(|lines| lines.windows(batch.lines.len()).any(|part| part == batch.lines));
                assert!(is_part, "{id} is no part of a batch at the start\n{self}");
            } else {
                let lines = planned.get(id);
                assert_eq!(lines, Some(&batch.lines), "{id} is no batch at the start\n{self}");
            }
        }
        for (number, seen) in self.jobs.iter().enumerate().filter(|(at, job)| job.delivery == *at) {
            let frozen = seen.frozen.clone().unwrap_or_default();
            let mut planned: Vec<_> = seen.planned.values().flatten().cloned().collect();
            let mut expected = frozen.clone();
            expected.sort();
            planned.sort();
            assert_eq!(planned, expected, "the batches are not the lines of the snapshot\n{self}");
            let mut acknowledged: Vec<_> = self.acknowledged(number).collect();
            let all = acknowledged.len();
            acknowledged.sort();
            acknowledged.dedup();
            assert_eq!(acknowledged.len(), all, "lines were acknowledged twice\n{self}");
        }
        if self.status() == JobStatus::Completed {
            let delivery = self.jobs.last().unwrap().delivery;
            let frozen = self.jobs[delivery].frozen.as_ref().unwrap().len();
            let all = frozen == self.acknowledged(delivery).count();
            assert!(all, "the job is completed, but not every line was acknowledged\n{self}");
        }
        if self.status() == JobStatus::Failed {
            let reason = self.job.configured().and_then(|job| job.reason.as_ref());
            assert!(reason.is_some(), "the job failed without a reason\n{self}");
        }
        if self.status() != JobStatus::Running {
            assert!(self.in_flight.is_empty(), "a job settled with requests in flight\n{self}");
        }
        let progress = self.job.configured().and_then(|job| job.progress.as_ref());
        if let (Some(progress), Some(seen)) = (progress, self.jobs.last()) {
            let lines = seen.acknowledged.len() as u64;
            assert_eq!(progress.delivered.lines, lines, "the progress is wrong\n{self}");
        }
    }

    /// Asserts that the job settles if the receiver acknowledges every request.
    pub(in crate::model) async fn assert_job_can_settle(&self) {
        let store = self.store().await;
        let engine = engine(&store);
        let (mut deliveries, mut in_flight) = (self.deliveries.clone(), self.in_flight.clone());
        for _ in 0..30 {
            match engine.next(&us(), &mut deliveries).await.unwrap() {
                Next::Settled => return,
                Next::Send(batch) => in_flight.push(batch),
                Next::In(_) | Next::Requests if !in_flight.is_empty() => {
                    let answer = DeliveryResult::Status { code: 202, retry_after: None };
                    let results = vec![(Arc::clone(&in_flight.remove(0)), answer)];
                    engine.finish(&us(), &mut deliveries, results).await.unwrap();
                }
                Next::Now
                | Next::In(_)
                | Next::Requests
                | Next::GiveUp
                | Next::Unreadable { .. } => {}
            }
        }
        panic!("the job does not settle\n{self}");
    }
}
