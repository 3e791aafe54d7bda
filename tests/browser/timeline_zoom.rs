//! Looking at the timeline: zooming it, and its appearance.

use fantoccini::key::Key;
use replay_tests::polling::until;

use crate::{
    appearance::state,
    browser::{Browser, journey},
    outages::{break_down, refusing_until},
    timeline_input::{bars, days_of_lines, drag, open, pointer, turn_wheel, window},
};

#[tokio::test]
async fn zooming_shows_finer_bars_and_is_undone_without_a_change_of_the_window() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        let (chosen, whole) = (window(browser).await, bars(browser).await);
        browser.tab_to("Zoom to time range").await;
        browser.key(Key::Enter).await;
        until("finer bars", async || (bars(browser).await != whole).then_some(())).await;
        let focused = browser.script("return document.activeElement.textContent", &[]).await;
        assert_eq!(focused, "Zoom to time range", "the focus moved to another button");
        browser.press("Zoom in").await;
        browser.press("Zoom out").await;
        for _ in 0..3 {
            browser.press("Undo zoom").await;
        }
        until("the bars as before", async || (bars(browser).await == whole).then_some(())).await;
        assert_eq!(window(browser).await, chosen);
        browser.wait_for_no_text("Undo zoom").await;
    })
    .await;
}

#[tokio::test]
async fn the_wheel_zooms_with_control_and_a_bar_says_its_entries_under_the_pointer() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        let (chosen, whole) = (window(browser).await, shown(browser).await);
        // There, each bucket has entries.
        pointer(browser, false, &[(0.97, None)]).await;
        let title = "return document.getElementById('timeline-area').title";
        until("the title of a bar", async || {
            let title = browser.script(title, &[]).await;
            title.as_str().filter(|title| title.contains(" entr")).map(drop)
        })
        .await;
        turn_wheel(browser, -100).await;
        let part = wait_for_other(browser, &whole).await;
        turn_wheel(browser, 100).await;
        wait_for_other(browser, &part).await;
        let is_zoomed = "return visualViewport.scale !== 1 || devicePixelRatio !== 1";
        assert_eq!(browser.script(is_zoomed, &[]).await, false, "the browser has zoomed the page");
        for _ in 0..2 {
            browser.press("Undo zoom").await;
        }
        until("the whole retention", async || (shown(browser).await == whole).then_some(())).await;
        assert_eq!(window(browser).await, chosen);
    })
    .await;
}

#[tokio::test]
async fn a_timeline_with_an_outage_a_draft_and_its_table_is_accessible() {
    state("timeline", async |browser, host| {
        host.forward().await;
        host.api().ingest(&days_of_lines()).await;
        let is_well = std::sync::Arc::default();
        let receiver = refusing_until(&is_well).await;
        break_down(host, &receiver).await;
        open(browser, host).await;
        drag(browser, false, 0.3, 0.6).await;
        browser.wait_for_text("Apply the time range first.").await;
        browser.press("Zoom out").await;
        browser.click("//*[@class='timeline']//summary").await;
        browser.wait_for_text("Undelivered").await;
    })
    .await;
}

/// The labels of the axis.
async fn shown(browser: &Browser) -> String {
    let script = "return document.querySelector('.picture').textContent";
    browser.script(script, &[]).await.as_str().unwrap_or_default().to_owned()
}

async fn wait_for_other(browser: &Browser, before: &str) -> String {
    until("other labels", async || Some(shown(browser).await).filter(|now| now != before)).await
}
