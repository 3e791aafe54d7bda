//! The outages of a region that are not healed, and the button that delivers the missed lines of each.

use alloc::{format, string::ToString, vec::Vec};

use replay_client::{Mutation, Remote};
use replay_core::JobEvent;
use replay_wire::OutageReport;
use time_range::Zone;

use crate::{
    intent::Intent,
    message::Msg,
    region_state::RegionState,
    view::{Action, Notice, Readiness, Tone, notice},
    words,
    workspace::Workspace,
};

/// The number of outages that are shown one by one.
const SHOWN: usize = 5;

/// A notice for each of the newest outages, newest first, and one that counts the others.
pub(super) fn outages(
    workspace: &Workspace,
    region_state: &RegionState,
    zone: &Zone,
) -> Vec<Notice> {
    let Some(page) = region_state.outages.as_ref().and_then(Remote::known) else {
        return Vec::new();
    };
    let (mut notices, mut more) = (Vec::new(), 0);
    for outage in page.outages.iter().filter(|outage| outage.healed_at.is_none()) {
        if notices.len() < SHOWN {
            notices.push(outage_notice(workspace, region_state, outage, zone));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let mut text = format!("and {more} more");
        if page.next_cursor.is_some() {
            text += ", and perhaps older ones";
        }
        notices.push(notice(Tone::Neutral, text));
    }
    notices
}

fn outage_notice(
    workspace: &Workspace,
    region_state: &RegionState,
    outage: &OutageReport,
    zone: &Zone,
) -> Notice {
    let began = zone.print(outage.began_at);
    let is_healable = outage.ended_at.is_some() && outage.undelivered_lines > 0;
    let mut text = "Outage ".to_string();
    text += if outage.ended_at.is_none() { "since " } else { "of " };
    text += &began;
    if let Some(ended_at) = outage.ended_at.filter(|ended_at| *ended_at > outage.began_at) {
        text += " to ";
        text += &zone.print(ended_at);
    }
    text += ". ";
    words::push_outage(&mut text, outage);
    Notice {
        tone: Tone::Warning,
        text,
        action: is_healable.then(|| heal(workspace, region_state, outage, &began)),
    }
}

fn heal(
    workspace: &Workspace,
    region_state: &RegionState,
    outage: &OutageReport,
    began: &str,
) -> Action {
    const LABEL: &str = "Deliver missed lines";
    let region = &region_state.region;
    let state = match (workspace.denied(region), region_state.tracker.pending_mutation()) {
        (Some(denied), _) => Readiness::Unavailable(denied),
        (None, Some(Mutation::Heal(id))) if *id == outage.id => Readiness::Busy,
        (None, pending) => {
            let reason = pending.map(words::being_changed).or_else(|| obstacle(region_state));
            reason.map_or(Readiness::Ready, |reason| Readiness::Unavailable(reason.to_string()))
        }
    };
    let mut name = LABEL.to_string();
    name += " of ";
    name += began;
    Action {
        label: LABEL,
        name: Some(name),
        msg: Msg::Intended(Intent::Heal(region.clone(), outage.id.clone())),
        state,
    }
}

/// Why the lines of an outage cannot be delivered now. A job that waits would be replaced.
fn obstacle(region_state: &RegionState) -> Option<&'static str> {
    let status = region_state.job().and_then(|job| job.status.known());
    match status {
        Some(status) if !status.accepts(JobEvent::Submit) => Some("A replay is running."),
        Some(status) if !status.is_settled() => Some("A replay is waiting to start."),
        _ if region_state.setup.is_enabled() == Some(false) => Some(words::NO_WEBHOOK),
        _ => None,
    }
}
