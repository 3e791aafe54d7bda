//! Looking at the timeline: zooming it, and its appearance.

use fantoccini::key::Key;
use replay_tests::polling::until;

use crate::{
    appearance::state,
    browser::journey,
    outages::{break_down, refusing_until},
    timeline_input::{bars, days_of_lines, drag, open, window},
};

#[tokio::test]
async fn zooming_shows_finer_bars_and_is_undone_without_a_change_of_the_window() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        let (chosen, whole) = (window(browser).await, bars(browser).await);
        browser.tab_to("Zoom to window").await;
        browser.key(Key::Enter).await;
        until("finer bars", async || (bars(browser).await != whole).then_some(())).await;
        let focused = browser.script("return document.activeElement.textContent", &[]).await;
        assert_eq!(focused, "Zoom to window", "the focus moved to another button");
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
async fn a_timeline_with_an_outage_a_draft_and_its_table_is_accessible() {
    state("timeline", async |browser, host| {
        host.forward().await;
        host.api().ingest(&days_of_lines()).await;
        let is_well = std::sync::Arc::default();
        let receiver = refusing_until(&is_well).await;
        break_down(host, &receiver).await;
        open(browser, host).await;
        drag(browser, false, 0.3, 0.6).await;
        browser.wait_for_text("Apply the range first.").await;
        browser.press("Zoom out").await;
        browser.click("//*[@class='timeline']//summary").await;
        browser.wait_for_text("Undelivered").await;
    })
    .await;
}
