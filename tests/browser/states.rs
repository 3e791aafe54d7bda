//! The states of the page outside of the tab Setup, reached by a user's actions, and checked for
//! accessibility and overflow.

use chrono::TimeDelta;
use replay_tests::{
    lines::Window,
    polling::until,
    receiver::{Gate, Receiver, Reply},
};

use crate::{
    all_regions::wait_for_row_text,
    appearance::state,
    browser::{Browser, journey},
    host::{Host, lines, now},
    offline::{cut, hold, hold_description, running, unreachable},
    signing_in::sign_in,
};

#[tokio::test]
async fn the_page_before_its_program_has_loaded_is_accessible() {
    state("shell", async |browser, host| {
        hold(browser, "*_bg.wasm").await;
        browser.open(&host.link()).await;
        browser.wait_for_text("Audit Logs Setup").await;
        browser.wait_for_text("Loading…").await;
        assert!(!browser.is_drawn().await, "the program has drawn already");
        let painted = "return performance.getEntriesByName('first-contentful-paint').length";
        until("a first paint", async || (browser.script(painted, &[]).await == 1).then_some(()))
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_page_that_waits_for_the_server_is_accessible() {
    state("waiting", async |browser, host| {
        hold_description(browser).await;
        browser.open(&host.link()).await;
        browser.wait_for_text("Local (").await;
        browser.wait_for_text("Loading…").await;
    })
    .await;
}

#[tokio::test]
async fn an_unreachable_server_is_shown_accessibly() {
    state("unreachable", async |browser, host| unreachable(browser, host).await).await;
}

#[tokio::test]
async fn the_dialog_for_a_token_is_accessible() {
    state("sign-in", async |browser, host| {
        browser.open(&host.url()).await;
        browser.wait_for_text("Enter a token").await;
    })
    .await;
}

#[tokio::test]
async fn the_dialog_after_a_refused_token_is_accessible() {
    state("sign-in-rejected", async |browser, host| {
        browser.expect_log("401 (Unauthorized)");
        browser.open(&host.url()).await;
        sign_in(browser, "an-unknown-token").await;
        browser.wait_for_field_error("Token", "did not accept the token").await;
    })
    .await;
}

#[tokio::test]
async fn the_signed_out_page_is_accessible() {
    state("signed-out", async |browser, host| {
        browser.open(&host.url()).await;
        browser.press("Cancel").await;
        browser.wait_for_no_text("Enter a token").await;
    })
    .await;
}

#[tokio::test]
async fn a_region_without_a_job_is_accessible() {
    state("unconfigured", async |browser, host| {
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_being_submitted_is_accessible() {
    state("sending", async |browser, host| sending(browser, host).await).await;
}

#[tokio::test]
async fn nothing_moves_when_the_user_prefers_reduced_motion() {
    journey(async |browser, host| {
        sending(browser, host).await;
        let moving = "return document.getAnimations().length > 0";
        until("something turns", async || {
            (browser.script(moving, &[]).await == true).then_some(())
        })
        .await;
        browser.emulate_media(&[("prefers-reduced-motion", "reduce")]).await;
        assert_eq!(browser.script(moving, &[]).await, false);
    })
    .await;
}

#[tokio::test]
async fn a_running_job_is_accessible() {
    state("running", async |browser, host| {
        running(browser, host, &lines()).await;
    })
    .await;
}

#[tokio::test]
async fn a_completed_job_is_accessible() {
    state("completed", async |browser, host| {
        let receiver = Receiver::accepting().await;
        let eu = host.api().in_region("eu");
        let window =
            Window { start: now() - TimeDelta::hours(9), end: now() - TimeDelta::hours(3) };
        eu.ingest(&window.filled(20)).await;
        eu.replay_to(&receiver, window).await;
        host.api().ingest(&lines()).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link_at("from=now-24h")).await;
        browser.press("Send Replay").await;
        browser.wait_for_status("Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_job_is_accessible() {
    state("failed", async |browser, host| {
        let receiver = Receiver::replying(|_| Reply::Status(401)).await;
        host.api().ingest(&lines()).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.press("Send Replay").await;
        browser.wait_for_status("Failed").await;
        browser.wait_for_text("Inactive").await;
    })
    .await;
}

#[tokio::test]
async fn a_range_that_is_not_applied_is_accessible() {
    state("drafted", async |browser, host| {
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        browser.choose_range("Last 6 hours").await;
        browser.wait_for_text("Apply the time range first.").await;
    })
    .await;
}

#[tokio::test]
async fn a_custom_range_with_faults_is_accessible() {
    state("custom-faults", async |browser, host| {
        browser.open(&host.link_at("from=whenever&to=2026-02-30%2010:00")).await;
        browser.open_picker("Custom").await;
        browser.wait_for_field_error("From", "From: ").await;
        browser.wait_for_field_error("To", "To: ").await;
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_reader_is_accessible() {
    state("forbidden", async |browser, host| {
        host.api().point_at(&Receiver::accepting().await.url()).await;
        let [_, token] = host.token(&["read-only"]).await;
        browser.open(&host.url()).await;
        sign_in(browser, &token).await;
        browser.wait_for_status("No replay yet").await;
        browser.wait_for_text("The token's role, read-only, cannot").await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_response_is_shown_accessibly() {
    state("lost-answer", async |browser, host| {
        browser.expect_log("net::ERR_");
        host.api().point_at(&Receiver::accepting().await.url()).await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.wait_for_status("No replay yet").await;
        cut(browser, true).await;
        browser.press("Send Replay").await;
        browser.wait_for_text("It is not known whether the replay was sent.").await;
        browser.wait_for_text("What is shown was read before.").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_server_is_away_is_accessible() {
    state("offline", async |browser, host| {
        browser.expect_log("net::ERR_");
        running(browser, host, &lines()).await;
        cut(browser, true).await;
        browser.press("Refresh").await;
        browser.wait_for_text("What is shown was read before.").await;
    })
    .await;
}

#[tokio::test]
async fn all_regions_are_accessible() {
    state("all-regions", async |browser, host| {
        browser.expect_log("409 (Conflict)");
        let (us, eu) = (host.api(), host.api().in_region("eu"));
        let (gate, lines) = (Gate::closed(), lines());
        let busy = Receiver::replying(move |_| gate.hold(Reply::Status(200))).await;
        us.ingest(&lines).await;
        us.point_at(&Receiver::accepting().await.url()).await;
        eu.ingest(&lines).await;
        eu.point_at(&busy.url()).await;
        eu.replay(Window { start: now() - TimeDelta::hours(1), end: now() }).await;
        busy.wait_for_requests(1).await;
        browser.open(&host.link_at("region=global&from=now-1h")).await;
        wait_for_row_text(browser, "Europe", "Running").await;
        browser.press("Send Replay").await;
        browser.press("Send").await;
        wait_for_row_text(browser, "Europe", "The replay was not sent.").await;
        wait_for_row_text(browser, "United States", "Completed").await;
    })
    .await;
}

/// A submission whose response is held back.
async fn sending(browser: &Browser, host: &Host) {
    host.api().point_at(&Receiver::accepting().await.url()).await;
    browser.open(&host.link()).await;
    browser.wait_for_status("No replay yet").await;
    hold(browser, "*/audit-log-replay-job").await;
    browser.press("Send Replay").await;
    let busy = "//button[normalize-space()='Send Replay'][@aria-busy]";
    browser.with_element("Send Replay", busy, async |_| Ok(())).await;
}
