//! Addresses: back and forward, links to a region or range, invalid links, and reloads.

use fantoccini::{
    Client,
    actions::{
        Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE,
        MouseActions, PointerAction,
    },
    elements::Element,
    key::Key,
};
use replay_tests::polling::until;

use crate::{browser::journey, host::lines, interaction::region_link, offline::running};

#[tokio::test]
async fn back_and_forward_go_through_regions_tabs_and_ranges() {
    journey(async |browser, host| {
        let client = &browser.driver.client;
        browser.open(&host.link()).await;
        browser.wait_for_address("region=us&tab=replay&from=now-15m&to=now").await;
        browser.open_region("Europe").await;
        browser.wait_for_address("region=eu&tab=replay&from=now-15m&to=now").await;
        browser.choose_range("Last 6 hours").await;
        browser.press("Apply").await;
        browser.wait_for_address("region=eu&tab=replay&from=now-6h&to=now").await;
        browser.open_tab("Setup").await;
        browser.wait_for_address("region=eu&tab=setup&from=now-6h&to=now").await;

        client.back().await.unwrap();
        browser.wait_for_no_text("Skip TLS verification").await;
        browser.wait_for_applied_range("Last 6 hours").await;
        client.back().await.unwrap();
        browser.wait_for_applied_range("Last 15 minutes").await;
        browser.wait_for_applied_range("Last 15 minutes").await;
        client.back().await.unwrap();
        browser.wait_for_heading("United States").await;
        client.forward().await.unwrap();
        browser.wait_for_heading("Europe").await;
        client.forward().await.unwrap();
        browser.wait_for_applied_range("Last 6 hours").await;
        browser.wait_for_applied_range("Last 6 hours").await;
        client.forward().await.unwrap();
        browser.wait_for_text("Skip TLS verification").await;
        browser.wait_for_heading("Europe").await;
        browser.wait_for_address("region=eu&tab=setup&from=now-6h&to=now").await;
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_its_region_tab_and_range() {
    journey(async |browser, host| {
        browser.open(&host.link_at("region=sg&from=2026-01-01T10:00:00Z&tab=setup")).await;
        browser.wait_for_heading("Singapore").await;
        browser.wait_for_text("Skip TLS verification").await;
        browser.open(&host.link_at("region=global&tab=setup&from=now-6h&to=now-5h")).await;
        browser.wait_for_heading("All regions").await;
        browser.wait_for_applied_range("now-6h to now-5h").await;
        until("six rows", async || (browser.rows().await.len() == 6).then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_with_an_invalid_region_or_range_reports_the_fault() {
    journey(async |browser, host| {
        browser.open(&host.link_at("region=atlantis&tab=cellar&from=%3Cb%3E&to=now-1h")).await;
        browser
            .wait_for_text("The link names the region atlantis, which this server does not have.")
            .await;
        browser.wait_for_address("region=atlantis&tab=cellar&from=%3Cb%3E&to=now-1h").await;
        browser.open_region("United States").await;
        browser.wait_for_heading("United States").await;
        browser.wait_for_address("region=us&tab=replay&from=%3Cb%3E&to=now-1h").await;
        browser.wait_for_applied_range("None, since the time range of the link was refused").await;
        browser.open_picker("Custom").await;
        browser.wait_for_field_error("From", "From: ").await;
        assert_eq!(browser.value("From").await, "<b>");
        browser.wait_for_text("Apply the time range first.").await;
        browser.fill("From", "now-2h").await;
        browser.press("Apply").await;
        browser.wait_for_applied_range("now-2h to now-1h").await;
        browser.wait_for_address("region=us&tab=replay&from=now-2h&to=now-1h").await;
    })
    .await;
}

#[tokio::test]
async fn a_running_job_is_shown_after_a_reload() {
    journey(async |browser, host| {
        let (_receiver, gate) = running(browser, host, &lines()).await;
        browser.open(&host.link()).await;
        browser.wait_for_status("Running").await;
        gate.open();
        browser.wait_for_status("Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_region_can_be_opened_in_a_new_browser_tab() {
    journey(async |browser, host| {
        let client = &browser.driver.client;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.wait_for_heading("United States").await;
        let here = client.window().await.unwrap();
        for (region, label, button) in
            [("Europe", "eu", MOUSE_BUTTON_MIDDLE), ("India", "in", MOUSE_BUTTON_LEFT)]
        {
            let link =
                browser.with_element(region, &region_link(region), async |link| Ok(link)).await;
            click_with_control(client, link, button).await;
            let there = until("a new browser tab", async || {
                client.windows().await.unwrap().into_iter().find(|window| *window != here)
            })
            .await;
            client.switch_to_window(there).await.unwrap();
            browser
                .wait_for_address(&format!("region={label}&tab=replay&from=now-1h&to=now"))
                .await;
            browser.wait_for_text("Enter a token").await;
            browser.wait_for_heading(region).await;
            client.close_window().await.unwrap();
            client.switch_to_window(here.clone()).await.unwrap();
            browser.wait_for_heading("United States").await;
        }
    })
    .await;
}

/// Clicks with a mouse button while Control is held; the middle button ignores it.
async fn click_with_control(client: &Client, link: Element, button: u64) {
    let control = char::from(Key::Control);
    let at = PointerAction::MoveToElement { element: link, duration: None, x: 0.0, y: 0.0 };
    let mouse = MouseActions::new("mouse".to_owned()).then(at);
    let mouse = mouse.then(PointerAction::Down { button }).then(PointerAction::Up { button });
    let keys = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value: control });
    client.perform_actions(Actions::from(keys).and(mouse)).await.unwrap();
    client.release_actions().await.unwrap();
}
