//! The situations in which the walk begins: each is a way from the beginning.

use super::action::{Action, Answer::Status};

/// A way, and how many jobs and other events beside the ordinary ones follow at most. These bounds make
/// the walk finite.
#[derive(Clone, Copy)]
pub(super) struct Start {
    /// The way in parts.
    pub(super) way: &'static [&'static [Action]],
    pub(super) jobs: u128,
    pub(super) budget: usize,
}

pub(super) const STARTS: [Start; 6] = [
    Start { way: &[], jobs: 1, budget: 1 },
    Start { way: &[DOWN], jobs: 1, budget: 1 },
    Start { way: &[DOWN, RETURNED], jobs: 2, budget: 2 },
    Start { way: &[DOWN, RETURNED, HEALING, HALF_HEALED], jobs: 1, budget: 2 },
    Start { way: &[DOWN, REPLAYING], jobs: 0, budget: 1 },
    Start { way: &[DISABLED_IN_FLIGHT], jobs: 1, budget: 1 },
];

/// The retries of the first batch are used up.
const DOWN: &[Action] = &[
    Action::Arrive,
    Action::LaneStep,
    Action::LaneEnds(Status(503)),
    Action::LaneStep,
    Action::LaneEnds(Status(503)),
];

/// Lines have arrived during the outage, and the receiver has returned.
const RETURNED: &[Action] = &[Action::Arrive, Action::LaneStep, Action::LaneEnds(Status(202))];

/// A healing job runs.
const HEALING: &[Action] = &[Action::Heal, Action::JobStep, Action::JobStep, Action::JobStep];

/// The receiver has got one batch of the healing job, and has refused the next one.
const HALF_HEALED: &[Action] =
    &[Action::JobEnds(Status(202)), Action::JobStep, Action::JobEnds(Status(401)), Action::JobStep];

/// A replay of every line runs.
const REPLAYING: &[Action] =
    &[Action::ReplayAll, Action::JobStep, Action::JobStep, Action::JobStep];

/// The webhook is disabled during a request.
const DISABLED_IN_FLIGHT: &[Action] = &[Action::Arrive, Action::LaneStep, Action::Disable];
