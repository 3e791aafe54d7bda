//! What a screen reader announces. The words are made when something happens, since they must not
//! change as time goes by.

use alloc::string::{String, ToString};

use replay_core::{JobStatus, Region};
use replay_wire::{OutageReport, Reported};
use time_range::Context;

use super::{counted, moment, status, zoned_window};
use crate::{
    joined::joined,
    timeline::{Count, Period, instant},
};

/// That the choice of a window on the timeline was cancelled.
pub(crate) const CHOICE_CANCELLED: &str = "The choice was cancelled.";

/// A job's new status.
pub(crate) fn new_status(region: &Region, new_status: &Reported<JobStatus>) -> String {
    joined(&[region.name(), ": ", &status(new_status, None).word])
}

/// That a running job is paused, or that it goes on.
pub(crate) fn new_pause(region: &Region, is_paused: bool) -> String {
    region.name().to_string() + if is_paused { ": Paused" } else { ": Continued" }
}

/// That a replay is sent which has waited for the job before it.
pub(crate) fn waiting_sent(region: &Region) -> String {
    region.name().to_string() + ": The waiting replay is sent now."
}

/// That an outage has begun.
pub(crate) fn new_outage(region: &Region, outage: &OutageReport, context: Context<'_>) -> String {
    joined(&[region.name(), ": ", &super::outage(outage, context)])
}

/// That one end of a window was chosen on the timeline.
pub(crate) fn first_end(second: i64, context: Context<'_>) -> String {
    moment(instant(second), context) + " is one end. Click the other one."
}

/// What the timeline shows.
pub(crate) fn shown(shown: Period, context: Context<'_>) -> String {
    joined(&["Shown: ", &zoned_window(shown, context), "."])
}

/// The chosen window, with how many entries it holds if that is known.
pub(crate) fn chosen_window(
    window: Period,
    count: Option<Count>,
    is_applied: bool,
    context: Context<'_>,
) -> String {
    let mut text = zoned_window(window, context);
    if let Some(count) = count {
        text += ", ";
        text += &counted(count);
    }
    text + if is_applied { "." } else { ". Not applied." }
}
