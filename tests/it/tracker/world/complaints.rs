//! What nobody may have to complain about, in any world: each assertion is worded as the complaint.

use replay_client::{ClientEffect, Method, Pace, RequestError};
use replay_core::JobStatus;
use replay_wire::JobReport;

use super::{Action, Want, World, mutation};

impl World {
    /// What nobody may ever have to complain about, once `action` has led here from `before`.
    pub(in crate::tracker) fn assert_always(
        &self,
        before: &Self,
        action: &Action,
        effects: &[ClientEffect],
    ) {
        let told = self.ended.is_some() && before.ended.is_none();
        self.assert_at_rest_with_the_truth();
        self.assert_orders_are_kept(told);
        self.assert_may_be_done(before, action, effects, told);
        let heeded = self.stale.iter().any(|request_id| self.tells_on_hearing(request_id));
        assert!(!heeded, "an answer that was overtaken is heeded\n{self}");
        let back = self.shown() < before.shown();
        assert!(!back || told, "a stale read has replaced a newer one\n{self}");
    }

    fn assert_at_rest_with_the_truth(&self) {
        let job = self.tracker.job();
        if !self.looked_at || !self.tracker.is_at_rest() {
            return;
        }
        if let Some(request_error) = job.request_error() {
            assert!(
                is_final(request_error),
                "it gives up although it may only have to try again\n{self}"
            );
            return;
        }
        let reads_again = self.timer.is_some();
        assert!(reads_again, "at rest, it will never notice what somebody else does\n{self}");
        let known = job.known();
        assert!(known.is_some(), "it shows nothing, does nothing, and says nothing\n{self}");
        let older = self.shown() < self.newest;
        assert!(!older, "it had shown what is newer than what it rests with\n{self}");
        let excused = self.server.only_others_since(self.shown());
        let right = known == Some(&self.server.truth());
        assert!(right || excused, "at rest, it shows what is not so\n{self}");
    }

    fn assert_orders_are_kept(&self, told: bool) {
        let outcome = self.tracker.outcome();
        let said = outcome.map(|outcome| (outcome.mutation, outcome.result.is_ok()));
        let ended = self.ended.as_ref().map(|it| (mutation(it.want), it.granted.is_some()));
        assert_eq!(said, ended, "the answer to an order was dropped\n{self}");
        let granted = self.ended.as_ref().and_then(|it| it.granted.as_ref()).filter(|_| told);
        let shown = granted.is_none() || self.tracker.job().known() == granted;
        assert!(shown, "the answer to an order is not shown\n{self}");

        let pending_mutation = self.tracker.pending_mutation();
        if self.sends + self.cancels > 0 {
            let one = pending_mutation.is_some() != outcome.is_some();
            assert!(one, "an order is neither under way nor ended, or both\n{self}");
        }
        let under_way: Vec<_> = self.requests.iter().filter_map(|request| request.want).collect();
        assert!(under_way.len() < 2, "two orders are under way at once\n{self}");
        let same = under_way.first().copied().map(mutation) == pending_mutation;
        assert!(same, "it says that an order is under way that is not, or hides one\n{self}");
    }

    fn assert_may_be_done(
        &self,
        before: &Self,
        action: &Action,
        effects: &[ClientEffect],
        told: bool,
    ) {
        for effect in effects {
            match effect {
                ClientEffect::Fetch(_, request) if request.method == Method::Get => {
                    let follows = self.looked_at || told;
                    assert!(follows, "it reads although nobody looks\n{self}");
                }
                ClientEffect::Fetch(..) => {
                    let pressed = matches!(action, Action::Press(Want::Send(_) | Want::Cancel));
                    assert!(pressed, "it orders what nobody wants\n{self}");
                }
                ClientEffect::Wait(_, pause) => {
                    let pace = self.expected_pace();
                    let fits = pace.pauses_seconds().contains(&pause.num_seconds());
                    assert!(fits, "it waits for {pause}, which is not {pace:?}\n{self}");
                    assert!(self.looked_at, "it goes on although nobody looks\n{self}");
                    let refused = self.tracker.job().request_error().is_some_and(is_final);
                    assert!(!refused, "it asks again what it was refused\n{self}");
                }
                ClientEffect::Abort(request_id) => {
                    let mut orders = self.requests.iter().filter(|request| request.want.is_some());
                    assert!(
                        orders.all(|mutation| mutation.id != *request_id),
                        "it aborts an order\n{self}"
                    );
                }
            }
        }
        let aborts =
            effects.iter().filter(|effect| matches!(effect, ClientEffect::Abort(_))).count();
        assert!(effects.len() - aborts < 2, "it does several things at once\n{self}");
        // A wait that nobody needs is not a second way to be woken.
        let woken = *action == Action::Wake && !effects.is_empty();
        assert!(
            !woken || !before.tracker.job().is_loading(),
            "it reads what it is reading\n{self}"
        );
    }

    /// An order while one is under way does nothing.
    pub(in crate::tracker) fn assert_nothing_is_ordered_twice(&self) {
        let mut again = self.clone();
        if again.tracker.pending_mutation().is_some() {
            again.tracker.start_mutation(mutation(Want::Send(9)), &mut again.effects);
            again.tracker.start_mutation(mutation(Want::Cancel), &mut again.effects);
            let (same, none) = (again.tracker == self.tracker, again.effects.take().is_empty());
            assert!(same && none, "an order was given while one is under way\n{self}");
        }
    }

    /// How often the page should read, by what an onlooker knows.
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

/// Whether it takes somebody to change that.
fn is_final(request_error: &RequestError) -> bool {
    matches!(request_error, RequestError::Refused(401 | 403, _))
}
