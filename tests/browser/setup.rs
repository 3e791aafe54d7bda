//! The tab Setup: a webhook is configured, tested, and shown as inactive after a failed delivery.

use replay_tests::receiver::{Receiver, Reply};

use crate::browser::journey;

#[tokio::test]
async fn a_new_webhook_is_configured_and_tested() {
    journey(async |browser, host| {
        let receiver = Receiver::accepting().await;
        browser.open(&host.link()).await;
        browser.open_tab("Setup").await;
        browser.wait_for_text("Save an endpoint first.").await;
        browser.wait_for_text("Nothing was changed.").await;
        browser.fill("Endpoint", &receiver.url()).await;
        browser.fill("Authorization", "Splunk s3cr3t==").await;
        browser.choose("Log format", "CEF").await;
        browser.choose("Log format", "JSON").await;
        browser.click_label("Enabled").await;
        browser.wait_for_text("Save first: a test goes to what is saved.").await;
        browser.press("Save").await;
        browser.wait_for_text("Saved.").await;
        browser.wait_for_value("Authorization", "").await;
        assert_eq!(browser.placeholder("Authorization").await, "Saved");
        browser.press("Test delivery").await;
        browser.wait_for_text("the receiver answered 200").await;
        let requests = receiver.requests();
        assert_eq!((requests.len(), requests[0].lines()), (1, 1));
        assert_eq!(requests[0].header("authorization"), "Splunk s3cr3t==");
        browser.wait_for_text("Active").await;
        browser.wait_for_region("United States", "Active").await;
        assert!(!browser.text().await.contains("s3cr3t"));

        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.press("Discard changes").await;
        browser.wait_for_value("Endpoint", &receiver.url()).await;
        browser.wait_for_text("Nothing was changed.").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_answers_500_is_shown_as_inactive() {
    journey(async |browser, host| {
        let receiver = Receiver::replying(|_| Reply::Status(500)).await;
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", &receiver.url()).await;
        browser.click_label("Enabled").await;
        browser.press("Save").await;
        browser.wait_for_text("Saved.").await;
        browser.press("Test delivery").await;
        browser.wait_for_text("Test delivery ").await;
        browser.wait_for_text("the receiver answered 500").await;
        browser.wait_for_text("Inactive").await;
        browser.wait_for_text("Last delivery ").await;
    })
    .await;
}

#[tokio::test]
async fn the_browser_asks_before_a_draft_is_discarded() {
    journey(async |browser, host| {
        let asks_before_leaving = async || {
            let script = "const event = new Event('beforeunload', { cancelable: true });
                dispatchEvent(event);
                return event.defaultPrevented";
            browser.script(script, &[]).await
        };
        browser.open(&host.link_at("tab=setup")).await;
        browser.wait_for_text("Nothing was changed.").await;
        assert_eq!(asks_before_leaving().await, false);
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.wait_for_no_text("Nothing was changed.").await;
        assert_eq!(asks_before_leaving().await, true);
        browser.press("Save").await;
        browser.wait_for_text("Saved.").await;
        assert_eq!(asks_before_leaving().await, false);
    })
    .await;
}
