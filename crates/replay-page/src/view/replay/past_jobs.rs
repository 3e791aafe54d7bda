//! The past jobs of the region in view: who requested them and when, what they sent, and how they
//! ended.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_client::describe;
use replay_core::JobStatus;
use replay_wire::JobRecord;
use time_range::Context;

use super::send;
use crate::{
    intent::Intent,
    picker::permitted,
    region_state::RegionState,
    view::{
        Action, Badge, Notice, Readiness, Time, Tone,
        context::{read_context, shown_in_place},
        labels::LOADING,
    },
    words,
    workspace::Workspace,
};

/// The section of the past jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The button that shows or hides them.
    pub toggle: Action,
    /// Whether they are shown.
    pub shown: bool,
    /// A text in place of the list.
    pub text: &'static str,
    /// The jobs, newest first.
    pub jobs: Vec<PastJob>,
    /// The button that reads more.
    pub more: Option<Action>,
    /// Why the list may be outdated.
    pub request_error: Option<Notice>,
}

/// A past job.
#[derive(Clone, Debug, PartialEq)]
pub struct PastJob {
    /// The id, which the page's element has as its key.
    pub id: String,
    /// How it ended.
    pub status: Badge,
    /// When it was requested.
    pub requested_at: Time,
    /// The start of its timeframe.
    pub starts_at: Time,
    /// The end of its timeframe.
    pub ends_at: Time,
    /// How many entries it delivered, in which time, and what it was.
    pub outcome: String,
    /// Who requested it.
    pub requester: String,
    /// What else is known: names and values.
    pub details: Vec<Detail>,
    /// The button that sends its timeframe again.
    pub resend: Action,
}

/// A fact about a past job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Detail {
    /// The label.
    pub name: &'static str,
    /// The value.
    pub value: String,
}

/// The past jobs of a region, if the server lists them.
pub(super) fn history(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<History> {
    let past_jobs = region_state.past_jobs.as_ref()?;
    let (shown, read) = (past_jobs.shown, &past_jobs.read);
    let region = &region_state.region;
    let next = read.known().filter(|_| shown);
    let jobs = if shown { past_jobs.jobs.as_slice() } else { &[] };
    let text = match next {
        _ if !shown => "",
        None if read.is_loading() => LOADING,
        Some(_) if jobs.is_empty() => {
            "No replay was requested yet. Choose a time range above and press Send Replay."
        }
        None | Some(_) => "",
    };
    let again = || Action::intent("Try again", Intent::Refresh).busy_if(read.is_loading());
    Some(History {
        toggle: Action::intent("History", Intent::ShowPastJobs(region.clone(), !shown)),
        shown,
        text,
        jobs: jobs.iter().map(|job| past_job(workspace, region_state, job, context)).collect(),
        more: next.and_then(Option::as_ref).map(|_| {
            Action::intent("Show more", Intent::MorePastJobs(region.clone()))
                .busy_if(read.is_loading())
        }),
        request_error: shown_in_place(read.request_error()).filter(|_| shown).map(|error| Notice {
            tone: Tone::Warning,
            text: describe(error, &read_context(workspace, region_state)),
            action: Some(again()),
        }),
    })
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn past_job(
    workspace: &Workspace,
    region_state: &RegionState,
    job: &JobRecord,
    context: Context<'_>,
) -> PastJob {
    let state = match permitted(job.start_at, job.end_at, &workspace.policy, context.now) {
        _ if let Some(denied) = workspace.denied(&region_state.region) => {
            Readiness::Unavailable(denied)
        }
        _ if job.kinds.is_some() => Readiness::Unavailable(RESTRICTED.to_string()),
        Ok(_) => send::free(region_state),
        Err(_) => Readiness::Unavailable("Its start is too old to be sent again.".to_string()),
    };
    let intent = Intent::ResendPast(region_state.region.clone(), job.id.clone());
    let mut resend = Action { state, ..Action::intent("Send again", intent) };
    resend.name =
        Some("Send again: ".to_string() + &words::span(job.start_at, job.end_at, context));
    PastJob {
        id: job.id.clone(),
        status: words::status(&job.status, job.reason.as_ref()),
        requested_at: Time::of(job.created_at, context),
        starts_at: Time::of(job.start_at, context),
        ends_at: Time::of(job.end_at, context),
        outcome: outcome(job),
        requester: requester(job),
        details: details(job, context),
        resend: resend.with_setup(region_state),
    }
}

/// Why a job of some kinds of events is not sent again: the page would send all kinds.
const RESTRICTED: &str = "It was restricted to kinds of events: use the API to send it again.";

fn outcome(job: &JobRecord) -> String {
    let delivered = job.delivered_lines;
    // Of a completed job, the total says nothing new.
    let total = job.total_lines.filter(|total| *total != delivered);
    let mut text = words::amount(delivered, total);
    if let Some(duration) = job.duration.filter(|duration| !duration.is_zero()) {
        text += " in ";
        text += &words::length(duration);
    }
    if let Some(reason) = &job.reason {
        text += ". Reason: ";
        text += &words::reason(reason);
    }
    if job.heals.is_some() {
        text += ". What an outage missed";
    }
    if job.resumed_from.is_some() {
        text += ". Resumed a failed replay";
    }
    if let Some(kinds) = &job.kinds {
        text += ". Only ";
        text += &kinds.join(", ");
    }
    text
}

fn requester(job: &JobRecord) -> String {
    let Some(by) = &job.requested_by else { return "By the server itself".to_string() };
    let mut text = "By ".to_string() + &by.role + ", token " + &by.token_id;
    if let Some(address) = &by.address {
        text += ", from ";
        text += address;
    }
    text
}

fn details(job: &JobRecord, context: Context<'_>) -> Vec<Detail> {
    let mut details = Vec::new();
    let mut push = |name, value: Option<&str>| {
        if let Some(value) = value {
            details.push(Detail { name, value: value.to_string() });
        }
    };
    if let Some(at) = job.started_at {
        push("Started", Some(&words::time_alone(at, context)));
    }
    if job.status.known().is_some_and(JobStatus::is_settled) {
        push("Ended", Some(&words::time_alone(job.updated_at, context)));
    }
    push("Sent to", job.endpoint.as_deref());
    for (name, count) in [("Retries", job.retries), ("Lost to the retention", job.lost_lines)] {
        if count > 0 {
            push(name, Some(&words::grouped(count)));
        }
    }
    push("Job", Some(&job.id));
    push("Resumed job", job.resumed_from.as_deref());
    push("Outage", job.heals.as_deref());
    details
}
