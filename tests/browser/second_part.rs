//! The second part of the page's program is loaded on the first use of the page, and not before.

use core::sync::atomic::AtomicBool;
use std::sync::Arc;

use chrono::TimeDelta;
use fantoccini::key::Key;
use replay_tests::{
    lines::Window,
    polling::until,
    receiver::{Gate, Receiver},
};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, journey},
    host::{lines, now},
    offline::cut,
    outages::{break_down, refusing_until},
    timeline_input::pointer,
};

#[tokio::test]
async fn a_page_with_a_failed_job_and_an_outage_does_not_load_the_second_part_until_it_is_used() {
    journey(async |browser, host| {
        host.forward().await;
        let receiver = refusing_until(&Arc::new(AtomicBool::new(false))).await;
        host.api().ingest(&lines()).await;
        break_down(host, &receiver).await;
        host.api().replay(last_hour_window()).await;
        host.api().settled().await;
        browser.open(&host.link()).await;
        browser.wait_for_status("Failed").await;
        browser.wait_for_text("Deliveries were refused").await;
        assert_eq!(second_part(browser).await, json!([]));
        browser.key(Key::Tab).await;
        wait_for_fetched_part(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_page_with_a_running_job_does_not_load_the_second_part() {
    journey(async |browser, host| {
        let receiver = Receiver::holding(&Gate::closed()).await;
        host.api().ingest(&lines()).await;
        host.api().point_at(&receiver.url()).await;
        host.api().replay(last_hour_window()).await;
        browser.open(&host.link()).await;
        browser.wait_for_status("Running").await;
        browser.wait_for_text("0 of ").await;
        assert_eq!(second_part(browser).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_page_that_asks_for_a_token_does_not_load_the_second_part() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.wait_for_text("Sign in").await;
        assert_eq!(second_part(browser).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_link_of_a_range_and_of_setup_load_the_second_part_before_they_are_drawn() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-1h")).await;
        browser.wait_for_applied_range("Last hour").await;
        wait_for_fetched_part(browser).await;
        browser.open(&host.link_at("tab=setup")).await;
        browser.wait_for_text("Endpoint").await;
        wait_for_fetched_part(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_without_the_second_part_says_so_and_is_shown_once_it_can_be_loaded() {
    journey(async |browser, host| {
        browser.expect_log("net::ERR_");
        block(browser, &["*_second.wasm"]).await;
        browser.open(&host.link_at("tab=setup")).await;
        browser.wait_for_text("A part of this page could not be loaded. It is tried again").await;
        block(browser, &[]).await;
        browser.wait_for_text("Endpoint").await;
    })
    .await;
}

#[tokio::test]
async fn a_step_back_without_the_second_part_says_so_and_the_page_goes_on() {
    journey(async |browser, host| {
        browser.expect_log("net::ERR_");
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        let other =
            "history.pushState(null, '', location.search.replace('region=us', 'region=eu'))";
        browser.script(other, &[]).await;
        block(browser, &["*_second.wasm"]).await;
        browser.script("history.back()", &[]).await;
        browser.wait_for_text("That was not done").await;
        block(browser, &[]).await;
        browser.open_region("Europe").await;
        browser.wait_for_address("region=eu").await;
    })
    .await;
}

#[tokio::test]
async fn a_press_without_the_second_part_says_so_and_works_once_it_can_be_loaded() {
    journey(async |browser, host| {
        browser.expect_log("net::ERR_");
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        cut(browser, true).await;
        browser.click("//button[@id='range']").await;
        browser.wait_for_text("That was not done: a part of this page could not be loaded.").await;
        cut(browser, false).await;
        browser.click("//button[@id='range']").await;
        browser.wait_for_text("Last 6 hours").await;
        browser.wait_for_focus("Last 15 minutes").await;
        browser.wait_for_no_text("That was not done").await;
    })
    .await;
}

#[tokio::test]
async fn a_pointer_that_passes_over_the_timeline_without_the_second_part_says_nothing() {
    journey(async |browser, host| {
        browser.expect_log("net::ERR_");
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        cut(browser, true).await;
        pointer(browser, false, &[(0.5, None), (0.6, None)]).await;
        let fails = "return loadSecondPart().then(() => false, () => true)";
        assert_eq!(browser.script(fails, &[]).await, true, "it is loaded");
        assert!(!browser.text().await.contains("That was not done"));
    })
    .await;
}

/// Lets requests fail whose URL matches one of the patterns.
async fn block(browser: &Browser, patterns: &[&str]) {
    browser.driver.devtools("Network.enable", json!({})).await;
    browser.driver.devtools("Network.setBlockedURLs", json!({ "urls": patterns })).await;
}

fn last_hour_window() -> Window {
    Window { start: now() - TimeDelta::hours(1), end: now() }
}

async fn wait_for_fetched_part(browser: &Browser) {
    until("the second part", async || {
        (second_part(browser).await == json!(["fetch"])).then_some(())
    })
    .await;
}

/// What has requested the second part: a promise (`fetch`) or a blocked call (`xmlhttprequest`).
async fn second_part(browser: &Browser) -> Value {
    let script = "return performance.getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('_second.wasm') && entry.responseStatus === 200)
        .map((entry) => entry.initiatorType)";
    browser.script(script, &[]).await
}
