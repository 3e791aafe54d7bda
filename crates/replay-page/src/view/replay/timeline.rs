//! The timeline: the retention as a picture, the window that is chosen on it, and the controls that
//! choose. Its geometry is in whole numbers; which window is chosen is decided by the workspace.

mod axis;
mod bars;

use alloc::{string::String, vec::Vec};

use replay_client::Remote;
use time_range::{Context, Timestamp};

pub use self::{
    axis::Tick,
    bars::{Bar, BarRow},
};
use crate::{
    intent::Intent,
    message::Msg,
    region_state::RegionState,
    timeline::{Gesture, Handle, Period, Place, Scale},
    view::{Action, labels},
    words,
    workspace::Workspace,
};

/// The timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// What the picture shows, in words.
    pub summary: String,
    /// The periods that are marked behind the bars, the rearmost first.
    pub marks: Vec<Mark>,
    /// The chosen window, in front of the bars.
    pub window: Mark,
    /// What the key explains.
    pub key: Vec<MarkKind>,
    /// The entries; empty if the server does not count them.
    pub bars: Vec<Bar>,
    /// The labels of the axis.
    pub ticks: Vec<Tick>,
    /// The chosen window, with how many entries it holds.
    pub chosen: String,
    /// The sliders of the window's handles.
    pub sliders: [Slider; 3],
    /// The button that applies the window, if it is not applied.
    pub apply: Option<Action>,
    /// The buttons that change what is shown.
    pub zooms: Vec<Action>,
    /// The message that opens or closes the table of the bars, if there are entries.
    pub table: Option<Msg>,
    /// The rows of the table, if it is open.
    pub rows: Option<Vec<BarRow>>,
    /// The time and the entries of the bar under the pointer; empty if there is none.
    pub hovered: String,
}

/// A marked period.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mark {
    /// What it marks.
    pub kind: MarkKind,
    /// Where it starts.
    pub start: Place,
    /// Where it ends.
    pub end: Place,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MarkKind {
    /// Entries.
    Entries,
    /// Entries that are undelivered.
    Undelivered,
    /// Its entries are no longer kept.
    Gone,
    /// The webhook was down.
    Outage,
    /// The window of a job.
    Job,
    /// The delivered share of that window.
    Delivered,
    /// The chosen window, applied.
    Applied,
    /// The chosen window, not applied.
    Draft,
}

/// A slider that moves a handle of the window.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Slider {
    /// The handle.
    pub handle: Handle,
    /// Its name.
    pub label: &'static str,
    /// Its place.
    pub place: Place,
    /// Its place in words.
    pub text: String,
    /// How far it moves at once.
    pub step: Place,
}

impl MarkKind {
    /// Its words in the key.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Entries => labels::ENTRIES,
            Self::Undelivered => labels::UNDELIVERED,
            Self::Gone => "No longer kept",
            Self::Outage => "Outage",
            Self::Job => "Replay",
            Self::Delivered => "Delivered",
            Self::Applied => "Time range",
            Self::Draft => "Time range, not applied",
        }
    }
}

/// The number of past jobs whose windows are marked.
const PAST_JOBS: usize = 5;

pub(super) fn view(workspace: &Workspace, context: Context<'_>) -> Option<Timeline> {
    let region_state = workspace.region_state()?;
    let scale = workspace.timeline.scale(&workspace.policy, context.now);
    let choosing = workspace.timeline.choosing(&scale);
    let window = choosing.unwrap_or_else(|| workspace.window(context));
    let is_drafted = workspace.picker.is_drafted() && choosing.is_none();
    let is_applied = !is_drafted && choosing.is_none();
    let marks = marks(workspace, region_state, &scale, context.now);
    let chosen = workspace.picker.draft().range().filter(|_| choosing.is_none());
    let count = chosen
        .and_then(|range| region_state.chosen_count(range))
        .or_else(|| region_state.count(window))
        .map(words::counted);
    let step = scale.step(workspace.bucket(&scale));
    let slider = |handle| slider(handle, window, &scale, step, count.as_deref(), context);
    let sliders = Handle::ALL.map(slider);
    let action = |label, gesture| Action::intent(label, Intent::Timeline(gesture));
    let mut zooms = Vec::from([
        action("Zoom in", Gesture::ZoomIn),
        action("Zoom to time range", Gesture::ZoomToWindow),
        action("Zoom out", Gesture::ZoomOut),
    ]);
    if workspace.timeline.is_zoomed() {
        zooms.push(action("Undo zoom", Gesture::UndoZoom));
    }
    let (mut bars, mut rows, mut hovered) = (Vec::new(), None, String::new());
    let mut summary = words::zoned_window(scale.shown, context);
    if let Some(preview) = region_state.bars() {
        let shown = bars::shown(preview, &scale);
        bars = bars::bars(preview, &shown, &scale);
        if let Some(place) = workspace.timeline.hovered {
            hovered = bars::said(preview, &shown, &bars, place, context);
        }
        bars::summarize(&mut summary, preview, &shown, context);
        rows = workspace.timeline.has_table.then(|| bars::rows(&shown, context));
    }
    Some(Timeline {
        summary,
        key: key(&bars, &marks),
        marks,
        window: mark(&scale, if is_applied { MarkKind::Applied } else { MarkKind::Draft }, window),
        ticks: axis::ticks(&scale, context.zone),
        chosen: with_count(words::window(window, context), count.as_deref()),
        sliders,
        apply: is_drafted.then(|| action("Apply", Gesture::Apply)),
        zooms,
        table: (!bars.is_empty()).then_some(Msg::Intended(Intent::Timeline(Gesture::ToggleTable))),
        rows,
        hovered,
        bars,
    })
}

/// What is drawn and not obvious, once each.
fn key(bars: &[Bar], marks: &[Mark]) -> Vec<MarkKind> {
    let mut key = Vec::new();
    if !bars.is_empty() {
        key.push(MarkKind::Entries);
    }
    if bars.iter().any(|bar| bar.undelivered > 0) {
        key.push(MarkKind::Undelivered);
    }
    for mark in marks {
        if !key.contains(&mark.kind) {
            key.push(mark.kind);
        }
    }
    key
}

fn marks(
    workspace: &Workspace,
    region_state: &RegionState,
    scale: &Scale,
    now: Timestamp,
) -> Vec<Mark> {
    let mut marks = Vec::new();
    let edge = workspace.policy.earliest(now).timestamp();
    push(&mut marks, scale, MarkKind::Gone, Period::between(scale.shown.start.min(edge), edge));
    let outages = region_state.outages.as_ref().and_then(Remote::known);
    for outage in outages.iter().flat_map(|page| &page.outages) {
        let period = Period::of(outage.began_at, outage.ended_at.unwrap_or(now));
        push(&mut marks, scale, MarkKind::Outage, period);
    }
    let past_jobs = region_state.past_jobs.as_ref().map_or(&[][..], |past_jobs| &past_jobs.jobs);
    for job in past_jobs.iter().take(PAST_JOBS) {
        push(&mut marks, scale, MarkKind::Job, Period::of(job.start_at, job.end_at));
    }
    if let Some(timeframe) = region_state.timeframe() {
        let job = Period::of(timeframe.start(), timeframe.end());
        push(&mut marks, scale, MarkKind::Job, job);
        if let Some(seconds) = delivered_seconds(region_state, job.length()) {
            let delivered = Period { end: job.start + seconds, ..job };
            push(&mut marks, scale, MarkKind::Delivered, delivered);
        }
    }
    marks
}

/// Adds a period that is shown at least in part, once: several jobs may have the same window.
fn push(marks: &mut Vec<Mark>, scale: &Scale, kind: MarkKind, period: Period) {
    let mark = mark(scale, kind, period);
    if period.start <= scale.shown.end && period.end > scale.shown.start && !marks.contains(&mark) {
        marks.push(mark);
    }
}

fn mark(scale: &Scale, kind: MarkKind, period: Period) -> Mark {
    Mark { kind, start: scale.place(period.start), end: scale.place(period.end) }
}

/// The share of a job's window that is as long as the share of its entries that were delivered.
fn delivered_seconds(region_state: &RegionState, window: i64) -> Option<i64> {
    if region_state.has_completed() {
        return Some(window);
    }
    let progress = region_state.progress()?;
    let total = i64::try_from(progress.total_lines?).ok()?;
    let delivered = i64::try_from(progress.delivered_lines?).ok()?;
    window.saturating_mul(delivered.min(total)).checked_div(total)
}

fn slider(
    handle: Handle,
    window: Period,
    scale: &Scale,
    step: Place,
    count: Option<&str>,
    context: Context<'_>,
) -> Slider {
    let Period { start, end } = window;
    let (label, second, said) = match handle {
        Handle::Start => ("Start of the time range", start, Period { start, end: start }),
        Handle::Whole => ("The whole time range", window.middle(), window),
        Handle::End => ("End of the time range", end, Period { start: end, end }),
    };
    let text = with_count(words::zoned_window(said, context), count);
    Slider { handle, label, place: scale.place(second), text, step }
}

fn with_count(mut text: String, count: Option<&str>) -> String {
    if let Some(count) = count {
        text += ", ";
        text += count;
    }
    text
}
