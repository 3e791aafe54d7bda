//! Choosing a window on the timeline by keyboard, mouse and touch, and zooming it.

use chrono::TimeDelta;
use fantoccini::{
    Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions},
    key::Key,
};
use replay_tests::{
    lines::{Line, Window},
    polling::until,
};
use serde_json::Value;

use crate::{
    appearance::state,
    browser::{Browser, journey},
    host::{Host, now},
    outages::{break_down, refusing_until},
};

#[tokio::test]
async fn each_slider_is_moved_by_its_keys_and_the_window_is_sent_only_after_apply() {
    journey(async |browser, host| {
        let lines = days_of_lines();
        host.api().ingest(&lines).await;
        let receiver = replay_tests::receiver::Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        open(browser, host).await;

        focus(browser, "timeline-start").await;
        let hours = window(browser).await;
        browser.key(Key::Home).await;
        let whole = wait_for_change(browser, &hours).await;
        browser.key(Key::Right).await;
        let one_bucket_later = wait_for_change(browser, &whole).await;
        browser.key_with(Key::Shift, Key::Left.into()).await;
        wait_for_change(browser, &one_bucket_later).await;

        focus(browser, "timeline-end").await;
        browser.key(Key::Home).await;
        until("an empty window", async || {
            let place = |id| slider(browser, id);
            (place("timeline-start").await == place("timeline-end").await).then_some(())
        })
        .await;
        browser.key(Key::End).await;
        until("the end", async || (slider(browser, "timeline-end").await == 10_000).then_some(()))
            .await;

        focus(browser, "timeline-whole").await;
        let before = window(browser).await;
        browser.key(Key::PageDown).await;
        wait_for_change(browser, &before).await;
        focus(browser, "timeline-start").await;
        browser.key(Key::Home).await;

        browser.wait_for_text("Apply the time range first.").await;
        assert_eq!(receiver.requests().len(), 0);
        browser.click("//*[@class='timeline-head']//button[normalize-space()='Apply']").await;
        browser.wait_for_no_text("Apply the time range first.").await;
        browser.wait_for_focus("The whole time range").await;
        browser.press("Send Replay").await;
        browser.wait_for_status("Completed").await;
        assert!(!receiver.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_released_key_is_announced_once_and_a_held_one_is_not_announced_at_each_step() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        focus(browser, "timeline-start").await;
        record_announcements(browser).await;
        for _ in 0..3 {
            left_arrow(browser, "keydown").await;
        }
        assert_eq!(announcements(browser).await, [""; 0]);
        left_arrow(browser, "keyup").await;
        until("an announcement", async || {
            announcements(browser)
                .await
                .first()
                .filter(|text| text.contains("Not applied."))
                .map(drop)
        })
        .await;
        assert_eq!(announcements(browser).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_window_is_dragged_by_mouse_and_by_touch_and_announced_once() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        record_announcements(browser).await;
        let mut before = window(browser).await;
        for (touch, from, to) in [(false, 0.3, 0.5), (true, 0.8, 0.6)] {
            drag(browser, touch, from, to).await;
            before = wait_for_change(browser, &before).await;
            browser.wait_for_text("Apply the time range first.").await;
            let start = slider(browser, "timeline-start").await;
            let end = slider(browser, "timeline-end").await;
            let near = |place: i64, share: f64| {
                let place = f64::from(i32::try_from(place).unwrap()) / 10_000.0;
                (place - share).abs() < 0.02
            };
            assert!(
                near(start, f64::min(from, to)) && near(end, f64::max(from, to)),
                "{start} {end}"
            );
        }
        assert_eq!(announcements(browser).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn two_clicks_choose_a_window_and_escape_cancels_a_drag() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        let before = window(browser).await;
        drag(browser, false, 0.4, 0.4).await;
        let first = wait_for_change(browser, &before).await;
        drag(browser, false, 0.7, 0.7).await;
        let chosen = wait_for_change(browser, &first).await;
        browser.wait_for_text("Apply the time range first.").await;

        pointer(browser, false, &[(0.2, Some(true)), (0.5, None)]).await;
        wait_for_change(browser, &chosen).await;
        browser.key(Key::Escape).await;
        until("the window as before", async || (window(browser).await == chosen).then_some(()))
            .await;
        pointer(browser, false, &[(0.5, Some(false))]).await;
        assert_eq!(window(browser).await, chosen);
    })
    .await;
}

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

#[tokio::test]
async fn an_empty_window_is_said_before_it_is_sent_and_a_late_start_is_narrowed() {
    journey(async |browser, host| {
        let at = now() - TimeDelta::minutes(90);
        host.api().ingest(&[Line::plain(0, at)]).await;
        browser.open(&host.link()).await;
        browser.wait_for_text("No entries in this time range.").await;
        browser.open(&host.link_at("from=now-6h")).await;
        browser.wait_for_text("1 entry, ").await;
        browser.press("Start at the first entry").await;
        let start = at.format("%H:%M:%S").to_string();
        browser.wait_for_text(&start).await;
        browser.wait_for_text("Apply the time range first.").await;
    })
    .await;
}

/// A line every hour of the last five days.
fn days_of_lines() -> Vec<Line> {
    let now = now();
    let line = |number: i64| {
        let at = now - TimeDelta::hours(5 * 24 - number);
        Line::plain(usize::try_from(number).unwrap(), at)
    };
    let mut lines: Vec<_> = (0..5 * 24).map(line).collect();
    lines.extend(Window { start: now - TimeDelta::hours(9), end: now }.filled(50));
    lines
}

async fn open(browser: &Browser, host: &Host) {
    browser.open(&host.link_at("from=now-12h&to=now-6h")).await;
    until("bars", async || (bars(browser).await > 0).then_some(())).await;
}

async fn focus(browser: &Browser, id: &str) {
    browser.script("document.getElementById(arguments[0]).focus()", &[id.into()]).await;
}

/// Dispatches an event of the left arrow key, as a held key does repeatedly.
async fn left_arrow(browser: &Browser, event: &str) {
    let script = "document.activeElement.dispatchEvent(
        new KeyboardEvent(arguments[0], { key: 'ArrowLeft', bubbles: true }))";
    browser.script(script, &[event.into()]).await;
}

async fn slider(browser: &Browser, id: &str) -> i64 {
    let script = "return Number(document.getElementById(arguments[0]).value)";
    browser.script(script, &[id.into()]).await.as_i64().unwrap()
}

/// The chosen window as the sliders say it, without the number of its entries: that becomes exact once
/// they are counted.
async fn window(browser: &Browser) -> String {
    let script = "return document.getElementById('timeline-whole').getAttribute('aria-valuetext')";
    let said = text(&browser.script(script, &[]).await);
    said.rsplit_once("), ").map_or(said.clone(), |(window, _)| window.to_owned())
}

async fn wait_for_change(browser: &Browser, before: &str) -> String {
    until("another window", async || Some(window(browser).await).filter(|now| now != before)).await
}

/// The number of bars.
async fn bars(browser: &Browser) -> usize {
    let script = "return document.querySelector('path.entries')?.getAttribute('d')";
    text(&browser.script(script, &[]).await).matches('M').count()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn record_announcements(browser: &Browser) {
    let script = "window.announced = [];
        const region = document.querySelector('p.unseen[role=status]');
        new MutationObserver(() => announced.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true })";
    browser.script(script, &[]).await;
}

async fn announcements(browser: &Browser) -> Vec<String> {
    serde_json::from_value(browser.script("return window.announced", &[]).await).unwrap()
}

/// Drags the pointer between two shares of the width; without a distance, it clicks.
async fn drag(browser: &Browser, touch: bool, from: f64, to: f64) {
    pointer(browser, touch, &[(from, Some(true)), (to, Some(false))]).await;
}

/// Moves the pointer to each share of the width, and presses or releases it there.
async fn pointer(browser: &Browser, touch: bool, steps: &[(f64, Option<bool>)]) {
    let client = &browser.driver.client;
    let area = client.find(Locator::Id("timeline-area")).await.unwrap();
    let center = "arguments[0].scrollIntoView({ block: 'center' });
        return arguments[0].getBoundingClientRect().width";
    let width = client.execute(center, vec![serde_json::to_value(&area).unwrap()]).await.unwrap();
    let width = width.as_f64().unwrap();
    let mut actions = Vec::new();
    for (share, press) in steps {
        let x = (share - 0.5) * width;
        actions.push(PointerAction::MoveToElement {
            element: area.clone(),
            duration: None,
            x,
            y: 0.0,
        });
        match press {
            Some(true) => actions.push(PointerAction::Down { button: MOUSE_BUTTON_LEFT }),
            Some(false) => actions.push(PointerAction::Up { button: MOUSE_BUTTON_LEFT }),
            None => {}
        }
    }
    let performed = if touch {
        let touch = TouchActions::new("finger".to_owned());
        client.perform_actions(actions.into_iter().fold(touch, TouchActions::then)).await
    } else {
        let mouse = MouseActions::new("mouse".to_owned());
        client.perform_actions(actions.into_iter().fold(mouse, MouseActions::then)).await
    };
    performed.unwrap();
}
