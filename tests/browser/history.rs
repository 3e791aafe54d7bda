//! Addresses: the way back and forward, links into the middle, links to nothing, and reloading.

use fantoccini::{
    Client,
    actions::{
        Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE,
        MouseActions, PointerAction,
    },
    elements::Element,
    key::Key,
};

use crate::{
    browser::{journey, until},
    cut::running,
    host::lines,
    person::region_link,
};

#[tokio::test]
async fn the_way_back_and_forward_leads_through_regions_tabs_and_ranges() {
    journey(async |browser, host| {
        let client = &browser.driver.client;
        browser.open(&host.link()).await;
        browser.sees_at("region=us&tab=replay&from=now-15m&to=now").await;
        browser.look_at("Europe").await;
        browser.sees_at("region=eu&tab=replay&from=now-15m&to=now").await;
        browser.choose("Replay time range", "Last 6 hours").await;
        browser.press("Apply").await;
        browser.sees_at("region=eu&tab=replay&from=now-6h&to=now").await;
        browser.turn_to("Setup").await;
        browser.sees_at("region=eu&tab=setup&from=now-6h&to=now").await;

        client.back().await.unwrap();
        browser.sees_no("Skip TLS verification").await;
        assert_eq!(browser.value("Replay time range").await, "Last 6 hours");
        client.back().await.unwrap();
        browser.sees_applied("Last 15 minutes").await;
        assert_eq!(browser.value("Replay time range").await, "Last 15 minutes");
        client.back().await.unwrap();
        browser.sees_heading("United States").await;
        client.forward().await.unwrap();
        browser.sees_heading("Europe").await;
        client.forward().await.unwrap();
        browser.sees_applied("Last 6 hours").await;
        assert_eq!(browser.value("Replay time range").await, "Last 6 hours");
        client.forward().await.unwrap();
        browser.sees("Skip TLS verification").await;
        browser.sees_heading("Europe").await;
        browser.sees_at("region=eu&tab=setup&from=now-6h&to=now").await;
    })
    .await;
}

#[tokio::test]
async fn a_link_leads_to_its_region_tab_and_range() {
    journey(async |browser, host| {
        browser.open(&host.link_at("region=sg&from=2026-01-01T10:00:00Z&tab=setup")).await;
        browser.sees_heading("Singapore").await;
        browser.sees("Skip TLS verification").await;
        browser.open(&host.link_at("region=global&tab=setup&from=now-6h&to=now-5h")).await;
        browser.sees_heading("All regions").await;
        browser.sees_applied("now-6h to now-5h").await;
        assert_eq!(browser.rows().await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_link_to_no_region_or_no_range_shows_what_there_is_and_says_what_is_wrong() {
    journey(async |browser, host| {
        browser.open(&host.link_at("region=atlantis&tab=cellar&from=%3Cb%3E&to=now-1h")).await;
        browser.sees("The link names the region atlantis, which this server does not have.").await;
        browser.sees_at("region=atlantis&tab=cellar&from=%3Cb%3E&to=now-1h").await;
        browser.look_at("United States").await;
        browser.sees_heading("United States").await;
        browser.sees_at("region=us&tab=replay&from=%3Cb%3E&to=now-1h").await;
        browser.sees_applied("None, since the range of the link was refused").await;
        browser.sees_beside("From", "From must be a date and time").await;
        assert_eq!(browser.value("From").await, "<b>");
        browser.sees("Apply the range first.").await;
        browser.fill("From", "now-2h").await;
        browser.press("Apply").await;
        browser.sees_applied("now-2h to now-1h").await;
        browser.sees_at("region=us&tab=replay&from=now-2h&to=now-1h").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_under_way_is_there_after_a_reload() {
    journey(async |browser, host| {
        let (_receiver, gate) = running(browser, host, &lines()).await;
        browser.open(&host.link()).await;
        browser.sees_status("Running").await;
        gate.open();
        browser.sees_status("Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_region_opens_in_a_tab_of_its_own_when_that_is_asked_for() {
    journey(async |browser, host| {
        let client = &browser.driver.client;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.sees_heading("United States").await;
        let here = client.window().await.unwrap();
        for (region, label, button) in
            [("Europe", "eu", MOUSE_BUTTON_MIDDLE), ("India", "in", MOUSE_BUTTON_LEFT)]
        {
            let link = browser.does(region, &region_link(region), async |link| Ok(link)).await;
            click_with_control(client, link, button).await;
            let there = until("a tab of its own", async || {
                client.windows().await.unwrap().into_iter().find(|window| *window != here)
            })
            .await;
            client.switch_to_window(there).await.unwrap();
            browser.sees_at(&format!("region={label}&tab=replay&from=now-1h&to=now")).await;
            browser.sees("Enter a token").await;
            browser.sees_heading(region).await;
            client.close_window().await.unwrap();
            client.switch_to_window(here.clone()).await.unwrap();
            browser.sees_heading("United States").await;
        }
    })
    .await;
}

/// Clicks with a button of the mouse while Control is held, which the middle one does not need.
async fn click_with_control(client: &Client, link: Element, button: u64) {
    let control = char::from(Key::Control);
    let at = PointerAction::MoveToElement { element: link, duration: None, x: 0.0, y: 0.0 };
    let mouse = MouseActions::new("mouse".to_owned()).then(at);
    let mouse = mouse.then(PointerAction::Down { button }).then(PointerAction::Up { button });
    let keys = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value: control });
    client.perform_actions(Actions::from(keys).and(mouse)).await.unwrap();
    client.release_actions().await.unwrap();
}
