//! The tab Replay: the range, the button that sends it, the result, the outages, and the table of jobs.

mod controls;
pub(super) mod outages;
mod past_jobs;
mod progress;
mod row;
mod send;
mod stepper;
mod summary;
mod waiting;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::timeframe::{Edge, PRESETS};
use time_range::{Context, Timestamp, Zone};

pub use self::{
    controls::{Rate, Speed},
    past_jobs::{Detail, History, PastJob},
    progress::Progress,
    row::Row,
    stepper::{Step, StepState},
    summary::Summary,
};
use super::{
    Action, Field, Input, Notice,
    mutation::{mutation_notice, refused_at},
};
use crate::{
    intent::Intent,
    picker::{RangeDraft, field_id},
    region_state::RegionState,
    words,
    workspace::{Notifications, Workspace},
};

/// The tab Replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The presets; the last one is the custom range.
    pub presets: Vec<Preset>,
    /// The ends of a custom range, if it is selected.
    pub custom: Option<Custom>,
    /// The field of the presets, with the retention as its hint.
    pub range: Field,
    /// The button that applies the draft.
    pub apply: Action,
    /// The applied range, which is sent.
    pub applied: String,
    /// The start that is sent in place of the range's, if it is moved inside the retention.
    pub kept_inside: Option<String>,
    /// The webhook that the entries are sent to.
    pub destination: String,
    /// The button that sends the applied range.
    pub send: Action,
    /// The button that sends it once the present job has ended, if a job is under way.
    pub later: Option<Action>,
    /// Whether a notification is shown when a job has ended, if one is under way.
    pub notify: Option<Input<bool>>,
    /// The result of the last mutation, if one region is in view; else the accepted submissions.
    pub mutation_notice: Option<Notice>,
    /// The outages that are not healed, if one region is in view.
    pub outages: Vec<Notice>,
    /// The jobs of all regions together, if they are in view.
    pub summary: Option<Summary>,
    /// Whether the table has a column with the region.
    pub many: bool,
    /// The jobs in view.
    pub rows: Vec<Row>,
    /// The button that reads the jobs again.
    pub refresh: Action,
    /// The past jobs, if one region is in view and the server lists them.
    pub history: Option<History>,
}

/// A range that can be selected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preset {
    /// The text.
    pub label: &'static str,
    /// The index of the preset; `None` for the custom range.
    pub index: Option<usize>,
    /// Whether it is selected.
    pub chosen: bool,
}

/// The ends of a custom range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Custom {
    /// The start.
    pub from: RangeEnd,
    /// The end.
    pub to: RangeEnd,
    /// Which formats can be entered.
    pub hint: String,
}

/// An end of a custom range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RangeEnd {
    /// Which end.
    pub edge: Edge,
    /// The text as the user entered it.
    pub text: String,
    /// The field.
    pub field: Field,
}

pub(super) fn view(workspace: &Workspace, zone: &Zone, now: Timestamp) -> Replay {
    let picker = &workspace.picker;
    let faults = picker.faults(zone, &workspace.policy, now);
    let fault_of = |edge: Edge| match faults.iter().find(|fault| fault.edge() == edge) {
        Some(fault) => Some(words::fault(fault, &workspace.policy, zone)),
        None => refused_at(workspace, edge),
    };
    let end = |edge: Edge, text: &String| {
        let id = field_id(edge);
        let field =
            Field { id, label: words::end(edge), hint: String::new(), fault: fault_of(edge) };
        RangeEnd { edge, text: text.clone(), field }
    };
    let custom = if let RangeDraft::Custom { from, to } = picker.draft() {
        Some(Custom {
            from: end(Edge::Start, from),
            to: end(Edge::End, to),
            hint: format!(
                "Like 2026-11-23 10:00 ({}), 2026-11-23T10:00:00Z, now-6h or now.",
                zone.name()
            ),
        })
    } else {
        None
    };
    let moved = picker
        .moved_start(&workspace.policy, Context { zone, now })
        .map(|start| words::time(start, zone));
    Replay {
        presets: presets(picker.draft()),
        range: Field {
            id: "range",
            label: "Replay time range",
            hint: format!(
                "Request data within the last {}.",
                words::retention(workspace.policy.retention)
            ),
            fault: match &custom {
                Some(_) => None,
                None => fault_of(Edge::Start).or_else(|| fault_of(Edge::End)),
            },
        },
        custom,
        apply: Action::intent("Apply", Intent::Apply),
        applied: if picker.is_refused() {
            "None, since the range of the link was refused".to_string()
        } else {
            words::range(&picker.applied(), zone)
        },
        kept_inside: moved.map(|start| {
            format!("From is moved to {start}, so that it is not too long ago on arrival.")
        }),
        destination: destination(workspace),
        send: send::action(workspace, zone),
        later: waiting::later(workspace, zone),
        notify: notify(workspace),
        mutation_notice: match workspace.region_state() {
            Some(region_state) => mutation_notice(workspace, region_state, zone),
            None => summary::accepted(workspace, zone),
        },
        outages: workspace
            .region_state()
            .map(|region_state| outages::outages(workspace, region_state, zone))
            .unwrap_or_default(),
        summary: summary::summary(workspace),
        many: workspace.is_global(),
        rows: workspace
            .in_view()
            .map(|region_state| row::row(workspace, region_state, zone, now))
            .collect(),
        refresh: Action::intent("Refresh", Intent::Refresh).busy_if(workspace.is_refreshing()),
        history: workspace
            .region_state()
            .and_then(|region_state| past_jobs::history(workspace, region_state, zone, now)),
    }
}

/// The choice of notifications while a job in view is under way.
fn notify(workspace: &Workspace) -> Option<Input<bool>> {
    let is_needed = workspace.in_view().any(RegionState::is_under_way);
    let fault = (workspace.notifications == Notifications::Denied)
        .then(|| "The browser does not allow this page to show notifications.".to_string());
    let label = "Notify me when it has ended, if this page is in the background then";
    is_needed.then(|| Input {
        value: workspace.notifications != Notifications::Unwanted && fault.is_none(),
        field: Field { id: "notify", label, hint: String::new(), fault },
    })
}

fn presets(draft: &RangeDraft) -> Vec<Preset> {
    let presets = PRESETS.iter().enumerate().map(|(index, preset)| Preset {
        label: preset.name,
        index: Some(index),
        chosen: *draft == RangeDraft::Preset(preset.duration),
    });
    let custom = matches!(draft, RangeDraft::Custom { .. });
    presets.chain([Preset { label: "Custom", index: None, chosen: custom }]).collect()
}

fn destination(workspace: &Workspace) -> String {
    let Some(region_state) = workspace.region_state() else {
        return "To the enabled webhook of each region".to_string();
    };
    let webhook = region_state.setup.webhook().known();
    match webhook.and_then(|webhook| webhook.endpoint.as_ref()) {
        Some(endpoint) => format!("To this region's webhook, {endpoint}"),
        None => "To this region's webhook".to_string(),
    }
}
