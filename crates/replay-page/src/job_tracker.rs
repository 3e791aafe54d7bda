//! A region's job as the page sees it: read at the pace of its status, and ordered about. A read
//! that was overtaken is dropped, an order's answer never; the law is never asked, since polling
//! skips states.

mod key;
mod pace;

use replay_core::{Region, Timeframe, region::Resource};
use replay_wire::{JobReport, read_job, write_timeframe};

pub use self::{key::JobKey, pace::Pace};
use crate::{
    effects::Effects,
    remote::{Remote, RequestError, granted},
    request::{Method, RequestId, RequestOwner, Response, TransportError},
};

/// What is known of a region's job, and what was ordered of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobTracker {
    region: Region,
    job: Remote<JobReport>,
    pending_mutation: Option<PendingMutation>,
    outcome: Option<Outcome>,
    /// Whether anybody looks.
    watching: bool,
    timer: Option<RequestId>,
    /// How many reads in a row said the same.
    unchanged: usize,
    /// How many reads a settled job is still watched for, since an order's fate is not known.
    uncertain_reads: usize,
}

/// Something that is ordered of a region's job.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Mutation {
    /// Replay this.
    Send(Timeframe),
    /// End the job.
    Cancel,
}

/// An order that is under way.
#[derive(Clone, Debug, PartialEq)]
struct PendingMutation {
    request_id: RequestId,
    mutation: Mutation,
    before: Option<JobReport>,
}

/// How the latest order ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// What was ordered.
    pub mutation: Mutation,
    /// What was known of the job when it was ordered.
    pub before: Option<JobReport>,
    /// Which job it made or ended, or why it was not granted.
    pub result: Result<JobKey, RequestError>,
}

impl JobTracker {
    /// How many reads an order without an answer is waited for: about half a minute.
    pub const UNCERTAIN_READS: usize = 5;

    /// The tracker of a region of which nothing is known and at which nobody looks yet.
    #[must_use]
    pub const fn new(region: Region) -> Self {
        Self {
            region,
            job: Remote::new(),
            pending_mutation: None,
            outcome: None,
            watching: false,
            timer: None,
            unchanged: 0,
            uncertain_reads: 0,
        }
    }

    /// The job as it was last read, and what has kept it from being read since.
    #[must_use]
    pub const fn job(&self) -> &Remote<JobReport> {
        &self.job
    }

    /// The order that is under way.
    #[must_use]
    pub fn pending_mutation(&self) -> Option<Mutation> {
        self.pending_mutation.as_ref().map(|pending_mutation| pending_mutation.mutation)
    }

    /// How the latest order ended.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Whether nothing is under way; the slow reads of a settled job do not count.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let waits = self.timer.is_some() && self.pace() != Some(Pace::Slow);
        !self.job.is_loading() && self.pending_mutation.is_none() && !waits
    }

    /// Somebody looks, or nobody does any more.
    pub fn watch(&mut self, watching: bool, effects: &mut Effects) {
        self.watching = watching;
        self.timer = None;
        if watching {
            self.refresh(effects);
        }
    }

    /// Reads the job at once.
    pub fn refresh(&mut self, effects: &mut Effects) {
        self.unchanged = 0;
        self.read(effects);
    }

    /// Orders something, unless an order is under way.
    pub fn start_mutation(&mut self, mutation: Mutation, effects: &mut Effects) {
        if self.pending_mutation.is_some() {
            return;
        }
        let (method, resource, body) = match mutation {
            Mutation::Send(timeframe) => {
                (Method::Put, Resource::Job, Some(write_timeframe(&timeframe)))
            }
            Mutation::Cancel => (Method::Post, Resource::Cancel, None),
        };
        let request_id = effects.fetch(self.of(), method, self.region.path(resource), body);
        self.pending_mutation =
            Some(PendingMutation { request_id, mutation, before: self.job.known().cloned() });
        self.outcome = None;
    }

    /// Orders once more what was ordered last, if it has ended.
    pub fn repeat(&mut self, effects: &mut Effects) {
        if let Some(outcome) = &self.outcome {
            self.start_mutation(outcome.mutation, effects);
        }
    }

    /// Forgets how the latest order ended: whoever ordered it has gone on.
    pub fn dismiss(&mut self) {
        self.outcome = None;
    }

    /// Forgets that the latest order was refused for what it said: that is being edited.
    pub fn clear_refusal(&mut self) {
        let refused =
            |outcome: &mut Outcome| matches!(outcome.result, Err(RequestError::Refused(400, _)));
        self.outcome.take_if(refused);
    }

    /// Takes in an answer; one to nothing that is waited for is stale.
    pub fn response_received(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        effects: &mut Effects,
    ) {
        if let Some(pending_mutation) = self
            .pending_mutation
            .take_if(|pending_mutation| pending_mutation.request_id == *request_id)
        {
            self.mutation_answered(pending_mutation, granted(answer, read_job), effects);
            return;
        }
        let before = (self.job.known().cloned(), self.pace());
        if self.job.response_received(request_id, answer, read_job) {
            if self.job.request_error().is_none() {
                self.uncertain_reads = self.uncertain_reads.saturating_sub(1);
            }
            if (self.job.known(), self.pace()) != (before.0.as_ref(), before.1) {
                self.unchanged = 0;
            }
            self.rest(effects);
        }
    }

    /// Takes note that time has passed; whether the job is read for that.
    pub fn elapsed(&mut self, request_id: &RequestId, effects: &mut Effects) -> bool {
        let due = self.timer.take_if(|timer| timer == request_id).is_some();
        if due {
            self.read(effects);
        }
        due
    }

    fn mutation_answered(
        &mut self,
        pending_mutation: PendingMutation,
        result: Result<JobReport, RequestError>,
        effects: &mut Effects,
    ) {
        self.unchanged = 0;
        let result = match result {
            Ok(job) => {
                let key = JobKey::of(&job);
                self.job.learn(job);
                // A read that overtook this answer may have said what is newer.
                self.uncertain_reads = self.uncertain_reads.max(1);
                self.rest(effects);
                Ok(key)
            }
            Err(request_error) => {
                // A read under way may have been answered before the order was: this one is not.
                self.read(effects);
                if request_error.may_have_worked() {
                    self.uncertain_reads = Self::UNCERTAIN_READS;
                }
                Err(request_error)
            }
        };
        let PendingMutation { mutation, before, .. } = pending_mutation;
        self.outcome = Some(Outcome { mutation, before, result });
    }

    fn read(&mut self, effects: &mut Effects) {
        self.timer = None;
        let path = self.region.path(Resource::Job);
        self.job.ask(effects.fetch(self.of(), Method::Get, path, None));
    }

    /// Waits for the next read, if there has to be one.
    fn rest(&mut self, effects: &mut Effects) {
        if !self.watching {
            return;
        }
        if let Some(pace) = self.pace() {
            self.timer = Some(effects.wait(self.of(), pace.pause(self.unchanged)));
            self.unchanged += 1;
        }
    }

    fn pace(&self) -> Option<Pace> {
        Pace::of(&self.job, self.uncertain_reads > 0)
    }

    fn of(&self) -> RequestOwner {
        RequestOwner::Job(self.region.clone())
    }
}
