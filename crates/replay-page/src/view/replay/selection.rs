//! What would be sent: how many entries the chosen window holds, how much data that is, and how long
//! the delivery may take. Whether it can be sent is decided by the button that sends.

use alloc::string::{String, ToString};

use chrono::TimeDelta;
use replay_client::Previewed;
use replay_core::webhook::WebhookStatus;
use time_range::{Context, Timestamp};

use crate::{
    intent::Intent,
    timeline::Gesture,
    view::{Action, Notice, Tone, notice},
    words,
    workspace::Workspace,
};

/// What would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// How much, in words.
    pub text: String,
    /// What is unusual about the window.
    pub notice: Option<Notice>,
}

pub(super) fn view(workspace: &Workspace, context: Context<'_>) -> Option<Selection> {
    let range = workspace.picker.draft().range()?;
    let recipients = workspace.recipients();
    let (mut lines, mut bytes, mut regions, mut seconds) = (0, 0, 0_u64, None);
    let (mut is_loading, mut is_ready) = (false, false);
    let mut newest: Option<Timestamp> = None;
    for region_state in workspace.in_view() {
        if workspace.is_global() && !recipients.contains(&region_state.region) {
            continue;
        }
        let previews = region_state.previews.as_ref()?;
        match previews.selection(range) {
            Some(preview) => {
                lines += preview.lines;
                bytes += preview.bytes;
                regions += 1;
                is_ready |= preview.webhook_ready;
                // Regions are delivered at the same time.
                seconds = seconds.max(preview.estimated.map(|time| time.num_seconds().max(1)));
            }
            None => is_loading |= previews.get(Previewed::Selection).request_error().is_none(),
        }
        let archive = previews.get(Previewed::Retention).known();
        newest = newest.max(archive.and_then(|archive| archive.last_at));
    }
    if regions == 0 {
        let text =
            if is_loading { "Counting the entries…" } else { "The entries cannot be counted." };
        return Some(Selection { text: text.to_string(), notice: None });
    }
    if lines == 0 {
        let mut text = "No entries in this window.".to_string();
        if let Some(newest) = newest {
            text += " The newest entry: ";
            text += &words::moment(newest, context);
            text += ".";
        }
        return Some(Selection { text: String::new(), notice: Some(notice(Tone::Warning, text)) });
    }
    let mut text = words::entries(lines);
    if workspace.is_global() {
        text += " in ";
        text += &regions.to_string();
        text += if regions == 1 { " region" } else { " regions" };
    }
    text += ", ";
    text += &words::size(bytes);
    if let Some(seconds) = seconds {
        text += ", about ";
        text += &words::length(TimeDelta::seconds(seconds));
    }
    text += match (is_ready, is_inactive(workspace)) {
        (false, _) => ". The webhook is not enabled.",
        (true, true) => ". The webhook is inactive: its last delivery failed.",
        (true, false) => ". The webhook is ready.",
    };
    Some(Selection { text, notice: late_start(workspace, context) })
}

/// Whether the webhook of the one region in view is known to be inactive.
fn is_inactive(workspace: &Workspace) -> bool {
    let health = workspace.region_state().and_then(|one| one.setup.health().known());
    health.is_some_and(|health| health.status.known() == Some(WebhookStatus::Inactive))
}

/// A window that starts before its first entry can start there.
fn late_start(workspace: &Workspace, context: Context<'_>) -> Option<Notice> {
    let first = words::moment(workspace.first_entry()?, context);
    let gesture = Intent::Timeline(Gesture::StartAtFirst);
    let name = "Start at the first entry, ".to_string() + &first;
    Some(Notice {
        tone: Tone::Neutral,
        text: "First entry in this window: ".to_string() + &first + ".",
        action: Some(Action {
            name: Some(name),
            ..Action::intent("Start at the first entry", gesture)
        }),
    })
}
