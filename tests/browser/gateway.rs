//! The page over a gateway, as it is over Konnect: the same job, and no token out of a link.

use crate::{
    browser::journey,
    host::{ADMIN, last_hour},
    signing_in::sign_in,
};

#[tokio::test]
async fn the_main_job_is_done_through_a_gateway_whose_links_sign_nobody_in() {
    journey(async |browser, host| {
        let (receiver, lines) = host.delivering().await;

        browser.open(&format!("{}/#token={ADMIN}", host.gateway().await)).await;
        browser.sees("Enter a Konnect access token.").await;
        assert!(!browser.address().await.contains(ADMIN));
        sign_in(browser, ADMIN).await;
        browser.sees("Active").await;
        browser.choose("Replay time range", "Last hour").await;
        browser.press("Apply").await;
        browser.press("Send Replay").await;
        browser.sees_sent().await;
        browser.sees_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
        browser.turn_to("Setup").await;
        assert_eq!(browser.value("Endpoint").await, receiver.url());
        assert!(!browser.text().await.contains("Test delivery"));
    })
    .await;
}
