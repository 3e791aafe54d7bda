//! The tab Replay: the range, the button that sends it, the result, the outages, and the table of jobs.

mod controls;
pub(super) mod outages;
mod past_jobs;
mod picker;
mod progress;
mod row;
mod selection;
mod send;
mod stepper;
mod summary;
mod timeline;
mod waiting;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use time_range::{Context, Seconds, write_moment};

pub use self::{
    controls::{Rate, Speed},
    past_jobs::{Detail, History, PastJob},
    picker::{
        CalendarDay, CalendarGrid, Custom, Offer, Popover, RangeGroup, RangeInput, RangeOption,
        RangePicker, Understood,
    },
    progress::Progress,
    row::Row,
    selection::Selection,
    stepper::{JobStep, StepState},
    summary::Summary,
    timeline::{Bar, BarRow, Mark, MarkKind, Slider, Tick, Timeline},
};
use super::{Action, Field, Input, Notice, mutation::mutation_notice};
use crate::{
    intent::Intent,
    region_state::RegionState,
    workspace::{Notifications, Workspace},
};

/// The tab Replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The range.
    pub picker: RangePicker,
    /// The start that is sent in place of the range's, if it is moved inside the retention.
    pub kept_inside: Option<String>,
    /// The webhook that the entries are sent to.
    pub destination: String,
    /// The button that sends the applied range.
    pub send: Action,
    /// What would be sent, if the server counts entries.
    pub selection: Option<Selection>,
    /// The timeline, if one region is in view.
    pub timeline: Option<Timeline>,
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

pub(super) fn view(workspace: &Workspace, context: Context<'_>) -> Replay {
    let moved = workspace.picker.moved_start(&workspace.policy, context);
    Replay {
        picker: picker::picker(workspace, context),
        kept_inside: moved.map(|start| {
            let start = write_moment(start, context, Seconds::IfAny);
            format!("From is moved to {start}, so that it is not too long ago on arrival.")
        }),
        destination: destination(workspace),
        send: send::action(workspace),
        selection: selection::view(workspace, context),
        timeline: timeline::view(workspace, context),
        later: waiting::later(workspace),
        notify: notify(workspace),
        mutation_notice: match workspace.region_state() {
            Some(region_state) => mutation_notice(workspace, region_state, context),
            None => summary::accepted(workspace, context),
        },
        outages: workspace
            .region_state()
            .map(|region_state| outages::outages(workspace, region_state, context))
            .unwrap_or_default(),
        summary: summary::summary(workspace),
        many: workspace.is_global(),
        rows: workspace
            .in_view()
            .map(|region_state| row::row(workspace, region_state, context))
            .collect(),
        refresh: Action::intent("Refresh", Intent::Refresh).busy_if(workspace.is_refreshing()),
        history: workspace
            .region_state()
            .and_then(|region_state| past_jobs::history(workspace, region_state, context)),
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
