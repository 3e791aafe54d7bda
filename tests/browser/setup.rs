//! The tab Setup: a webhook from nothing to a delivery, and one that does not take it.

use replay_tests::receiver::{Receiver, Reply};

use crate::browser::journey;

#[tokio::test]
async fn a_webhook_is_set_up_from_nothing_and_tested_until_it_is_active() {
    journey(async |browser, host| {
        let receiver = Receiver::accepting().await;
        browser.open(&host.link()).await;
        browser.turn_to("Setup").await;
        browser.sees("Save an endpoint first.").await;
        assert!(browser.text().await.contains("Nothing was changed."));
        browser.fill("Endpoint", &receiver.url()).await;
        browser.fill("Authorization", "Splunk s3cr3t==").await;
        browser.choose("Log format", "CEF").await;
        browser.choose("Log format", "JSON").await;
        browser.tick("Enabled").await;
        browser.sees("Save first: a test goes to what is saved.").await;
        browser.press("Save").await;
        browser.sees("Saved.").await;
        assert_eq!(browser.value("Authorization").await, "");
        assert_eq!(browser.hint_in("Authorization").await, "Saved");
        browser.press("Test delivery").await;
        browser.sees("the receiver answered 200").await;
        let ledger = receiver.requests();
        assert_eq!((ledger.len(), ledger[0].lines()), (1, 1));
        assert_eq!(ledger[0].header("authorization"), "Splunk s3cr3t==");
        browser.sees("Active").await;
        assert!(browser.region("United States").await.contains("Active"));
        assert!(!browser.text().await.contains("s3cr3t"));

        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.press("Discard changes").await;
        assert_eq!(browser.value("Endpoint").await, receiver.url());
        browser.sees("Nothing was changed.").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_answers_500_is_inactive_and_says_so() {
    journey(async |browser, host| {
        let receiver = Receiver::replying(|_| Reply::Status(500)).await;
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", &receiver.url()).await;
        browser.tick("Enabled").await;
        browser.press("Save").await;
        browser.sees("Saved.").await;
        browser.press("Test delivery").await;
        browser.sees("Test delivery ").await;
        browser.sees("the receiver answered 500").await;
        browser.sees("Inactive").await;
        browser.sees("Last delivery ").await;
    })
    .await;
}

#[tokio::test]
async fn the_browser_asks_before_a_draft_is_lost() {
    journey(async |browser, host| {
        let asks = async || {
            let script = "const event = new Event('beforeunload', { cancelable: true });
                dispatchEvent(event);
                return event.defaultPrevented";
            browser.script(script, &[]).await
        };
        browser.open(&host.link_at("tab=setup")).await;
        browser.sees("Nothing was changed.").await;
        assert_eq!(asks().await, false);
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.sees_no("Nothing was changed.").await;
        assert_eq!(asks().await, true);
        browser.press("Save").await;
        browser.sees("Saved.").await;
        assert_eq!(asks().await, false);
    })
    .await;
}
