//! Refusals are shown at their cause, and typed text is kept.

use replay_tests::{
    polling::until,
    process,
    receiver::{Gate, Receiver},
};
use serde_json::json;
use time_range::write_timestamp;

use crate::{browser::journey, host::ADMIN, signing_in::sign_in};

#[tokio::test]
async fn an_invalid_endpoint_is_reported_at_its_field() {
    journey(async |browser, host| {
        browser.expect_log("400 (Bad Request)");
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "siem.example").await;
        browser.fill("Authorization", "Splunk 1").await;
        browser.press("Save").await;
        browser.wait_for_text("Not saved.").await;
        browser.wait_for_field_error("Endpoint", "Endpoint ").await;
        assert_eq!(browser.value("Endpoint").await, "siem.example");
        assert_eq!(browser.value("Authorization").await, "Splunk 1");
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.press("Save").await;
        browser.wait_for_text("Saved.").await;
        browser.wait_for_no_text("Not saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_start_that_is_too_old_is_reported_at_its_field_and_not_sent() {
    journey(async |browser, host| {
        let receiver = Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link()).await;
        browser.wait_for_text("Replay time range").await;
        browser.open_picker("Custom").await;
        browser.fill("From", "now-8d").await;
        browser.fill("To", "whenever").await;
        browser.press("Apply").await;
        browser.wait_for_field_error("To", "To: ").await;
        browser.fill("To", "now").await;
        browser.press("Apply").await;
        browser
            .wait_for_field_error(
                "From",
                "is too long ago. The server keeps entries for seven days: the earliest is ",
            )
            .await;
        browser.wait_for_text("Apply the time range first.").await;
        browser.wait_for_text("Last 15 minutes").await;
        assert_eq!(host.api().job().await["status"], "unconfigured");
        browser.fill("From", "now-6d").await;
        browser.press("Apply").await;
        browser.wait_for_applied_range("Last 6 days").await;
        browser.press("Send Replay").await;
        browser.wait_for_accepted_replay().await;
    })
    .await;
}

#[tokio::test]
async fn a_disabled_webhook_is_named_when_a_replay_is_refused() {
    journey(async |browser, host| {
        browser.expect_log("400 (Bad Request)");
        let receiver = Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link()).await;
        browser.wait_for_text("Active").await;
        assert_eq!(host.api().patch(json!({ "enabled": false })).await.code, 200);
        browser.press("Send Replay").await;
        browser.wait_for_text("The replay was not sent. The webhook ").await;
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_is_asked_for_again_and_the_form_can_still_be_saved() {
    journey(async |browser, host| {
        browser.expect_log("401 (Unauthorized)");
        let [id, token] = host.token(&["org-admin"]).await;
        browser.open(&host.at("tab=setup")).await;
        sign_in(browser, &token).await;
        browser.wait_for_text("org-admin").await;
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.fill("Authorization", "Splunk 1").await;
        host.revoke(&id).await;
        browser.press("Save").await;
        browser.wait_for_text("Enter a token").await;
        browser.wait_for_field_error("Token", "did not accept the token").await;
        sign_in(browser, ADMIN).await;
        browser.wait_for_no_text("Enter a token").await;
        assert_eq!(browser.value("Endpoint").await, "https://siem.example/audit");
        assert_eq!(browser.value("Authorization").await, "Splunk 1");
        browser.press("Save").await;
        browser.wait_for_text("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_cannot_send_or_save_and_sees_the_reason() {
    journey(async |browser, host| {
        let receiver = Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        let [_, token] = host.token(&["read-only"]).await;
        browser.open(&host.url()).await;
        sign_in(browser, &token).await;
        browser.wait_for_text("Active").await;
        let why = "The token's role, read-only, cannot change anything in United States.";
        browser.wait_for_text(&format!("Send Replay\n{why}")).await;
        browser.open_tab("Setup").await;
        browser.wait_for_text("Skip TLS verification").await;
        browser.wait_for_text(&format!("Save\n{why}")).await;
        let fields = "return document.querySelectorAll('form :is(input, select):enabled').length";
        assert_eq!(browser.script(fields, &[]).await, 0, "a field can be edited");
    })
    .await;
}

#[tokio::test]
async fn a_region_that_the_token_does_not_cover_shows_that_and_others_work() {
    journey(async |browser, host| {
        browser.expect_log("403 (Forbidden)");
        let [_, token] = host.token(&["audit-logs-admin", "--region", "eu"]).await;
        browser.open(&host.url()).await;
        sign_in(browser, &token).await;
        browser
            .wait_for_text(
                "The token's role, audit-logs-admin, does not allow this in United States",
            )
            .await;
        browser.open_region("Europe").await;
        browser.wait_for_status("No replay yet").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_of_another_client_is_shown_when_a_replay_is_refused() {
    journey(async |browser, host| {
        browser.expect_log("409 (Conflict)");
        let gate = Gate::closed();
        let receiver = Receiver::holding(&gate).await;
        let window = process::window();
        host.api().ingest(&window.filled(20)).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;

        host.api().replay(window).await;
        receiver.wait_for_requests(1).await;
        browser.press("Send Replay").await;
        browser
            .wait_for_text("was running in United States. Send it again once that has ended.")
            .await;
        browser.wait_for_status("Running").await;
        let starts = "return document.querySelector('tbody time').title";
        assert_eq!(browser.script(starts, &[]).await, write_timestamp(window.start));
        let send = "//button[normalize-space()='Send Replay'][@aria-disabled]";
        browser.with_element("Send Replay", send, async |_| Ok(())).await;
        gate.open();
        browser.wait_for_status("Completed").await;
        browser.wait_for_no_text("A replay is running").await;
        let before = host.api().job().await;
        browser.press("Send Replay").await;
        until("another job", async || (host.api().job().await["id"] != before["id"]).then_some(()))
            .await;
    })
    .await;
}
