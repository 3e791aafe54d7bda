//! The notices of the webhook form: the results of saving and testing, and why it may be outdated.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_client::{RequestError, describe, describe_parameters};
use replay_core::webhook::Attempt;
use time_range::Context;

use super::{AUTHORIZATION, ENABLED, ENDPOINT, LOG_FORMAT, SKIP};
use crate::{
    intent::Intent,
    region_state::RegionState,
    view::{
        Action, Notice, Tone,
        context::{read_context, shown_in_place, write_context},
        notice,
        replay::outages::latest_outage,
    },
    words,
    workspace::Workspace,
};

/// The notices of the form.
pub(super) fn notices(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Vec<Notice> {
    let setup = &region_state.setup;
    let saved = setup.saved().map(|saved| match saved {
        Ok(()) => notice(Tone::Good, "Saved.".to_string()),
        Err(request_error) => not_saved(request_error, workspace, region_state),
    });
    let tested = setup.tested().map(|tested| match tested {
        Ok(attempt) => {
            let result = describe_attempt(attempt);
            let text = format!("Test delivery {}: {result}", words::time(attempt.at, context));
            notice(if attempt.delivered() { Tone::Good } else { Tone::Bad }, text)
        }
        Err(request_error) => not_tested(request_error, workspace, region_state),
    });
    let request_error = shown_in_place(setup.webhook().request_error())
        .or(shown_in_place(setup.health().request_error()));
    let unread = request_error.map(|request_error| Notice {
        tone: Tone::Warning,
        text: format!(
            "What is saved could not be read. {}",
            describe(request_error, &read_context(workspace, region_state))
        ),
        action: Some(
            Action::intent("Try again", Intent::Refresh).busy_if(setup.webhook().is_loading()),
        ),
    });
    let missed = setup.was_turned_on().then(|| latest_outage(workspace, region_state, context));
    [saved, missed.flatten(), tested, unread].into_iter().flatten().collect()
}

fn not_tested(
    request_error: &RequestError,
    workspace: &Workspace,
    region_state: &RegionState,
) -> Notice {
    let why = if let RequestError::Refused { status: 409, .. } = request_error {
        "Another test is under way.".to_string()
    } else {
        describe_parameters(request_error, label, &write_context(workspace, region_state))
    };
    let text = format!("Not tested. {why}");
    Notice { tone: Tone::Bad, text, action: Some(Action::intent("Test again", Intent::Test)) }
}

fn not_saved(
    request_error: &RequestError,
    workspace: &Workspace,
    region_state: &RegionState,
) -> Notice {
    let why = describe_parameters(request_error, label, &write_context(workspace, region_state));
    let again = Action::intent("Save again", Intent::Save);
    if request_error.may_have_worked() {
        let text =
            format!("It is not known whether this was saved. {why} Saving twice does no harm.");
        return Notice { tone: Tone::Warning, text, action: Some(again) };
    }
    let action = request_error.is_temporary().then_some(again);
    Notice { tone: Tone::Bad, text: format!("Not saved. {why}"), action }
}

/// The label of a field, by its name in the API.
fn label(field: &str) -> &str {
    match field {
        "endpoint" => ENDPOINT,
        "authorization" => AUTHORIZATION,
        "log_format" => LOG_FORMAT,
        "skip_ssl_verification" => SKIP,
        "enabled" => ENABLED,
        "audit_log_webhook" => "Webhook",
        _ => field,
    }
}

/// The result of a delivery attempt.
pub(super) fn describe_attempt(attempt: &Attempt) -> String {
    let outcome = match attempt.code {
        Some(code) => format!("the receiver answered {code}"),
        None => "no answer".to_string(),
    };
    match &attempt.message {
        Some(message) => format!("{outcome}. {}.", message.trim_end_matches('.')),
        None => format!("{outcome}."),
    }
}
