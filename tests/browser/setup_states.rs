//! The states of the tab Setup, checked for accessibility and overflow.

use replay_tests::receiver::{Receiver, Reply};

use crate::{appearance::state, browser::Browser, host::Host};

#[tokio::test]
async fn an_unconfigured_webhook_is_accessible() {
    state("setup-empty", async |browser, host| {
        browser.open(&host.link_at("tab=setup")).await;
        browser.wait_for_text("Nothing was delivered yet.").await;
        browser.wait_for_text("Save an endpoint first.").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_form_with_faults_is_accessible() {
    state("setup-faults", async |browser, host| {
        browser.expect_log("400 (Bad Request)");
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "siem.example").await;
        browser.fill("Authorization", "Splunk é").await;
        browser.click_label("Skip TLS verification").await;
        browser.press("Save").await;
        browser.wait_for_field_error("Endpoint", "Endpoint ").await;
    })
    .await;
}

#[tokio::test]
async fn a_saved_webhook_is_accessible() {
    state("setup-saved", async |browser, host| {
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.fill("Authorization", "Splunk 1").await;
        browser.press("Save").await;
        browser.wait_for_text("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_successful_webhook_test_is_accessible() {
    state("setup-tested", async |browser, host| tested(browser, host, 200).await).await;
}

#[tokio::test]
async fn a_failed_webhook_test_is_accessible() {
    state("setup-tested-in-vain", async |browser, host| tested(browser, host, 500).await).await;
}

/// A webhook test that the receiver answers with this status.
async fn tested(browser: &Browser, host: &Host, code: u16) {
    let receiver = Receiver::replying(move |_| Reply::Status(code)).await;
    host.api().point_at(&receiver.url()).await;
    browser.open(&host.link_at("tab=setup")).await;
    browser.press("Test delivery").await;
    browser.wait_for_text(&format!("the receiver answered {code}")).await;
    browser.wait_for_text("Last delivery ").await;
}
