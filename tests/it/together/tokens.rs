//! A token that is revoked, replaced and given up while the page is open.

use replay_core::{timeframe::Edge, webhook::Typed};
use replay_page::{Intent, Msg, setup::Edit};
use replay_server::auth::Role;

use super::browser::{Browser, PAGE};
use crate::contract::api::{ADMIN, Api};

#[tokio::test]
async fn a_token_that_was_revoked_is_asked_for_and_everything_is_as_before() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    let mut browser = Browser::signed_in(&api, PAGE, &token).await;
    browser.intent(Intent::DraftRange(None)).await;
    browser.intent(Intent::Type(Edge::Start, "now-3h".to_owned())).await;
    let before = browser.opened();

    revoke_all(&api).await;
    browser.let_pass(2).await;
    let dialog = browser.view().dialog.unwrap();
    assert_eq!(dialog.fault, Some("The server did not accept the token. Enter another one."));
    assert_eq!(dialog.typed, Typed::default());
    assert!(browser.is_at_rest(), "it asks on with a token that is none");
    let custom = browser.replay().custom;
    assert_eq!(custom.unwrap().from.text, "now-3h", "what was typed is lost");

    let token = api.token(Role::AuditLogsAdmin, &["us"]).await;
    browser.sign_in(&token).await;
    assert_eq!(browser.view().dialog, None);
    assert_eq!(browser.opened(), before);
    api.advance("us", replay_core::job::Step::Complete).await;
    browser.let_pass(2).await;
    assert_eq!(browser.replay().rows[0].status.as_ref().unwrap().word, "Completed");
}

#[tokio::test]
async fn a_save_that_meets_a_revoked_token_keeps_the_form() {
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
async fn a_token_that_nobody_knows_is_asked_for_again() {
    let api = Api::new();
    let mut browser = Browser::signed_in(&api, PAGE, "kpat_of-somewhere-else").await;
    let fault = browser.view().dialog.unwrap().fault;
    assert_eq!(fault, Some("The server did not accept the token. Enter another one."));
    browser.sign_in(ADMIN).await;
    assert_eq!(browser.view().account.unwrap().text.as_deref(), Some("org-admin"));
}

#[tokio::test]
async fn whoever_signs_out_leaves_nothing_behind() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.view().account.unwrap().action).await;
    assert_eq!(browser.jobs(), ["United States: "]);
    let asked = browser.asked.len();
    browser.let_pass(600).await;
    assert_eq!(browser.asked.len(), asked);
    browser.reload().await;
    assert!(browser.view().dialog.is_some());
}

#[tokio::test]
async fn a_page_that_is_hidden_asks_nothing_and_looks_at_once_when_it_is_shown() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.tell(Msg::Hidden).await;
    let asked = browser.asked.len();
    browser.let_pass(3_600).await;
    assert_eq!(browser.asked.len(), asked);
    api.advance("us", replay_core::job::Step::Complete).await;
    browser.tell(Msg::Shown).await;
    assert_eq!(browser.replay().rows[0].status.as_ref().unwrap().word, "Completed");
}

async fn revoke_all(api: &Api) {
    for token in api.store.tokens().await.unwrap() {
        api.store.revoke_token(&token.id).await.unwrap();
    }
}
