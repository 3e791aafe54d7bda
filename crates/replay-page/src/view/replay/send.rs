//! The button that sends a replay, and why it cannot be pressed.

use alloc::{string::ToString, vec::Vec};

use replay_client::Mutation;

use crate::{
    intent::Intent,
    region_state::{InTheWay, RegionState},
    view::{Action, Readiness},
    words,
    workspace::Workspace,
};

/// The button that sends the applied range to the regions in view.
pub(super) fn action(workspace: &Workspace) -> Action {
    let send = Action::intent("Send Replay", Intent::Send);
    if let Some(reason) = workspace.denied_in_view() {
        return Action { state: Readiness::Unavailable(reason), ..send };
    }
    if workspace.picker.is_drafted() {
        let reason = "Apply the time range first.".to_string();
        return Action { state: Readiness::Disabled(reason), ..send };
    }
    let state = match workspace.region_state() {
        _ if workspace.recipients().is_empty() => {
            Readiness::Unavailable(words::NO_WEBHOOK.to_string())
        }
        Some(region_state) => free(region_state),
        None => readiness(&workspace.in_view().collect::<Vec<_>>()),
    };
    let send = Action { state, ..send };
    match workspace.region_state() {
        Some(region_state) => send.with_setup(region_state),
        None => send,
    }
}

/// Whether `mutation` of the region's job can be requested; `free` decides while none is in progress.
pub(super) fn mutation_readiness(
    workspace: &Workspace,
    region_state: &RegionState,
    mutation: &Mutation,
    free: fn(&RegionState) -> Readiness,
) -> Readiness {
    match (workspace.denied(&region_state.region), region_state.tracker.pending_mutation()) {
        (Some(denied), _) => Readiness::Unavailable(denied),
        (None, None) => free(region_state),
        (None, Some(pending)) if pending == mutation => Readiness::Busy,
        (None, Some(pending)) => Readiness::Unavailable(words::being_changed(pending).to_string()),
    }
}

/// Whether another timeframe can be sent to this region at once.
pub(super) fn free(region_state: &RegionState) -> Readiness {
    let state = readiness(&[region_state]);
    if state == Readiness::Ready && region_state.in_the_way() == Some(InTheWay::Running) {
        return Readiness::Unavailable(RUNNING.to_string());
    }
    state
}

/// Why nothing can be sent while a job runs.
const RUNNING: &str = "A replay is running. Another one can be sent once it has ended.";

/// Whether a replay can be sent to at least one of these regions.
pub(super) fn readiness(regions: &[&RegionState]) -> Readiness {
    let pending_mutation =
        || regions.iter().filter_map(|region_state| region_state.tracker.pending_mutation());
    let unavailable = |reason: &str| Readiness::Unavailable(reason.to_string());
    if pending_mutation().any(|mutation| matches!(mutation, Mutation::Send(_))) {
        Readiness::Busy
    } else if let Some(mutation) = pending_mutation().next() {
        unavailable(words::being_changed(mutation))
    } else if regions.iter().all(|region_state| region_state.setup.is_enabled() == Some(false)) {
        unavailable(words::NO_WEBHOOK)
    } else {
        Readiness::Ready
    }
}
