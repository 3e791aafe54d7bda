//! The main task by mouse: replay the last hour and watch it complete.

use crate::{
    browser::journey,
    host::{ADMIN, last_hour, lines},
    offline::running,
};

#[tokio::test]
async fn exactly_the_lines_of_the_last_hour_arrive_in_order() {
    journey(async |browser, host| {
        let (receiver, lines) = host.start_delivering().await;

        browser.open(&host.link()).await;
        browser.wait_for_text("Replay time range").await;
        assert!(!browser.address().await.contains(ADMIN));
        browser.wait_for_status("No replay yet").await;
        browser.wait_for_region("United States", "Unconfigured").await;
        for region in ["Europe", "Australia", "Middle East", "India", "Singapore"] {
            browser.wait_for_region(region, "Not set up").await;
        }
        browser.choose_range("Last hour").await;
        browser.press("Apply").await;
        browser.press("Send Replay").await;
        browser.wait_for_accepted_replay().await;
        browser.wait_for_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
        browser.wait_for_text("entries were delivered.").await;
        browser.wait_for_text(&format!("To {}", receiver.url().split('?').next().unwrap())).await;
        browser.wait_for_no_text("The replay was accepted").await;
        browser.wait_for_region("United States", "Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_running_job_can_be_cancelled() {
    journey(async |browser, host| {
        let (receiver, gate) = running(browser, host, &lines()).await;
        browser.press("Cancel").await;
        browser.wait_for_text("The cancellation was accepted.").await;
        gate.open();
        browser.wait_for_status("Failed").await;
        browser.wait_for_text("Reason: it was cancelled after ").await;
        assert_eq!(receiver.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_timeframe_of_a_cancelled_job_is_sent_again_unchanged() {
    journey(async |browser, host| {
        let (_receiver, gate) = running(browser, host, &lines()).await;
        browser.press("Cancel").await;
        gate.open();
        browser.wait_for_status("Failed").await;
        let cancelled = host.api().job().await;
        browser.press("Send the same time range again").await;
        browser.wait_for_status("Completed").await;
        let again = host.api().job().await;
        assert_ne!(again["created_at"], cancelled["created_at"]);
        for end in ["start_at", "end_at"] {
            assert_eq!(again[end], cancelled[end]);
        }
    })
    .await;
}
