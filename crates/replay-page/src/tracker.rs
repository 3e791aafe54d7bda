//! A region's job as the page sees it: read at the pace of its status, and ordered about. A read
//! that was overtaken is dropped, an order's answer never; the law is never asked, since polling
//! skips states.

mod key;
mod pace;

use replay_core::{
    Region, Timeframe,
    region::Resource,
    wire::{JobReport, read_job, write_timeframe},
};

pub use self::{key::JobKey, pace::Pace};
use crate::{
    doors::{Answer, Method, NoAnswer, Of, Outbox, Ticket},
    watch::{Trouble, Watch, granted},
};

/// What is known of a region's job, and what was ordered of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracker {
    region: Region,
    job: Watch<JobReport>,
    ordered: Option<Ordered>,
    outcome: Option<Outcome>,
    /// Whether anybody looks.
    watching: bool,
    timer: Option<Ticket>,
    /// How many reads in a row said the same.
    unchanged: usize,
    /// How many reads a settled job is still watched for, since an order's fate is not known.
    doubts: usize,
}

/// Something that is ordered of a region's job.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Order {
    /// Replay this.
    Send(Timeframe),
    /// End the job.
    Cancel,
}

/// An order that is under way.
#[derive(Clone, Debug, PartialEq)]
struct Ordered {
    ticket: Ticket,
    order: Order,
    before: Option<JobReport>,
}

/// How the latest order ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// What was ordered.
    pub order: Order,
    /// What was known of the job when it was ordered.
    pub before: Option<JobReport>,
    /// Which job it made or ended, or why it was not granted.
    pub result: Result<JobKey, Trouble>,
}

impl Tracker {
    /// How many reads an order without an answer is waited for: about half a minute.
    pub const DOUBTS: usize = 5;

    /// The tracker of a region of which nothing is known and at which nobody looks yet.
    #[must_use]
    pub const fn new(region: Region) -> Self {
        Self {
            region,
            job: Watch::new(),
            ordered: None,
            outcome: None,
            watching: false,
            timer: None,
            unchanged: 0,
            doubts: 0,
        }
    }

    /// The job as it was last read, and what has kept it from being read since.
    #[must_use]
    pub const fn job(&self) -> &Watch<JobReport> {
        &self.job
    }

    /// The order that is under way.
    #[must_use]
    pub fn ordered(&self) -> Option<Order> {
        self.ordered.as_ref().map(|ordered| ordered.order)
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
        !self.job.is_asking() && self.ordered.is_none() && !waits
    }

    /// Somebody looks, or nobody does any more.
    pub fn watch(&mut self, watching: bool, out: &mut Outbox) {
        self.watching = watching;
        self.timer = None;
        if watching {
            self.refresh(out);
        }
    }

    /// Reads the job at once.
    pub fn refresh(&mut self, out: &mut Outbox) {
        self.unchanged = 0;
        self.read(out);
    }

    /// Orders something, unless an order is under way.
    pub fn order(&mut self, order: Order, out: &mut Outbox) {
        if self.ordered.is_some() {
            return;
        }
        let (method, resource, body) = match order {
            Order::Send(timeframe) => {
                (Method::Put, Resource::Job, Some(write_timeframe(&timeframe)))
            }
            Order::Cancel => (Method::Post, Resource::Cancel, None),
        };
        let ticket = out.fetch(self.of(), method, self.region.path(resource), body);
        self.ordered = Some(Ordered { ticket, order, before: self.job.known().cloned() });
        self.outcome = None;
    }

    /// Orders once more what was ordered last, if it has ended.
    pub fn repeat(&mut self, out: &mut Outbox) {
        if let Some(outcome) = &self.outcome {
            self.order(outcome.order, out);
        }
    }

    /// Forgets how the latest order ended: whoever ordered it has gone on.
    pub fn dismiss(&mut self) {
        self.outcome = None;
    }

    /// Forgets that the latest order was refused for what it said: that is being edited.
    pub fn forgive(&mut self) {
        let refused =
            |outcome: &mut Outcome| matches!(outcome.result, Err(Trouble::Refused(400, _)));
        self.outcome.take_if(refused);
    }

    /// Takes in an answer; one to nothing that is waited for is stale.
    pub fn answered(
        &mut self,
        ticket: &Ticket,
        answer: &Result<Answer, NoAnswer>,
        out: &mut Outbox,
    ) {
        if let Some(ordered) = self.ordered.take_if(|ordered| ordered.ticket == *ticket) {
            self.order_answered(ordered, granted(answer, read_job), out);
            return;
        }
        let before = (self.job.known().cloned(), self.pace());
        if self.job.answered(ticket, answer, read_job) {
            if self.job.trouble().is_none() {
                self.doubts = self.doubts.saturating_sub(1);
            }
            if (self.job.known(), self.pace()) != (before.0.as_ref(), before.1) {
                self.unchanged = 0;
            }
            self.rest(out);
        }
    }

    /// Takes note that time has passed; whether the job is read for that.
    pub fn elapsed(&mut self, ticket: &Ticket, out: &mut Outbox) -> bool {
        let due = self.timer.take_if(|timer| timer == ticket).is_some();
        if due {
            self.read(out);
        }
        due
    }

    fn order_answered(
        &mut self,
        ordered: Ordered,
        result: Result<JobReport, Trouble>,
        out: &mut Outbox,
    ) {
        self.unchanged = 0;
        let result = match result {
            Ok(job) => {
                let key = JobKey::of(&job);
                self.job.learn(job);
                // A read that overtook this answer may have said what is newer.
                self.doubts = self.doubts.max(1);
                self.rest(out);
                Ok(key)
            }
            Err(trouble) => {
                // A read under way may have been answered before the order was: this one is not.
                self.read(out);
                if trouble.may_have_worked() {
                    self.doubts = Self::DOUBTS;
                }
                Err(trouble)
            }
        };
        let Ordered { order, before, .. } = ordered;
        self.outcome = Some(Outcome { order, before, result });
    }

    fn read(&mut self, out: &mut Outbox) {
        self.timer = None;
        let path = self.region.path(Resource::Job);
        self.job.ask(out.fetch(self.of(), Method::Get, path, None));
    }

    /// Waits for the next read, if there has to be one.
    fn rest(&mut self, out: &mut Outbox) {
        if !self.watching {
            return;
        }
        if let Some(pace) = self.pace() {
            self.timer = Some(out.wait(self.of(), pace.pause(self.unchanged)));
            self.unchanged += 1;
        }
    }

    fn pace(&self) -> Option<Pace> {
        Pace::of(&self.job, self.doubts > 0)
    }

    fn of(&self) -> Of {
        Of::Job(self.region.clone())
    }
}
