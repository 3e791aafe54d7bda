//! The list of regions, each with the status of its webhook and its job, or that it is not set up.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_client::{RequestError, describe};
use replay_core::{JobStatus, Scope, webhook::WebhookStatus};
use time_range::Context;

use super::{
    Badge, Link,
    context::{read_context, shown_in_place},
    labels::SET_UP,
    scope_name,
};
use crate::{
    address::{Address, Tab},
    intent::Intent,
    message::Msg,
    region_state::RegionState,
    words,
    workspace::Workspace,
};

/// A region in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionLink {
    /// The link to the region.
    pub link: Link,
    /// That it has no webhook; in place of the statuses.
    pub not_set_up: Option<NotSetUp>,
    /// The status of its webhook; `None` until it was read, or if it is not set up.
    pub webhook: Option<Badge>,
    /// The status of its job; `None` until it was read, or if it is not set up and has none.
    pub job: Option<Badge>,
    /// How far its running job is.
    pub progress: Option<RegionProgress>,
    /// The length and the start of the job's timeframe.
    pub timeframe: Option<String>,
    /// Why the statuses may be outdated, or else since when its webhook is inactive.
    pub fault: Option<String>,
}

/// A region without a webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct NotSetUp {
    /// The link to its webhook form; `None` if the token may not change it.
    pub link: Option<Link>,
    /// The accessible name of the link.
    pub name: String,
}

/// How far a running job is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegionProgress {
    /// The delivered entries; `None` until they are known.
    pub share: Option<DeliveredShare>,
    /// The same in percent, as a text.
    pub text: String,
    /// The accessible name.
    pub name: String,
}

/// The entries of a job that were delivered, and all of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeliveredShare {
    /// The delivered ones.
    pub delivered: u64,
    /// All of them, at least one.
    pub total: u64,
}

pub(super) fn regions(workspace: &Workspace, context: Context<'_>) -> Vec<RegionLink> {
    let one = |region_state: &RegionState| one(workspace, region_state, context);
    let all = (workspace.region_states.len() > 1).then(|| RegionLink {
        link: link(workspace, &Scope::Global),
        not_set_up: None,
        webhook: None,
        job: None,
        progress: None,
        timeframe: None,
        fault: None,
    });
    workspace.region_states.iter().map(one).chain(all).collect()
}

fn one(workspace: &Workspace, region_state: &RegionState, context: Context<'_>) -> RegionLink {
    let health = region_state.setup.health().known();
    let is_set_up =
        health.is_none_or(|health| health.status.known() != Some(WebhookStatus::Unconfigured));
    let job = region_state.job();
    let is_used = job.is_some_and(|job| job.status.known() != Some(JobStatus::Unconfigured));
    RegionLink {
        link: link(workspace, &Scope::One(region_state.region.clone())),
        not_set_up: (!is_set_up).then(|| not_set_up(workspace, region_state)),
        webhook: health.filter(|_| is_set_up).map(words::health),
        job: job
            .filter(|_| is_set_up || is_used)
            .map(|job| words::status(&job.status, job.reason.as_ref())),
        progress: progress(region_state),
        timeframe: region_state.timeframe().map(|timeframe| {
            let (start, end) = (timeframe.start(), timeframe.end());
            format!("{} from {}", words::length(end - start), words::time(start, context))
        }),
        fault: fault(workspace, region_state, context),
    }
}

fn link(workspace: &Workspace, scope: &Scope) -> Link {
    Link {
        label: scope_name(scope).to_string(),
        current: workspace.scope.as_ref() == Ok(scope),
        href: Address { region: Some(scope.to_string()), ..workspace.address() }.to_string(),
        msg: Msg::Intended(Intent::Show(scope.clone())),
    }
}

fn not_set_up(workspace: &Workspace, region_state: &RegionState) -> NotSetUp {
    let region = &region_state.region;
    let (scope, tab) = (Some(region.to_string()), Tab::Setup);
    let link = workspace.may_change(region).then(|| Link {
        label: SET_UP.to_string(),
        current: false,
        href: Address { region: scope, tab, ..workspace.address() }.to_string(),
        msg: Msg::Intended(Intent::SetUp(region.clone())),
    });
    let mut name = SET_UP.to_string();
    name.push(' ');
    name += region.name();
    NotSetUp { link, name }
}

fn progress(region_state: &RegionState) -> Option<RegionProgress> {
    region_state.is_running().then(|| {
        let share = delivered_share(region_state);
        let mut text = String::new();
        if let Some(DeliveredShare { delivered, total }) = share {
            text += &words::percent(delivered, total).to_string();
            text += "\u{202f}%";
        }
        RegionProgress { share, text, name: progress_name(region_state.region.name()) }
    })
}

/// How much of the region's job is delivered, if it is known of how much.
pub(super) fn delivered_share(region_state: &RegionState) -> Option<DeliveredShare> {
    let progress = region_state.progress()?;
    let total = progress.total_lines.filter(|total| *total > 0)?;
    // The later of the two reads has the larger number.
    let delivered = progress.delivered_lines.max(region_state.job()?.delivered_lines)?;
    Some(DeliveredShare { delivered: delivered.min(total), total })
}

/// The accessible name of the bar of a region or of all.
pub(super) fn progress_name(place: &str) -> String {
    let mut name = "Delivered in ".to_string();
    name += place;
    name
}

fn fault(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<String> {
    let (tracker, setup) = (&region_state.tracker, &region_state.setup);
    let request_error = shown_in_place(tracker.job().request_error())
        .or(shown_in_place(setup.health().request_error()));
    match request_error {
        // Described in full where the region is in view.
        Some(RequestError::Refused { status: 403, .. }) => {
            Some("Not readable with this token.".to_string())
        }
        Some(request_error) => {
            let mut why = describe(request_error, &read_context(workspace, region_state));
            if let Some(as_of) = region_state.as_of {
                why += " As of ";
                why += &words::time(as_of, context);
                why.push('.');
            }
            Some(why)
        }
        None => setup.health().known().and_then(|health| words::inactive_since(health, context)),
    }
}
