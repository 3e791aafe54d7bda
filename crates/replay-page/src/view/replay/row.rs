//! A row of the table of jobs: a region's job, and the buttons that act on it.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_client::{Mutation, Remote, describe};
use replay_core::{JobEvent, JobStatus};
use replay_wire::Extension;
use time_range::{Timestamp, Zone};

use super::send;
use crate::{
    intent::Intent,
    region_state::RegionState,
    view::{
        Action, Badge, Notice, Readiness, Time, Tone,
        context::{read_context, shown_in_place},
        mutation::mutation_notice,
    },
    words,
    workspace::Workspace,
};

/// A row of the table of jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The name of the region.
    pub region: String,
    /// The status; `None` until it was read.
    pub status: Option<Badge>,
    /// What the status means, what is special about the job, and why it has failed.
    pub meaning: String,
    /// The endpoint that the job delivers to.
    pub destination: Option<String>,
    /// The start of the timeframe.
    pub starts_at: Option<Time>,
    /// The end of the timeframe.
    pub ends_at: Option<Time>,
    /// When the job last changed.
    pub updated_at: Option<Time>,
    /// The length of the timeframe.
    pub length: Option<String>,
    /// The button that cancels the job, if it is not settled and the server offers cancelling.
    pub cancel: Option<Action>,
    /// The button that sends the timeframe again, if the job is settled.
    pub resend: Option<Action>,
    /// The button that goes on with the job where it ended, if it has failed and the server offers that.
    pub resume: Option<Action>,
    /// The result of the last mutation, if several regions are in view.
    pub mutation_notice: Option<Notice>,
    /// Why the row may be outdated.
    pub request_error: Option<Notice>,
}

pub(super) fn row(
    workspace: &Workspace,
    region_state: &RegionState,
    zone: &Zone,
    now: Timestamp,
) -> Row {
    let job = region_state.job();
    let time = |at: Option<Timestamp>| at.map(|at| Time::of(at, zone));
    let health = region_state.setup.health().known();
    let mut meaning = job.map(|job| words::meaning(job, health)).unwrap_or_default();
    if let Some(reason) = job.and_then(|job| job.reason.as_ref()) {
        meaning = format!("{meaning} Reason: {reason}.");
    }
    let remote_job = region_state.tracker.job();
    let is_global = workspace.is_global();
    let outages = region_state.outages.as_ref().filter(|_| !is_global);
    if is_global && region_state.setup.is_enabled() == Some(false) {
        meaning = format!("{meaning} Left out of sending to all: it has no enabled webhook.");
    }
    let row = Row {
        region: region_state.region.name().to_string(),
        status: job.map(|job| words::status(&job.status)),
        meaning,
        destination: job.and_then(|job| Some(format!("To {}", job.endpoint.as_ref()?))),
        starts_at: time(job.and_then(|job| job.start_at)),
        ends_at: time(job.and_then(|job| job.end_at)),
        updated_at: time(job.and_then(|job| job.updated_at)),
        length: region_state.timeframe().map(|one| words::length(one.end() - one.start())),
        cancel: cancel(workspace, region_state),
        resend: resend(workspace, region_state, zone, now),
        resume: resume(workspace, region_state),
        mutation_notice: is_global
            .then(|| mutation_notice(workspace, region_state, zone))
            .flatten(),
        request_error: shown_in_place(
            remote_job.request_error().or(outages.and_then(Remote::request_error)),
        )
        .map(|request_error| {
            let why = describe(request_error, &read_context(workspace, region_state));
            let stale = if job.is_some() { " What is shown was read before." } else { "" };
            Notice {
                tone: Tone::Warning,
                text: format!("{why}{stale}"),
                action: Some(
                    Action::intent("Try again", Intent::Refresh).busy_if(remote_job.is_loading()),
                ),
            }
        }),
    };
    if is_global { named(row) } else { row }
}

/// Adds the region to the accessible names of the buttons: several rows have the same ones.
fn named(mut row: Row) -> Row {
    let region = &row.region;
    for (action, what) in [
        (&mut row.cancel, "Cancel the replay"),
        (&mut row.resend, "Send the same window again"),
        (&mut row.resume, "Resume the replay"),
    ] {
        name(action, what, region);
    }
    for notice in [&mut row.mutation_notice, &mut row.request_error].into_iter().flatten() {
        let what = notice.action.as_ref().map_or("", |action| action.label);
        name(&mut notice.action, what, region);
    }
    row
}

fn name(action: &mut Option<Action>, what: &str, region: &str) {
    if let Some(action) = action {
        action.name = Some(format!("{what} in {region}"));
    }
}

fn cancel(workspace: &Workspace, region_state: &RegionState) -> Option<Action> {
    let status = region_state.job()?.status.known()?;
    if !status.accepts(JobEvent::Fail) || !workspace.offers(Extension::Cancel) {
        return None;
    }
    let state =
        send::mutation_readiness(workspace, region_state, &Mutation::Cancel, |_| Readiness::Ready);
    let intent = Intent::Cancel(region_state.region.clone());
    Some(Action { state, ..Action::intent("Cancel", intent) })
}

fn resume(workspace: &Workspace, region_state: &RegionState) -> Option<Action> {
    let status = region_state.job()?.status.known()?;
    if status != JobStatus::Failed || !workspace.offers(Extension::Resume) {
        return None;
    }
    let free = |region_state: &RegionState| send::readiness(&[region_state]);
    let state = send::mutation_readiness(workspace, region_state, &Mutation::Resume, free);
    let intent = Intent::Resume(region_state.region.clone());
    Some(Action { state, ..Action::intent("Resume", intent) })
}

fn resend(
    workspace: &Workspace,
    region_state: &RegionState,
    zone: &Zone,
    now: Timestamp,
) -> Option<Action> {
    let state = match region_state.settled_timeframe(&workspace.policy, now)? {
        Ok(_) => send::readiness(&[region_state]),
        Err(faults) => {
            let fault = faults.first().map(|fault| words::fault(fault, &workspace.policy, zone));
            Readiness::Unavailable(fault.unwrap_or_default())
        }
    };
    let intent = Intent::Resend(region_state.region.clone());
    let resend = Action { state, ..Action::intent("Send the same window again", intent) };
    Some(resend.unavailable_if(workspace.denied(&region_state.region)))
}
