//! The main job by mouse: to have the last hour sent again, and to see that it has been.

use crate::{
    browser::journey,
    cut::running,
    host::{ADMIN, last_hour, lines},
};

#[tokio::test]
async fn the_lines_of_the_last_hour_and_no_others_arrive_in_order() {
    journey(async |browser, host| {
        let (receiver, lines) = host.delivering().await;

        browser.open(&host.link()).await;
        browser.sees("Applied range").await;
        assert!(!browser.address().await.contains(ADMIN));
        for region in ["United States", "Europe", "Australia", "Middle East", "India", "Singapore"]
        {
            assert!(browser.region(region).await.contains("Unconfigured"), "{region}");
        }
        browser.sees_status("Unconfigured").await;
        browser.choose("Replay time range", "Last hour").await;
        browser.press("Apply").await;
        browser.press("Send Replay").await;
        browser.sees("The replay was accepted").await;
        browser.sees_status("Completed").await;
        assert_eq!(receiver.taken(), last_hour(&lines));
        assert!(browser.region("United States").await.contains("Completed"));
    })
    .await;
}

#[tokio::test]
async fn a_running_job_can_be_cancelled() {
    journey(async |browser, host| {
        let (receiver, gate) = running(browser, host, &lines()).await;
        browser.press("Cancel").await;
        browser.sees("The cancellation was accepted.").await;
        gate.open();
        browser.sees_status("Failed").await;
        browser.sees("Reason: it was cancelled.").await;
        assert_eq!(receiver.ledger().len(), 1);
    })
    .await;
}
