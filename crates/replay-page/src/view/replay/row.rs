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
    row.cancel = row.cancel.map(|cancel| cancel.named(format!("Cancel the replay in {region}")));
    row.resend =
        row.resend.map(|resend| resend.named(format!("Send the same window again in {region}")));
    row.resume = row.resume.map(|resume| resume.named(format!("Resume the replay in {region}")));
    for notice in [&mut row.mutation_notice, &mut row.request_error].into_iter().flatten() {
        let action = notice.action.take();
        notice.action = action.map(|action| {
            let name = format!("{} in {region}", action.label);
            action.named(name)
        });
    }
    row
}

fn cancel(workspace: &Workspace, region_state: &RegionState) -> Option<Action> {
    let status = region_state.job().and_then(|job| job.status.known());
    let can_fail = status.is_some_and(|status| status.accepts(JobEvent::Fail));
    let cancel = Action::intent("Cancel", Intent::Cancel(region_state.region.clone()));
    let denied = workspace.denied(&region_state.region);
    let cancel = match region_state.tracker.pending_mutation() {
        _ if denied.is_some() => cancel.unavailable_if(denied),
        None => cancel,
        Some(Mutation::Cancel) => cancel.busy_if(true),
        Some(mutation) => cancel.unavailable_if(Some(words::being_changed(mutation).to_string())),
    };
    (can_fail && workspace.offers(Extension::Cancel)).then_some(cancel)
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

fn resume(workspace: &Workspace, region_state: &RegionState) -> Option<Action> {
    let has_failed = region_state.job()?.status.known() == Some(JobStatus::Failed);
    if !has_failed || !workspace.offers(Extension::Resume) {
        return None;
    }
    let state = match region_state.tracker.pending_mutation() {
        Some(Mutation::Resume) => Readiness::Busy,
        Some(mutation) => Readiness::Unavailable(words::being_changed(mutation).to_string()),
        None => send::readiness(&[region_state]),
    };
    let intent = Intent::Resume(region_state.region.clone());
    let resume = Action { state, ..Action::intent("Resume", intent) };
    Some(resume.unavailable_if(workspace.denied(&region_state.region)))
}
