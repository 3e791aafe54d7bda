//! A region with all that is known of it: its job and its webhook. Whether it is in view is the
//! desk's concern.

use alloc::vec::Vec;

use replay_core::{
    Instant, JobStatus, Policy, Region, Timeframe,
    range::{Bound, Range},
    wire::{JobReport, Reported},
};

use crate::{
    doors::{Answer, NoAnswer, Outbox, Ticket},
    picker::{Fault, resolve},
    setup::Setup,
    tracker::{Order, Tracker},
};

/// A region with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    pub(crate) region: Region,
    pub(crate) tracker: Tracker,
    pub(crate) setup: Setup,
}

impl Station {
    pub(crate) fn new(region: Region) -> Self {
        let (tracker, setup) = (Tracker::new(region.clone()), Setup::new(region.clone()));
        Self { region, tracker, setup }
    }

    pub(crate) fn job(&self) -> Option<&JobReport> {
        self.tracker.job().known()
    }

    /// The ends of the job's timeframe.
    pub(crate) fn ends(&self) -> Option<(Instant, Instant)> {
        self.job().and_then(|job| job.start_at.zip(job.end_at))
    }

    /// The timeframe of a job that has completed or failed, or why it cannot be asked for any more.
    pub(crate) fn settled_timeframe(
        &self,
        policy: &Policy,
        now: Instant,
    ) -> Option<Result<Timeframe, Vec<Fault>>> {
        let (start, end) = self.ends().filter(|_| self.has_ended())?;
        let range = Range { from: Bound::At(start), to: Bound::At(end) };
        Some(resolve(range, policy, now))
    }

    /// Sends a replay, and reads where it goes: the webhook may have been changed elsewhere.
    pub(crate) fn send(&mut self, timeframe: Timeframe, out: &mut Outbox) {
        self.tracker.order(Order::Send(timeframe), out);
        self.setup.refresh(true, out);
    }

    /// Takes note that time has passed. The webhook's health is read with each read of the job,
    /// whose deliveries change it.
    pub(crate) fn elapsed(&mut self, ticket: &Ticket, out: &mut Outbox) {
        if self.tracker.elapsed(ticket, out) {
            self.setup.refresh(false, out);
        }
        self.setup.elapsed(ticket);
    }

    /// Takes in an answer about the job; its status, if that is another one than was known before.
    pub(crate) fn job_answered(
        &mut self,
        ticket: &Ticket,
        answer: &Result<Answer, NoAnswer>,
        out: &mut Outbox,
    ) -> Option<Reported<JobStatus>> {
        let before = self.status();
        self.tracker.answered(ticket, answer, out);
        let after = self.status();
        let changed = before.is_some() && before != after;
        if changed && self.has_ended() {
            // Its deliveries have told how the webhook is.
            self.setup.refresh(false, out);
        }
        after.filter(|_| changed)
    }

    /// Whether the job has come to its end.
    pub(crate) fn has_ended(&self) -> bool {
        let status = self.job().and_then(|job| job.status.known());
        status.is_some_and(JobStatus::is_settled)
    }

    fn status(&self) -> Option<Reported<JobStatus>> {
        self.job().map(|job| job.status.clone())
    }
}
