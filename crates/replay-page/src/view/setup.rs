//! The tab Setup: the form of a region's webhook, with what is wrong beside what caused it, and how
//! the last delivery went.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::{
    Zone,
    webhook::{Attempt, LogFormat, Typed},
    wire::Extension,
};

use super::{Action, Badge, Notice, Readiness, Tone, reader, writer};
use crate::{desk::Desk, doors::Wish, station::Station, watch::Trouble, words};

/// The form of a region's webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct SetupForm {
    /// The address, and what is wrong with it.
    pub endpoint: (String, Option<String>),
    /// The secret as far as it is typed, and what is wrong with it.
    pub authorization: (Typed, Option<String>),
    /// What stands where nothing of the secret is typed.
    pub placeholder: &'static str,
    /// The formats, and what is wrong with the one chosen.
    pub log_formats: (Vec<Choice>, Option<String>),
    /// Whether any certificate will do, and what is wrong with that.
    pub skip_ssl_verification: (bool, Option<String>),
    /// Whether lines are sent, and what is wrong with that.
    pub enabled: (bool, Option<String>),
    /// Saves what was touched.
    pub save: Action,
    /// Puts the form back, if something was touched.
    pub revert: Option<Action>,
    /// Delivers a test, where that is offered.
    pub test: Option<Action>,
    /// What became of saving and testing, and why what is shown may not be so.
    pub notices: Vec<Notice>,
    /// How the webhook is.
    pub health: Option<Badge>,
    /// How the last delivery went.
    pub last: Option<String>,
}

/// A format that can be chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// Its words.
    pub label: String,
    /// The format; `None` for one that only the server knows.
    pub format: Option<LogFormat>,
    /// Whether it is chosen.
    pub chosen: bool,
}

pub(super) fn form(desk: &Desk, station: &Station, zone: &Zone) -> SetupForm {
    let setup = &station.setup;
    let form = setup.form();
    let fault = |field: &str| fault(setup.saved(), field);
    let drafted = setup.is_drafted();
    SetupForm {
        endpoint: (form.endpoint.unwrap_or_default(), fault("endpoint")),
        authorization: (setup.authorization(), fault("authorization")),
        placeholder: if setup.secret_saved() { "Saved" } else { "" },
        log_formats: (
            formats(form.log_format.known(), form.log_format.as_str()),
            fault("log_format"),
        ),
        skip_ssl_verification: (form.skip_ssl_verification, fault("skip_ssl_verification")),
        enabled: (form.enabled, fault("enabled")),
        save: save(setup.is_saving(), drafted),
        revert: drafted.then(|| Action::wish("Discard changes", Wish::Revert)),
        test: desk.offers(Extension::WebhookTest).then(|| test(station, drafted)),
        notices: notices(desk, station, zone),
        health: setup.health().known().map(words::health),
        last: setup.health().known().map(|health| {
            health.last.as_ref().map_or_else(
                || "Nothing was delivered yet.".to_string(),
                |last| format!("Last delivery {}: {}", zone.print(last.at), answer(last)),
            )
        }),
    }
}

fn formats(chosen: Option<LogFormat>, word: &str) -> Vec<Choice> {
    let known = LogFormat::ALL.into_iter().map(|format| Choice {
        label: format.as_str().to_ascii_uppercase(),
        format: Some(format),
        chosen: chosen == Some(format),
    });
    let unknown =
        chosen.is_none().then(|| Choice { label: word.to_string(), format: None, chosen: true });
    known.chain(unknown).collect()
}

fn save(saving: bool, drafted: bool) -> Action {
    let save = Action::wish("Save", Wish::Save);
    if drafted || saving {
        save.busy_if(saving)
    } else {
        Action { state: Readiness::Hindered("Nothing was changed.".to_string()), ..save }
    }
}

fn test(station: &Station, drafted: bool) -> Action {
    let test = Action::wish("Test delivery", Wish::Test);
    let disabled =
        |reason: &str| Action { state: Readiness::Disabled(reason.into()), ..test.clone() };
    let webhook = station.setup.webhook().known();
    if drafted {
        disabled("Save first: a test goes to what is saved.")
    } else if webhook.is_some_and(|webhook| webhook.endpoint.is_none()) {
        disabled("Save an endpoint first.")
    } else {
        test.busy_if(station.setup.is_testing())
    }
}

/// What the server has found wrong with a field.
fn fault(saved: Option<&Result<(), Trouble>>, field: &str) -> Option<String> {
    let Some(Err(Trouble::Refused(400, problem))) = saved else { return None };
    let mine = problem.invalid_parameters.iter().find(|(name, _)| name == field);
    mine.map(|(_, reason)| format!("{} {reason}.", label(field)))
}

fn notices(desk: &Desk, station: &Station, zone: &Zone) -> Vec<Notice> {
    let setup = &station.setup;
    let saved = setup.saved().map(|saved| match saved {
        Ok(()) => Notice { tone: Tone::Good, text: "Saved.".to_string(), action: None },
        Err(trouble) => not_saved(trouble, desk, station),
    });
    let tested = setup.tested().map(|tested| match tested {
        Ok(attempt) => Notice {
            tone: if attempt.delivered() { Tone::Good } else { Tone::Bad },
            text: format!("Test delivery {}: {}", zone.print(attempt.at), answer(attempt)),
            action: None,
        },
        Err(trouble) => not_tested(trouble, desk, station),
    });
    let unread = setup.webhook().trouble().or(setup.health().trouble()).map(|trouble| Notice {
        tone: Tone::Warning,
        text: format!(
            "What is saved could not be read. {}",
            words::trouble(trouble, &reader(desk, station))
        ),
        action: Some(Action::wish("Try again", Wish::Refresh).busy_if(setup.webhook().is_asking())),
    });
    [saved, tested, unread].into_iter().flatten().collect()
}

fn not_tested(trouble: &Trouble, desk: &Desk, station: &Station) -> Notice {
    let why = match trouble {
        Trouble::Refused(409, _) => "Another test is under way.".to_string(),
        Trouble::Refused(400, problem) => listed(problem),
        Trouble::NoAnswer(_) | Trouble::Refused(..) | Trouble::Unreadable => {
            words::trouble(trouble, &writer(desk, station))
        }
    };
    let text = format!("Not tested. {why}");
    Notice { tone: Tone::Bad, text, action: Some(Action::wish("Test again", Wish::Test)) }
}

fn not_saved(trouble: &Trouble, desk: &Desk, station: &Station) -> Notice {
    let why = words::trouble(trouble, &writer(desk, station));
    let again = Action::wish("Save again", Wish::Save);
    if trouble.may_have_worked() {
        let text =
            format!("It is not known whether this was saved. {why} Saving twice does no harm.");
        return Notice { tone: Tone::Warning, text, action: Some(again) };
    }
    let why = if let Trouble::Refused(400, problem) = trouble { listed(problem) } else { why };
    let action = trouble.may_pass().then_some(again);
    Notice { tone: Tone::Bad, text: format!("Not saved. {why}"), action }
}

/// Every fault by its field.
fn listed(problem: &replay_core::wire::Problem) -> String {
    let faults: Vec<_> = problem
        .invalid_parameters
        .iter()
        .map(|(field, reason)| format!("{} {reason}.", label(field)))
        .collect();
    faults.join(" ")
}

/// A field as the form calls it.
fn label(field: &str) -> &str {
    match field {
        "endpoint" => "Endpoint",
        "authorization" => "Authorization",
        "log_format" => "Log format",
        "skip_ssl_verification" => "Skip TLS verification",
        "enabled" => "Enabled",
        "audit_log_webhook" => "Webhook",
        _ => field,
    }
}

fn answer(attempt: &Attempt) -> String {
    let outcome = match attempt.code {
        Some(code) => format!("the receiver answered {code}"),
        None => "no answer".to_string(),
    };
    attempt.message.as_ref().map_or_else(
        || format!("{outcome}."),
        |message| format!("{outcome}. {}.", message.trim_end_matches('.')),
    )
}
