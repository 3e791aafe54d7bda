//! The confirmation before a replay is sent to all regions: what is sent, to which regions with how
//! many entries, and which are left out and why.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use time_range::{Context, Range};

use super::{Action, labels::CANCEL};
use crate::{intent::Intent, region_state::RegionState, words, workspace::Workspace};

/// The confirmation before a replay is sent to all regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question: which range is sent to which regions.
    pub text: String,
    /// The regions that are left out, one sentence for each reason.
    pub left_out: Vec<String>,
    /// The button that sends.
    pub send: Action,
    /// The button that closes the dialog without sending.
    pub cancel: Action,
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
pub(super) fn question(workspace: &Workspace, context: Context<'_>) -> Question {
    let recipients = workspace.recipients();
    let is_recipient = |region_state: &&RegionState| recipients.contains(&region_state.region);
    let mut names = Vec::new();
    for region_state in workspace.in_view().filter(is_recipient) {
        names.push(with_count(region_state, workspace.picker.applied()));
    }
    let (denied, disabled): (Vec<_>, Vec<_>) = workspace
        .in_view()
        .filter(|region_state| !is_recipient(region_state))
        .partition(|region_state| !workspace.may_change(&region_state.region));
    Question {
        text: format!(
            "Send the replay of {} to {} region{}{}{}?",
            words::zoned_range(workspace.picker.applied(), context),
            names.len(),
            if names.len() == 1 { "" } else { "s" },
            if names.is_empty() { "" } else { ": " },
            names.join(", ")
        ),
        left_out: [
            left_out("they have no enabled webhook", &disabled),
            left_out("the token's role cannot change anything there", &denied),
        ]
        .into_iter()
        .flatten()
        .collect(),
        // Another client may have disabled the webhooks since the question was asked.
        send: Action::intent("Send", Intent::ConfirmSend)
            .unavailable_if(names.is_empty().then(|| words::NO_WEBHOOK.to_string())),
        cancel: Action::intent(CANCEL, Intent::DismissSend),
    }
}

/// The name of a region, with the number of entries that are sent if that was counted.
fn with_count(region_state: &RegionState, range: Range) -> String {
    let mut name = region_state.region.name().to_string();
    let previews = region_state.previews.as_ref();
    if let Some(preview) = previews.and_then(|previews| previews.selection(range)) {
        name += " (";
        name += &words::entries(preview.lines);
        name += ")";
    }
    name
}

fn left_out(why: &str, region_states: &[&RegionState]) -> Option<String> {
    let names: Vec<_> =
        region_states.iter().map(|region_state| region_state.region.name()).collect();
    (!names.is_empty()).then(|| format!("Left out, since {why}: {}.", names.join(", ")))
}
