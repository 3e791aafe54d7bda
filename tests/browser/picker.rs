//! The range picker: each way of choosing a range, and its states, checked for accessibility and
//! overflow.

use chrono::{NaiveDate, TimeDelta};
use fantoccini::key::Key;
use replay_tests::polling::until;

use crate::{appearance::state, browser::journey, host::now};

#[tokio::test]
async fn the_open_picker_with_presets_is_accessible() {
    state("picker-relative", async |browser, host| {
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        browser.choose_range("Last 6 hours").await;
    })
    .await;
}

#[tokio::test]
async fn the_open_picker_with_a_refused_custom_range_is_accessible() {
    state("picker-custom", async |browser, host| {
        browser.open(&host.link_at("from=now-3h&to=now-2h")).await;
        browser.wait_for_status("No replay yet").await;
        browser.open_picker("Custom").await;
        browser.click("//summary[normalize-space()='Save or copy this time range']").await;
        browser.press("Save").await;
        browser.fill("Time range", "now-30d to now-1h").await;
        browser.wait_for_text("Start at the earliest").await;
    })
    .await;
}

#[tokio::test]
async fn a_preset_is_applied_by_keyboard_alone() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.tab_to("Replay time range").await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Presets").await;
        browser.wait_for_focus("Last 15 minutes").await;
        browser.key(Key::Down).await;
        browser.key(Key::Down).await;
        browser.wait_for_focus("Last 6 hours").await;
        browser.wait_for_applied_range("Last 15 minutes").await;
        browser.key(Key::Enter).await;
        browser.wait_for_applied_range("Last 6 hours").await;
        browser.wait_for_no_text("Presets").await;
        browser.wait_for_focus("Replay time range").await;
    })
    .await;
}

#[tokio::test]
async fn escape_closes_the_picker_and_keeps_the_draft() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.choose_range("Last hour").await;
        browser.key(Key::Escape).await;
        browser.wait_for_no_text("Presets").await;
        browser.wait_for_focus("Replay time range").await;
        browser.wait_for_text("Not applied").await;
        browser.wait_for_text("Apply the time range first.").await;
        browser.press("Discard").await;
        browser.wait_for_no_text("Not applied").await;
        browser.wait_for_applied_range("Last 15 minutes").await;
    })
    .await;
}

#[tokio::test]
async fn the_picker_closes_when_the_focus_or_a_press_goes_elsewhere() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.open_picker("Relative").await;
        browser.click("//h1").await;
        browser.wait_for_no_text("Presets").await;
        browser.open_picker("Relative").await;
        browser.wait_for_text("Presets").await;
        browser.tab_to("Send Replay").await;
        browser.wait_for_no_text("Presets").await;
        browser.wait_for_focus("Send Replay").await;
    })
    .await;
}

#[tokio::test]
async fn a_pasted_range_is_understood_and_applied_by_enter() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.open_picker("Custom").await;
        // The press that focuses the field selects its text.
        browser.click("//*[@id='whole-range']").await;
        let paste = "document.execCommand('insertText', false, arguments[0])";
        browser.script(paste, &["now-3h to now-2h".into()]).await;
        browser.wait_for_text("now-3h to now-2h · ").await;
        browser.wait_for_value("From", "now-3h").await;
        browser.key(Key::Enter).await;
        browser.wait_for_applied_range("now-3h to now-2h").await;
        browser.wait_for_address("from=now-3h&to=now-2h").await;
    })
    .await;
}

#[tokio::test]
async fn days_are_chosen_by_two_clicks_and_by_two_touches() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        for by_touch in [false, true] {
            browser.open_picker("Custom").await;
            for days_ago in [3, 1] {
                let day = day_path(days_ago);
                if by_touch {
                    browser.touch(&day).await;
                } else {
                    browser.click(&day).await;
                }
            }
            let chosen =
                "return document.querySelectorAll('[role=gridcell][aria-selected=true]').length";
            until("three chosen days", async || {
                (browser.script(chosen, &[]).await == 3).then_some(())
            })
            .await;
            browser.press("Apply").await;
            let midnight = |days_ago| format!("{}T00:00:00Z", date(days_ago));
            let range = format!("from={}&to={}", midnight(3), midnight(0));
            browser.wait_for_address(&range).await;
            browser.open(&host.link()).await;
            browser.wait_for_applied_range("Last 15 minutes").await;
        }
    })
    .await;
}

#[tokio::test]
async fn days_and_parts_of_a_time_are_chosen_by_keyboard_alone() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-3h&to=now-2h")).await;
        browser.tab_to("Replay time range").await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Choose the first day").await;
        browser.tab_to("From").await;
        browser.key(Key::End).await;
        browser.key(Key::Up).await;
        until("another hour or unit", async || {
            (browser.value("From").await != "now-3h").then_some(())
        })
        .await;
        browser.retype("now-3h").await;
        let today =
            browser.script("return document.querySelector('.day.today').ariaLabel", &[]).await;
        browser.tab_to(today.as_str().unwrap()).await;
        for (days_ago, key) in [(1, Key::Enter), (2, Key::Space)] {
            browser.key(Key::Left).await;
            browser.wait_for_focus(&day(days_ago)).await;
            browser.key(key).await;
        }
        browser.wait_for_text("2 d").await;
        browser.tab_to("Apply").await;
        browser.key(Key::Enter).await;
        let range = format!("from={}T00:00:00Z&to={}T00:00:00Z", date(2), date(0));
        browser.wait_for_address(&range).await;
        browser.wait_for_focus("Replay time range").await;
    })
    .await;
}

#[tokio::test]
async fn a_part_that_an_arrow_key_has_changed_is_restored_by_the_browsers_undo() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-3h&to=now-2h")).await;
        browser.open_picker("Custom").await;
        browser.tab_to("From").await;
        browser.retype("now-5h").await;
        browser.key(Key::Left).await;
        browser.key(Key::Up).await;
        browser.wait_for_value("From", "now-6h").await;
        browser.key_with(Key::Control, 'z').await;
        browser.wait_for_value("From", "now-5h").await;
        browser.wait_for_text("now-5h to now-2h · ").await;
        browser.key(Key::End).await;
        browser.key(Key::Left).await;
        browser.key(Key::Down).await;
        browser.wait_for_value("From", "now-4h").await;
    })
    .await;
}

#[tokio::test]
async fn a_range_that_is_typed_into_the_open_picker_is_applied_by_enter() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.tab_to("Replay time range").await;
        browser.key(Key::Enter).await;
        browser.wait_for_focus("Last 15 minutes").await;
        browser.type_in("now-3h to now-2h").await;
        browser.wait_for_focus("Time range").await;
        browser.key(Key::Enter).await;
        browser.wait_for_applied_range("now-3h to now-2h").await;
    })
    .await;
}

#[tokio::test]
async fn a_double_click_on_a_preset_applies_it() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.open_picker("Relative").await;
        browser.double_click("//label[normalize-space()='Last 12 hours']").await;
        browser.wait_for_applied_range("Last 12 hours").await;
        browser.wait_for_no_text("Presets").await;
    })
    .await;
}

#[tokio::test]
async fn a_double_click_on_a_day_applies_it() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.open_picker("Custom").await;
        browser.double_click(&day_path(2)).await;
        let range = format!("from={}T00:00:00Z&to={}T00:00:00Z", date(2), date(1));
        browser.wait_for_address(&range).await;
        browser.wait_for_no_text("Choose the first day").await;
    })
    .await;
}

#[tokio::test]
async fn recent_ranges_survive_a_reload() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-3h&to=now-2h")).await;
        browser.open_picker("Custom").await;
        browser.fill("Time range", "now-4h to now-1h").await;
        browser.press("Apply").await;
        browser.wait_for_applied_range("now-4h to now-1h").await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.open_picker("Custom").await;
        browser.click_label("now-4h to now-1h").await;
        browser.press("Apply").await;
        browser.wait_for_applied_range("now-4h to now-1h").await;
    })
    .await;
}

/// The accessible name of a day in the calendar.
fn day(days_ago: i64) -> String {
    (now() - TimeDelta::days(days_ago)).format("%A %-d %B").to_string()
}

/// The `XPath` of a day in the calendar.
fn day_path(days_ago: i64) -> String {
    format!("//button[starts-with(@aria-label, '{}')]", day(days_ago))
}

/// A date in UTC.
fn date(days_ago: i64) -> NaiveDate {
    (now() - TimeDelta::days(days_ago)).date_naive()
}
