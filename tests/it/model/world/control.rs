//! The control of a job: it is resumed, and its requests are given up.

use replay_core::{JobId, JobStatus};
use replay_server::store::Store;

use super::{Met, World, at, engine, observed::ObservedJob, us};

impl World {
    /// Resumes the failed job, if there is something to resume.
    pub(super) async fn resume(&mut self, store: &Store) -> Option<()> {
        let id = JobId(self.jobs.len() as u128);
        let resumed = store.resume(&us(), id, None, at(0), at(0)).await;
        if self.status() != JobStatus::Failed {
            assert!(resumed.is_err(), "a job was resumed that has not failed\n{self}");
        }
        let resumed = resumed.ok()?;
        let delivery = resumed.configured().unwrap().delivery_id().0;
        let failed = self.jobs.last().unwrap();
        let delivery = usize::try_from(delivery).unwrap();
        assert_eq!(delivery, failed.delivery, "the delivery id is another one\n{self}");
        let window = failed.window;
        let has_delivered = self.acknowledged(delivery).next().is_some();
        self.meet(Met::Resumption, true);
        self.meet(Met::ResumptionAfterAcknowledgement, has_delivered);
        self.deliveries.mark_stale();
        self.jobs.push(ObservedJob::submitted(window, delivery));
        Some(())
    }

    /// Gives up the requests in flight of a stopped job.
    pub(super) async fn give_up(&mut self, store: &Store, have_arrived: bool) -> Option<()> {
        let is_stopped = self.jobs.last().is_some_and(|job| job.stopped);
        if !is_stopped || self.in_flight.is_empty() {
            return None;
        }
        for batch in core::mem::take(&mut self.in_flight) {
            self.note_sent(&batch, have_arrived);
        }
        engine(store).give_up(&us(), &mut self.deliveries, Vec::new()).await.unwrap();
        self.meet(Met::GivenUp, true);
        Some(())
    }
}
