//! The properties that hold in every world, each with the message of its violation.

use replay_client::{ClientEffect, Method, Pace, RequestError};
use replay_core::JobStatus;
use replay_wire::JobReport;

use super::{Action, Command, World, mutation};

impl World {
    /// Asserts all properties of this world, which `action` has reached from `before`.
    pub(in crate::tracker) fn assert_always(
        &self,
        before: &Self,
        action: &Action,
        effects: &[ClientEffect],
    ) {
        let has_ended = self.ended.is_some() && before.ended.is_none();
        self.assert_rest_shows_the_server_state();
        self.assert_mutation_results_are_kept(has_ended);
        self.assert_effects_are_allowed(before, action, effects, has_ended);
        let heeded = self.stale.iter().any(|request_id| self.heeds_response(request_id));
        assert!(!heeded, "the tracker reacts to a stale response\n{self}");
        let back = self.shown() < before.shown();
        assert!(!back || has_ended, "a stale read has replaced a newer one\n{self}");
    }

    fn assert_rest_shows_the_server_state(&self) {
        let job = self.tracker.job();
        if !self.watched || !self.tracker.is_at_rest() {
            return;
        }
        if let Some(request_error) = job.request_error() {
            assert!(
                is_final(request_error),
                "the tracker stops after an error that a retry can resolve\n{self}"
            );
            return;
        }
        let reads_again = self.timer.is_some();
        assert!(reads_again, "the tracker has stopped polling\n{self}");
        let known = job.known();
        assert!(known.is_some(), "at rest, the tracker shows neither a job nor an error\n{self}");
        let older = self.shown() < self.newest_shown;
        assert!(!older, "at rest, the tracker shows an older state than before\n{self}");
        let excused = self.server.changed_only_by_others_since(self.shown());
        let right = known == Some(&self.server.state());
        assert!(right || excused, "at rest, the tracker does not show the server's state\n{self}");
    }

    fn assert_mutation_results_are_kept(&self, has_ended: bool) {
        let outcome = self.tracker.outcome();
        let reported = outcome.map(|outcome| (outcome.mutation.clone(), outcome.result.is_ok()));
        let ended = self.ended.as_ref().map(|it| (mutation(it.command), it.granted.is_some()));
        assert_eq!(reported, ended, "the result of a mutation was dropped\n{self}");
        let granted = self.ended.as_ref().and_then(|it| it.granted.as_ref()).filter(|_| has_ended);
        let shown = granted.is_none() || self.tracker.job().known() == granted;
        assert!(shown, "the job in a mutation's response is not shown\n{self}");

        let pending_mutation = self.tracker.pending_mutation().cloned();
        if self.sends + self.cancels > 0 {
            let one = pending_mutation.is_some() != outcome.is_some();
            assert!(one, "a mutation is neither pending nor ended, or both\n{self}");
        }
        let under_way: Vec<_> =
            self.requests.iter().filter_map(|request| request.command).collect();
        assert!(under_way.len() < 2, "two mutations are pending\n{self}");
        let same = under_way.first().copied().map(mutation) == pending_mutation;
        assert!(same, "the pending mutation does not match the requests\n{self}");
    }

    fn assert_effects_are_allowed(
        &self,
        before: &Self,
        action: &Action,
        effects: &[ClientEffect],
        has_ended: bool,
    ) {
        for effect in effects {
            match effect {
                ClientEffect::Fetch(_, request) if request.method == Method::Get => {
                    let follows = self.watched || has_ended;
                    assert!(follows, "the tracker reads although it is not watched\n{self}");
                }
                ClientEffect::Fetch(..) => {
                    let pressed =
                        matches!(action, Action::Mutate(Command::Send(_) | Command::Cancel));
                    assert!(
                        pressed,
                        "the tracker sends a mutation that the user did not request\n{self}"
                    );
                }
                ClientEffect::Wait(_, pause) => {
                    let pace = self.expected_pace();
                    let fits = pace.pauses_seconds().contains(&pause.num_seconds());
                    assert!(fits, "the wait of {pause} does not fit the pace {pace:?}\n{self}");
                    assert!(self.watched, "the tracker waits although it is not watched\n{self}");
                    let refused = self.tracker.job().request_error().is_some_and(is_final);
                    assert!(!refused, "the tracker polls after a final refusal\n{self}");
                }
                ClientEffect::Abort(request_id) => {
                    let mut orders =
                        self.requests.iter().filter(|request| request.command.is_some());
                    assert!(
                        orders.all(|mutation| mutation.id != *request_id),
                        "the tracker aborts a mutation\n{self}"
                    );
                }
            }
        }
        let aborts =
            effects.iter().filter(|effect| matches!(effect, ClientEffect::Abort(_))).count();
        assert!(effects.len() - aborts < 2, "the tracker emits several effects at once\n{self}");
        // An obsolete timer must not cause a second read.
        let woken = *action == Action::TimerElapsed && !effects.is_empty();
        assert!(
            !woken || !before.tracker.job().is_loading(),
            "a timer starts a read while one is pending\n{self}"
        );
    }

    /// A mutation while another is pending has no effect.
    pub(in crate::tracker) fn assert_mutations_do_not_overlap(&self) {
        let mut again = self.clone();
        if again.tracker.pending_mutation().is_some() {
            again.tracker.start_mutation(mutation(Command::Send(9)), &mut again.effects);
            again.tracker.start_mutation(mutation(Command::Cancel), &mut again.effects);
            let (same, none) = (again.tracker == self.tracker, again.effects.take().is_empty());
            assert!(same && none, "a mutation was accepted while one is pending\n{self}");
        }
    }

    /// The pace of polling that the server's history requires.
    fn expected_pace(&self) -> Pace {
        if self.tracker.job().request_error().is_some() {
            Pace::BackingOff
        } else if !self.is_seen_settled() {
            Pace::Fast
        } else if self.uncertain_reads > 0 {
            Pace::BackingOff
        } else {
            Pace::Slow
        }
    }

    fn is_seen_settled(&self) -> bool {
        let job = self.tracker.job();
        let settled = |job: &JobReport| job.status.known().is_some_and(JobStatus::is_settled);
        job.request_error().is_none() && job.known().is_some_and(settled)
    }
}

/// Whether only the user can resolve the error.
fn is_final(request_error: &RequestError) -> bool {
    matches!(request_error, RequestError::Refused { status: 401 | 403, .. })
}
