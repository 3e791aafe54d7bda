//! The outages of a region that are not healed, and the button that sends what was missed in each.

use alloc::{string::ToString, vec::Vec};

use replay_client::{Mutation, Remote};
use replay_wire::OutageReport;
use time_range::Context;

use super::send::mutation_readiness;
use crate::{
    intent::Intent,
    region_state::{InTheWay, RegionState, is_healable},
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
    context: Context<'_>,
) -> Vec<Notice> {
    let Some(page) = region_state.outages.as_ref().and_then(Remote::known) else {
        return Vec::new();
    };
    let (mut notices, mut more) = (Vec::new(), 0_u64);
    for outage in page.outages.iter().filter(|outage| outage.healed_at.is_none()) {
        if notices.len() < SHOWN {
            notices.push(outage_notice(workspace, region_state, outage, context));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let mut text = "and ".to_string();
        text += &more.to_string();
        text += if page.next_cursor.is_some() { " or more" } else { " more" };
        notices.push(notice(Tone::Neutral, text));
    }
    notices
}

/// The newest outage whose lines can be sent, for the user who has just enabled the webhook.
pub(in crate::view) fn latest_outage(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<Notice> {
    let outage = region_state.healable_outage()?;
    Some(outage_notice(workspace, region_state, outage, context))
}

fn outage_notice(
    workspace: &Workspace,
    region_state: &RegionState,
    outage: &OutageReport,
    context: Context<'_>,
) -> Notice {
    Notice {
        tone: Tone::Warning,
        text: words::outage(outage, context),
        action: is_healable(outage).then(|| heal(workspace, region_state, outage, context)),
    }
}

fn heal(
    workspace: &Workspace,
    region_state: &RegionState,
    outage: &OutageReport,
    context: Context<'_>,
) -> Action {
    const LABEL: &str = "Send what was missed";
    let mutation = Mutation::Heal(outage.id.clone());
    let state = mutation_readiness(workspace, region_state, &mutation, free);
    let intent = Intent::Heal(region_state.region.clone(), outage.id.clone());
    let name = LABEL.to_string() + " " + &words::period(outage, context);
    let heal = Action { state, name: Some(name), ..Action::intent(LABEL, intent) };
    heal.with_setup(region_state)
}

/// Whether the lines of an outage can be delivered now. A job that waits would be replaced.
fn free(region_state: &RegionState) -> Readiness {
    let reason = match region_state.in_the_way() {
        Some(InTheWay::Running) => "A replay is running.",
        Some(InTheWay::Waiting) => "A replay is waiting to start.",
        None if region_state.setup.is_enabled() == Some(false) => words::NO_WEBHOOK,
        None => return Readiness::Ready,
    };
    Readiness::Unavailable(reason.to_string())
}
