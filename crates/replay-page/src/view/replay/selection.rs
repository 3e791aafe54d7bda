//! What would be sent: how many entries the chosen window holds, how much data that is, and how long
//! the delivery may take. Whether it can be sent is decided by the button that sends.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::TimeDelta;
use replay_client::Previewed;
use replay_core::webhook::WebhookStatus;
use replay_wire::Preview;
use time_range::{Context, Timestamp};

use crate::{
    intent::Intent,
    region_state::RegionState,
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
    // Nothing is counted of a refused range.
    workspace.picker.resolve(&workspace.policy, context).ok()?;
    let recipients = workspace.recipients();
    let mut counts = Counts::default();
    let mut is_loading = false;
    for region_state in workspace.in_view() {
        if workspace.is_global() && !recipients.contains(&region_state.region) {
            continue;
        }
        let previews = region_state.previews.as_ref()?;
        let has_failed = previews.get(Previewed::Selection).request_error().is_some();
        match previews.selection(range) {
            Some(preview) => {
                counts.add(region_state, preview);
                if has_failed {
                    counts.outdated = oldest(counts.outdated, previews.selection_read_at());
                }
            }
            None if has_failed => counts.uncounted.push(region_state.region.name()),
            None => is_loading = true,
        }
    }
    // Nothing final is said before every recipient has answered.
    let text = if is_loading {
        "Counting the entries…"
    } else if counts.regions == 0 {
        "The entries cannot be counted."
    } else {
        return Some(counted(&counts, workspace, context));
    };
    Some(Selection { text: text.to_string(), notice: None })
}

/// What the recipients have answered.
#[derive(Default)]
struct Counts<'a> {
    lines: u64,
    bytes: u64,
    seconds: Option<i64>,
    newest: Option<Timestamp>,
    /// How many regions are counted.
    regions: u64,
    /// The counted regions without an enabled webhook.
    disabled: Vec<&'a str>,
    /// The counted regions whose webhook is inactive.
    inactive: Vec<&'a str>,
    /// The regions that could not be counted.
    uncounted: Vec<&'a str>,
    /// When the oldest count was read that could not be read again.
    outdated: Option<Timestamp>,
}

impl<'a> Counts<'a> {
    fn add(&mut self, region_state: &'a RegionState, preview: &Preview) {
        self.lines += preview.lines;
        self.bytes += preview.bytes;
        self.regions += 1;
        // Regions are delivered at the same time.
        let seconds = preview.estimated.map(|time| time.num_seconds().max(1));
        self.seconds = self.seconds.max(seconds);
        let previews = region_state.previews.as_ref();
        let archive = previews.and_then(|all| all.get(Previewed::Retention).known());
        self.newest = self.newest.max(archive.and_then(|archive| archive.last_at));
        let health = region_state.setup.health().known();
        let status = health.and_then(|health| health.status.known());
        if !preview.webhook_ready {
            self.disabled.push(region_state.region.name());
        } else if status == Some(WebhookStatus::Inactive) {
            self.inactive.push(region_state.region.name());
        }
    }
}

fn oldest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match one {
        Some(at) if other.is_none_or(|other| at <= other) => one,
        _ => other,
    }
}

fn counted(counts: &Counts<'_>, workspace: &Workspace, context: Context<'_>) -> Selection {
    let is_global = workspace.is_global();
    let mut rest = String::new();
    push_names(&mut rest, " Not counted: ", &counts.uncounted, ".");
    if let Some(at) = counts.outdated {
        rest += " As of ";
        rest += &words::time(at, context);
        rest += ": the entries could not be counted again.";
    }
    if counts.lines == 0 {
        let mut text = "No entries in this time range".to_string();
        if !counts.uncounted.is_empty() {
            push_regions(&mut text, counts.regions);
        }
        text += ".";
        if let Some(newest) = counts.newest {
            text += " The newest entry: ";
            text += &words::moment(newest, context);
            text += ".";
        }
        text += &rest;
        return Selection { text: String::new(), notice: Some(notice(Tone::Warning, text)) };
    }
    let mut text = words::entries(counts.lines);
    if is_global {
        push_regions(&mut text, counts.regions);
    }
    text += ", ";
    text += &words::size(counts.bytes);
    if let Some(seconds) = counts.seconds {
        text += ", about ";
        text += &words::length(TimeDelta::seconds(seconds));
    }
    text += ".";
    if is_global {
        push_names(&mut text, " The webhook is not enabled in ", &counts.disabled, ".");
        push_names(&mut text, " The last delivery failed in ", &counts.inactive, ".");
        if counts.disabled.is_empty() && counts.inactive.is_empty() {
            text += " The webhooks are ready.";
        }
    } else {
        text += match (&*counts.disabled, &*counts.inactive) {
            ([_, ..], _) => " The webhook is not enabled.",
            ([], [_, ..]) => " The webhook is inactive: its last delivery failed.",
            ([], []) => " The webhook is ready.",
        };
    }
    text += &rest;
    Selection { text, notice: late_start(workspace, context) }
}

fn push_regions(text: &mut String, regions: u64) {
    *text += " in ";
    *text += &regions.to_string();
    *text += if regions == 1 { " region" } else { " regions" };
}

fn push_names(text: &mut String, lead: &str, names: &[&str], end: &str) {
    if !names.is_empty() {
        *text += lead;
        *text += &names.join(", ");
        *text += end;
    }
}

/// A window that starts before its first entry can start there.
fn late_start(workspace: &Workspace, context: Context<'_>) -> Option<Notice> {
    let first = words::moment(workspace.first_entry()?, context);
    let gesture = Intent::Timeline(Gesture::StartAtFirst);
    let name = "Start at the first entry, ".to_string() + &first;
    Some(Notice {
        tone: Tone::Neutral,
        text: "First entry in this time range: ".to_string() + &first + ".",
        action: Some(Action {
            name: Some(name),
            ..Action::intent("Start at the first entry", gesture)
        }),
    })
}
