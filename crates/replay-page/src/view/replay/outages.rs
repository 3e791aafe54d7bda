//! The outages of a region that are not healed, and the button that delivers the missed lines of each.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_client::{Mutation, describe};
use replay_core::JobEvent;
use replay_wire::{OutageReport, OutagesPage};
use time_range::Zone;

use crate::{
    intent::Intent,
    region_state::RegionState,
    view::{
        Action, Notice, Readiness, Time, Tone,
        context::{read_context, shown_in_place},
    },
    words,
    workspace::Workspace,
};

/// The outages that are not healed.
#[derive(Clone, Debug, PartialEq)]
pub struct Outages {
    /// The newest ones, newest first.
    pub rows: Vec<OutageRow>,
    /// How many older ones there are, if there are any.
    pub more: Option<String>,
    /// Why they may be outdated.
    pub request_error: Option<Notice>,
}

/// An outage that is not healed.
#[derive(Clone, Debug, PartialEq)]
pub struct OutageRow {
    /// The id of the outage.
    pub id: String,
    /// When it began.
    pub began_at: Time,
    /// When it ended; `None` while it is open, and if it ended at once.
    pub ended_at: Option<Time>,
    /// Whether it has not ended.
    pub is_open: bool,
    /// Why lines were not delivered.
    pub cause: String,
    /// How many entries are undelivered.
    pub undelivered: String,
    /// The button that delivers them, if the outage has ended and some are left.
    pub heal: Option<Action>,
}

/// The number of outages that are shown one by one.
const SHOWN: usize = 5;

/// The outages to show; `None` if there is nothing to say about them.
pub(super) fn outages(
    workspace: &Workspace,
    region_state: &RegionState,
    zone: &Zone,
) -> Option<Outages> {
    let remote = region_state.outages.as_ref()?;
    let page = remote.known();
    let unhealed: Vec<_> =
        page.iter().flat_map(|page| &page.outages).filter(|one| one.healed_at.is_none()).collect();
    // If the job cannot be read either, its row says so.
    let is_job_read = region_state.tracker.job().request_error().is_none();
    let request_error = shown_in_place(remote.request_error()).filter(|_| is_job_read);
    let outages = Outages {
        rows: unhealed
            .iter()
            .take(SHOWN)
            .map(|one| row(workspace, region_state, one, zone))
            .collect(),
        more: page.and_then(|page| more(page, unhealed.len())),
        request_error: request_error.map(|request_error| {
            let why = describe(request_error, &read_context(workspace, region_state));
            Notice {
                tone: Tone::Warning,
                text: format!("The outages could not be read. {why}"),
                action: Some(
                    Action::intent("Try again", Intent::Refresh).busy_if(remote.is_loading()),
                ),
            }
        }),
    };
    let is_empty = outages.rows.is_empty() && outages.request_error.is_none();
    (!is_empty).then_some(outages)
}

fn more(page: &OutagesPage, unhealed: usize) -> Option<String> {
    let more = unhealed.saturating_sub(SHOWN);
    match page.next_cursor {
        _ if more == 0 => None,
        Some(_) => Some(format!("and {more} more, and perhaps older ones")),
        None => Some(format!("and {more} more")),
    }
}

fn row(
    workspace: &Workspace,
    region_state: &RegionState,
    outage: &OutageReport,
    zone: &Zone,
) -> OutageRow {
    let ended_at = outage.ended_at.filter(|ended_at| *ended_at > outage.began_at);
    let is_healable = outage.ended_at.is_some() && outage.undelivered_lines > 0;
    OutageRow {
        id: outage.id.clone(),
        began_at: Time::of(outage.began_at, zone),
        ended_at: ended_at.map(|at| Time::of(at, zone)),
        is_open: outage.ended_at.is_none(),
        cause: words::cause(outage),
        undelivered: words::undelivered(outage),
        heal: is_healable.then(|| heal(workspace, region_state, outage, zone)),
    }
}

fn heal(
    workspace: &Workspace,
    region_state: &RegionState,
    outage: &OutageReport,
    zone: &Zone,
) -> Action {
    const LABEL: &str = "Deliver missed lines";
    let intent = Intent::Heal(region_state.region.clone(), outage.id.clone());
    let state = match region_state.tracker.pending_mutation() {
        Some(Mutation::Heal(id)) if *id == outage.id => Readiness::Busy,
        pending => {
            let reason = pending.map(words::being_changed).or_else(|| obstacle(region_state));
            reason.map_or(Readiness::Ready, |reason| Readiness::Unavailable(reason.to_string()))
        }
    };
    let name = format!("{LABEL} of {}", zone.print(outage.began_at));
    let heal = Action { state, ..Action::intent(LABEL, intent).named(name) };
    heal.unavailable_if(workspace.denied(&region_state.region))
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
