//! All regions at once: a replay goes to every region with a webhook, and each result is shown in
//! its row.

use replay_tests::{
    polling::until,
    process,
    receiver::{Gate, Receiver, Reply},
};

use crate::{
    browser::{Browser, journey},
    host::{last_hour, lines},
};

#[tokio::test]
async fn a_range_is_sent_to_every_region_with_a_webhook_and_each_row_shows_its_result() {
    journey(async |browser, host| {
        browser.expect_log("409 (Conflict)");
        let (gate, window) = (Gate::closed(), process::window());
        let (lines, held) = (lines(), gate.clone());
        let (us, eu) = (host.api(), host.api().in_region("eu"));
        // It is said that a replay was accepted until its lines have arrived.
        let first = Gate::closed();
        let receiver = Receiver::holding(&first).await;
        let busy = Receiver::replying(move |_| held.hold(Reply::Status(200))).await;
        us.ingest(&lines).await;
        us.point_at(&receiver.url()).await;
        eu.ingest(&window.filled(10)).await;
        eu.point_at(&busy.url()).await;
        eu.replay(window).await;
        busy.wait_for_requests(1).await;

        browser.open(&host.link_at("from=now-1h")).await;
        browser.open_region("All regions").await;
        wait_for_row_text(browser, "Europe", "Running").await;
        wait_for_row_text(browser, "Australia", "Left out of sending to all").await;
        browser.press("Send Replay").await;
        browser.press("Send").await;
        browser.wait_for_text("The replay was accepted in United States: ").await;
        first.open();
        wait_for_row_text(browser, "Europe", "The replay was not sent. Another one, of").await;
        gate.open();
        wait_for_row_text(browser, "United States", "Completed").await;
        wait_for_row_text(browser, "Europe", "Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));

        browser.press("Send Replay").await;
        browser.press("Send").await;
        browser.wait_for_text("Europe: ").await;
        for region in ["Australia", "Middle East", "India", "Singapore"] {
            let row = row(browser, region).await;
            assert!(row.contains("No replay yet") && !row.contains("The replay"), "{row}");
        }
    })
    .await;
}

/// Waits until the region's row contains the text.
pub(crate) async fn wait_for_row_text(browser: &Browser, region: &str, words: &str) {
    let seen = async || row(browser, region).await.contains(words).then_some(());
    until(&format!("{region}: {words}"), seen).await;
}

async fn row(browser: &Browser, region: &str) -> String {
    let row = browser.rows().await.into_iter().find(|row| row[0] == region);
    row.map(|row| row[1].clone()).unwrap_or_default()
}
