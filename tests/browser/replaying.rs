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
        browser.sees_sent().await;
        browser.sees_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
        browser.sees("entries were delivered.").await;
        browser.sees(&format!("To {}", receiver.url().split('?').next().unwrap())).await;
        browser.sees_no("The replay was accepted").await;
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
        assert_eq!(receiver.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_window_of_a_cancelled_job_is_sent_again_as_it_was() {
    journey(async |browser, host| {
        let (_receiver, gate) = running(browser, host, &lines()).await;
        browser.press("Cancel").await;
        gate.open();
        browser.sees_status("Failed").await;
        let cancelled = host.api().job().await;
        browser.press("Send the same window again").await;
        browser.sees_status("Completed").await;
        let again = host.api().job().await;
        assert_ne!(again["created_at"], cancelled["created_at"]);
        for end in ["start_at", "end_at"] {
            assert_eq!(again[end], cancelled[end]);
        }
    })
    .await;
}
