//! The button that sends a replay, and why nothing can be sent at the moment.

use alloc::{string::ToString, vec::Vec};

use replay_core::{JobStatus, Zone, wire::Reported};

use crate::{
    desk::Desk,
    doors::Wish,
    station::Station,
    tracker::Order,
    view::{Action, Readiness},
};

/// Sends the applied range to the regions in view.
pub(super) fn action(desk: &Desk, zone: &Zone) -> Action {
    let send = Action::wish("Send Replay", Wish::Send);
    if let Some(reason) = desk.denied_in_view() {
        return Action { state: Readiness::Hindered(reason), ..send };
    }
    if desk.picker.is_drafted(zone) {
        let reason = "Apply the range first.".to_string();
        return Action { state: Readiness::Disabled(reason), ..send };
    }
    let state = if desk.recipients().is_empty() {
        Readiness::Hindered(NO_WEBHOOK.to_string())
    } else {
        readiness(&desk.in_view().collect::<Vec<_>>())
    };
    let running = Some(&Reported::Known(JobStatus::Running));
    let is_running = desk.station().is_some_and(|one| one.job().map(|job| &job.status) == running);
    if state == Readiness::Ready && is_running {
        let reason = "A replay is running. Another one can be sent once it has ended.".to_string();
        return Action { state: Readiness::Hindered(reason), ..send };
    }
    Action { state, ..send }
}

const NO_WEBHOOK: &str = "There is no enabled webhook to send to: see Setup.";

/// Whether a replay can be sent to some of these regions.
pub(super) fn readiness(regions: &[&Station]) -> Readiness {
    let ordered = || regions.iter().filter_map(|station| station.tracker.ordered());
    let hindered = |reason: &str| Readiness::Hindered(reason.to_string());
    if ordered().any(|order| order != Order::Cancel) {
        Readiness::Busy
    } else if ordered().next().is_some() {
        hindered("A replay is being cancelled.")
    } else if regions.iter().all(|station| station.setup.is_enabled() == Some(false)) {
        hindered(NO_WEBHOOK)
    } else {
        Readiness::Ready
    }
}
