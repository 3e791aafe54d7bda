//! The buttons that act on a region's job: cancel, pause, speed, resume, send again.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_client::Mutation;
use replay_core::{JobEvent, JobStatus, Region};
use replay_wire::Extension;
use time_range::Context;

use super::send;
use crate::{
    intent::Intent,
    region_state::RegionState,
    view::{Action, Readiness},
    words,
    workspace::Workspace,
};

/// The controls of a running job's rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The button that pauses the job, or continues it.
    pub pause: Action,
    /// The accessible name of the choice of a speed.
    pub name: String,
    /// The region of the job.
    pub region: Region,
    /// The speeds; none while the job is paused.
    pub speeds: Vec<Speed>,
}

/// A speed that can be chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Speed {
    /// The text.
    pub label: String,
    /// The most lines in a second; `None` for no limit.
    pub limit: Option<u64>,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The speeds that can be chosen, in lines per second.
const SPEEDS: [u64; 5] = [100, 1_000, 5_000, 10_000, 50_000];

/// The controls of the rate, if the job is running, its limit is known and the token may change it.
pub(super) fn rate(workspace: &Workspace, region_state: &RegionState) -> Option<Rate> {
    let region = &region_state.region;
    let may_change = workspace.offers(Extension::Rate) && workspace.may_change(region);
    if !region_state.is_running() || !may_change {
        return None;
    }
    region_state.progress()?;
    let limit = region_state.rate_limit();
    let is_paused = limit == Some(0);
    let (label, to) = if is_paused {
        ("Continue", region_state.limit_before_pause())
    } else {
        ("Pause", Some(0))
    };
    let intent = Intent::SetRate(region.clone(), to);
    let mut speeds = Vec::new();
    if !is_paused {
        speeds.push(speed(None, limit));
        if limit.is_some_and(|limit| !SPEEDS.contains(&limit)) {
            speeds.push(speed(limit, limit));
        }
        speeds.extend(SPEEDS.map(|count| speed(Some(count), limit)));
    }
    Some(Rate {
        pause: Action::intent(label, intent).busy_if(region_state.rate.is_changing()),
        name: String::from("Speed of the replay in ") + region.name(),
        region: region.clone(),
        speeds,
    })
}

fn speed(limit: Option<u64>, present: Option<u64>) -> Speed {
    let label = match limit {
        None => "Unlimited".to_string(),
        Some(count) => words::entries(count) + " per second",
    };
    Speed { label, limit, chosen: limit == present }
}

/// The button that cancels the job, if it is not settled and the server offers that.
pub(super) fn cancel(workspace: &Workspace, region_state: &RegionState) -> Option<Action> {
    let status = region_state.job()?.status.known()?;
    if !status.accepts(JobEvent::Fail) || !workspace.offers(Extension::Cancel) {
        return None;
    }
    let state =
        send::mutation_readiness(workspace, region_state, &Mutation::Cancel, |_| Readiness::Ready);
    let intent = Intent::Cancel(region_state.region.clone());
    Some(Action { state, ..Action::intent("Cancel", intent) })
}

/// The button that goes on with a failed job where it ended, if the server offers that.
pub(super) fn resume(workspace: &Workspace, region_state: &RegionState) -> Option<Action> {
    let status = region_state.job()?.status.known()?;
    if status != JobStatus::Failed || !workspace.offers(Extension::Resume) {
        return None;
    }
    let free = |region_state: &RegionState| send::readiness(&[region_state]);
    let state = send::mutation_readiness(workspace, region_state, &Mutation::Resume, free);
    let intent = Intent::Resume(region_state.region.clone());
    let resume = Action { state, ..Action::intent(RESUME, intent) };
    Some(resume.with_setup(region_state))
}

/// The button that resumes a failed job.
pub(super) const RESUME: &str = "Resume from where it stopped";

/// The button that sends the timeframe of a settled job again.
pub(super) fn resend(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<Action> {
    let state = match region_state.settled_timeframe(&workspace.policy, context.now)? {
        Ok(_) => send::readiness(&[region_state]),
        Err(faults) => {
            let fault = faults.first().map(|fault| words::fault(fault, &workspace.policy, context));
            Readiness::Unavailable(fault.unwrap_or_default())
        }
    };
    let intent = Intent::Resend(region_state.region.clone());
    let resend = Action { state, ..Action::intent("Send the same time range again", intent) };
    let resend = resend.unavailable_if(workspace.denied(&region_state.region));
    Some(resend.with_setup(region_state))
}
