//! The range picker: the trigger with the applied range, the draft that is not applied, and the
//! popover in which a range is chosen.

mod calendar;
mod custom;
mod options;

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_core::timeframe::Edge;

use time_range::Context;

pub use self::{
    calendar::{CalendarDay, CalendarGrid},
    custom::{Custom, RangeInput},
    options::{RangeGroup, RangeOption},
};
use crate::{
    intent::Intent,
    joined::joined,
    message::Msg,
    picker::{Choice, CopyForm, MendKind, RangeTab, length_of},
    view::{Action, Pick, Tone, mutation::refused_at},
    words,
    workspace::Workspace,
};

/// The range picker.
#[derive(Clone, Debug, PartialEq)]
pub struct RangePicker {
    /// The applied range.
    pub choice: String,
    /// The times of the applied range, if the choice does not say them, and the zone.
    pub detail: Vec<String>,
    /// The message when the trigger is pressed.
    pub toggle: Msg,
    /// The retention.
    pub hint: String,
    /// What the server found wrong with the sent range.
    pub fault: Option<String>,
    /// The draft, if it is not applied and the popover is closed.
    pub draft: Option<Understood>,
    /// The popover, if it is open.
    pub popover: Option<Popover>,
}

/// The popover.
#[derive(Clone, Debug, PartialEq)]
pub struct Popover {
    /// The tabs Relative and Custom.
    pub tabs: Vec<Pick>,
    /// The presets and the short suggestions on the tab Relative; the long suggestions, the saved and
    /// the recent ranges on the tab Custom.
    pub options: Vec<RangeGroup>,
    /// The rest of the tab Custom, if it is in view.
    pub custom: Option<Custom>,
    /// What the draft was understood as.
    pub understood: Understood,
    /// The name to save the draft by.
    pub name: String,
    /// The button that saves the draft.
    pub save: Action,
    /// The buttons that copy the draft.
    pub copy: Vec<Action>,
    /// Whether the browser has copied it.
    pub copied: Option<&'static str>,
}

/// What the draft was understood as, and what can be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// Whether it is refused.
    pub tone: Tone,
    /// The range in words, or why it is refused.
    pub text: String,
    /// The ranges that it is likely meant to be.
    pub mends: Vec<Offer>,
    /// The button that applies the draft.
    pub apply: Action,
    /// The button that discards the draft, if it is not applied.
    pub discard: Option<Action>,
}

/// A range to take in place of the draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The text of its button.
    pub label: String,
    /// The message when it is pressed.
    pub msg: Msg,
}

pub(super) fn picker(workspace: &Workspace, context: Context<'_>) -> RangePicker {
    let picker = &workspace.picker;
    let applied = picker.applied();
    let mut detail = Vec::new();
    let choice = if picker.is_refused() {
        "None, since the time range of the link was refused".to_string()
    } else {
        if applied.from.is_relative() || applied.to.is_relative() {
            detail.push(words::resolved_span(applied, context));
        }
        words::range(applied, context)
    };
    detail.push(context.zone.name().to_string());
    let is_open = picker.is_open();
    RangePicker {
        choice,
        detail,
        toggle: chosen(Choice::Toggle),
        hint: joined(&[
            "Request data within the last ",
            &words::retention(workspace.policy.retention),
            ".",
        ]),
        fault: refused_at(workspace, Edge::Start).or_else(|| refused_at(workspace, Edge::End)),
        draft: (picker.is_drafted() && !is_open).then(|| understood(workspace, context)),
        popover: is_open.then(|| popover(workspace, context)),
    }
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn popover(workspace: &Workspace, context: Context<'_>) -> Popover {
    let tab = workspace.picker.tab();
    let is_custom = tab == RangeTab::Custom;
    Popover {
        tabs: [(RangeTab::Relative, "Relative"), (RangeTab::Custom, "Custom")]
            .map(|(one, label)| Pick {
                label: label.to_string(),
                id: one.id(),
                current: one == tab,
                msg: chosen(Choice::Turn(one)),
            })
            .into(),
        options: options::groups(workspace, is_custom, context),
        custom: is_custom.then(|| custom::custom(workspace, context)),
        understood: understood(workspace, context),
        name: workspace.picker.name().to_string(),
        save: Action::intent("Save", Intent::Choose(Choice::Save)),
        copy: [
            ("Time range", CopyForm::Range),
            ("Link", CopyForm::Link),
            ("curl", CopyForm::Curl),
            ("kongctl", CopyForm::Cli),
        ]
        .map(|(label, form)| Action {
            name: Some(joined(&["Copy as ", label])),
            ..Action::intent(label, Intent::Choose(Choice::Copy(form)))
        })
        .into(),
        copied: workspace.picker.copied().map(words::copied),
    }
}

fn understood(workspace: &Workspace, context: Context<'_>) -> Understood {
    let (picker, policy) = (&workspace.picker, &workspace.policy);
    let (mut tone, text) = match picker.resolve(policy, context) {
        Ok(_) => {
            let range = picker.draft().range().unwrap_or(picker.applied());
            (Tone::Neutral, words::understood(range, policy, context))
        }
        Err(faults) => (Tone::Warning, words::faults_in_words(&faults, policy, context)),
    };
    if tone == Tone::Warning && picker.is_tried() {
        tone = Tone::Bad;
    }
    let mends = picker.mends(policy, context).into_iter().map(|mend| Offer {
        label: match mend.kind {
            MendKind::FromEarliest => "Start at the earliest".to_string(),
            MendKind::Retention => joined(&["Use the last ", &length_of(policy.retention)]),
            MendKind::UntilNow => "End now".to_string(),
            MendKind::Swapped => "Swap the ends".to_string(),
            MendKind::Reading => words::with_times(mend.range, context),
        },
        msg: chosen(Choice::Mend(mend.range)),
    });
    Understood {
        tone,
        text,
        mends: mends.collect(),
        apply: Action::intent("Apply", Intent::Apply),
        discard: picker
            .is_drafted()
            .then(|| Action::intent("Discard", Intent::Choose(Choice::Discard))),
    }
}

/// The message of a choice.
fn chosen(choice: Choice) -> Msg {
    Msg::Intended(Intent::Choose(choice))
}
