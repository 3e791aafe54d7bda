//! A token is revoked, replaced and forgotten while the page is open.

use replay_core::webhook::Typed;
use replay_page::{Choice, Intent, Msg, picker::RangeField, setup::Edit};
use replay_server::auth::Role;

use super::browser::{Browser, PAGE};
use crate::contract::server::{ADMIN, Api};

#[tokio::test]
async fn a_revoked_token_is_asked_for_again_and_the_page_state_is_kept() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let mut browser = Browser::signed_in(&api, PAGE, &token).await;
    let typed = Choice::Type(RangeField::From, "now-3h".to_owned());
    browser.intent(Intent::Choose(typed)).await;
    // The entries of the typed range are counted.
    browser.advance_time(1).await;
    let before = browser.opened();

    revoke_all(&api).await;
    browser.advance_time(2).await;
    let dialog = browser.view().dialog.unwrap();
    assert_eq!(dialog.fault, Some("The server did not accept the token. Enter another one."));
    assert_eq!(dialog.typed, Typed::default());
    assert!(browser.is_at_rest(), "the page keeps sending requests with an invalid token");
    let draft = browser.replay().picker.draft.unwrap();
    assert!(draft.text.starts_with("Last 3 hours"), "what was typed is lost: {}", draft.text);

    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    browser.sign_in(&token).await;
    assert_eq!(browser.view().dialog, None);
    assert_eq!(browser.opened(), before);
    api.advance("us", replay_core::job::Step::Complete).await;
    browser.advance_time(2).await;
    assert_eq!(browser.replay().rows[0].status.as_ref().unwrap().word, "Completed");
}

#[tokio::test]
async fn a_save_with_a_revoked_token_keeps_the_form() {
    let api = Api::new();
    let token = api.token(Role::OrgAdmin, &[]).await;
    let mut browser = Browser::signed_in(&api, &format!("{PAGE}?tab=setup"), &token).await;
    let typed = "https://siem.example.com".to_owned();
    browser.intent(Intent::Edit(Edit::Endpoint(typed.clone()))).await;
    revoke_all(&api).await;
    browser.press(browser.setup().save).await;
    assert!(browser.view().dialog.is_some());
    browser.sign_in(ADMIN).await;
    assert_eq!(browser.setup().endpoint.value, typed);
    browser.press(browser.setup().save).await;
    assert_eq!(browser.setup().notices[0].text, "Saved.");
}

#[tokio::test]
async fn an_unknown_token_is_asked_for_again() {
    let api = Api::new();
    let mut browser = Browser::signed_in(&api, PAGE, "kpat_of-somewhere-else").await;
    let fault = browser.view().dialog.unwrap().fault;
    assert_eq!(fault, Some("The server did not accept the token. Enter another one."));
    browser.sign_in(ADMIN).await;
    assert_eq!(browser.view().account.unwrap().text.as_deref(), Some("org-admin"));
}

#[tokio::test]
async fn signing_out_removes_all_data() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.view().account.unwrap().action).await;
    assert_eq!(browser.jobs(), ["United States: "]);
    let sent = browser.requests.len();
    browser.advance_time(600).await;
    assert_eq!(browser.requests.len(), sent);
    browser.reload().await;
    assert!(browser.view().dialog.is_some());
}

#[tokio::test]
async fn a_hidden_page_reads_only_a_job_that_runs_and_reads_everything_when_shown() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.update(Msg::Hidden).await;
    let sent = browser.requests.len();
    browser.advance_time(60).await;
    let job = "GET /api/us/v2/audit-log-replay-job";
    assert!(browser.requests[sent..].iter().all(|request| request == job));
    api.advance("us", replay_core::job::Step::Complete).await;
    browser.advance_time(60).await;
    assert_eq!(browser.view().title, "✓ Completed – United States – Audit Logs Setup");
    let sent = browser.requests.len();
    browser.advance_time(3_600).await;
    assert_eq!(browser.requests.len(), sent);
    browser.update(Msg::Shown).await;
    assert!(browser.requests.len() > sent);
}

async fn revoke_all(api: &Api) {
    for token in api.store.tokens().await.unwrap() {
        api.store.revoke_token(&token.id).await.unwrap();
    }
}
