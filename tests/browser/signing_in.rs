//! The dialog for a token: what it says, what it keeps, and that a token is nowhere else.

use fantoccini::key::Key;
use serde_json::json;

use crate::{
    browser::{Browser, journey},
    host::{ADMIN, last_hour},
};

const KEEP: &str = "Keep it until this tab is closed";

#[tokio::test]
async fn a_wrong_token_is_told_beside_its_field_and_a_right_one_shows_everything() {
    journey(async |browser, host| {
        browser.expect("401 (Unauthorized)");
        browser.open(&host.at("region=eu&from=now-2h&to=now-1h")).await;
        sign_in(browser, "two words").await;
        browser.sees_beside("Token", "has no spaces").await;
        sign_in(browser, "a-token-of-nobody").await;
        browser.sees_beside("Token", "did not accept the token").await;
        assert_eq!(browser.value("Token").await, "");
        sign_in(browser, ADMIN).await;
        browser.sees("org-admin").await;
        browser.sees_status("Unconfigured").await;
        assert_eq!(browser.value("From").await, "now-2h");
        assert!(browser.address().await.contains("region=eu"));
        assert_hidden(browser, &json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_is_kept_for_the_tab_only_where_that_is_wanted() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        sign_in(browser, ADMIN).await;
        browser.sees("org-admin").await;
        browser.driver.client.refresh().await.unwrap();
        browser.sees("Enter a token").await;
        browser.tick(KEEP).await;
        sign_in(browser, ADMIN).await;
        browser.sees("org-admin").await;
        browser.driver.client.refresh().await.unwrap();
        browser.sees("org-admin").await;
        assert_hidden(browser, &json!({ "token-embedded": ADMIN })).await;

        browser.press("Sign out").await;
        browser.sees("Enter a token").await;
        assert_hidden(browser, &json!({})).await;
        browser.driver.client.refresh().await.unwrap();
        browser.sees("Enter a token").await;
    })
    .await;
}

#[tokio::test]
async fn the_dialog_can_be_left_and_opened_again() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.sees("Enter a token").await;
        browser.press("Cancel").await;
        browser.sees_no("Enter a token").await;
        browser.sees("Not signed in").await;
        browser.press("Sign in").await;
        browser.sees("Enter a token").await;
        browser.key(Key::Escape).await;
        browser.sees_no("Enter a token").await;
        browser.press("Refresh").await;
        browser.sees("Enter a token").await;
        sign_in(browser, ADMIN).await;
        browser.sees("org-admin").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_outlasts_a_wrong_token() {
    journey(async |browser, host| {
        browser.expect("401 (Unauthorized)");
        browser.open(&host.at("")).await;
        browser.press("Cancel").await;
        browser.choose("Replay time range", "Custom").await;
        browser.fill("From", "now-2h").await;
        browser.press("Refresh").await;
        sign_in(browser, "a-token-of-nobody").await;
        browser.sees_beside("Token", "did not accept the token").await;
        sign_in(browser, ADMIN).await;
        browser.sees("org-admin").await;
        assert_eq!(browser.value("From").await, "now-2h");
    })
    .await;
}

#[tokio::test]
async fn a_replay_that_was_sent_without_a_token_is_sent_once_signed_in() {
    journey(async |browser, host| {
        let (receiver, lines) = host.delivering().await;
        browser.open(&host.at("from=now-1h")).await;
        browser.press("Cancel").await;
        browser.press("Send Replay").await;
        sign_in(browser, ADMIN).await;
        browser.sees("The replay was accepted").await;
        browser.sees_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

/// Hands in a token.
pub(crate) async fn sign_in(browser: &Browser, token: &str) {
    browser.fill("Token", token).await;
    browser.press("Sign in").await;
}

/// Asserts that the token is in nothing that is shown or kept, but for the session's `kept`.
async fn assert_hidden(browser: &Browser, kept: &serde_json::Value) {
    let script = "return [location.href + document.documentElement.outerHTML
        + document.cookie + JSON.stringify(localStorage) + JSON.stringify(history.state),
        { ...sessionStorage }]";
    let seen = browser.script(script, &[]).await;
    assert!(!seen[0].as_str().unwrap().contains(ADMIN));
    assert_eq!(seen[1], *kept);
}
