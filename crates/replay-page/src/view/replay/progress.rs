//! How far a running job is: a bar, and what is known in words.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_core::JobStatus;
use time_range::Context;

use crate::{
    region_state::RegionState,
    view::regions::{DeliveredShare, delivered_share, progress_name},
    words,
};

/// How far one or more jobs are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Progress {
    /// The accessible name of the bar.
    pub name: String,
    /// How much is delivered; `None` if it is not known of how much.
    pub bar: Option<DeliveredShare>,
    /// How much is delivered, in words.
    pub amount: String,
    /// What else is known, one text for each: rate, end, what slows it down.
    pub facts: Vec<String>,
}

/// The progress of the region's running job.
pub(super) fn progress(region_state: &RegionState, context: Context<'_>) -> Option<Progress> {
    let job = region_state.job()?;
    if job.status.known() != Some(JobStatus::Running) {
        return None;
    }
    let progress = region_state.progress();
    // The later of the two reads has the larger number.
    let delivered = job.delivered_lines.max(progress.and_then(|progress| progress.delivered_lines));
    let total = progress.and_then(|progress| progress.total_lines);
    let most_in_flight = region_state.most_in_flight;
    let mut facts = progress
        .map(|progress| words::facts(progress, most_in_flight, context))
        .unwrap_or_default();
    if let Some(at) = region_state.outdated_progress().filter(|_| progress.is_some()) {
        facts.push("As of ".to_string() + &words::time(at, context));
    }
    Some(Progress {
        name: progress_name(region_state.region.name()),
        bar: delivered_share(region_state),
        amount: delivered.map(|delivered| words::amount(delivered, total)).unwrap_or_default(),
        facts,
    })
}
