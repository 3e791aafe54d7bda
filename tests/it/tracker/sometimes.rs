//! What a walk that means anything has met on its way.

use std::collections::BTreeMap;

use replay_client::RequestError;
use replay_core::{JobStatus, Refusal};

use super::{
    server::{Reply, Want},
    world::{Action, World},
};

/// Each situation, and how often it was met.
#[derive(Default)]
pub(super) struct Sometimes(BTreeMap<&'static str, usize>);

impl Sometimes {
    /// Takes note of what has happened between two worlds.
    pub(super) fn note(&mut self, before: &World, action: &Action, after: &World) {
        let heard =
            if let Action::Hear(place) = action { before.requests.get(*place) } else { None };
        let refused = |refusal: Refusal| {
            let why = heard.and_then(|request| request.reply.as_ref());
            matches!(why, Some(Reply::Refused(why)) if *why == refusal)
        };
        let request_error = |world: &World| world.tracker.job().request_error().is_some();
        let outcome = after.tracker.outcome().map(|outcome| &outcome.result);
        let granted = outcome.is_some_and(Result::is_ok);
        let told = before.tracker.pending_mutation().is_some()
            && after.tracker.pending_mutation().is_none();
        let waking = *action == Action::Wake;
        let status = |world: &World| world.server.job.status();
        let stopping =
            after.server.job.configured().is_some_and(|job| job.stop_requested.is_some());
        let changed = before.server.puts != after.server.puts;
        let late = changed && matches!(action, Action::ArriveLate(_));
        let is_right = |world: &World| world.tracker.job().known() == Some(&world.server.truth());
        let rest = after.looked_at && after.tracker.is_at_rest();
        let (right, seen_settled) =
            (rest && is_right(after), is_right(before) && status(before).is_settled());
        let lost = outcome.is_some_and(|it| it.as_ref().is_err_and(RequestError::may_have_worked));
        let theirs = after.server.puts.last() == Some(&Want::Foreign);
        for (what, is_so) in [
            ("a read is overtaken", before.stale != after.stale),
            ("a read fails and is tried again", waking && request_error(before)),
            ("a settled job is read again by itself", waking && before.tracker.is_at_rest()),
            ("a read is refused for good", rest && request_error(after)),
            ("reading works again", request_error(before) && !request_error(after)),
            ("a state is skipped", before.shown().skips_to(after.shown())),
            ("an order is granted", told && granted),
            ("a send is refused while a job runs", refused(Refusal::Running(vec![]))),
            ("a cancel comes too late", refused(Refusal::NothingToStop)),
            ("a running job is to end", stopping),
            (
                "an order that seemed lost has worked",
                right && lost && !theirs && after.server.puts.len() == 1,
            ),
            ("an order arrives that was given up", late),
            (
                "an order arrives that was given up, under a job seen to be settled",
                late && seen_settled,
            ),
            ("an order's answer is heard while nobody looks", told && !after.looked_at),
            ("an order's answer is older than what was shown", after.shown() < before.shown()),
            (
                "a job is watched while an order is under way",
                waking && before.tracker.pending_mutation().is_some(),
            ),
            ("somebody else's job is shown", theirs && is_right(after)),
            ("somebody else's job goes unnoticed", rest && theirs && !right),
            (
                "it rests with a job that has completed",
                right && status(after) == JobStatus::Completed,
            ),
            ("it rests with a job that has failed", right && status(after) == JobStatus::Failed),
        ] {
            *self.0.entry(what).or_default() += usize::from(is_so);
        }
    }

    /// Takes note of what was met on other walks.
    pub(super) fn add(&mut self, other: Self) {
        for (what, times) in other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    /// Asserts that each was met.
    pub(super) fn assert_all(&self) {
        let never: Vec<_> = self.0.iter().filter(|(_, times)| **times == 0).collect();
        assert!(never.is_empty(), "never met: {never:?}");
    }
}
