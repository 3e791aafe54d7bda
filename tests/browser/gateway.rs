//! The page served by a gateway, as for Konnect: the same job, and no token from links.

use crate::{
    browser::journey,
    host::{ADMIN, last_hour},
    signing_in::sign_in,
};

#[tokio::test]
async fn a_replay_works_through_a_gateway_whose_links_do_not_sign_in() {
    journey(async |browser, host| {
        let (receiver, lines) = host.start_delivering().await;

        browser.open(&format!("{}/#token={ADMIN}", host.gateway().await)).await;
        browser.wait_for_text("Enter a Konnect access token.").await;
        assert!(!browser.address().await.contains(ADMIN));
        sign_in(browser, ADMIN).await;
        browser.wait_for_text("Active").await;
        browser.choose_range("Last hour").await;
        browser.press("Apply").await;
        browser.press("Send Replay").await;
        browser.wait_for_accepted_replay().await;
        browser.wait_for_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
        browser.open_tab("Setup").await;
        browser.wait_for_value("Endpoint", &receiver.url()).await;
        assert!(!browser.text().await.contains("Test delivery"));
    })
    .await;
}
