//! The dialog for a token: its messages, what is stored, and that the token appears nowhere else.

use fantoccini::{
    actions::{MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE},
    key::Key,
};
use serde_json::json;

use crate::{
    browser::{Browser, journey},
    host::{ADMIN, last_hour},
};

const KEEP: &str = "Keep it until this tab is closed";

#[tokio::test]
async fn a_wrong_token_is_reported_at_its_field_and_a_valid_one_signs_in() {
    journey(async |browser, host| {
        browser.expect_log("401 (Unauthorized)");
        browser.open(&host.at("region=eu&from=now-2h&to=now-1h")).await;
        sign_in(browser, "two words").await;
        browser.wait_for_field_error("Token", "has no spaces").await;
        sign_in(browser, "an-unknown-token").await;
        browser.wait_for_field_error("Token", "did not accept the token").await;
        assert_eq!(browser.value("Token").await, "");
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("org-admin").await;
        browser.wait_for_status("No replay yet").await;
        browser.wait_for_applied_range("now-2h to now-1h").await;
        assert!(browser.address().await.contains("region=eu"));
        assert_hidden(browser, &json!({})).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_is_kept_for_the_browser_session_only_on_request() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("org-admin").await;
        browser.driver.client.refresh().await.unwrap();
        browser.wait_for_text("Enter a token").await;
        browser.click_label(KEEP).await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("org-admin").await;
        browser.driver.client.refresh().await.unwrap();
        browser.wait_for_text("org-admin").await;
        assert_hidden(browser, &json!({ "token-embedded": ADMIN })).await;

        browser.press("Sign out").await;
        browser.wait_for_text("Enter a token").await;
        assert_hidden(browser, &json!({})).await;
        browser.driver.client.refresh().await.unwrap();
        browser.wait_for_text("Enter a token").await;
    })
    .await;
}

#[tokio::test]
async fn a_region_in_another_tab_does_not_ask_for_a_kept_token_again() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.wait_for_text("Enter a token").await;
        browser.click_label(KEEP).await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("org-admin").await;
        for (button, region) in [(MOUSE_BUTTON_LEFT, "Europe"), (MOUSE_BUTTON_MIDDLE, "India")] {
            let first = browser.driver.client.window().await.unwrap();
            browser.open_region_in_tab(region, button).await;
            browser.wait_for_heading(region).await;
            browser.wait_for_text("org-admin").await;
            browser.wait_for_no_text("Enter a token").await;
            browser.driver.client.close_window().await.unwrap();
            browser.driver.client.switch_to_window(first).await.unwrap();
            assert_eq!(
                browser.address().await,
                host.at("region=us&tab=replay&from=now-15m&to=now")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_dialog_can_be_closed_and_opened_again() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.wait_for_text("Enter a token").await;
        browser.press("Cancel").await;
        browser.wait_for_no_text("Enter a token").await;
        browser.wait_for_text("Not signed in").await;
        browser.press("Sign in").await;
        browser.wait_for_text("Enter a token").await;
        browser.key(Key::Escape).await;
        browser.wait_for_no_text("Enter a token").await;
        browser.press("Refresh").await;
        browser.wait_for_text("Enter a token").await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("org-admin").await;
    })
    .await;
}

#[tokio::test]
async fn typed_text_is_kept_after_a_wrong_token() {
    journey(async |browser, host| {
        browser.expect_log("401 (Unauthorized)");
        browser.open(&host.at("")).await;
        browser.press("Cancel").await;
        browser.open_picker("Custom").await;
        browser.fill("From", "now-2h").await;
        browser.key(Key::Escape).await;
        browser.press("Refresh").await;
        sign_in(browser, "an-unknown-token").await;
        browser.wait_for_field_error("Token", "did not accept the token").await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("org-admin").await;
        browser.open_picker("Custom").await;
        assert_eq!(browser.value("From").await, "now-2h");
    })
    .await;
}

#[tokio::test]
async fn a_text_that_is_no_token_is_announced_in_the_dialog() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.wait_for_text("Enter a token").await;
        browser.key(Key::Enter).await;
        let alert = "//dialog[@open]//*[@role='alert'][normalize-space()='Enter a token.']";
        browser.with_element("the announcement", alert, async |_| Ok(())).await;
        assert_eq!(browser.focus().await.name, "Token");
    })
    .await;
}

#[tokio::test]
async fn a_replay_without_a_token_is_sent_after_signing_in() {
    journey(async |browser, host| {
        let (receiver, lines) = host.start_delivering().await;
        browser.open(&host.at("from=now-1h")).await;
        browser.press("Cancel").await;
        browser.press("Send Replay").await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_accepted_replay().await;
        browser.wait_for_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

/// Submits a token in the dialog.
pub(crate) async fn sign_in(browser: &Browser, token: &str) {
    browser.fill("Token", token).await;
    browser.press("Sign in").await;
}

/// Asserts that the token is neither shown nor stored, except for `kept` in the session storage.
async fn assert_hidden(browser: &Browser, kept: &serde_json::Value) {
    let script = "return [location.href + document.documentElement.outerHTML
        + document.cookie + JSON.stringify(localStorage) + JSON.stringify(history.state),
        { ...sessionStorage }]";
    let seen = browser.script(script, &[]).await;
    assert!(!seen[0].as_str().unwrap().contains(ADMIN));
    assert_eq!(seen[1], *kept);
}
