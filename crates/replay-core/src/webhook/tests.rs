use super::*;
use crate::{Fault, Rule, Timestamp};
use alloc::{borrow::ToOwned, format, string::ToString};

#[test]
fn an_endpoint_alone_configures_a_webhook_that_is_not_enabled() {
    let webhook = patched(&Webhook::default(), Patch { endpoint: Some(a()), ..Patch::default() });
    assert!(!webhook.is_enabled());
    assert_eq!(webhook.updated_at, Some(now()));
}

#[test]
fn enabling_or_setting_an_authorization_requires_an_endpoint() {
    for patch in [
        Patch { enabled: Some(true), ..Patch::default() },
        Patch { authorization: Some(set("Bearer x")), ..Patch::default() },
    ] {
        let faults = Webhook::default().patched(patch, now()).unwrap_err();
        assert_eq!(faults, [Fault::new("endpoint", Rule::Required, "cannot be blank")]);
    }
}

#[test]
fn a_change_of_the_origin_requires_the_stored_authorization_again() {
    let webhook = configured();
    let move_to_b = Patch { endpoint: Some(b()), ..Patch::default() };
    let faults = webhook.patched(move_to_b.clone(), now()).unwrap_err();
    assert_eq!((faults.len(), faults[0].field.as_str()), (1, "authorization"));

    let given_again = Patch { authorization: Some(set("Bearer new")), ..move_to_b };
    let target = patched(&webhook, given_again).target.unwrap();
    assert_eq!(target.authorization, Some(secret("Bearer new")));
}

#[test]
fn removing_the_authorization_allows_a_change_of_the_origin() {
    let remove = Patch { authorization: Some(AuthorizationChange::Remove), ..Patch::default() };
    let removed = patched(&configured(), remove.clone());
    let target = removed.target.clone().unwrap();
    assert_eq!((target.authorization, target.endpoint, target.enabled), (None, a(), true));
    assert_eq!(patched(&removed, remove.clone()), removed);

    let moved = patched(&configured(), Patch { endpoint: Some(b()), ..remove.clone() });
    let target = moved.target.unwrap();
    assert_eq!((target.authorization, target.endpoint), (None, b()));
    assert_eq!(patched(&Webhook::default(), remove), Webhook::default());
}

#[test]
fn a_change_of_the_path_alone_keeps_the_stored_authorization() {
    let same_origin = Endpoint { url: "https://a.example/other".to_owned(), ..a() };
    let patch = Patch { endpoint: Some(same_origin.clone()), ..Patch::default() };
    let target = patched(&configured(), patch).target.unwrap();
    assert_eq!(target.endpoint, same_origin);
    assert_eq!(target.authorization, Some(secret("Bearer old")));
    assert!(target.enabled);
}

#[test]
fn a_patch_that_changes_nothing_keeps_updated_at() {
    let webhook = configured();
    let again = Patch { enabled: Some(true), endpoint: Some(a()), ..Patch::default() };
    let later = now() + chrono::TimeDelta::hours(1);
    assert_eq!(webhook.patched(again, later), Ok(webhook));
}

#[test]
fn the_status_follows_from_the_last_attempt() {
    let (webhook, none) = (configured(), Deliveries::default());
    let after = |code| none.after(Attempt { at: now(), code, message: None }, false);
    assert_eq!(Webhook::default().health(after(None)).status, WebhookStatus::Unconfigured);
    assert_eq!(webhook.health(none.clone()).status, WebhookStatus::Active);
    assert_eq!(webhook.health(after(Some(204))).status, WebhookStatus::Active);
    for code in [None, Some(199), Some(302), Some(401), Some(429), Some(503)] {
        assert_eq!(webhook.health(after(code)).status, WebhookStatus::Inactive, "{code:?}");
    }
}

#[test]
fn a_webhook_is_inactive_since_the_first_failure_or_since_the_outage_of_its_lane_began() {
    let (webhook, later) = (configured(), now() + chrono::TimeDelta::minutes(1));
    let failed = |at| Attempt { at, code: Some(503), message: None };
    let twice = Deliveries::default().after(failed(now()), false).after(failed(later), false);
    assert_eq!(webhook.health(twice.clone()).inactive_since, Some(now()));
    let retried = Deliveries::default().after(failed(now()), true);
    assert_eq!(webhook.health(retried.clone()).status, WebhookStatus::Active);
    let by_job = Deliveries::default().after(failed(now()), false).after(failed(later), true);
    assert_eq!(webhook.health(by_job).inactive_since, Some(now()), "a job has failed, too");
    let disable = Patch { enabled: Some(false), ..Patch::default() };
    let disabled = patched(&webhook, disable);
    assert_eq!(disabled.health(retried.clone()).inactive_since, Some(now()), "no retry follows");
    let in_outage = Deliveries { outage_since: Some(later), ..retried };
    assert_eq!(webhook.health(in_outage).inactive_since, Some(later));
    let delivered = twice.after(Attempt { at: later, code: Some(200), message: None }, false);
    assert_eq!(webhook.health(delivered).inactive_since, None);
}

#[test]
fn a_secret_is_not_printed_and_must_be_a_verbatim_header_value() {
    assert_eq!(format!("{:?}", secret("Splunk abc")), "Secret(..)");
    for text in ["", " x", "x ", "a\r\nb: c", "a\0", "é"] {
        assert!(Secret::new(text.to_string()).is_err(), "{text:?}");
    }
}

fn configured() -> Webhook {
    let authorization = Some(set("Bearer old"));
    let patch =
        Patch { endpoint: Some(a()), authorization, enabled: Some(true), ..Patch::default() };
    patched(&Webhook::default(), patch)
}

fn patched(webhook: &Webhook, patch: Patch) -> Webhook {
    webhook.patched(patch, now()).unwrap()
}

fn a() -> Endpoint {
    Endpoint { url: "https://a.example/logs".into(), origin: "https://a.example".into() }
}

fn b() -> Endpoint {
    Endpoint { url: "https://b.example/logs".into(), origin: "https://b.example".into() }
}

fn set(text: &str) -> AuthorizationChange<Secret> {
    AuthorizationChange::Set(secret(text))
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into()).unwrap()
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
