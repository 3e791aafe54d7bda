//! What is refused is said in words beside what caused it, and what was typed stays.

use replay_tests::{
    process,
    receiver::{Gate, Receiver, Reply},
};
use serde_json::json;

use crate::{browser::journey, host::ADMIN, signing_in::sign_in};

#[tokio::test]
async fn an_endpoint_that_will_not_do_is_told_at_its_field() {
    journey(async |browser, host| {
        browser.expect("400 (Bad Request)");
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "siem.example").await;
        browser.fill("Authorization", "Splunk 1").await;
        browser.press("Save").await;
        browser.sees("Not saved.").await;
        browser.sees_beside("Endpoint", "Endpoint ").await;
        assert_eq!(browser.value("Endpoint").await, "siem.example");
        assert_eq!(browser.value("Authorization").await, "Splunk 1");
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.press("Save").await;
        browser.sees("Saved.").await;
        browser.sees_no("Not saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_start_that_is_too_long_ago_is_told_at_its_field_and_never_sent() {
    journey(async |browser, host| {
        let receiver = Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link()).await;
        browser.sees("Applied range").await;
        browser.choose("Replay time range", "Custom").await;
        browser.fill("From", "now-8d").await;
        browser.fill("To", "soon").await;
        browser.press("Apply").await;
        browser.sees_beside("To", "must be a date and time").await;
        browser.fill("To", "now").await;
        browser.press("Apply").await;
        browser.sees_beside("From", "is too long ago: the earliest is ").await;
        browser.sees("Apply the range first.").await;
        browser.sees("Last 15 minutes").await;
        assert_eq!(host.api().job().await["status"], "unconfigured");
        browser.fill("From", "now-6d").await;
        browser.press("Apply").await;
        browser.sees("now-6d to now").await;
        browser.press("Send Replay").await;
        browser.sees_sent().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_somebody_has_disabled_is_named_when_sending_is_refused() {
    journey(async |browser, host| {
        browser.expect("400 (Bad Request)");
        let receiver = Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link()).await;
        browser.sees("Active").await;
        assert_eq!(host.api().patch(json!({ "enabled": false })).await.code, 200);
        browser.press("Send Replay").await;
        browser.sees("The replay was not sent. The webhook ").await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_revoked_is_asked_for_again_and_the_form_can_still_be_saved() {
    journey(async |browser, host| {
        browser.expect("401 (Unauthorized)");
        let [id, token] = host.token(&["org-admin"]).await;
        browser.open(&host.at("tab=setup")).await;
        sign_in(browser, &token).await;
        browser.sees("org-admin").await;
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.fill("Authorization", "Splunk 1").await;
        host.revoke(&id).await;
        browser.press("Save").await;
        browser.sees("Enter a token").await;
        browser.sees_beside("Token", "did not accept the token").await;
        sign_in(browser, ADMIN).await;
        browser.sees_no("Enter a token").await;
        assert_eq!(browser.value("Endpoint").await, "https://siem.example/audit");
        assert_eq!(browser.value("Authorization").await, "Splunk 1");
        browser.press("Save").await;
        browser.sees("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_cannot_send_or_save_and_is_told_why() {
    journey(async |browser, host| {
        let receiver = Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        let [_, token] = host.token(&["read-only"]).await;
        browser.open(&host.url()).await;
        sign_in(browser, &token).await;
        browser.sees("Active").await;
        let why = "The token's role, read-only, cannot change anything in United States.";
        browser.sees(&format!("Send Replay\n{why}")).await;
        browser.turn_to("Setup").await;
        browser.sees("Skip TLS verification").await;
        browser.sees(&format!("Save\n{why}")).await;
        let fields = "return document.querySelectorAll('form :is(input, select):enabled').length";
        assert_eq!(browser.script(fields, &[]).await, 0, "a field can be edited");
    })
    .await;
}

#[tokio::test]
async fn a_region_that_a_token_does_not_cover_says_so_and_the_others_go_on() {
    journey(async |browser, host| {
        browser.expect("403 (Forbidden)");
        let [_, token] = host.token(&["audit-logs-admin", "--region", "eu"]).await;
        browser.open(&host.url()).await;
        sign_in(browser, &token).await;
        browser
            .sees("The token's role, audit-logs-admin, does not allow this in United States")
            .await;
        browser.look_at("Europe").await;
        browser.sees_status("Unconfigured").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_somebody_else_has_started_is_shown_when_sending_is_refused() {
    journey(async |browser, host| {
        browser.expect("409 (Conflict)");
        let gate = Gate::closed();
        let held = gate.clone();
        let receiver = Receiver::replying(move |_| held.hold(Reply::Status(200))).await;
        let window = process::window();
        host.api().ingest(&window.filled(20)).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link()).await;
        browser.sees_status("Unconfigured").await;

        host.api().replay(window).await;
        receiver.wait_for_requests(1).await;
        browser.press("Send Replay").await;
        browser.sees("was running in United States. Send it again once that has ended.").await;
        browser.sees_status("Running").await;
        let starts = window.start.format("%Y-%m-%d %H:%M:%S +00:00").to_string();
        assert_eq!(browser.rows().await[0][1], starts);
        let send = "//button[normalize-space()='Send Replay'][@aria-disabled]";
        browser.does("Send Replay", send, async |_| Ok(())).await;
        gate.open();
        browser.sees_status("Completed").await;
        browser.sees_no("A replay is running").await;
        browser.press("Send Replay").await;
        browser.sees("The replay was accepted").await;
    })
    .await;
}
