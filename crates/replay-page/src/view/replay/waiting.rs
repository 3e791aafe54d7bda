//! The replay that is sent once the present job has ended: the button that asks for it, and what
//! waits.

use alloc::string::{String, ToString};

use time_range::Context;

use crate::{
    intent::Intent,
    region_state::{RegionState, WaitingSend, WaitingState},
    view::{Action, Notice, Tone},
    words,
    workspace::Workspace,
};

/// The button that sends the applied range once the job of the region in view has ended; `None`
/// while no job is under way, or a replay waits already.
pub(super) fn later(workspace: &Workspace) -> Option<Action> {
    let region_state = workspace.region_state()?;
    let region = &region_state.region;
    let is_needed = region_state.in_the_way().is_some() && region_state.waiting_send.is_none();
    let is_possible = workspace.may_change(region) && !workspace.picker.is_drafted();
    let intent = Intent::SendLater(region.clone());
    (is_needed && is_possible).then(|| Action::intent("Send when it has finished", intent))
}

/// The replay that waits in a region.
pub(super) fn waiting(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<Notice> {
    Some(notice(region_state.waiting_send?, workspace, region_state, context))
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn notice(
    waiting: WaitingSend,
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Notice {
    let (start, end) = (waiting.timeframe.start(), waiting.timeframe.end());
    let mut text = words::span_alone(start, end, context);
    let denied = workspace.denied(&region_state.region);
    let (tone, rest) = match waiting.state {
        // The role has changed since the user asked for it.
        WaitingState::Waiting if let Some(denied) = &denied => {
            text += " is not sent. ";
            (Tone::Warning, denied.as_str())
        }
        WaitingState::Waiting => (
            Tone::Busy,
            " is sent once the present replay has ended. This page sends it: keep the tab open.",
        ),
        WaitingState::Held => {
            (Tone::Warning, " is not sent yet: you have cancelled the replay before it.")
        }
        WaitingState::Expired => {
            (Tone::Warning, " was not sent: it had become too old when the replay before it ended.")
        }
    };
    text += rest;
    let region = region_state.region.clone();
    let (label, intent) = match waiting.state {
        WaitingState::Waiting => (DO_NOT_SEND, Intent::DropLater(region)),
        WaitingState::Held if region_state.is_settled() => {
            ("Send it now", Intent::SendHeld(region))
        }
        WaitingState::Held => ("Send it when that has ended", Intent::SendHeld(region)),
        WaitingState::Expired => ("Dismiss", Intent::DropLater(region)),
    };
    let mut action = Action::intent(label, intent);
    action.name = Some(name(label, region_state));
    Notice { tone, text, action: Some(action) }
}

/// The button that drops a replay that was held back.
pub(super) fn drop_held(region_state: &RegionState) -> Option<Action> {
    let waiting = region_state.waiting_send?;
    let intent = Intent::DropLater(region_state.region.clone());
    let mut drop = Action::intent(DO_NOT_SEND, intent);
    drop.name = Some(name(DO_NOT_SEND, region_state));
    (waiting.state == WaitingState::Held).then_some(drop)
}

const DO_NOT_SEND: &str = "Do not send it";

fn name(label: &str, region_state: &RegionState) -> String {
    label.to_string() + " in " + region_state.region.name()
}
