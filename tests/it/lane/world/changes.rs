//! Which events can happen in a world and what they cost, the jobs that they submit, and what the
//! observer concludes from a change.

use core::time::Duration;

use chrono::TimeDelta;
use replay_core::{JobStatus, Outage, Timeframe, decisions::Submission};
use replay_server::{
    clock::Clock,
    engine::{Deliveries, Engine, LiveDeliveries, LivePolicy},
    store::Store,
};
use replay_tests::walking::{self, NoDelivery, at, us};
use time_range::Timestamp;

use super::{Action, World, action::Answer, arrivals};

impl World {
    /// The time of everything but a submission.
    pub(super) fn now(&self) -> Timestamp {
        at(i64::try_from(self.submitted).unwrap())
    }

    /// Each job is submitted a minute later, so that the receiver has been well for long enough.
    fn later(&self) -> Timestamp {
        self.now() + TimeDelta::minutes(1)
    }

    pub(super) fn engine(&self, store: &Store) -> Engine<NoDelivery> {
        let now = self.now();
        let clock = Clock::new(move || now);
        Engine { clock, in_flight: 1, ..walking::engine(store) }
    }

    /// Whether an event can happen. Some events that can happen change nothing.
    pub(super) fn admits(&self, action: Action) -> bool {
        let may_submit = self.jobs_left > 0;
        let has_requests = self.live_request.is_some() || self.job_request.is_some();
        let is_enabled = self.seen.health.enabled;
        match action {
            Action::Arrive => self.arrived < arrivals::COUNT,
            Action::LaneStep => self.live_request.is_none(),
            Action::JobStep => self.job_request.is_none(),
            Action::LaneEnds(_) => self.live_request.is_some(),
            Action::JobEnds(_) => self.job_request.is_some(),
            Action::CrashBeforeArrival => {
                self.live != LiveDeliveries::default() || self.deliveries != Deliveries::default()
            }
            Action::CrashAfterArrival => has_requests,
            Action::Disable => is_enabled,
            Action::ReplayAll | Action::ReplayDay => is_enabled && may_submit,
            Action::Enable => !is_enabled,
            Action::Cancel => {
                let is_stopping =
                    self.seen.job.configured().is_some_and(|job| job.stop_requested.is_some());
                self.seen.unsettled().is_some() && !is_stopping
            }
            Action::Heal => is_enabled && may_submit && self.healable().is_some(),
            Action::HealByItself => {
                self.live_request.is_none() && may_submit && self.healable().is_some()
            }
            Action::Seal => {
                let passed_seq = self.seen.lane.passed_seq(self.seen.last_seq);
                self.seen.parts.iter().any(|part| !part.is_block && part.seqs.last <= passed_seq)
            }
            Action::Trim => {
                let retained_ns = at(arrivals::RETAINED).timestamp_nanos_opt().unwrap();
                self.seen.parts.iter().any(|part| part.last_ns < retained_ns)
            }
        }
    }

    /// What an event takes from the budget.
    pub(super) fn cost(&self, action: Action) -> usize {
        match action {
            Action::Arrive
            | Action::LaneStep
            | Action::JobStep
            | Action::LaneEnds(Answer::Status(202))
            | Action::JobEnds(Answer::Status(202))
            | Action::Enable
            | Action::HealByItself => 0,
            Action::Heal => usize::from(self.seen.unsettled().is_some()),
            Action::LaneEnds(_)
            | Action::JobEnds(_)
            | Action::CrashBeforeArrival
            | Action::CrashAfterArrival
            | Action::Disable
            | Action::ReplayAll
            | Action::ReplayDay
            | Action::Cancel
            | Action::Seal
            | Action::Trim => 1,
        }
    }

    pub(super) async fn replay(&mut self, store: &Store, [start, end]: [i64; 2]) {
        let timeframe = Timeframe::new(at(start), at(end)).unwrap();
        let submission = Submission::to_region(us(), self.new_ids().job, timeframe);
        self.note_submission(store.submit(submission, self.later()).await.is_ok());
    }

    pub(super) async fn heal(&mut self, store: &Store) {
        let (outage, job) = (self.healable().unwrap().id, self.new_ids().job);
        self.note_submission(
            store.heal(&us(), outage, job, None, at(-9), self.later()).await.is_ok(),
        );
    }

    /// The lane looks for an outage to heal, a minute after its last request. `None` if it does not
    /// heal one.
    pub(super) async fn heal_by_itself(&mut self, store: &Store) -> Option<()> {
        let later = self.later();
        let engine = Engine {
            clock: Clock::new(move || later),
            live: LivePolicy {
                heals: true,
                healing_interval: Duration::ZERO,
                ..LivePolicy::asking(at(0))
            },
            ..self.engine(store)
        };
        let before = self.live.clone();
        let new = self.new_ids();
        let next = engine.next_live(&us(), &mut self.live, new).await.unwrap();
        let job = store.job(&us()).await.unwrap();
        let is_submitted = job != self.seen.job;
        if !is_submitted {
            self.check_nothing_to_heal(&before);
            return None;
        }
        let waits = self.seen.unsettled().is_some();
        assert!(!waits, "an unsettled job was replaced by automatic healing\n{self}");
        let healed = job.configured().unwrap().request.heals;
        let outage = self.seen.outages.iter().find(|listed| Some(listed.outage.id) == healed);
        let reason = outage.unwrap().outage.cause.reason;
        assert!(reason.heals_by_itself(), "{reason:?} was healed by itself\n{self}");
        self.met.insert("the lane heals an outage by itself");
        self.note_submission(true);
        self.note_sending(next);
        Some(())
    }

    /// The observer's part of a change.
    pub(super) fn note_changes(&mut self, before: &Self, action: Action) {
        let is_disabled = before.seen.health.enabled && !self.seen.health.enabled;
        if is_disabled && let Some(request) = &self.live_request {
            self.disabled_in_flight.extend(Self::seqs(&request.batch.body));
            self.met.insert("a batch is in flight when its webhook is disabled");
        }
        let batch = before.seen.lane.batch;
        let is_abandoned =
            is_disabled || matches!(action, Action::LaneEnds(Answer::Status(400 | 413)));
        if let Some(batch) = batch.filter(|_| is_abandoned) {
            let lines = self.due_lines().filter(|line| line.is_within(&[batch]));
            self.abandoned.extend(lines.map(|line| line.seq).collect::<Vec<_>>());
        }
        if action == Action::JobEnds(Answer::Status(413)) {
            let batch = before.job_request.as_ref();
            self.abandoned.extend(batch.iter().flat_map(|batch| Self::seqs(&batch.body)));
        }
        if is_disabled && matches!(action, Action::JobEnds(_)) {
            self.live.note_sign();
        }
        if action == Action::Trim {
            self.note_trimmed(before);
        }
        if action == Action::Seal {
            self.check_sealed();
        }
    }

    /// The oldest outage that can be healed.
    pub(super) fn healable(&self) -> Option<&Outage> {
        let mut outages = self.seen.outages.iter().map(|listed| &listed.outage);
        outages.find(|outage| outage.is_healable())
    }

    fn note_submission(&mut self, is_submitted: bool) {
        let is_running = self.seen.job.status() == JobStatus::Running;
        assert!(!(is_running && is_submitted), "a running job was replaced\n{self}");
        if is_submitted {
            self.submitted += 1;
            self.jobs_left -= 1;
            self.deliveries.mark_stale();
        }
    }

    /// Asserts that an outage that nothing holds back was not left as it is.
    fn check_nothing_to_heal(&self, before: &LiveDeliveries) {
        let is_idle = self.live == *before && !self.is_lane_due();
        let is_delivering = self.seen.health.enabled && self.seen.lane.is_delivering();
        let is_untouched = |outage: &Outage| {
            let heals = outage.cause.reason.heals_by_itself();
            outage.is_healable() && heals && outage.healing_job.is_none()
        };
        let untouched = self.seen.outages.iter().find(|listed| is_untouched(&listed.outage));
        let is_due = is_idle && is_delivering && self.seen.unsettled().is_none();
        assert!(!is_due || untouched.is_none(), "{untouched:?} was not healed by itself\n{self}");
    }
}
