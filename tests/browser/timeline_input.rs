//! The timeline in a browser: what a pointer and keys do on it, and what it says. It has no tests.

use chrono::TimeDelta;
use fantoccini::{
    Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions},
};
use replay_tests::{
    lines::{Line, Window},
    polling::until,
};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    host::{Host, now},
};

/// A line every hour of the last five days.
pub(crate) fn days_of_lines() -> Vec<Line> {
    let now = now();
    let line = |number: i64| {
        let at = now - TimeDelta::hours(5 * 24 - number);
        Line::plain(usize::try_from(number).unwrap(), at)
    };
    let mut lines: Vec<_> = (0..5 * 24).map(line).collect();
    lines.extend(Window { start: now - TimeDelta::hours(9), end: now }.filled(50));
    lines
}

pub(crate) async fn open(browser: &Browser, host: &Host) {
    browser.open(&host.link_at("from=now-12h&to=now-6h")).await;
    until("bars", async || (bars(browser).await > 0).then_some(())).await;
}

pub(crate) async fn focus(browser: &Browser, id: &str) {
    browser.script("document.getElementById(arguments[0]).focus()", &[id.into()]).await;
}

/// Dispatches an event of the left arrow key, as a held key does repeatedly.
pub(crate) async fn left_arrow(browser: &Browser, event: &str) {
    let script = "document.activeElement.dispatchEvent(
        new KeyboardEvent(arguments[0], { key: 'ArrowLeft', bubbles: true }))";
    browser.script(script, &[event.into()]).await;
}

pub(crate) async fn slider(browser: &Browser, id: &str) -> i64 {
    let script = "return Number(document.getElementById(arguments[0]).value)";
    browser.script(script, &[id.into()]).await.as_i64().unwrap()
}

/// The chosen window as the sliders say it, without the number of its entries: that becomes exact once
/// they are counted.
pub(crate) async fn window(browser: &Browser) -> String {
    let script = "return document.getElementById('timeline-whole').getAttribute('aria-valuetext')";
    let said = text(&browser.script(script, &[]).await);
    said.rsplit_once("), ").map_or(said.clone(), |(window, _)| window.to_owned())
}

pub(crate) async fn wait_for_change(browser: &Browser, before: &str) -> String {
    until("another window", async || Some(window(browser).await).filter(|now| now != before)).await
}

/// The number of bars.
pub(crate) async fn bars(browser: &Browser) -> usize {
    let script = "return document.querySelector('path.entries')?.getAttribute('d')";
    text(&browser.script(script, &[]).await).matches('M').count()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) async fn record_announcements(browser: &Browser) {
    let script = "window.announced = [];
        const region = document.querySelector('p.unseen[role=status]');
        new MutationObserver(() => announced.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true })";
    browser.script(script, &[]).await;
}

pub(crate) async fn announcements(browser: &Browser) -> Vec<String> {
    serde_json::from_value(browser.script("return window.announced", &[]).await).unwrap()
}

/// Drags the pointer between two shares of the width; without a distance, it clicks.
pub(crate) async fn drag(browser: &Browser, touch: bool, from: f64, to: f64) {
    pointer(browser, touch, &[(from, Some(true)), (to, Some(false))]).await;
}

/// Moves the pointer to each share of the width, and presses or releases it there.
pub(crate) async fn pointer(browser: &Browser, touch: bool, steps: &[(f64, Option<bool>)]) {
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

/// Turns the wheel over the picture by this number of pixels, with Control.
pub(crate) async fn turn_wheel(browser: &Browser, pixels: i32) {
    const CONTROL: u32 = 2;
    let script = "const box = document.getElementById('timeline-area').getBoundingClientRect();
        return [box.x + box.width * 0.9, box.y + box.height / 2]";
    let place = browser.script(script, &[]).await;
    let turn = json!({ "type": "mouseWheel", "x": place[0], "y": place[1], "deltaX": 0,
        "deltaY": pixels, "modifiers": CONTROL });
    browser.driver.devtools("Input.dispatchMouseEvent", turn).await;
}
