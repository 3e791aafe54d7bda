//! The tab Replay: the range, the button that sends it, what was answered, and the table of jobs.

mod row;
mod send;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::{
    Timeframe,
    timeframe::{Edge, PRESETS},
};
use time_range::{Timestamp, Zone};

pub use self::row::Row;
use super::{
    Action, Field, Notice,
    answer::{answer, refused_at},
};
use crate::{
    intent::Intent,
    picker::{RangeDraft, field_id, whole_second},
    words,
    workspace::Workspace,
};

/// The tab Replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The presets, and last the custom range.
    pub presets: Vec<Preset>,
    /// The ends of a custom range, if that is chosen.
    pub custom: Option<Custom>,
    /// How far back can be asked for, and what is wrong with the range as a whole.
    pub range: Field,
    /// Applies it.
    pub apply: Action,
    /// The range that was applied and will be sent.
    pub applied: String,
    /// What is done to it on the way.
    pub kept_inside: Option<String>,
    /// Where the entries will arrive.
    pub destination: String,
    /// Sends it.
    pub send: Action,
    /// What became of what was sent to the one region in view.
    pub answer: Option<Notice>,
    /// Whether the table has a column of regions.
    pub many: bool,
    /// The jobs in view.
    pub rows: Vec<Row>,
    /// Reads them again.
    pub refresh: Action,
}

/// A range that can be chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preset {
    /// Its words.
    pub label: &'static str,
    /// Its place among the presets; the custom range has none.
    pub place: Option<usize>,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The ends of a custom range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Custom {
    /// The start.
    pub from: RangeEnd,
    /// The end.
    pub to: RangeEnd,
    /// How they are read.
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
    let of = |edge: Edge| {
        let mine = faults.iter().find(|fault| fault.edge() == edge);
        mine.map(|fault| words::fault(fault, &workspace.policy, zone))
            .or_else(|| refused_at(workspace, edge))
    };
    let end = |edge: Edge, text: &String| {
        let id = field_id(edge);
        let field = Field { id, label: words::end(edge), hint: String::new(), fault: of(edge) };
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
    let resolved = Timeframe::resolve(&picker.applied(), now).ok();
    let moved = resolved.and_then(|range| {
        let kept = workspace.policy.kept_inside(range, whole_second(now));
        (kept != range).then(|| zone.print(kept.start()))
    });
    Replay {
        presets: presets(picker.draft()),
        range: Field {
            id: "range",
            label: "Replay time range",
            hint: format!(
                "Request data within the last {}.",
                words::retention(workspace.policy.retention)
            ),
            fault: custom.is_none().then(|| of(Edge::Start).or_else(|| of(Edge::End))).flatten(),
        },
        custom,
        apply: Action::intent("Apply", Intent::Apply),
        applied: words::range(&picker.applied(), zone),
        kept_inside: moved.map(|start| {
            format!("From is moved to {start}, so that it is not too long ago on arrival.")
        }),
        destination: destination(workspace),
        send: send::action(workspace, zone),
        answer: workspace
            .region_state()
            .and_then(|region_state| answer(workspace, region_state, zone)),
        many: workspace.is_global(),
        rows: workspace
            .in_view()
            .map(|region_state| row::row(workspace, region_state, zone, now))
            .collect(),
        refresh: Action::intent("Refresh", Intent::Refresh).busy_if(workspace.is_refreshing()),
    }
}

fn presets(draft: &RangeDraft) -> Vec<Preset> {
    let presets = PRESETS.iter().enumerate().map(|(place, (label, length))| Preset {
        label,
        place: Some(place),
        chosen: *draft == RangeDraft::Preset(*length),
    });
    let custom = matches!(draft, RangeDraft::Custom { .. });
    presets.chain([Preset { label: "Custom", place: None, chosen: custom }]).collect()
}

fn destination(workspace: &Workspace) -> String {
    let Some(region_state) = workspace.region_state() else {
        return "To the enabled webhook of each region".to_string();
    };
    let endpoint =
        region_state.setup.webhook().known().and_then(|webhook| webhook.endpoint.as_ref());
    endpoint.map_or_else(
        || "To this region's webhook".to_string(),
        |endpoint| format!("To this region's webhook, {endpoint}"),
    )
}
