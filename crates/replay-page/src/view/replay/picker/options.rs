//! The ranges that are offered: presets, suggestions, and the ranges that the browser keeps.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_core::timeframe::PRESETS;
use time_range::{Context, Range};

use super::chosen;
use crate::{
    intent::Intent,
    joined::joined,
    message::Msg,
    picker::{Choice, RememberedPlace},
    view::Action,
    words,
    workspace::{SuggestionReason, Workspace},
};

/// A range that is offered.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeOption {
    /// Its name.
    pub label: String,
    /// Its times, if the name does not say them.
    pub detail: Option<String>,
    /// Whether it is the draft.
    pub current: bool,
    /// The message when it is selected.
    pub draft: Msg,
    /// The button that removes it, if it is a recent or a saved range.
    pub forget: Option<Action>,
}

/// Ranges that are offered for the same reason.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeGroup {
    /// Why they are offered.
    pub legend: &'static str,
    /// The ranges; there is at least one.
    pub options: Vec<RangeOption>,
}

/// The groups of a tab: presets and short suggestions on the tab Relative; long suggestions, saved and
/// recent ranges on the tab Custom.
pub(super) fn groups(
    workspace: &Workspace,
    is_custom: bool,
    context: Context<'_>,
) -> Vec<RangeGroup> {
    let option = |label: &str,
                  detail: Option<String>,
                  range: Range,
                  forget: Option<RememberedPlace>| RangeOption {
        label: label.to_string(),
        detail,
        current: workspace.picker.draft().range() == Some(range),
        draft: chosen(Choice::Draft(range)),
        forget: forget.map(|place| {
            let forget = Action::intent("Remove", Intent::Choose(Choice::Forget(place)));
            Action { name: Some(joined(&["Remove ", label])), ..forget }
        }),
    };
    let (mut presets, mut recent, mut saved) = (Vec::new(), Vec::new(), Vec::new());
    if is_custom {
        for (place, one) in workspace.remembered.saved.iter().enumerate() {
            let words = Some(words::range(one.range, context)).filter(|words| *words != one.name);
            saved.push(option(&one.name, words, one.range, Some(RememberedPlace::Saved(place))));
        }
        for (place, range) in workspace.remembered.recent.iter().enumerate() {
            let words = words::range(*range, context);
            recent.push(option(&words, None, *range, Some(RememberedPlace::Recent(place))));
        }
    } else {
        for preset in &PRESETS {
            presets.push(option(preset.name, None, Range::last(preset.duration), None));
        }
    }
    let suggestions = workspace.suggestions(context).into_iter();
    let suggestions = suggestions.filter(|one| one.is_short(context) != is_custom).map(|one| {
        let label = match one.reason {
            SuggestionReason::WebhookFailed => "Since the webhook failed",
            SuggestionReason::Outage => "The outage",
            SuggestionReason::LastReplay => "Since the end of the last completed replay",
        };
        option(label, Some(words::resolved_span(one.range, context)), one.range, None)
    });
    let mut groups = Vec::from([
        RangeGroup { legend: "Presets", options: presets },
        RangeGroup { legend: "Suggestions", options: suggestions.collect() },
        RangeGroup { legend: "Saved", options: saved },
        RangeGroup { legend: "Recent", options: recent },
    ]);
    groups.retain(|group| !group.options.is_empty());
    groups
}
