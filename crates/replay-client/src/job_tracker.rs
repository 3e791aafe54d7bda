//! Follows a region's job: reads it at the pace of its status, submits and cancels jobs. The state
//! machine is not consulted, because two reads may skip statuses.

use replay_core::Region;
use replay_wire::{JobReport, read_job, routes::Operation};

use crate::{
    effects::ClientEffects,
    job_key::JobKey,
    mutation::Mutation,
    pace::Pace,
    remote::Remote,
    request::{RequestId, RequestOwner, Response, TransportError},
    request_error::{RequestError, read_response},
};

/// What is known of a region's job, and its mutations.
#[derive(Clone, Debug, PartialEq)]
pub struct JobTracker {
    region: Region,
    job: Remote<JobReport>,
    pending_mutation: Option<PendingMutation>,
    outcome: Option<Outcome>,
    /// Whether the job is read periodically.
    watching: bool,
    /// Whether joined reads report the job while it is settled.
    joined: bool,
    timer: Option<RequestId>,
    /// The number of successive reads with the same result.
    unchanged: usize,
    /// The number of reads until the result of the last mutation is taken to be visible.
    uncertain_reads: usize,
}

/// A mutation without a response so far.
#[derive(Clone, Debug, PartialEq)]
struct PendingMutation {
    request_id: RequestId,
    mutation: Mutation,
    before: Option<JobReport>,
}

/// The result of a mutation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// The mutation.
    pub mutation: Mutation,
    /// What was known of the job when the mutation was requested.
    pub before: Option<JobReport>,
    /// The job that was submitted or cancelled, or the error.
    pub result: Result<JobKey, RequestError>,
    /// After a 409: the job as the first successful read after it reported it; `None` before that
    /// read.
    pub in_the_way: Option<JobReport>,
}

impl JobTracker {
    /// The number of reads after a mutation with an unknown result until the tracker slows down:
    /// about half a minute.
    pub const UNCERTAIN_READS: usize = 5;

    /// A tracker that knows nothing of the region's job and does not watch it.
    #[must_use]
    pub const fn new(region: Region) -> Self {
        Self {
            region,
            job: Remote::new(),
            pending_mutation: None,
            outcome: None,
            watching: false,
            joined: false,
            timer: None,
            unchanged: 0,
            uncertain_reads: 0,
        }
    }

    /// The job.
    #[must_use]
    pub const fn job(&self) -> &Remote<JobReport> {
        &self.job
    }

    /// The mutation in progress.
    #[must_use]
    pub fn pending_mutation(&self) -> Option<&Mutation> {
        self.pending_mutation.as_ref().map(|pending_mutation| &pending_mutation.mutation)
    }

    /// The result of the last mutation, until the next one starts or the result is dismissed.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Whether a mutation may have an effect that the reads since its response have not shown yet.
    #[must_use]
    pub const fn is_uncertain(&self) -> bool {
        self.uncertain_reads > 0
    }

    /// Whether no request is in progress and no read is due soon; reads at [`Pace::Slow`] do not
    /// count.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let waits = self.timer.is_some() && self.pace() != Some(Pace::Slow);
        !self.job.is_loading() && self.pending_mutation.is_none() && !waits
    }

    /// Whether the job is read periodically.
    #[must_use]
    pub const fn is_watching(&self) -> bool {
        self.watching
    }

    /// Starts reading the job periodically, at once for the first time, or stops it.
    pub fn watch(&mut self, watching: bool, effects: &mut ClientEffects) {
        (self.watching, self.joined, self.timer) = (watching, false, None);
        if watching {
            self.refresh(effects);
        }
    }

    /// Starts reading the job periodically while it is not settled; joined reads report it from then
    /// on, and have reported it before or are in progress.
    pub fn watch_jointly(&mut self, effects: &mut ClientEffects) {
        (self.watching, self.joined, self.unchanged) = (true, true, 0);
        if !self.job.is_loading() {
            self.schedule_read(effects);
        }
    }

    /// Joins a read that reports the jobs of several regions. From now on it is this tracker's latest
    /// read.
    pub fn join_read(&mut self, request_id: &RequestId) {
        self.timer = None;
        self.job.start_read(request_id.clone());
    }

    /// Takes in that a joined read has no result for this job.
    pub fn leave_read(&mut self, request_id: &RequestId) {
        self.job.leave_read(request_id);
    }

    /// Takes in the result of a joined read, which changes nothing if it is outdated. Returns whether
    /// the job was read.
    pub fn joined_read_ended(
        &mut self,
        request_id: &RequestId,
        result: Result<JobReport, RequestError>,
        effects: &mut ClientEffects,
    ) -> bool {
        self.joined = true;
        self.read_ended(request_id, result, effects)
    }

    /// Reads the job at once.
    pub fn refresh(&mut self, effects: &mut ClientEffects) {
        self.unchanged = 0;
        self.read(effects);
    }

    /// Requests a mutation; does nothing while one is in progress.
    pub fn start_mutation(&mut self, mutation: Mutation, effects: &mut ClientEffects) {
        if self.pending_mutation.is_some() {
            return;
        }
        let (method, path) = (mutation.method(), mutation.path(&self.region));
        let request_id = effects.fetch(self.owner(), method, path, mutation.body());
        self.pending_mutation =
            Some(PendingMutation { request_id, mutation, before: self.job.known().cloned() });
        self.outcome = None;
    }

    /// Requests the last mutation again if its result is known.
    pub fn repeat(&mut self, effects: &mut ClientEffects) {
        if let Some(outcome) = &self.outcome {
            self.start_mutation(outcome.mutation.clone(), effects);
        }
    }

    /// Discards the result of the last mutation.
    pub fn dismiss(&mut self) {
        self.outcome = None;
    }

    /// Discards the result of the last mutation if it is a 400: the user edits its parameters.
    pub fn clear_refusal(&mut self) {
        self.outcome.take_if(|outcome| {
            matches!(outcome.result, Err(RequestError::Refused { status: 400, .. }))
        });
    }

    /// Takes in a response. The response to an outdated read changes nothing. Returns whether the job
    /// was read.
    pub fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        effects: &mut ClientEffects,
    ) -> bool {
        let result = read_response(response, read_job);
        match self.pending_mutation.take_if(|pending| pending.request_id == *request_id) {
            Some(pending) => self.mutation_ended(pending, result, effects),
            None => self.read_ended(request_id, result, effects),
        }
    }

    fn read_ended(
        &mut self,
        request_id: &RequestId,
        result: Result<JobReport, RequestError>,
        effects: &mut ClientEffects,
    ) -> bool {
        let (job_before, pace_before) = (self.job.known().cloned(), self.pace());
        let is_latest = self.job.read_ended(request_id, result);
        if is_latest {
            if self.job.request_error().is_none() {
                self.uncertain_reads = self.uncertain_reads.saturating_sub(1);
                if let Some(outcome) = &mut self.outcome
                    && matches!(outcome.result, Err(RequestError::Refused { status: 409, .. }))
                    && outcome.in_the_way.is_none()
                {
                    outcome.in_the_way = self.job.known().cloned();
                }
            }
            if self.job.known() != job_before.as_ref() || self.pace() != pace_before {
                self.unchanged = 0;
            }
            self.schedule_read(effects);
        }
        is_latest && self.job.request_error().is_none()
    }

    /// Takes in the end of a wait; returns whether it requested a read of the job.
    pub fn elapsed(&mut self, request_id: &RequestId, effects: &mut ClientEffects) -> bool {
        let is_due = self.timer.take_if(|timer| timer == request_id).is_some();
        if is_due {
            self.read(effects);
        }
        is_due
    }

    fn mutation_ended(
        &mut self,
        pending: PendingMutation,
        result: Result<JobReport, RequestError>,
        effects: &mut ClientEffects,
    ) -> bool {
        self.unchanged = 0;
        let result = match result {
            Ok(job) => {
                let key = JobKey::of(&job);
                self.job.set_known(job);
                // A read that ended before this response may have shown a newer status.
                self.uncertain_reads = self.uncertain_reads.max(1);
                self.schedule_read(effects);
                Ok(key)
            }
            Err(request_error) => {
                // The server may have answered a read in progress before the mutation.
                self.read(effects);
                if request_error.may_have_worked() {
                    self.uncertain_reads = Self::UNCERTAIN_READS;
                }
                Err(request_error)
            }
        };
        let is_read = result.is_ok();
        let PendingMutation { mutation, before, .. } = pending;
        self.outcome = Some(Outcome { mutation, before, result, in_the_way: None });
        is_read
    }

    fn read(&mut self, effects: &mut ClientEffects) {
        self.timer = None;
        let request_id = effects.request(self.owner(), Operation::ReadJob, &self.region, None);
        self.job.start_read(request_id);
    }

    /// Requests the wait until the next read, if the job is watched and has a pace.
    fn schedule_read(&mut self, effects: &mut ClientEffects) {
        if !self.watching {
            return;
        }
        let pace = self.pace().filter(|pace| !self.joined || *pace != Pace::Slow);
        if let Some(pace) = pace {
            self.timer = Some(effects.wait(self.owner(), pace.pause(self.unchanged)));
            self.unchanged += 1;
        }
    }

    fn pace(&self) -> Option<Pace> {
        Pace::of(&self.job, self.uncertain_reads > 0)
    }

    fn owner(&self) -> RequestOwner {
        RequestOwner::Job(self.region.clone())
    }
}
