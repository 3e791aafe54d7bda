//! The jobs of all regions together: how many have which status, and the sum of their progress.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_client::JobKey;
use replay_core::{JobStatus, Timeframe};
use time_range::Context;

use super::progress::Progress;
use crate::{
    region_state::RegionState,
    view::{
        Notice, Tone, notice,
        regions::{DeliveredShare, delivered_share, progress_name},
    },
    words,
    workspace::Workspace,
};

/// The jobs of all regions together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Summary {
    /// How many are in which status.
    pub text: String,
    /// How far the running ones are, if there are any.
    pub progress: Option<Progress>,
}

/// The summary, if several regions are in view and one has a job.
pub(super) fn summary(workspace: &Workspace) -> Option<Summary> {
    if !workspace.is_global() {
        return None;
    }
    let mut counts = [0_u64; JobStatus::ALL.len()];
    let mut all: Option<DeliveredShare> = None;
    for region_state in workspace.in_view() {
        let status = region_state.job().and_then(|job| job.status.known());
        if let Some(place) = JobStatus::ALL.iter().position(|one| Some(*one) == status) {
            counts[place] += 1;
        }
        if region_state.is_running()
            && let Some(one) = delivered_share(region_state)
        {
            let all = all.get_or_insert(DeliveredShare { delivered: 0, total: 0 });
            all.delivered += one.delivered;
            all.total += one.total;
        }
    }
    let mut text = String::new();
    for (status, count) in JobStatus::ALL.into_iter().zip(counts) {
        if count > 0 && status != JobStatus::Unconfigured {
            text += if text.is_empty() { "" } else { ", " };
            text += &count.to_string();
            text += " ";
            text += status.as_str();
        }
    }
    if text.is_empty() {
        return None;
    }
    let progress = all.map(|all| Progress {
        name: progress_name("all regions"),
        bar: Some(all),
        amount: words::amount(all.delivered, Some(all.total)),
        facts: Vec::new(),
    });
    Some(Summary { text, progress })
}

/// One notice of all accepted submissions of the same timeframe.
pub(super) fn accepted(workspace: &Workspace, context: Context<'_>) -> Option<Notice> {
    let timeframe = accepted_timeframe(workspace)?;
    let names: Vec<_> = workspace
        .in_view()
        .filter(|region_state| accepted_in(region_state) == Some(timeframe))
        .map(|region_state| region_state.region.name())
        .collect();
    let text = "The replay was accepted in ".to_string()
        + &names.join(", ")
        + ": "
        + &words::span(timeframe.start(), timeframe.end(), context)
        + ".";
    Some(notice(Tone::Good, text))
}

/// Whether the notice of the region's accepted submission is part of [`accepted`].
pub(super) fn is_summed_up(workspace: &Workspace, region_state: &RegionState) -> bool {
    let timeframe = accepted_in(region_state);
    timeframe.is_some() && timeframe == accepted_timeframe(workspace)
}

fn accepted_timeframe(workspace: &Workspace) -> Option<Timeframe> {
    workspace.in_view().filter(|_| workspace.is_global()).find_map(accepted_in)
}

/// The timeframe of a region's accepted submission, while its job is under way.
fn accepted_in(region_state: &RegionState) -> Option<Timeframe> {
    let outcome = region_state.tracker.outcome()?;
    let is_present = region_state.job().map(JobKey::of).as_ref() == outcome.result.as_ref().ok();
    outcome.mutation.timeframe().filter(|_| is_present && !region_state.is_settled())
}
