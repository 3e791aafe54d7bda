//! The situations that the walks must have met, so that their properties are not vacuous.

use std::collections::BTreeMap;

use replay_client::RequestError;
use replay_core::{JobStatus, Refusal};

use super::{
    server::{Command, Reply},
    world::{Action, World},
};

/// Each situation and the number of its occurrences.
#[derive(Default)]
pub(super) struct Coverage(BTreeMap<&'static str, usize>);

impl Coverage {
    /// Records the situations of the step from `before` to `after`.
    pub(super) fn note(&mut self, before: &World, action: &Action, after: &World) {
        let responded =
            if let Action::Respond(place) = action { before.requests.get(*place) } else { None };
        let refused = |refusal: Refusal| {
            let why = responded.and_then(|request| request.reply.as_ref());
            matches!(why, Some(Reply::Refused(why)) if *why == refusal)
        };
        let request_error = |world: &World| world.tracker.job().request_error().is_some();
        let outcome = after.tracker.outcome().map(|outcome| &outcome.result);
        let granted = outcome.is_some_and(Result::is_ok);
        let ended = before.tracker.pending_mutation().is_some()
            && after.tracker.pending_mutation().is_none();
        let timer_elapsed = *action == Action::TimerElapsed;
        let status = |world: &World| world.server.job.status();
        let stopping =
            after.server.job.configured().is_some_and(|job| job.stop_requested.is_some());
        let changed = before.server.puts != after.server.puts;
        let late = changed && matches!(action, Action::ArriveDelayed(_));
        let is_right = |world: &World| world.tracker.job().known() == Some(&world.server.state());
        let rest = after.watched && after.tracker.is_at_rest();
        let (right, seen_settled) =
            (rest && is_right(after), is_right(before) && status(before).is_settled());
        let lost = outcome.is_some_and(|it| it.as_ref().is_err_and(RequestError::may_have_worked));
        let theirs = after.server.puts.last() == Some(&Command::SendByOther);
        for (what, is_so) in [
            ("a read is overtaken", before.stale != after.stale),
            ("a failed read is retried", timer_elapsed && request_error(before)),
            ("a settled job is polled", timer_elapsed && before.tracker.is_at_rest()),
            ("a read is refused with 401 or 403", rest && request_error(after)),
            ("a read succeeds after a failed one", request_error(before) && !request_error(after)),
            ("polling skips a status", before.shown().skips_to(after.shown())),
            ("a mutation succeeds", ended && granted),
            ("a submission is refused while a job runs", refused(Refusal::Running(vec![]))),
            ("a cancel arrives after the job has settled", refused(Refusal::NothingToStop)),
            ("a running job has a stop request", stopping),
            (
                "a mutation without a response took effect",
                right && lost && !theirs && after.server.puts.len() == 1,
            ),
            ("a mutation arrives after its timeout", late),
            (
                "a mutation arrives after its timeout while a settled job is shown",
                late && seen_settled,
            ),
            (
                "the response to a mutation arrives while the job is not watched",
                ended && !after.watched,
            ),
            (
                "the response to a mutation is older than the job shown",
                after.shown() < before.shown(),
            ),
            (
                "the job is polled while a mutation is pending",
                timer_elapsed && before.tracker.pending_mutation().is_some(),
            ),
            ("another client's job is shown", theirs && is_right(after)),
            ("another client's job is not shown at rest", rest && theirs && !right),
            ("the page rests with a completed job", right && status(after) == JobStatus::Completed),
            ("the page rests with a failed job", right && status(after) == JobStatus::Failed),
        ] {
            *self.0.entry(what).or_default() += usize::from(is_so);
        }
    }

    /// Adds the situations of another walk.
    pub(super) fn add(&mut self, other: Self) {
        for (what, times) in other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    /// Asserts that every situation was met.
    pub(super) fn assert_all(&self) {
        let never: Vec<_> = self.0.iter().filter(|(_, times)| **times == 0).collect();
        assert!(never.is_empty(), "situations never met: {never:?}");
    }
}
