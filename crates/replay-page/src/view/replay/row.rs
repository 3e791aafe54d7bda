//! A row of the table of jobs: a region's job, and the buttons that act on it.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_client::{Remote, describe};
use time_range::{Context, Timestamp};

use super::{
    controls::{self, Rate, cancel, resend, resume},
    progress::{Progress, progress},
    stepper::{JobStep, steps},
    summary,
    waiting::{drop_held, waiting},
};
use crate::{
    intent::Intent,
    region_state::RegionState,
    view::{
        Action, Badge, Notice, Time, Tone,
        context::{read_context, shown_in_place, write_context},
        mutation::mutation_notice,
        parts::see_setup,
    },
    words,
    workspace::Workspace,
};

/// A row of the table of jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The name of the region.
    pub region: String,
    /// The status; `None` until it was read.
    pub status: Option<Badge>,
    /// If no job was ever submitted: that, and what to do next.
    pub empty: Option<&'static str>,
    /// The steps of the job; none if there is no job.
    pub steps: Vec<JobStep>,
    /// How far the job is, if it is running.
    pub progress: Option<Progress>,
    /// What the status means, what is special about the job, and why it has failed.
    pub meaning: String,
    /// The endpoint that the job delivers to.
    pub destination: Option<String>,
    /// The start of the timeframe.
    pub starts_at: Option<Time>,
    /// The end of the timeframe.
    pub ends_at: Option<Time>,
    /// When the job last changed.
    pub updated_at: Option<Time>,
    /// The length of the timeframe.
    pub length: Option<String>,
    /// The controls of the rate of a running job, if the server offers them.
    pub rate: Option<Rate>,
    /// The button that cancels the job, if it is not settled and the server offers cancelling.
    pub cancel: Option<Action>,
    /// The button that sends the timeframe again, if the job is settled.
    pub resend: Option<Action>,
    /// The button that goes on with the job where it ended, if it has failed and the server offers that.
    pub resume: Option<Action>,
    /// The button that shows the webhook, if several regions are in view and this one has none to
    /// send to.
    pub setup: Option<Action>,
    /// What to do about a failed job.
    pub advice: Option<Notice>,
    /// Why the rate was not changed.
    pub rate_error: Option<Notice>,
    /// The replay that is sent once the job has ended.
    pub waiting: Option<Notice>,
    /// The button that drops that replay, if it was held back since the job was cancelled.
    pub drop_held: Option<Action>,
    /// The result of the last mutation, if several regions are in view.
    pub mutation_notice: Option<Notice>,
    /// Why the row may be outdated.
    pub request_error: Option<Notice>,
}

pub(super) fn row(workspace: &Workspace, region_state: &RegionState, context: Context<'_>) -> Row {
    let job = region_state.job();
    let time = |at: Option<Timestamp>| at.map(|at| Time::of(at, context));
    let health = region_state.setup.health().known();
    let progress = progress(region_state, context);
    let is_counted = progress.as_ref().is_some_and(|progress| !progress.amount.is_empty());
    let is_paused = region_state.is_paused() == Some(true);
    let run = words::Run { health, is_counted, is_paused };
    let mut meaning = job.map(|job| words::meaning(job, run)).unwrap_or_default();
    if let Some(reason) = job.and_then(|job| job.reason.as_ref()) {
        meaning = format!("{meaning} Reason: {}.", words::reason(reason));
    }
    let remote_job = region_state.tracker.job();
    let is_global = workspace.is_global();
    let outages = region_state.outages.as_ref().filter(|_| !is_global);
    let is_left_out = is_global && region_state.setup.is_enabled() == Some(false);
    if is_left_out {
        meaning += " Left out of sending to all: it has no enabled webhook.";
    }
    let is_summed_up = summary::is_summed_up(workspace, region_state);
    let row = Row {
        region: region_state.region.name().to_string(),
        status: job.map(|job| words::status(&job.status, job.reason.as_ref())),
        empty: region_state.is_unused().then_some(if is_left_out {
            "No replay yet. Left out of sending to all: it has no enabled webhook."
        } else {
            "No replay yet. Choose a time range above and press Send Replay."
        }),
        steps: job.map(steps).unwrap_or_default(),
        progress,
        meaning,
        destination: job
            .filter(|_| !is_global)
            .and_then(|job| Some(String::from("To ") + job.endpoint.as_ref()?)),
        starts_at: time(job.and_then(|job| job.start_at)),
        ends_at: time(job.and_then(|job| job.end_at)),
        updated_at: time(job.and_then(|job| job.updated_at)),
        length: region_state.timeframe().map(|one| words::length(one.end() - one.start())),
        rate: controls::rate(workspace, region_state),
        cancel: cancel(workspace, region_state),
        resend: resend(workspace, region_state, context),
        resume: resume(workspace, region_state),
        setup: is_left_out.then(|| see_setup(region_state)),
        advice: advice(region_state),
        rate_error: rate_error(workspace, region_state),
        waiting: waiting(workspace, region_state, context),
        drop_held: drop_held(region_state),
        mutation_notice: mutation_notice(workspace, region_state, context)
            .filter(|_| is_global && !is_summed_up),
        request_error: shown_in_place(
            remote_job.request_error().or(outages.and_then(Remote::request_error)),
        )
        .map(|request_error| {
            let why = describe(request_error, &read_context(workspace, region_state));
            let stale = if job.is_some() { " What is shown was read before." } else { "" };
            Notice {
                tone: Tone::Warning,
                text: format!("{why}{stale}"),
                action: Some(
                    Action::intent("Try again", Intent::Refresh).busy_if(remote_job.is_loading()),
                ),
            }
        }),
    };
    if is_global { named(row) } else { row }
}

/// Adds the region to the accessible names of the buttons: several rows have the same ones.
fn named(mut row: Row) -> Row {
    let region = &row.region;
    for (action, what) in [
        (&mut row.cancel, "Cancel the replay"),
        (&mut row.resend, "Send again"),
        (&mut row.resume, controls::RESUME),
        (&mut row.setup, "See Setup"),
    ] {
        name(action, what, region);
    }
    if let Some(resend) = &mut row.resend {
        resend.label = "Send again";
    }
    if let Some(rate) = &mut row.rate {
        rate.speeds.clear();
        rate.pause.name = Some(format!("{} the replay in {region}", rate.pause.label));
    }
    let notices = [&mut row.advice, &mut row.mutation_notice, &mut row.request_error];
    for notice in notices.into_iter().flatten() {
        let what = notice.action.as_ref().map_or("", |action| action.label);
        name(&mut notice.action, what, region);
    }
    row
}

fn name(action: &mut Option<Action>, what: &str, region: &str) {
    if let Some(action) = action {
        action.name = Some(format!("{what} in {region}"));
    }
}

/// What to do about a failed job, if its reason is known.
fn advice(region_state: &RegionState) -> Option<Notice> {
    let reason = region_state.job()?.reason.as_ref().filter(|_| region_state.is_settled())?;
    let advice = words::advice(reason)?;
    let action = advice.in_setup.then(|| see_setup(region_state));
    Some(Notice { tone: Tone::Neutral, text: advice.text.to_string(), action })
}

fn rate_error(workspace: &Workspace, region_state: &RegionState) -> Option<Notice> {
    let request_error = region_state.rate.request_error.as_ref()?;
    let why = describe(request_error, &write_context(workspace, region_state));
    let text = format!("The speed was not changed. {why}");
    region_state.is_running().then_some(Notice { tone: Tone::Bad, text, action: None })
}
