//! The tab Setup: the webhook form with its faults, and the health of the webhook.

mod notices;

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_client::describe_parameter;
use replay_core::webhook::{LogFormat, Typed};
use replay_wire::{Extension, WebhookReport};
use time_range::Context;

use self::notices::{describe_attempt, notices};
use super::{
    Action, Badge, Field, Input, Notice, Panel, Readiness, context::shown_in_place, labels::LOADING,
};
use crate::{intent::Intent, region_state::RegionState, words, workspace::Workspace};

/// The webhook form of a region.
#[derive(Clone, Debug, PartialEq)]
pub struct SetupForm {
    /// The URL that lines are sent to.
    pub endpoint: Input<String>,
    /// The value of the `Authorization` header.
    pub authorization: Input<Typed>,
    /// Whether to remove the saved authorization; `None` if none is saved.
    pub remove_authorization: Option<Input<bool>>,
    /// The placeholder of the empty authorization field.
    pub placeholder: &'static str,
    /// The formats of the lines.
    pub log_formats: Input<Vec<FormatChoice>>,
    /// Whether the receiver's certificate is not verified.
    pub skip_ssl_verification: Input<bool>,
    /// Whether the webhook is enabled.
    pub enabled: Input<bool>,
    /// Whether the token may not change the webhook.
    pub read_only: bool,
    /// The button that saves the changes.
    pub save: Action,
    /// The button that discards the changes, if there are any.
    pub revert: Option<Action>,
    /// The button that sends a test delivery, if the server offers it.
    pub test: Option<Action>,
    /// The button that returns to the tab Replay, if the user came from there.
    pub back: Option<Action>,
    /// The results of saving and testing, and why the form may be outdated.
    pub notices: Vec<Notice>,
    /// The status of the webhook.
    pub health: Option<Badge>,
    /// The result of the last delivery attempt, and since when the webhook is inactive.
    pub last: Option<String>,
}

/// A format that can be selected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FormatChoice {
    /// The text.
    pub label: String,
    /// The format; `None` if the page does not know it.
    pub format: Option<LogFormat>,
    /// Whether it is selected.
    pub chosen: bool,
}

// Not inlined, so that it can be loaded later.
#[inline(never)]
pub(super) fn panel(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
) -> Panel {
    let notices = notices(workspace, region_state, context);
    match region_state.setup.form() {
        None => Panel::Unread(unread_text(workspace, region_state), notices),
        Some(values) => {
            Panel::Setup(Box::new(form(workspace, region_state, context, values, notices)))
        }
    }
}

fn unread_text(workspace: &Workspace, region_state: &RegionState) -> &'static str {
    let webhook = region_state.setup.webhook();
    // While the token is checked, only one of these is read.
    let deciding = workspace.me.is_loading() || region_state.tracker.job().is_loading();
    match shown_in_place(webhook.request_error()) {
        _ if webhook.is_loading() => LOADING,
        Some(_) => "",
        None if deciding => LOADING,
        None => "Sign in to see what is saved.",
    }
}

fn form(
    workspace: &Workspace,
    region_state: &RegionState,
    context: Context<'_>,
    values: WebhookReport,
    notices: Vec<Notice>,
) -> SetupForm {
    let setup = &region_state.setup;
    let refused = setup.saved().and_then(|saved| saved.as_ref().err());
    let field = |name, label, hint: &str| Field {
        id: name,
        label,
        hint: hint.to_string(),
        fault: refused.and_then(|request_error| describe_parameter(request_error, name, label)),
    };
    let (drafted, denied) = (setup.is_drafted(), workspace.denied(&region_state.region));
    SetupForm {
        placeholder: match setup.secret_saved() {
            Some(true) => "Saved",
            None => "Unchanged if left empty",
            Some(false) => "",
        },
        remove_authorization: (setup.secret_saved() != Some(false)).then(|| {
            let field = field("remove_authorization", REMOVE, REMOVE_HINT);
            Input { value: setup.removes_authorization(), field }
        }),
        endpoint: Input {
            value: values.endpoint.unwrap_or_default(),
            field: field("endpoint", ENDPOINT, ENDPOINT_HINT),
        },
        authorization: Input {
            value: setup.authorization(),
            field: field("authorization", AUTHORIZATION, AUTHORIZATION_HINT),
        },
        log_formats: Input {
            value: formats(values.log_format.known(), values.log_format.as_str()),
            field: field("log_format", LOG_FORMAT, ""),
        },
        skip_ssl_verification: Input {
            value: values.skip_ssl_verification,
            field: field("skip_ssl_verification", SKIP, SKIP_HINT),
        },
        enabled: Input { value: values.enabled, field: field("enabled", ENABLED, ENABLED_HINT) },
        read_only: denied.is_some(),
        save: save(setup.is_saving(), drafted).unavailable_if(denied.clone()),
        revert: drafted.then(|| Action::intent("Discard changes", Intent::Revert)),
        test: workspace
            .offers(Extension::WebhookTest)
            .then(|| test(region_state, drafted).unavailable_if(denied)),
        back: workspace.back_to.map(|tab| Action::intent("Back to Replay", Intent::Turn(tab))),
        notices,
        health: setup.health().known().map(words::health),
        last: setup.health().known().map(|health| {
            let mut text = match &health.last {
                Some(last) => {
                    format!(
                        "Last delivery {}: {}",
                        words::time(last.at, context),
                        describe_attempt(last)
                    )
                }
                None => "Nothing was delivered yet.".to_string(),
            };
            if let Some(since) = words::inactive_since(health, context) {
                text += " ";
                text += &since;
                text += ".";
            }
            text
        }),
    }
}

const ENDPOINT: &str = "Endpoint";
const ENDPOINT_HINT: &str = "Where the entries are sent, like https://siem.example/audit.";
const AUTHORIZATION: &str = "Authorization";
const AUTHORIZATION_HINT: &str = "The value of the Authorization header. It is never shown again; left empty, what is saved stays.";
const REMOVE: &str = "Remove the saved authorization";
const REMOVE_HINT: &str = "Deliveries then carry no Authorization header.";
const LOG_FORMAT: &str = "Log format";
const SKIP: &str = "Skip TLS verification";
const SKIP_HINT: &str =
    "Accept any certificate. Only for tests: anybody in between could read the entries.";
const ENABLED: &str = "Enabled";
const ENABLED_HINT: &str = "Send this region's audit log to the endpoint.";

fn formats(chosen: Option<LogFormat>, word: &str) -> Vec<FormatChoice> {
    let known = LogFormat::ALL.into_iter().map(|format| FormatChoice {
        label: format.as_str().to_ascii_uppercase(),
        format: Some(format),
        chosen: chosen == Some(format),
    });
    let unknown = chosen.is_none().then(|| FormatChoice {
        label: word.to_string(),
        format: None,
        chosen: true,
    });
    known.chain(unknown).collect()
}

fn save(saving: bool, drafted: bool) -> Action {
    let save = Action::intent("Save", Intent::Save);
    if drafted || saving {
        save.busy_if(saving)
    } else {
        Action { state: Readiness::Unavailable("Nothing was changed.".to_string()), ..save }
    }
}

fn test(region_state: &RegionState, drafted: bool) -> Action {
    let test = Action::intent("Test delivery", Intent::Test);
    let disabled =
        |reason: &str| Action { state: Readiness::Disabled(reason.into()), ..test.clone() };
    let webhook = region_state.setup.webhook().known();
    if drafted {
        disabled("Save first: a test goes to what is saved.")
    } else if webhook.is_some_and(|webhook| webhook.endpoint.is_none()) {
        disabled("Save an endpoint first.")
    } else {
        test.busy_if(region_state.setup.is_testing())
    }
}
