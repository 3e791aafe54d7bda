//! The result of a mutation of a region's job: accepted, refused with the reason, or unknown.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_client::{
    JobKey, Mutation, Outcome, RequestError, describe_parameter, describe_parameters,
};
use replay_core::timeframe::Edge;
use replay_wire::{JobReport, Mode};
use time_range::Context;

use super::{Action, Notice, Tone, context::write_context, notice, parts::see_setup};
use crate::{intent::Intent, region_state::RegionState, words, workspace::Workspace};

/// The notice about the last mutation. An accepted mutation is shown until another job replaces its
/// job, an accepted submission until the job is settled, and an accepted cancellation unless the job
/// has completed.
pub(super) fn mutation_notice(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<Notice> {
    outcome_notice(region_state.tracker.outcome()?, workspace, region_state, context)
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
fn outcome_notice(
    outcome: &Outcome,
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Option<Notice> {
    let Outcome { mutation, result, in_the_way, .. } = outcome;
    let request_error = match result {
        Ok(key) => {
            if region_state.job().map(JobKey::of) != Some(*key) {
                return None;
            }
            return if *mutation != Mutation::Cancel && region_state.is_settled() {
                None
            } else if *mutation == Mutation::Cancel && region_state.has_completed() {
                let text = "The replay completed before it could be cancelled.".to_string();
                Some(notice(Tone::Neutral, text))
            } else {
                Some(accepted(mutation, context, &moved(mutation, region_state, context)))
            };
        }
        Err(request_error) => request_error,
    };
    let (verb, again) = match mutation {
        Mutation::Send(_) | Mutation::Heal(_) => ("sent", "Send again"),
        Mutation::Cancel => ("cancelled", "Cancel again"),
        Mutation::Resume => ("resumed", "Resume again"),
    };
    let again = Action::intent(again, Intent::Repeat(region_state.region.clone()));
    let why = match (request_error, mutation) {
        (RequestError::Refused { status: 409, .. }, Mutation::Cancel) => {
            "There is nothing left to cancel.".to_string()
        }
        (RequestError::Refused { status: 409, .. }, sent) if sent.timeframe().is_some() => {
            conflict(in_the_way.as_ref(), region_state, context)
        }
        (RequestError::Refused { status: 404, .. }, Mutation::Heal(_)) => {
            "The server does not know this outage.".to_string()
        }
        _ => describe_parameters(request_error, label, &write_context(workspace, region_state)),
    };
    if request_error.may_have_worked() {
        if has_arrived(outcome, region_state) {
            let more = moved(mutation, region_state, context) + " Only the answer was lost.";
            let accepted = || accepted(mutation, context, &more);
            return (!region_state.is_settled()).then(accepted);
        }
        if *mutation == Mutation::Cancel && region_state.is_settled() {
            let text = "The replay has ended, with or without the cancellation.".to_string();
            return Some(notice(Tone::Neutral, text));
        }
        if *mutation != Mutation::Cancel && is_missing(outcome, region_state) {
            return Some(missing(workspace, &why, again));
        }
        let what_next = if region_state.tracker.is_at_rest() {
            "Refresh shows how it stands."
        } else {
            "The table is kept up to date."
        };
        let text = format!("It is not known whether the replay was {verb}. {why} {what_next}");
        return Some(Notice { tone: Tone::Warning, text, action: Some(again) });
    }
    // The button Send Replay would send a later window of a relative range.
    let is_free = matches!(request_error, RequestError::Refused { status: 409, .. })
        && mutation.timeframe().is_some()
        && region_state.is_settled();
    let action = if names_webhook(request_error) {
        Some(see_setup(region_state))
    } else {
        (request_error.is_temporary() || is_free).then_some(again)
    };
    Some(Notice { tone: Tone::Bad, text: format!("The replay was not {verb}. {why}"), action })
}

/// Whether a refusal is about the webhook: that has to be changed first.
fn names_webhook(request_error: &RequestError) -> bool {
    let RequestError::Refused { status: 400, problem } = request_error else { return false };
    problem.invalid_parameters.iter().any(|parameter| parameter.field == WEBHOOK)
}

/// The field that names the webhook in a refusal of a job.
const WEBHOOK: &str = "audit_log_webhook";

/// Why a submission was refused with a 409: the job that was running, once that was read.
fn conflict(job: Option<&JobReport>, region_state: &RegionState, context: Context<'_>) -> String {
    let what = match job.and_then(|job| job.start_at.zip(job.end_at)) {
        Some((start, end)) => {
            format!("Another one, of {},", words::span(start, end, context))
        }
        None => "Another one".to_string(),
    };
    let place = region_state.region.name();
    format!("{what} was running in {place}. Send it again once that has ended.")
}

fn accepted(mutation: &Mutation, context: Context<'_>, more: &str) -> Notice {
    let mut text = match mutation {
        Mutation::Send(timeframe) => format!(
            "The replay was accepted: {}.",
            words::span(timeframe.start(), timeframe.end(), context)
        ),
        Mutation::Cancel => "The cancellation was accepted.".to_string(),
        Mutation::Heal(_) => "The replay of the missed entries was accepted.".to_string(),
        Mutation::Resume => "The replay was resumed.".to_string(),
    };
    text += more;
    notice(Tone::Good, text)
}

/// That a replay begins later than the user has asked for, since it waited for too long.
fn moved(mutation: &Mutation, region_state: &RegionState, context: Context<'_>) -> String {
    let Some(asked) = region_state.asked_start(mutation) else { return String::new() };
    let asked = words::time(asked, context);
    " It was to start ".to_string() + &asked + ", which had become too old while it waited."
}

/// Whether the job is the submitted one although the response to the submission is missing. A job
/// with the same timeframe or outage that was known before is not.
fn has_arrived(outcome: &Outcome, region_state: &RegionState) -> bool {
    let job = region_state.job();
    let is_like_submitted = match &outcome.mutation {
        Mutation::Send(sent) => region_state.timeframe() == Some(*sent),
        Mutation::Heal(outage) => job.and_then(|job| job.heals.as_ref()) == Some(outage),
        Mutation::Resume => job.is_some_and(|job| job.resumed_from.is_some()),
        Mutation::Cancel => false,
    };
    is_like_submitted && job != outcome.before.as_ref()
}

/// Whether the region still has the job from before a submission without a response, as the reads since
/// then have shown for long enough. If it has another job, the submitted one may have been replaced.
fn is_missing(outcome: &Outcome, region_state: &RegionState) -> bool {
    let identity = |job: &JobReport| (job.id.clone(), JobKey::of(job));
    let job = region_state.job().filter(|_| !region_state.tracker.is_uncertain());
    match (job, &outcome.before) {
        (Some(job), Some(before)) => identity(job) == identity(before),
        (Some(_), None) => region_state.is_unused(),
        (None, _) => false,
    }
}

/// That a submission without a response was not accepted. Konnect may be slow to show a job, so that a
/// gateway is less sure.
fn missing(workspace: &Workspace, why: &str, again: Action) -> Notice {
    let (tone, what) = match workspace.server.mode {
        Mode::Embedded => (Tone::Bad, "The replay was not accepted: the server does not have it."),
        Mode::Gateway => {
            (Tone::Warning, "The replay was probably not accepted: Konnect does not show it.")
        }
    };
    Notice { tone, text: format!("{what} {why}"), action: Some(again) }
}

/// The page's name of a parameter of a submission.
fn label(field: &str) -> &str {
    match field {
        "start_at" => words::end(Edge::Start),
        "end_at" => words::end(Edge::End),
        WEBHOOK => "The webhook",
        _ => field,
    }
}

/// What the server found wrong with an end of the submitted range.
pub(super) fn refused_at(workspace: &Workspace, edge: Edge) -> Option<String> {
    workspace.in_view().find_map(|region_state| {
        let request_error = region_state.tracker.outcome()?.result.as_ref().err()?;
        describe_parameter(request_error, edge.field(), words::end(edge))
    })
}
